"""What makes a service's packages anew, and what does not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_cli.errors import PlatformError
from platform_cli.package.fingerprint import fingerprint_service

Make = Callable[..., Any]


@pytest.mark.parametrize(
    "path",
    [
        "services/orders/src/orders/app.py",
        "services/orders/src/orders/prices.json",
        "services/orders/src/orders/new.py",
        "services/orders/requirements.lock",
        "libs/kit/src/kit/__init__.py",
    ],
)
def test_a_change_of_what_is_packed_changes_the_fingerprint(
    orders: None, root: Path, write: Make, service: Make, path: str
) -> None:
    before = fingerprint_service(service("orders"), root)
    write({path: "changed"})

    assert fingerprint_service(service("orders"), root) != before


@pytest.mark.parametrize("path", ["services/orders/pyproject.toml", "libs/kit/pyproject.toml"])
def test_a_change_of_what_is_asked_for_changes_the_fingerprint(
    orders: None, root: Path, service: Make, path: str
) -> None:
    before = fingerprint_service(service("orders"), root)
    with (root / path).open("a") as file:
        file.write("\n[tool.x]\n")

    assert fingerprint_service(service("orders"), root) != before


@pytest.mark.parametrize(
    "path",
    [
        "services/orders/tests/test_app.py",
        "services/orders/README.md",
        "services/orders/src/orders/__pycache__/app.cpython-313.pyc",
        "services/users/src/users/app.py",
    ],
)
def test_a_change_of_anything_else_does_not(
    orders: None, root: Path, write: Make, service: Make, path: str
) -> None:
    before = fingerprint_service(service("orders"), root)
    write({path: "changed"})

    assert fingerprint_service(service("orders"), root) == before


def test_another_checkout_at_another_time_has_the_same_fingerprint(
    orders: None, root: Path, tmp_path: Path, service: Make
) -> None:
    other = tmp_path / "deep" / "er"
    shutil.copytree(root, other)
    for path in other.rglob("*"):
        os.utime(path, (1, 1))

    assert fingerprint_service(service("orders"), other) == fingerprint_service(service("orders"), root)


def test_moving_text_from_one_file_to_another_changes_the_fingerprint(
    orders: None, root: Path, write: Make, service: Make
) -> None:
    write({"services/orders/src/orders/a.py": "xy", "services/orders/src/orders/b.py": ""})
    before = fingerprint_service(service("orders"), root)
    write({"services/orders/src/orders/a.py": "x", "services/orders/src/orders/b.py": "y"})

    assert fingerprint_service(service("orders"), root) != before


def test_a_service_without_src_is_told_where_the_package_belongs(
    orders: None, root: Path, service: Make
) -> None:
    shutil.rmtree(root / "services/orders/src")

    with pytest.raises(PlatformError, match="no folder src/") as raised:
        fingerprint_service(service("orders"), root)

    assert raised.value.hint == "move the package to src/orders/"


@pytest.mark.parametrize("target", ["libs/kit/src/kit", "nowhere"])
def test_a_link_that_would_be_left_out_in_silence_is_refused(
    orders: None, root: Path, service: Make, target: str
) -> None:
    (root / "services/orders/src/orders/linked").symlink_to(root / target)

    with pytest.raises(PlatformError, match="symbolic link") as raised:
        fingerprint_service(service("orders"), root)

    assert raised.value.code == "unpackable-source"


def test_a_link_to_a_file_is_packed_as_the_file(orders: None, root: Path, service: Make) -> None:
    before = fingerprint_service(service("orders"), root)
    (root / "services/orders/src/orders/linked.py").symlink_to(root / "libs/kit/src/kit/__init__.py")

    assert fingerprint_service(service("orders"), root) != before
