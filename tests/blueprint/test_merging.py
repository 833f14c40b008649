"""Overrides of an environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from platform_cli.blueprint.loading import Inspection
from platform_cli.blueprint.resolving import resolve
from platform_cli.errors import Place

Inspect = Callable[..., Inspection]

BASE = """\
blueprint: 1
system: shop
owner: team-commerce
environments:
  local: { target: local }
  other:
    target: local
    overrides: OVERRIDES
firewalls: { standard: { rate_limit_per_5_minutes: 2000, managed: [core, linux] } }
tables: { main: { partition_key: PK, ttl: expires_at, stream: new_image } }
apis: { partner: { kind: rest, firewall: standard } }
services:
  orders:
    functions:
      create:
        handler: orders.create.handler
        routes: [POST /orders]
        environment: { CURRENCY: EUR, COUNTRY: DE }
        access: { tables.main: read }
        triggers: [{ table_stream: main }]
"""


def resolved_with(inspect: Inspect, overrides: str) -> Any:
    inspection = inspect(BASE.replace("OVERRIDES", overrides))
    assert inspection.errors == ()
    return resolve(inspection, "other")


def test_maps_merge_deeply_and_leave_the_other_environments_alone(inspect: Inspect) -> None:
    overrides = "{ services: { orders: { functions: { create: { memory_mb: 1024 } } } } }"
    inspection = inspect(BASE.replace("OVERRIDES", overrides))
    function = resolve(inspection, "other").services["orders"].functions["create"]
    assert (function.memory_mb, function.handler) == (1024, "orders.create.handler")
    assert resolve(inspection, "local").services["orders"].functions["create"].memory_mb == 512


def test_lists_replace(inspect: Inspect) -> None:
    resolved = resolved_with(inspect, "{ firewalls: { standard: { managed: [ip_reputation] } } }")
    assert resolved.firewalls["standard"].managed == ("ip_reputation",)


def test_null_takes_an_optional_value_away(inspect: Inspect) -> None:
    resolved = resolved_with(
        inspect, "{ tables: { main: { ttl: null } }, apis: { partner: { firewall: null } } }"
    )
    assert (resolved.tables["main"].ttl, resolved.apis["partner"].firewall) == (None, None)


def test_null_takes_a_named_thing_away(inspect: Inspect) -> None:
    resolved = resolved_with(
        inspect, "{ firewalls: { standard: null }, apis: { partner: { firewall: null } } }"
    )
    assert resolved.firewalls == {}


def test_null_gives_a_default_back(inspect: Inspect) -> None:
    resolved = resolved_with(
        inspect, "{ services: { orders: { functions: { create: { memory_mb: null } } } } }"
    )
    assert resolved.services["orders"].functions["create"].memory_mb == 512


def test_variables_and_access_lines_can_be_added_and_taken_away(inspect: Inspect) -> None:
    overrides = (
        "{ services: { orders: { functions: { create: { environment: { CURRENCY: null, LEVEL: debug },"
        " access: { tables.main: read_write } } } } } }"
    )
    function = resolved_with(inspect, overrides).services["orders"].functions["create"]
    assert function.environment == {"COUNTRY": "DE", "LEVEL": "debug"}
    assert [line.verb for line in function.access] == ["read_write"]


def test_a_mapping_replaces_a_scalar(inspect: Inspect) -> None:
    capacity = "{ read: { min: 1, max: 2 }, write: { min: 1, max: 2 } }"
    resolved = resolved_with(inspect, f"{{ tables: {{ main: {{ capacity: {capacity} }} }} }}")
    assert resolved.tables["main"].capacity.read.max == 2


def test_an_error_in_an_override_points_into_the_override(inspect: Inspect) -> None:
    overrides = "{ services: { orders: { functions: { create: { access: { tables.mian: read } } } } } }"
    (finding,) = inspect(BASE.replace("OVERRIDES", overrides)).errors
    column = len("    overrides: ") + overrides.index("tables.mian") + 1
    assert (finding.code, finding.place) == ("unknown-table", Place("blueprint.yaml", 8, column))
    assert finding.path[:3] == ("environments", "other", "overrides")


def test_an_error_that_an_override_causes_elsewhere_names_the_environment(inspect: Inspect) -> None:
    (finding,) = inspect(BASE.replace("OVERRIDES", "{ tables: { main: { stream: null } } }")).errors
    assert finding.place == Place("blueprint.yaml", 20, 36)
    assert finding.message == (
        'function orders.create is driven by table "main", which has no stream (in environment other)'
    )


def test_taking_away_what_is_needed_is_an_error(inspect: Inspect) -> None:
    overrides = "{ services: { orders: { functions: { create: { handler: null } } } } }"
    (finding,) = inspect(BASE.replace("OVERRIDES", overrides)).errors
    assert (finding.code, finding.place.line) == ("wrong-type", 8)
    assert finding.message == "services.orders.functions.create.handler takes a text, not nothing"


def test_what_only_an_override_uses_is_not_unused(inspect: Inspect, header: str) -> None:
    text = header.replace(
        "target: local", "target: local, overrides: { apis: { p: { firewall: standard } } }"
    )
    services = "services: { orders: { functions: { a: { handler: a.b, routes: [GET /] } } } }\n"
    findings = inspect(
        text + "firewalls: { standard: {} }\napis: { p: { kind: rest } }\n" + services
    ).findings
    assert findings == ()


@pytest.mark.parametrize("section", ["tables", "services", "external", "identity", "flags"])
def test_no_section_can_be_added_to(inspect: Inspect, section: str) -> None:
    inside = "{ tables: { new: { name: x } } }" if section == "external" else "{ new: {} }"
    (finding, *_) = inspect(BASE.replace("OVERRIDES", f"{{ {section}: {inside} }}")).errors
    assert (finding.code, finding.place.line) == ("override-adds", 8)
