"""Alarms on what CloudWatch did not learn to expect, and odd costs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from platform_cli.blueprint.checks.alarms import WITHOUT_ANOMALIES
from platform_cli.blueprint.model.alarm_kinds import ObjectiveAlarms
from platform_cli.blueprint.resolved import ResolvedAlarmChange, ResolvedCostAnomalies, ResolvedEnvironment
from platform_cli.stacks.alarms.catalog import RULES, UNHEALTHY
from platform_cli.stacks.support import unbuilt

Properties = Mapping[str, Any]
Templates = dict[str, dict[str, Any]]
NOW = 900_000
LEARNING = {
    "functions.errors": ResolvedAlarmChange(anomaly=True),
    "functions.duration": ResolvedAlarmChange(anomaly=True, deviations=3),
    "queues.depth": ResolvedAlarmChange(anomaly=True),
}


@pytest.fixture(scope="module")
def learning(
    watched: Callable[..., ResolvedEnvironment],
    templates_of: Callable[[ResolvedEnvironment], Templates],
    lint: Callable[[Templates], list[str]],
) -> dict[str, Properties]:
    templates = templates_of(watched(changes=LEARNING))
    assert lint(templates) == []
    return {
        resource["Properties"]["AlarmName"]: resource["Properties"]
        for template in templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }


def test_only_the_alarms_that_are_told_so_learn(learning: dict[str, Properties]) -> None:
    learned = {name for name, alarm in learning.items() if "ThresholdMetricId" in alarm}
    assert learned
    for name in learned:
        assert name.endswith(("-errors", "-duration", "-depth"))
        assert "Threshold" not in learning[name]
        assert learning[name]["ComparisonOperator"] == "GreaterThanUpperThreshold"
    assert "shop-dev-function-orders.create-throttles" not in learned


@pytest.mark.parametrize(
    ("name", "watched_id", "width"),
    [
        ("shop-dev-function-orders.create-errors", "result", "2"),
        ("shop-dev-function-orders.create-duration", "duration", "3"),
        ("shop-dev-queue-later-depth", "messages", "2"),
    ],
)
def test_the_band_is_around_what_the_alarm_looks_at(
    name: str, watched_id: str, width: str, learning: dict[str, Properties]
) -> None:
    queries = {query["Id"]: query for query in learning[name]["Metrics"]}
    band = queries[learning[name]["ThresholdMetricId"]]
    assert band["Expression"] == f"ANOMALY_DETECTION_BAND({watched_id}, {width})"
    # CloudWatch wants both of them returned, and nothing else (PutMetricAlarm, 2026-11).
    returned = {query_id for query_id, query in queries.items() if query["ReturnData"]}
    assert returned == {watched_id, band["Id"]}
    assert f"more than expected, by over {width} standard deviations" in learning[name]["AlarmDescription"]


def test_what_is_beyond_the_band_is_bad_and_what_is_in_it_is_good(
    learning: dict[str, Properties],
    cloudwatch: Callable[[], Any],
    metric_key: Callable[[Properties], Any],
) -> None:
    alarm = learning["shop-dev-queue-later-depth"]
    (query,) = [query for query in alarm["Metrics"] if "MetricStat" in query]
    for messages, state in ((1_000, "OK"), (1_200, "OK"), (1_201, "ALARM"), (10, "OK")):
        watch = cloudwatch()
        watch.expected = (1_000, 100)
        for back in range(alarm["EvaluationPeriods"]):
            watch.put(metric_key(query["MetricStat"]["Metric"]), NOW - 300 * back - 1, messages)
        assert watch.state(alarm, NOW, "OK") == state, messages


def test_every_alarm_of_which_one_is_bad_already_refuses_to_learn() -> None:
    at_all = {rule.key for rules in RULES.values() for rule in rules if rule.threshold == 0}
    waste = {rule.key for rules in RULES.values() for rule in rules if ".unused" in rule.key}
    promised = {key for key in WITHOUT_ANOMALIES if key.startswith("objectives.")}
    assert at_all | waste | promised | {UNHEALTHY, "certificates.expiry"} == set(WITHOUT_ANOMALIES)
    assert {key.partition(".")[2] for key in promised} == set(ObjectiveAlarms.model_fields)


# --- odd costs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("watch", "expected"),
    [
        ("account", {"MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}),
        (
            "system",
            {
                "MonitorType": "CUSTOM",
                "MonitorSpecification": '{"Tags": {"Key": "system", "Values": ["shop"]}}',
            },
        ),
    ],
)
def test_odd_costs_are_mailed_daily(
    watch: Any,
    expected: dict[str, str],
    factory: Callable[..., Any],
    templates_of: Callable[[ResolvedEnvironment], Templates],
    resources_of: Callable[[Templates, str], dict[str, Properties]],
    lint: Callable[[Templates], list[str]],
) -> None:
    wanted = ResolvedCostAnomalies(watch=watch, above_usd=50, contacts=("owner@example.com",))
    system = factory().environment(cost_anomalies=wanted)
    assert unbuilt(system) == ()
    templates = templates_of(system)
    assert lint(templates) == []
    (monitor,) = resources_of(templates, "AWS::CE::AnomalyMonitor").values()
    kind = {key: monitor[key] for key in monitor if key not in ("MonitorName", "ResourceTags")}
    assert kind == expected
    assert {"Key": "system", "Value": "shop"} in monitor["ResourceTags"]
    (subscription,) = resources_of(templates, "AWS::CE::AnomalySubscription").values()
    assert subscription["Subscribers"] == [{"Address": "owner@example.com", "Type": "EMAIL"}]
    assert subscription["Frequency"] == "DAILY"
    assert subscription["MonitorArnList"] == [{"Fn::GetAtt": ["CostMonitor", "MonitorArn"]}]
    impact = json.loads(subscription["ThresholdExpression"])["Dimensions"]
    assert (impact["Key"], impact["Values"]) == ("ANOMALY_TOTAL_IMPACT_ABSOLUTE", ["50"])


def test_every_stack_carries_the_tags_that_costs_are_told_apart_by(
    shop_assemblies: Mapping[str, Any],
) -> None:
    manifest = json.loads((shop_assemblies["prod"] / "manifest.json").read_text())["artifacts"]
    stacks = {
        name: artifact["properties"]["tags"]
        for name, artifact in manifest.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    assert len(stacks) > 5
    for name, tags in stacks.items():
        assert {key: tags[key] for key in ("environment", "owner", "system")} == {
            "environment": "prod",
            "owner": "team-commerce",
            "system": "shop",
        }
        assert ("service" in tags) == ("-service-" in name)
