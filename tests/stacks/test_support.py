"""What the stacks cannot build is refused, all at once, before anything is made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.resolved import (
    ResolvedAccess,
    ResolvedCapacity,
    ResolvedEnvironment,
    ResolvedNetwork,
    ResolvedScaling,
    StreamTrigger,
)
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.stacks.support import unbuilt
from platform_cli.stacks.synthesis import synthesize


def test_the_system_with_one_of_each_is_built_whole(full: Callable[..., ResolvedEnvironment]) -> None:
    assert unbuilt(full()) == ()


@pytest.fixture
def beyond(factory: Callable[..., Any]) -> ResolvedEnvironment:
    """A system that asks for what comes later."""
    make = factory()
    scaling = ResolvedScaling(min=1, max=10, target_percent=70)
    stream = StreamTrigger(
        kind="table_stream",
        source="legacy",
        batch_size=1,
        batch_window_seconds=0,
        starting_position="latest",
        bisect_on_error=False,
        max_retries=0,
        max_age_seconds=None,
        parallelization=1,
        tumbling_window_seconds=None,
        on_failure=None,
    )
    run = make.function(
        "orders",
        "run",
        network="main",
        access=(ResolvedAccess(kind="databases", name="ledger", verb="connect"),),
        triggers=(stream,),
    )
    return make.environment(
        tables=make.named(
            make.table(
                "main",
                capacity=ResolvedCapacity(read=scaling, write=scaling),
                backup="standard",
                replicas=("eu-central-1",),
            ),
            make.table("legacy", external=True, encryption="customer_managed"),
        ),
        secrets=make.named(
            make.secret("db", database="ledger", rotation_days=30, rotation_strategy="single_user")
        ),
        services=make.named(make.service("orders", run)),
        networks={
            "main": ResolvedNetwork(
                name="main",
                physical_name="shop-dev-main",
                cidr="10.0.0.0/16",
                availability_zones=2,
                nat_gateways=1,
                flow_logs=True,
                endpoints=(),
            )
        },
    )


def test_everything_that_is_missing_is_named_with_its_path(beyond: ResolvedEnvironment) -> None:
    assert unbuilt(beyond) == (
        ("secrets.db.rotation", "rotation without a function"),
        ("services.orders.functions.run.triggers", "the stream of the external table legacy"),
        ("tables.legacy.encryption", "somebody else's key of an external table"),
    )


def test_synthesis_refuses_it_and_writes_nothing(beyond: ResolvedEnvironment, tmp_path: Path) -> None:
    with pytest.raises(PlatformError) as caught:
        synthesize(beyond, tmp_path, tmp_path / "out", tmp_path / "cache")
    assert caught.value.code == "not-built"
    assert caught.value.exit_code is ExitCode.USAGE
    assert len(caught.value.message.splitlines()) == 1 + len(unbuilt(beyond))
    assert list(tmp_path.iterdir()) == []


def test_a_field_that_nobody_listed_is_refused_once_it_is_used(
    full: Callable[..., ResolvedEnvironment],
) -> None:
    class Later(ResolvedEnvironment):
        satellites: str | None = None

    values = dict(full())
    assert unbuilt(Later(**values)) == ()
    assert unbuilt(Later(**values, satellites="two")) == (("satellites", "satellites"),)
