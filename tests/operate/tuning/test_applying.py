"""A size is written into the blueprint, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.errors import PlatformError
from platform_cli.operate.tuning.applying import Edit, apply_edits, plan_edits
from platform_cli.operate.tuning.observations import Variant

BLUEPRINT = """\
blueprint: 1
system: shop
owner: team
defaults: { memory_mb: 512, architecture: arm64 }   # what most functions need
environments:
  dev: { account: "111111111111", region: eu-west-1 }   # for everybody
  prod:
    account: "222222222222"
    region: eu-west-1
    overrides:
      services:
        orders: { functions: { create: { memory_mb: 1024 } } }   # measured in spring
services:
  orders:
    path: services/orders
    functions:
      create:   # the busiest
        handler: orders.create.handler
      list: { handler: orders.list.handler, memory_mb: 256 }
"""


@pytest.fixture
def blueprint(tmp_path: Path) -> Path:
    (tmp_path / "services" / "orders").mkdir(parents=True)
    path = tmp_path / "blueprint.yaml"
    path.write_text(BLUEPRINT)
    return path


def write(
    path: Path, environment: str, address: str, memory_mb: int, architecture="arm64", **more
) -> list[str]:
    chosen = Variant(architecture, memory_mb)
    edits = plan_edits(inspect_blueprint(path), environment, address, chosen, **more)
    apply_edits(edits, path, environment, address, chosen)
    return [edit.dotted for edit in edits]


def sizes(path: Path, address: str) -> dict[str, int]:
    service, name = address.split(".")
    inspection = inspect_blueprint(path)
    return {e: resolve(inspection, e).services[service].functions[name].memory_mb for e in ("dev", "prod")}


def comments(path: Path) -> list[str]:
    return [line.split("#", 1)[1] for line in path.read_text().splitlines() if "#" in line]


def test_the_size_is_written_for_the_environment_alone_and_comments_stay(blueprint):
    before = comments(blueprint)
    assert write(blueprint, "dev", "orders.create", 768) == [
        "environments.dev.overrides.services.orders.functions.create.memory_mb"
    ]
    assert sizes(blueprint, "orders.create") == {"dev": 768, "prod": 1024}
    assert sizes(blueprint, "orders.list") == {"dev": 256, "prod": 256}
    assert comments(blueprint) == before


def test_an_override_that_is_there_is_changed_in_its_place(blueprint):
    write(blueprint, "prod", "orders.create", 1536)
    assert blueprint.read_text() == BLUEPRINT.replace("memory_mb: 1024", "memory_mb: 1536")


def test_everywhere_writes_to_the_function_and_to_what_would_hide_it(blueprint):
    assert write(blueprint, "dev", "orders.create", 768, everywhere=True) == [
        "services.orders.functions.create.memory_mb"
    ]
    assert sizes(blueprint, "orders.create") == {"dev": 768, "prod": 1024}
    assert len(write(blueprint, "prod", "orders.create", 2048, everywhere=True)) == 2
    assert sizes(blueprint, "orders.create") == {"dev": 2048, "prod": 2048}


def test_the_architecture_is_written_where_another_was_chosen(blueprint):
    assert write(blueprint, "dev", "orders.list", 256, "x86_64") == [
        "environments.dev.overrides.services.orders.functions.list.architecture"
    ]


def test_a_size_that_it_has_already_writes_nothing(blueprint):
    assert write(blueprint, "dev", "orders.list", 256) == []
    assert blueprint.read_text() == BLUEPRINT


def test_a_service_in_a_file_of_its_own_is_changed_there(tmp_path, blueprint):
    head, services = BLUEPRINT.split("services:\n  orders:\n    path")
    blueprint.write_text(head + "include: [services/orders/service.yaml]\n")
    own = tmp_path / "services" / "orders" / "service.yaml"
    own.write_text("services:\n  orders:\n    path" + services)
    before = blueprint.read_text()
    write(blueprint, "dev", "orders.list", 640, everywhere=True)
    assert "memory_mb: 640" in own.read_text()
    assert blueprint.read_text() == before


def test_a_change_that_does_not_take_is_undone(blueprint):
    edit = Edit(blueprint, ("services", "orders", "functions", "create", "memory_mb"), 768)
    with pytest.raises(PlatformError) as error:
        # In prod an override hides it, which `plan_edits` would have seen.
        apply_edits((edit,), blueprint, "prod", "orders.create", Variant("arm64", 768))
    assert error.value.code == "cannot-edit"
    assert blueprint.read_text() == BLUEPRINT
