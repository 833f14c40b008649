"""What a blueprint means in an environment."""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_cli.blueprint.checks.names import physical_names
from platform_cli.blueprint.collecting import Collector
from platform_cli.blueprint.findings import BlueprintInvalid
from platform_cli.blueprint.loading import Inspection, inspect_blueprint
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.naming import LIMITS, Names
from platform_cli.blueprint.nodes import plain_data
from platform_cli.blueprint.parsing import parse
from platform_cli.blueprint.resolved import ResolvedEnvironment, StreamTrigger
from platform_cli.blueprint.resolving import resolve, resolve_blueprint
from platform_cli.errors import ExitCode, PlatformError

Inspect = Callable[..., Inspection]
WHOLE = Path(__file__).parent / "whole.yaml"


@pytest.fixture(scope="module")
def whole() -> Inspection:
    return inspect_blueprint(WHOLE)


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_the_whole_language_resolves_as_the_golden_file_says(
    environment: str, whole: Inspection, golden: Callable[[Path, str], None]
) -> None:
    resolved = resolve(whole, environment)
    text = json.dumps(json.loads(resolved.model_dump_json()), indent=2) + "\n"
    golden(Path("golden") / f"{environment}.json", text)


def test_the_whole_language_has_no_error_and_every_trigger_kind(whole: Inspection) -> None:
    assert whole.errors == ()
    drive = resolve(whole, "dev").services["orders"].functions["drive"]
    kinds = {trigger.kind for trigger in drive.triggers}
    assert kinds == {"queue", "stream", "table_stream", "bus", "schedule", "bucket", "topic"}


def test_budgets_tell_mail_addresses_alone_of_those_who_are_told_of_alarms(
    inspect: Inspect, header: str
) -> None:
    text = """
alarms: { contacts: { critical: [b@example.com, "https://chat.example.com/x", a@example.com] } }
budgets:
  monthly: { limit_usd: 100, actual_percent: [80] }
  daily: { limit_usd: 9, actual_percent: [80], contacts: ["https://chat.example.com/x", c@example.com] }
"""
    budgets = resolve(inspect(header + text), None).budgets
    assert budgets["monthly"].contacts == ("a@example.com", "b@example.com")
    assert budgets["daily"].contacts == ("c@example.com",)


def test_a_budget_tells_of_80_percent_spent_and_100_foreseen_unless_it_says_otherwise(
    inspect: Inspect, header: str
) -> None:
    text = """
alarms: { contacts: { critical: [b@example.com] } }
budgets:
  monthly: { limit_usd: 100 }
  daily: { limit_usd: 9 }
  quarterly: { limit_usd: 300, actual_percent: [], forecast_percent: [90, 110, 90] }
"""
    budgets = resolve(inspect(header + text), None).budgets
    told = {name: (budget.actual_percent, budget.forecast_percent) for name, budget in budgets.items()}
    # AWS forecasts no days.
    assert told == {"monthly": ((80,), (100,)), "daily": ((80,), ()), "quarterly": ((), (90, 110))}


def test_a_resolved_environment_survives_json(whole: Inspection) -> None:
    resolved = resolve(whole, "prod")
    assert ResolvedEnvironment.model_validate_json(resolved.model_dump_json()) == resolved


def test_the_first_environment_is_the_default(whole: Inspection) -> None:
    assert resolve(whole, None).environment == "local"


def test_an_unknown_environment_names_the_nearest(whole: Inspection) -> None:
    with pytest.raises(PlatformError) as raised:
        resolve(whole, "prd")
    assert (raised.value.code, raised.value.hint) == ("unknown-environment", 'did you mean "prod"?')
    assert raised.value.exit_code is ExitCode.USAGE


def test_a_blueprint_with_errors_does_not_resolve(inspect: Inspect, header: str) -> None:
    with pytest.raises(BlueprintInvalid) as raised:
        resolve(inspect(header + "defaults: { memory_mb: 1, timeout_seconds: 0 }\n"), None)
    error = raised.value
    assert (error.code, error.exit_code, len(error.findings)) == ("invalid-blueprint", ExitCode.USAGE, 2)
    assert error.message == (
        "the blueprint has 2 errors; first: defaults.memory_mb is 1, and must be at least 128"
    )


def test_the_local_environment_needs_no_account_and_is_never_protected(inspect: Inspect, header: str) -> None:
    text = header.replace("target: local", "target: local, protect: true, profile: shop")
    resolved = resolve(inspect(text), None)
    assert (resolved.account, resolved.region) == ("000000000000", "us-east-1")
    assert (resolved.protect, resolved.profile) == (False, None)


def test_functions_have_the_defaults_unless_they_say_otherwise(inspect: Inspect, header: str) -> None:
    text = header + (
        "defaults: { memory_mb: 256, tracing: false }\n"
        "services: { orders: { functions: {\n"
        "  one: { handler: orders.one.handler },\n"
        "  two: { handler: orders.two.handler, memory_mb: 1024, tracing: true } } } }\n"
    )
    functions = resolve(inspect(text), None).services["orders"].functions
    one, two = functions["one"], functions["two"]
    assert (one.memory_mb, one.tracing, one.runtime, one.architecture) == (256, False, "python3.13", "arm64")
    assert (one.timeout_seconds, one.log_retention_days) == (10, 30)
    assert (two.memory_mb, two.tracing) == (1024, True)


def test_a_route_of_no_api_belongs_to_the_only_one_of_kind_http(inspect: Inspect, header: str) -> None:
    text = header + (
        "identity: { users: {} }\n"
        "apis: { partner: { kind: rest }, public: { authorizer: users } }\n"
        "services: { orders: { functions: { one: { handler: orders.one.handler, routes: [GET /a] } } } }\n"
    )
    (route,) = resolve(inspect(text), None).services["orders"].functions["one"].routes
    assert (route.api, route.method, route.path, route.authorizer) == ("public", "GET", "/a", "users")


def test_a_queue_that_says_no_visibility_timeout_gets_what_aws_advises(inspect: Inspect, header: str) -> None:
    text = header + (
        "queues: { jobs: {}, idle: {} }\n"
        "services: { orders: { functions: { work: { handler: orders.work.handler, timeout_seconds: 60,\n"
        "  triggers: [{ queue: jobs, batch_window_seconds: 5 }] } } } }\n"
    )
    queues = resolve(inspect(text), None).queues
    assert (queues["jobs"].visibility_timeout_seconds, queues["idle"].visibility_timeout_seconds) == (365, 30)


def test_a_projection_takes_inserted_events_alone_whatever_it_filters(inspect: Inspect, header: str) -> None:
    text = header + (
        "event_stores: { orders: {} }\n"
        "tables: { view: { partition_key: id } }\n"
        "services: { orders: { functions: { view: { handler: orders.view.handler, triggers: [\n"
        "  { projection: { of: event_stores.orders, into: tables.view },\n"
        "    filters: [{ dynamodb: { NewImage: { type: { S: [placed] } } } }] }] } } } }\n"
    )
    (trigger,) = resolve(inspect(text), None).services["orders"].functions["view"].triggers
    assert isinstance(trigger, StreamTrigger)
    assert [json.loads(pattern) for pattern in trigger.filters] == [
        {"dynamodb": {"NewImage": {"type": {"S": ["placed"]}}}, "eventName": ["INSERT"]}
    ]


def test_dead_letters_are_kept_unless_null_says_no(inspect: Inspect, header: str) -> None:
    queues = resolve(inspect(header + "queues: { a: {}, b: { dead_letter: null } }\n"), None).queues
    assert queues["a"].dead_letter is not None
    assert queues["a"].dead_letter.physical_name == "shop-local-a-dead"
    assert queues["b"].dead_letter is None


def test_an_access_line_to_a_function_of_the_same_service_holds_its_address(
    inspect: Inspect, header: str
) -> None:
    text = header + (
        "services: { orders: { functions: { one: { handler: orders.one.handler,\n"
        "  access: { functions.two: invoke } }, two: { handler: orders.two.handler } } } }\n"
    )
    (line,) = resolve(inspect(text), None).services["orders"].functions["one"].access
    assert (line.kind, line.name, line.verb) == ("functions", "orders.two", "invoke")


def test_tags_name_system_environment_and_owner_and_can_be_changed(inspect: Inspect, header: str) -> None:
    resolved = resolve(inspect(header + "tags: { owner: somebody, team: a }\n"), None)
    assert resolved.tags == {"environment": "local", "owner": "somebody", "system": "shop", "team": "a"}


# --- laws ----------------------------------------------------------------------------------------


def shuffled(data: Any, order: random.Random) -> Any:
    """The same mappings, their keys in another order."""
    if isinstance(data, dict):
        keys = list(data)
        order.shuffle(keys)
        return {key: shuffled(data[key], order) for key in keys}
    return [shuffled(item, order) for item in data] if isinstance(data, list) else data


@functools.cache
def whole_data() -> Any:
    tree = parse(WHOLE.read_text(encoding="utf-8"), "whole.yaml", Collector())
    assert tree is not None
    return plain_data(tree)


@functools.cache
def whole_production() -> ResolvedEnvironment:
    return resolve_blueprint(Blueprint.model_validate(whole_data()), "prod")


@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_changes_nothing(order: random.Random) -> None:
    mixed = Blueprint.model_validate(shuffled(whole_data(), order))
    assert resolve_blueprint(mixed, "prod") == whole_production()


def test_resolving_twice_gives_the_same(whole: Inspection) -> None:
    once = resolve(whole, "prod")
    again = resolve(inspect_blueprint(WHOLE), "prod")
    assert once == again
    assert once.model_dump_json() == again.model_dump_json()


NAMES = st.from_regex(r"\A[a-z][a-z0-9]{0,11}(-[a-z0-9]{1,12}){0,2}\Z")


@st.composite
def systems(draw: st.DrawFn) -> dict[str, Any]:
    """Blueprints with many names, in two environments of one account."""
    names = st.lists(NAMES, max_size=4, unique=True)
    functions = st.dictionaries(NAMES, st.just({"handler": "a.b"}), max_size=3)
    services = draw(st.dictionaries(NAMES, st.fixed_dictionaries({"functions": functions}), max_size=4))
    environment = {"account": "111111111111", "region": "eu-west-1"}
    return {
        "blueprint": 1,
        "system": draw(NAMES),
        "owner": "me",
        "environments": dict.fromkeys(
            draw(st.lists(NAMES, min_size=1, max_size=2, unique=True)), environment
        ),
        "tables": {name: {"partition_key": "PK"} for name in draw(names)},
        "queues": {name: {} for name in draw(names)},
        "topics": {name: {} for name in draw(names)},
        "buckets": {name: {} for name in draw(names)},
        "services": services,
    }


@given(systems())
def test_names_of_a_valid_blueprint_stay_within_limits_and_never_collide(
    tmp_path_factory: pytest.TempPathFactory, data: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("names") / "blueprint.yaml"
    path.write_text(json.dumps(data), encoding="utf-8")
    inspection = inspect_blueprint(path)
    taken: dict[tuple[str, str], tuple[Any, ...]] = {}
    problems = set()
    for environment in data["environments"]:
        names = Names(data["system"], environment, "111111111111", "eu-west-1")
        for physical in physical_names(Blueprint.model_validate(data), names):
            if len(physical.name) > LIMITS[physical.kind]:
                problems.add("name-too-long")
            owner = (environment, physical.path)
            if taken.setdefault((physical.kind, physical.name), owner) != owner:
                problems.add("name-collision")
    found = {f.code for f in inspection.errors} - {"variable-collision", "reserved-name"}
    assert found == problems
