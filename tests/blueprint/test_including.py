"""Services in files of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from platform_cli.blueprint.loading import Inspection, inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.errors import Place

Inspect = Callable[..., Inspection]
SERVICE = "services:\n  orders:\n    functions: { create: { handler: orders.create.handler } }\n"


def test_a_service_in_its_own_folder_gets_that_folder_as_its_path(inspect: Inspect, header: str) -> None:
    inspection = inspect(
        header + "include: [services/*/service.yaml]\n", {"services/orders/service.yaml": SERVICE}
    )
    assert inspection.findings == ()
    service = resolve(inspection, None).services["orders"]
    assert (service.path, list(service.functions)) == ("services/orders", ["create"])
    assert inspection.locate(("services", "orders")) == Place("services/orders/service.yaml", 2, 3)


def test_a_finding_in_an_included_file_names_that_file(inspect: Inspect, header: str) -> None:
    inspection = inspect(
        header + "include: [services/*/service.yaml]\n",
        {"services/orders/service.yaml": SERVICE.replace("orders.create.handler", "create")},
    )
    (finding,) = inspection.errors
    assert finding.place == Place("services/orders/service.yaml", 3, 37)
    assert finding.source_line == "    functions: { create: { handler: create } }"


def test_included_services_stand_beside_those_of_the_blueprint(inspect: Inspect, header: str) -> None:
    inspection = inspect(
        header + "include: [orders.yaml]\nservices: { users: { path: services/orders } }\n",
        {"orders.yaml": SERVICE},
    )
    assert list(resolve(inspection, None).services) == ["orders", "users"]


def test_an_override_reaches_an_included_service(inspect: Inspect, header: str) -> None:
    override = (
        "target: local, overrides: { services: { orders: { functions: { create: { memory_mb: 300 } } } } }"
    )
    inspection = inspect(
        header.replace("target: local", override) + "include: [orders.yaml]\n", {"orders.yaml": SERVICE}
    )
    assert inspection.errors == ()
    assert resolve(inspection, None).services["orders"].functions["create"].memory_mb == 300


def test_a_service_that_stands_twice_is_an_error_at_the_second(inspect: Inspect, header: str) -> None:
    inspection = inspect(header + "include: [a.yaml, b.yaml]\n", {"a.yaml": SERVICE, "b.yaml": SERVICE})
    (finding,) = inspection.errors
    assert (finding.code, finding.place) == ("duplicate-service", Place("b.yaml", 2, 3))
    assert finding.message == 'the service "orders" is declared for the second time'
    assert finding.hint == "the first one is in a.yaml:2"


def test_an_included_file_brings_services_only(inspect: Inspect, header: str) -> None:
    inspection = inspect(
        header + "include: [a.yaml]\n", {"a.yaml": "tables: { main: { partition_key: PK } }\n" + SERVICE}
    )
    (finding,) = inspection.errors
    assert (finding.code, finding.place) == ("include-only-services", Place("a.yaml", 1, 1))
    assert finding.hint == "move it into the blueprint itself"


def test_an_included_file_that_is_no_yaml_is_an_error_in_that_file(inspect: Inspect, header: str) -> None:
    (finding,) = inspect(header + "include: [a.yaml]\n", {"a.yaml": "services: [\n"}).errors
    assert (finding.code, finding.place.file, finding.place.line) == ("yaml-syntax", "a.yaml", 1)


def test_a_file_matched_by_two_patterns_is_read_once(inspect: Inspect, header: str) -> None:
    inspection = inspect(header + 'include: [a.yaml, "*a.yaml"]\n', {"a.yaml": SERVICE})
    assert inspection.errors == ()


def test_a_file_in_another_encoding_is_unreadable(inspect: Inspect, header: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"services: { caf\xe9: {} }\n")
    (finding,) = inspect(header + "include: [a.yaml]\n").errors
    assert (finding.code, finding.place, finding.hint) == (
        "unreadable-file",
        Place("a.yaml"),
        "save it as UTF-8",
    )
    assert finding.message == "a.yaml is not written in UTF-8 (byte 16)"


def test_a_folder_is_unreadable(tmp_path: Path) -> None:
    folder = tmp_path / "blueprint.yaml"
    folder.mkdir()
    (finding,) = inspect_blueprint(folder).errors
    assert (finding.code, finding.message) == (
        "unreadable-file",
        "blueprint.yaml cannot be read: is a directory",
    )
