"""What is paid for alarms is what the templates make."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedAlarmChange, ResolvedEnvironment
from platform_cli.blueprint.resolving import resolve
from platform_cli.stacks.alarms.counting import AlarmCount, count_alarms

SHOP = Path(__file__).parents[3] / "examples" / "shop" / "blueprint.yaml"


def counted(templates: Iterable[Mapping[str, Any]]) -> AlarmCount:
    metrics = composites = 0
    for template in templates:
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::CloudWatch::CompositeAlarm":
                composites += 1
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                queries = resource["Properties"].get("Metrics", ())
                metrics += sum(1 for query in queries if "MetricStat" in query) or 1
                # Both ends of what is expected (CloudWatch's price list, 2026-11).
                metrics += 2 * ("ThresholdMetricId" in resource["Properties"])
    return AlarmCount(metrics, composites)


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_count_is_that_of_the_templates(environment: str, shop_assemblies: Mapping[str, Path]) -> None:
    files = shop_assemblies[environment].glob("*.template.json")
    system = resolve(inspect_blueprint(SHOP), environment)
    assert count_alarms(system) == counted(json.loads(path.read_text()) for path in files)


@pytest.mark.parametrize("name", ["ledger", "partner"])
def test_the_count_knows_databases_caches_and_firewalls(
    name: str, ledger_assemblies: Mapping[str, Path], partner_assemblies: Mapping[str, Path]
) -> None:
    folder = {"ledger": ledger_assemblies, "partner": partner_assemblies}[name]["prod"]
    blueprint = Path(__file__).parents[1] / name / "blueprint.yaml"
    system = resolve(inspect_blueprint(blueprint), "prod")
    files = folder.glob("*.template.json")
    assert count_alarms(system) == counted(json.loads(path.read_text()) for path in files)


def test_an_alarm_on_anomalies_is_paid_three_times(watched: Callable[..., ResolvedEnvironment]) -> None:
    learning = {"queues.depth": ResolvedAlarmChange(anomaly=True)}
    more = count_alarms(watched(changes=learning)).metrics - count_alarms(watched()).metrics
    assert more == 2 * len(watched().queues)


def test_without_contacts_nothing_is_paid(full: Callable[..., ResolvedEnvironment]) -> None:
    assert count_alarms(full()) == AlarmCount(0, 0)
