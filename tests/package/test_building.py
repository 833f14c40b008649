"""Packages of services, from source and lock to zip."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.resolved import ResolvedAccess, ResolvedBus, ResolvedEventType
from platform_cli.errors import PlatformError
from platform_cli.package import events
from platform_cli.package.building import (
    MAX_UNPACKED_BYTES,
    Artifact,
    ServicePackage,
    check_size,
    package_services,
)
from platform_cli.package.locking import lock_service

Make = Callable[..., Any]


@pytest.fixture
def no_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on uv would fail: it is told to read a configuration that is not there."""
    monkeypatch.setenv("UV_CONFIG_FILE", "/nowhere/uv.toml")


@pytest.fixture
def locked_orders(orders: None, root: Path, write: Make, pyproject: Make, wheel: Make) -> None:
    """`orders` with a dependency of its own, one of the library's, and what those bring."""
    wheel("leaf", requires=("twig",))
    wheel("twig", files={"twig.py": "T = 1\n"})
    wheel("bark")
    source = 'kit = { path = "../../libs/kit" }'
    write(
        {
            "services/orders/pyproject.toml": pyproject("orders", "leaf", "kit", sources=source),
            "libs/kit/pyproject.toml": pyproject("kit", "bark"),
        }
    )
    lock_service(root / "services/orders")


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_code_has_the_package_its_data_and_the_library_and_nothing_else(
    orders: None, root: Path, write: Make, service: Make, environment: Make
) -> None:
    write(
        {
            "services/orders/src/orders/__pycache__/app.cpython-313.pyc": "x",
            "services/orders/src/orders/.env": "SECRET=1",
            "services/orders/src/orders/tests/test_app.py": "",
            "services/orders/src/orders.egg-info/PKG-INFO": "",
            "services/orders/src/orders/app.py~": "",
        }
    )

    package = package_services(environment(service("orders")), root, root / "cache")["orders"]

    assert names(package.code.path) == [
        "kit/__init__.py",
        "orders/__init__.py",
        "orders/app.py",
        "orders/prices.json",
    ]
    assert package.layers == {("python3.13", "arm64"): None}


def test_a_layer_has_what_is_locked_and_no_notes_of_the_installer(
    locked_orders: None, root: Path, service: Make, environment: Make
) -> None:
    package = package_services(environment(service("orders")), root, root / "cache")["orders"]

    layer = package.layers["python3.13", "arm64"]
    assert layer is not None
    assert names(layer.path) == [
        "python/bark-1.0.dist-info/METADATA",
        "python/bark-1.0.dist-info/WHEEL",
        "python/bark/__init__.py",
        "python/leaf-1.0.dist-info/METADATA",
        "python/leaf-1.0.dist-info/WHEEL",
        "python/leaf/__init__.py",
        "python/twig-1.0.dist-info/METADATA",
        "python/twig-1.0.dist-info/WHEEL",
        "python/twig.py",
    ]


def test_two_checkouts_at_different_paths_and_times_give_the_same_bytes(
    locked_orders: None, root: Path, tmp_path: Path, service: Make, environment: Make
) -> None:
    other = tmp_path / "elsewhere" / "checkout"
    shutil.copytree(root, other)
    for number, path in enumerate(sorted(other.rglob("*"), reverse=True)):
        os.utime(path, (number, number))
        if path.is_file():
            path.chmod(0o600)

    first = package_services(environment(service("orders")), root, root / "cache")["orders"]
    second = package_services(environment(service("orders")), other, other / "cache")["orders"]

    assert first.code.path.read_bytes() == second.code.path.read_bytes()
    key = ("python3.13", "arm64")
    assert first.layers[key].path.read_bytes() == second.layers[key].path.read_bytes()  # type: ignore[union-attr]
    assert first.layers[key].sha256 == second.layers[key].sha256  # type: ignore[union-attr]


def test_dates_and_modes_in_a_zip_say_nothing_about_the_machine(
    orders: None, root: Path, service: Make, environment: Make
) -> None:
    package = package_services(environment(service("orders")), root, root / "cache")["orders"]

    with zipfile.ZipFile(package.code.path) as archive:
        assert {(i.date_time, i.external_attr, i.create_system) for i in archive.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), 0o100644 << 16, 3)
        }


def test_an_unchanged_service_comes_from_the_cache_and_uv_is_not_started(
    locked_orders: None, root: Path, service: Make, environment: Make, request: pytest.FixtureRequest
) -> None:
    before = package_services(environment(service("orders")), root, root / "cache")
    request.getfixturevalue("no_uv")
    seen: list[events.Event] = []

    after = package_services(environment(service("orders")), root, root / "cache", seen.append)

    assert after == before
    assert seen == [
        events.DependenciesFinished(("orders",), "python3.13 on arm64", reused=True),
        events.PackagingStarted("orders"),
        events.PackagingFinished("orders", reused=True),
    ]


def test_changed_code_makes_new_code_and_keeps_the_layer(
    locked_orders: None,
    root: Path,
    write: Make,
    service: Make,
    environment: Make,
    request: pytest.FixtureRequest,
) -> None:
    before = package_services(environment(service("orders")), root, root / "cache")["orders"]
    request.getfixturevalue("no_uv")
    write({"libs/kit/src/kit/__init__.py": "KIT = 2\n"})

    after = package_services(environment(service("orders")), root, root / "cache")["orders"]

    assert after.code.sha256 != before.code.sha256
    assert after.layers == before.layers


def test_services_with_one_lock_share_one_layer(
    locked_orders: None, root: Path, write: Make, service: Make, environment: Make
) -> None:
    shutil.copytree(root / "services/orders", root / "services/returns")
    seen: list[events.Event] = []
    both = environment(service("orders"), service("returns", "orders.app.handler"))

    packages = package_services(both, root, root / "cache", seen.append)

    assert packages["orders"].layers == packages["returns"].layers
    assert events.DependenciesStarted(("orders", "returns"), "python3.13 on arm64") in seen
    assert sum(isinstance(event, events.DependenciesStarted) for event in seen) == 1


def test_wheels_are_chosen_for_the_function_and_not_for_this_machine(
    orders: None, root: Path, write: Make, pyproject: Make, wheel: Make, service: Make, environment: Make
) -> None:
    for machine in ("aarch64", "x86_64"):
        for python in ("311", "313"):
            tag = f"cp{python}-cp{python}-manylinux_2_28_{machine}"
            wheel("native", tag=tag, files={f"native/{machine}_{python}.py": ""})
    write({"services/orders/pyproject.toml": pyproject("orders", "native")})
    write({"services/orders/src/orders/app.py": "import native\ndef handler(event, context): ..."})
    lock_service(root / "services/orders")

    def built_for(architecture: str) -> set[str]:
        made = environment(service("orders", architecture=architecture))
        ((_, layer),) = package_services(made, root, root / "cache")["orders"].layers.items()
        return {name for name in names(layer.path) if name.startswith("python/native/")}

    assert built_for("arm64") == {"python/native/aarch64_313.py"}
    assert built_for("x86_64") == {"python/native/x86_64_313.py"}


def test_for_the_local_aws_wheels_are_those_of_this_python(
    orders: None, root: Path, write: Make, pyproject: Make, wheel: Make, service: Make, environment: Make
) -> None:
    this = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    wheel("native", tag=f"{this}-none-any", files={"native/here.py": ""})
    wheel("native", tag="cp39-cp39-manylinux_2_17_aarch64", files={"native/lambda.py": ""})
    write({"services/orders/pyproject.toml": pyproject("orders", "native")})
    write({"services/orders/src/orders/app.py": "import native\ndef handler(event, context): ..."})
    lock_service(root / "services/orders")
    local = environment(service("orders", runtime="python3.9"), target="local")

    ((key, layer),) = package_services(local, root, root / "cache")["orders"].layers.items()

    assert key == ("python3.9", "arm64")
    assert layer is not None
    assert "python/native/here.py" in names(layer.path)


def test_a_dependency_without_a_wheel_for_lambda_is_named_with_the_target(
    orders: None, root: Path, write: Make, pyproject: Make, wheel: Make, service: Make, environment: Make
) -> None:
    wheel("winonly", tag="py3-none-win_amd64")
    write({"services/orders/pyproject.toml": pyproject("orders", "winonly")})
    lock_service(root / "services/orders")

    with pytest.raises(PlatformError) as raised:
        package_services(environment(service("orders")), root, root / "cache")

    assert raised.value.code == "no-wheel"
    assert "winonly 1.0 has no wheel that fits, while installing for python3.13 on arm64" in str(raised.value)
    assert list((root / "cache").iterdir()) == []


def test_a_file_that_is_not_the_locked_one_is_refused(
    locked_orders: None, root: Path, service: Make, environment: Make
) -> None:
    lock = root / "services/orders/requirements.lock"
    hashes = [word for word in lock.read_text().split() if word.startswith("--hash")]
    lock.write_text(lock.read_text().replace(hashes[0], "--hash=sha256:" + "0" * 64))

    with pytest.raises(PlatformError) as raised:
        package_services(environment(service("orders")), root, root / "cache")

    assert raised.value.code == "hash-mismatch"


@pytest.mark.parametrize("damage", ["truncate", "no note", "broken note"])
def test_a_damaged_entry_of_the_cache_is_built_again(
    locked_orders: None, root: Path, service: Make, environment: Make, damage: str
) -> None:
    before = package_services(environment(service("orders")), root, root / "cache")["orders"]
    for path in list((root / "cache").glob("*.zip")):
        note = path.with_name(path.name + ".json")
        if damage == "truncate":
            path.write_bytes(path.read_bytes()[:100])
        elif damage == "no note":
            note.unlink()
        else:
            note.write_text("{")

    after = package_services(environment(service("orders")), root, root / "cache")["orders"]

    assert after == before
    assert zipfile.ZipFile(after.code.path).testzip() is None


def test_what_nobody_used_for_a_month_is_forgotten(
    orders: None, root: Path, write: Make, service: Make, environment: Make
) -> None:
    first = package_services(environment(service("orders")), root, root / "cache")["orders"]
    long_ago = time.time() - 40 * 24 * 3600
    for path in (root / "cache").iterdir():
        os.utime(path, (long_ago, long_ago))
    write({"libs/kit/src/kit/__init__.py": "KIT = 2\n"})

    second = package_services(environment(service("orders")), root, root / "cache")["orders"]

    assert not first.code.path.exists()
    assert second.code.path.exists()


def test_a_package_that_lambda_would_refuse_names_what_is_large(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "layer.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("python/small.py", "x" * 1024)
        archive.writestr("python/huge/model.bin", "x" * 3 * 1024 * 1024)
    code = Artifact(tmp_path / "code.zip", "", unpacked_bytes=MAX_UNPACKED_BYTES - 1000)

    def package(layer_bytes: int) -> ServicePackage:
        layer = Artifact(tmp_path / "layer.zip", "", unpacked_bytes=layer_bytes)
        return ServicePackage("orders", code, {("python3.13", "arm64"): layer})

    check_size(package(1000))
    with pytest.raises(PlatformError, match="orders is 250 MB unpacked for python") as raised:
        check_size(package(1001))

    assert raised.value.code == "package-too-large"
    assert raised.value.hint == "largest dependencies: huge 3 MB, small.py 0 MB"


def test_a_service_folder_that_is_gone_is_named(root: Path, service: Make, environment: Make) -> None:
    with pytest.raises(PlatformError, match="services/orders, is not there") as raised:
        package_services(environment(service("orders")), root, root / "cache")

    assert raised.value.code == "missing-service-folder"


def test_a_lock_that_does_not_fit_stops_before_anything_is_built(
    locked_orders: None, root: Path, write: Make, pyproject: Make, service: Make, environment: Make
) -> None:
    write({"services/orders/pyproject.toml": pyproject("orders", "leaf>=2")})

    with pytest.raises(PlatformError) as raised:
        package_services(environment(service("orders")), root, root / "cache")

    assert raised.value.code == "outdated-lock"
    assert raised.value.hint == "write it anew with `platform lock orders`"
    assert not (root / "cache").exists()


def test_a_package_of_the_service_and_of_a_library_with_one_name_are_told(
    orders: None, root: Path, write: Make, service: Make, environment: Make
) -> None:
    write({"libs/kit/src/orders/app.py": "x = 1\n"})

    with pytest.raises(PlatformError, match=r"orders/app\.py would be packed twice") as raised:
        package_services(environment(service("orders")), root, root / "cache")

    assert raised.value.code == "packaging-collision"


def test_a_handler_that_cannot_import_fails_the_packaging_for_all_services_at_once(
    orders: None, root: Path, write: Make, pyproject: Make, service: Make, environment: Make
) -> None:
    write(
        {
            "services/users/pyproject.toml": pyproject("users"),
            "services/users/src/users/app.py": "import requests\ndef handler(event, context): ...",
            "services/orders/src/orders/app.py": "import yaml\ndef handler(event, context): ...",
        }
    )

    with pytest.raises(PlatformError) as raised:
        package_services(environment(service("orders"), service("users")), root, root / "cache")

    assert raised.value.code == "import-missing"
    assert '"yaml"' in str(raised.value)
    assert '"requests"' in str(raised.value)


def test_the_events_of_a_bus_lie_beside_the_code_of_who_publishes_to_it(
    orders: None, root: Path, service: Make, environment: Make, tmp_path: Path
) -> None:
    created = ResolvedEventType(detail_type="OrderCreated", schema_text='{"type": "object"}')
    shipped = ResolvedEventType(detail_type="OrderShipped")
    buses = {
        name: ResolvedBus(name=name, physical_name=name, archive_days=None, events=(created, shipped))
        for name in ("events", "others")
    }
    built = service("orders")
    (function,) = built.functions.values()
    publish = ResolvedAccess(kind="buses", name="events", verb="publish")
    publishing = function.model_copy(update={"access": (publish,)})
    for chosen, expected in ((function, None), (publishing, {"events": created})):
        system = environment(built.model_copy(update={"functions": {function.name: chosen}}))
        system = system.model_copy(update={"buses": buses})
        package = package_services(system, root, tmp_path / "cache")["orders"]
        assert ("event_types.json" in names(package.code.path)) == (expected is not None)
    with zipfile.ZipFile(package.code.path) as archive:
        declared = json.loads(archive.read("event_types.json"))
    assert declared == {"events": {"OrderCreated": {"type": "object"}, "OrderShipped": None}}
