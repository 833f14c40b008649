"""Figures of AWS's that alarms rest on, and the room that their states have on dashboards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedBusinessMetric
from platform_cli.blueprint.resolving import resolve
from platform_cli.stacks.alarms.business import statistic_of
from platform_cli.stacks.alarms.guarding import cache_alarms, connections_of
from platform_cli.stacks.dashboards.parts import alarm_states

LEDGER = Path(__file__).parents[1] / "ledger" / "blueprint.yaml"


@pytest.mark.parametrize(
    ("smallest", "largest", "connections"),
    [(0.5, 1, 189), (1, 16, 3360), (1, 32, 5000), (1, 64, 5000), (0.5, 16, 2000), (0, 32, 2000)],
)
def test_a_database_takes_as_many_connections_as_aws_tells(
    smallest: float, largest: float, connections: int
) -> None:
    """AWS re:Post, «Working of max_connections for Amazon Aurora PostgreSQL Serverless» (2026-11)."""
    system = resolve(inspect_blueprint(LEDGER), "prod")
    sized = {"min_acu": smallest, "max_acu": largest}
    assert connections_of(system.databases["ledger"].model_copy(update=sized)) == connections


def test_each_node_of_a_cache_is_watched() -> None:
    """Which of them is the primary changes."""
    system = resolve(inspect_blueprint(LEDGER), "prod")
    for multi_az, nodes in ((True, {"001", "002"}), (False, {"001"})):
        cache = system.caches["sessions"].model_copy(update={"multi_az": multi_az})
        watched = {
            alarm.subject.dimensions["CacheClusterId"].rpartition("-")[2]
            for alarm in cache_alarms(system, cache)
        }
        assert watched == nodes


def test_every_state_of_an_alarm_has_its_place_on_a_dashboard() -> None:
    """Two rows of states stand in a row of the grid; eight names fit beside each other at the most."""
    for count in (1, 18, 19, 34, 100):
        (states,) = alarm_states([f"arn:{number}" for number in range(count)])
        assert len(states.arns) == count
        assert (states.height - 1) * 9 >= count
    assert alarm_states([]) == ()


@pytest.mark.parametrize(
    ("unit", "statistic"),
    [
        ("count", "Sum"),
        ("none", "Sum"),
        ("bytes", "Sum"),
        ("percent", "Average"),
        ("seconds", "Average"),
        ("milliseconds", "Average"),
        ("microseconds", "Average"),
    ],
)
def test_amounts_are_added_and_shares_and_times_are_not(unit: Any, statistic: str) -> None:
    metric = ResolvedBusinessMetric(
        name="M", service="orders", namespace="shop/prod", unit=unit, description=None, alarm=None
    )
    assert statistic_of(metric) == statistic
