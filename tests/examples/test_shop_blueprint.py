"""The shop's blueprint, in each of its environments."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.blueprint.resolving import resolve
from platform_cli.stacks.support import unbuilt

BLUEPRINT = Path(__file__).parents[2] / "examples" / "shop" / "blueprint.yaml"


def resolved(environment: str | None) -> ResolvedEnvironment:
    return resolve(inspect_blueprint(BLUEPRINT), environment)


def test_nothing_is_to_be_said_against_it() -> None:
    assert inspect_blueprint(BLUEPRINT).findings == ()


def test_the_first_environment_is_the_local_one() -> None:
    assert resolved(None).target == "local"


def test_data_is_kept_in_two_regions_in_prod_and_costs_nothing_extra_elsewhere() -> None:
    kept = resolved("prod").tables["main"]
    assert (kept.replicas, kept.backup) == (("eu-central-1",), "standard")
    assert kept.capacity is not None
    assert kept.contributor_insights == "accessed_and_throttled_keys"
    assert resolved("prod").secrets["cursor-key"].replicas == ("eu-central-1",)
    for name in ("local", "dev"):
        cheap = resolved(name).tables["main"]
        extra = (cheap.replicas, cheap.backup, cheap.capacity, cheap.contributor_insights)
        assert extra == ((), None, None, None)
        assert resolved(name).secrets["cursor-key"].replicas == ()


@pytest.mark.parametrize("name", ["local", "dev", "prod"])
def test_the_stacks_build_all_of_it(name: str) -> None:
    assert unbuilt(resolved(name)) == ()


def test_prod_is_protected_and_keeps_logs_for_90_days() -> None:
    prod = resolved("prod")
    assert prod.protect
    assert {function.log_retention_days for function in prod.functions} == {90}


def test_every_route_needs_a_token_but_those_of_auth_and_health() -> None:
    open_routes = {
        route.path
        for function in resolved("prod").functions
        for route in function.routes
        if not route.authorizer
    }
    assert {path.split("/")[1] for path in open_routes} == {"auth", "health"}


def test_every_handler_is_there() -> None:
    for function in resolved("dev").functions:
        module, _, attribute = function.handler.rpartition(".")
        source = BLUEPRINT.parent / "services" / function.service / "src" / f"{module.replace('.', '/')}.py"
        assert f"\n{attribute} = " in source.read_text(encoding="utf-8")
