"""Blueprints in temporary folders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from platform_cli.blueprint.loading import Inspection, inspect_blueprint

HEADER = """\
blueprint: 1
system: shop
owner: team-commerce
environments: { local: { target: local } }
"""

Inspect = Callable[..., Inspection]


@pytest.fixture
def header() -> str:
    """What every blueprint needs."""
    return HEADER


@pytest.fixture
def inspect(tmp_path: Path) -> Inspect:
    """Write a blueprint (and other files) and inspect it; folders of services are made."""

    def write(text: str, files: Mapping[str, str] | None = None) -> Inspection:
        (tmp_path / "services" / "orders").mkdir(parents=True, exist_ok=True)
        for name, content in (files or {}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        blueprint = tmp_path / "blueprint.yaml"
        blueprint.write_bytes(text.encode("utf-8"))
        return inspect_blueprint(blueprint)

    return write
