"""Workspaces for the tests of scaffolding."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from platform_cli.scaffold.catalog import templates_root
from platform_cli.scaffold.services import new_service

BLUEPRINT = """\
# The system of the tests.
blueprint: 1
system: shop     # begins every name
owner: team-commerce

environments:
  local: { target: local }   # the first one
  dev:   { account: "111111111111", region: eu-west-1 }

# One table for all.
tables:
  main:
    partition_key: PK
    sort_key: SK     # the two keys
    stream: new_and_old_images
  counted: { partition_key: { name: number, type: number } }
  named: { partition_key: name }
  plain: { partition_key: id }

queues:
  mail: {}

services:
  # The first service.
  users:
    path: services/users
    functions:
      show:
        handler: users.handlers.show.handler
        access:
          tables.main: read_write   # all of it
          tables.counted: read
          tables.named: read
          tables.plain: read
        triggers:
          - { queue: mail }

# The end.
"""


@dataclass(frozen=True)
class Workspace:
    """A folder with a blueprint and the shared library."""

    root: Path

    @property
    def blueprint(self) -> Path:
        return self.root / "blueprint.yaml"

    @property
    def rendered(self) -> Path:
        """The folder of the services."""
        return self.root / "services"

    def make(self, name: str, template: str, **answers: str) -> tuple[str, ...]:
        """Make a service; the files, relative to its folder."""
        files = new_service(self.root, self.blueprint, name, template, answers)
        return tuple(file.relative_to(self.root / "services" / name).as_posix() for file in files)

    def snapshot(self) -> dict[str, bytes | None]:
        """Every file and folder, with the content of files."""
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes() if path.is_file() else None
            for path in sorted(self.root.rglob("*"))
        }


def make_workspace(root: Path, text: str = BLUEPRINT) -> Workspace:
    root.mkdir(parents=True, exist_ok=True)
    workspace = Workspace(root)
    workspace.blueprint.write_text(text, encoding="utf-8")
    return workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "shop")


@pytest.fixture(scope="session")
def services(made_once: Callable[[str, Callable[[Path], None]], Path]) -> Workspace:
    """A workspace with a service of each kind, and one more where a kind has two shapes."""

    def make(folder: Path) -> None:
        workspace = make_workspace(folder)
        shutil.copytree(templates_root() / "workspace" / "project" / "libs", workspace.root / "libs")
        workspace.make("order-history", "api", description='A "fine" service: ünïcode')
        workspace.make("letters", "worker", table="main")
        workspace.make("clicks", "stream")
        workspace.make("changes", "stream", follow="tables.main")
        workspace.make("sales", "analytics")
        workspace.make("nightly", "schedule", table="plain")

    return Workspace(made_once("rendered-services", make))
