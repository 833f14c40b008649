"""Alarms on objectives and on metrics of the business: that they go on, and that what they watch is there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import (
    ResolvedAlarmChange,
    ResolvedEnvironment,
    ResolvedObjectives,
    ResolvedService,
)
from platform_cli.blueprint.resolving import resolve
from platform_cli.stacks.alarms.business import business_alarms
from platform_cli.stacks.alarms.composites import service_alarms
from platform_cli.stacks.alarms.objectives import objective_alarms, service_requests, system_requests
from platform_cli.stacks.dashboards.parts import Graph
from platform_cli.stacks.dashboards.promises import objective_row
from platform_cli.stacks.derived import CALLS, FAILED_CALLS, OF_FUNCTIONS
from platform_cli.stacks.derived import of_function as metrics_of_function

SHOP = Path(__file__).parent.parent.parent.parent / "examples" / "shop"
NOW = 2_592_000
HOUR, DAY = 3600, 86_400
PREFIX = "shop-prod-"
Properties = Mapping[str, Any]


def resources(folder: Path, kind: str) -> dict[str, Properties]:
    return {
        resource["Properties"].get("AlarmName", name): resource["Properties"]
        for path in sorted(folder.glob("*.template.json"))
        for name, resource in json.loads(path.read_text())["Resources"].items()
        if resource["Type"] == kind
    }


@pytest.fixture(scope="module")
def alarms(shop_assemblies: Mapping[str, Path]) -> dict[str, Properties]:
    return resources(shop_assemblies["prod"], "AWS::CloudWatch::Alarm")


@pytest.fixture(scope="module")
def composites(shop_assemblies: Mapping[str, Path]) -> dict[str, Properties]:
    return resources(shop_assemblies["prod"], "AWS::CloudWatch::CompositeAlarm")


@pytest.fixture(scope="module")
def shop() -> ResolvedEnvironment:
    return resolve(inspect_blueprint(SHOP / "blueprint.yaml"), "prod")


def business(name: str, service: str = "orders") -> tuple[str, str, tuple[tuple[str, str], ...]]:
    return "shop/prod", name, (("service", service),)


def of_function(name: str, function: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    return "AWS/Lambda", name, (("FunctionName", f"shop-prod-orders-{function}"),)


# --- metrics of the business ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (100, 51, "OK"),
        (100, 49, "ALARM"),
        (100, None, "ALARM"),  # the metric stopped altogether
        (None, 100, "OK"),  # the first day
        (100, 300, "OK"),
        (None, None, "OK"),
    ],
)
def test_orders_that_drop_by_half_against_the_day_before_are_seen(
    before: float | None,
    after: float | None,
    expected: str,
    alarms: dict[str, Properties],
    cloudwatch: Callable[[], Any],
) -> None:
    watch = cloudwatch()
    for days, value in ((2, before), (1, after)):
        if value is not None:
            watch.put(business("OrdersCreated"), NOW - days * DAY + 60, value)
    alarm = alarms[f"{PREFIX}metric-orders.OrdersCreated-drop"]
    assert alarm["Threshold"] == 50
    assert watch.state(alarm, NOW, "OK") == expected


@pytest.mark.parametrize(("failures", "expected"), [(0, "OK"), (3, "OK"), (4, "ALARM")])
def test_more_failed_orders_than_allowed_are_seen(
    failures: int, expected: str, alarms: dict[str, Properties], cloudwatch: Callable[[], Any]
) -> None:
    watch = cloudwatch()
    for number in range(failures):
        watch.put(business("OrdersFailed"), NOW - 200 + number, 1)
    alarm = alarms[f"{PREFIX}metric-orders.OrdersFailed-above"]
    assert watch.state(alarm, NOW, "OK") == expected
    (action,) = alarm["AlarmActions"]
    assert action.endswith("shop-prod-alarms-critical")


def test_registrations_and_revenue_are_watched_too(alarms: dict[str, Properties]) -> None:
    found = {name.removeprefix(f"{PREFIX}metric-") for name in alarms if "-metric-" in name}
    assert found == {
        "auth.RegistrationsFailed-above",
        "orders.OrdersCreated-drop",
        "orders.OrdersFailed-above",
        "orders.RevenueCents-unusual",
    }


@pytest.mark.parametrize(
    ("usual", "hours", "expected"),
    [
        ((90_000, 10_000), (85_000, 80_000, 84_000), "OK"),  # at noon, as always
        ((90_000, 10_000), (85_000, 60_000, 60_000), "ALARM"),
        ((90_000, 10_000), (85_000, 85_000, 60_000), "OK"),  # one hour is chance
        ((90_000, 10_000), (85_000, None, None), "ALARM"),  # at noon, nothing comes any more
        ((200, 150), (None, None, None), "OK"),  # at night, nothing comes ever
        ((200, 150), (90_000, 90_000, 90_000), "OK"),  # more than usual
    ],
)
def test_revenue_below_what_is_usual_is_seen_and_a_night_is_none(
    usual: tuple[float, float],
    hours: tuple[float | None, ...],
    expected: str,
    alarms: dict[str, Properties],
    cloudwatch: Callable[[], Any],
) -> None:
    watch = cloudwatch()
    watch.expected = usual
    for back, value in zip((3, 2, 1), hours, strict=True):
        if value is not None:
            watch.put(business("RevenueCents"), NOW - back * HOUR + 60, value)
    alarm = alarms[f"{PREFIX}metric-orders.RevenueCents-unusual"]
    assert watch.state(alarm, NOW, "OK") == expected


def test_a_metric_that_is_usually_low_is_seen_when_it_is_high(
    shop: ResolvedEnvironment, cloudwatch: Callable[[], Any]
) -> None:
    orders = shop.services["orders"]
    metric = orders.metrics["RevenueCents"]
    assert metric.alarm
    high = metric.model_copy(update={"alarm": metric.alarm.model_copy(update={"anomaly": "above"})})
    (alarm,) = business_alarms(shop, orders.model_copy(update={"metrics": {"RevenueCents": high}}))
    assert (alarm.rule.bad, alarm.deviations, alarm.missing) == ("above", 2, "notBreaching")


def test_handlers_write_what_alarms_watch_under_that_namespace_and_dimension(
    alarms: dict[str, Properties], shop_assemblies: Mapping[str, Path]
) -> None:
    """The functions' variables decide namespace and dimension; the handlers' calls, the names."""
    functions = resources(shop_assemblies["prod"], "AWS::Lambda::Function").values()
    variables = [function["Environment"]["Variables"] for function in functions]
    written = {
        (v["POWERTOOLS_METRICS_NAMESPACE"], service, name)
        for v in variables
        for service in [v["POWERTOOLS_SERVICE_NAME"]]
        for code in [*(SHOP / "services" / service).rglob("src/**/*.py"), *SHOP.glob("libs/*/src/**/*.py")]
        for name in re.findall(r'(?:count|measure|counting_failures)\(\s*"(\w+)"', code.read_text())
    }
    seen = 0
    for name, alarm in alarms.items():
        metrics = [
            query["MetricStat"]["Metric"] for query in alarm.get("Metrics", ()) if "MetricStat" in query
        ]
        for metric in metrics or [alarm]:
            if metric["Namespace"] != "shop/prod":
                continue
            (dimension,) = metric["Dimensions"]
            assert dimension["Name"] == "service", name
            assert (metric["Namespace"], dimension["Value"], metric["MetricName"]) in written, name
            seen += 1
    assert seen >= 6


# --- objectives -----------------------------------------------------------------------------------


def trouble(watch: Any, *, percent: float, seconds: int, until: int = NOW, function: str = "create") -> None:
    """Calls a minute, of which so many percent fail."""
    for time in range(until - seconds, until, 60):
        watch.put(of_function("Invocations", function), time + 1, 100)
        watch.put(of_function("Errors", function), time + 1, percent)


def state_of_burn(watch: Any, name: str, alarms: Any, composites: Any) -> str:
    rule = composites[f"{PREFIX}objective-{name}"]["AlarmRule"]
    children = re.findall(r'ALARM\("([^"]+)"\)', rule)
    assert rule == " AND ".join(f'ALARM("{child}")' for child in children)
    assert len(children) == 2
    states = [watch.state(alarms[child], NOW, "OK") for child in children]
    return "ALARM" if states == ["ALARM", "ALARM"] else "OK"


def test_a_budget_that_burns_fast_over_both_windows_is_told_of(
    alarms: dict[str, Properties], composites: dict[str, Properties], cloudwatch: Callable[[], Any]
) -> None:
    # 99.95 % leave 0.05 %; 14.4 times that is 0.72 %.
    for percent, expected in ((0.7, "OK"), (0.8, "ALARM")):
        watch = cloudwatch()
        trouble(watch, percent=percent, seconds=HOUR)
        assert state_of_burn(watch, "orders-fast-burn", alarms, composites) == expected, percent
    (action,) = composites[f"{PREFIX}objective-orders-fast-burn"]["AlarmActions"]
    assert action.endswith("shop-prod-alarms-critical")


def test_a_short_trouble_in_a_good_hour_and_one_that_is_over_are_not_told_of(
    alarms: dict[str, Properties], composites: dict[str, Properties], cloudwatch: Callable[[], Any]
) -> None:
    short = cloudwatch()
    trouble(short, percent=0, seconds=HOUR, until=NOW - 300)
    trouble(short, percent=2, seconds=300)
    assert state_of_burn(short, "orders-fast-burn", alarms, composites) == "OK"
    over = cloudwatch()
    trouble(over, percent=5, seconds=HOUR, until=NOW - 600)
    trouble(over, percent=0, seconds=600)
    assert state_of_burn(over, "orders-fast-burn", alarms, composites) == "OK"


def test_a_slow_burn_is_told_of_and_a_fast_one_is_not_needed_for_it(
    alarms: dict[str, Properties], composites: dict[str, Properties], cloudwatch: Callable[[], Any]
) -> None:
    watch = cloudwatch()
    trouble(watch, percent=0.4, seconds=6 * HOUR)
    assert state_of_burn(watch, "orders-slow-burn", alarms, composites) == "ALARM"
    assert state_of_burn(watch, "orders-fast-burn", alarms, composites) == "OK"


def test_answers_with_500_burn_the_budget_though_lambda_counts_them_as_successes(
    alarms: dict[str, Properties], composites: dict[str, Properties], cloudwatch: Callable[[], Any]
) -> None:
    watch = cloudwatch()
    trouble(watch, percent=0, seconds=HOUR)
    for time in range(NOW - HOUR, NOW, 60):
        watch.put(business("UnexpectedFailures"), time + 1, 2)
    assert state_of_burn(watch, "orders-fast-burn", alarms, composites) == "ALARM"


def test_a_day_below_the_objective_is_told_of(
    alarms: dict[str, Properties], cloudwatch: Callable[[], Any]
) -> None:
    alarm = alarms[f"{PREFIX}objective-orders-availability"]
    for percent, expected in ((0.04, "OK"), (0.06, "ALARM")):
        watch = cloudwatch()
        trouble(watch, percent=percent, seconds=DAY)
        assert watch.state(alarm, NOW, "OK") == expected, percent
    assert cloudwatch().state(alarm, NOW, "ALARM") == "OK"


def test_slow_answers_are_told_of_by_function(
    alarms: dict[str, Properties], cloudwatch: Callable[[], Any]
) -> None:
    alarm = alarms[f"{PREFIX}objective-orders.create-p99"]
    for slowest, expected in ((1_900, "OK"), (2_100, "ALARM")):
        watch = cloudwatch()
        # 1,000 calls in an hour, which a thousandth of a function's seconds brings together.
        for minute in range(50):
            times = [50.0] * 19 + [slowest] if minute % 2 else [50.0] * 20
            watch.put(of_function("Duration", "create"), NOW - HOUR + 60 * minute, *times)
        assert watch.state(alarm, NOW, "OK") == expected, slowest


def test_slow_answers_of_the_system_are_told_of_by_api(
    alarms: dict[str, Properties], cloudwatch: Callable[[], Any], metric_key: Callable[[Properties], Any]
) -> None:
    alarm = alarms[f"{PREFIX}objective-public-p99"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/ApiGateway", "Latency")
    assert [dimension["Name"] for dimension in alarm["Dimensions"]] == ["ApiId", "Stage"]
    for slowest, expected in ((900, "OK"), (1_100, "ALARM")):
        watch = cloudwatch()
        watch.put(metric_key(alarm), NOW - 60, *[50.0] * 980, *[slowest] * 20)
        assert watch.state(alarm, NOW, "OK") == expected, slowest


def test_slow_starts_are_told_of_where_starts_are_promised_and_measured(
    alarms: dict[str, Properties], cloudwatch: Callable[[], Any], metric_key: Callable[[Properties], Any]
) -> None:
    alarm = alarms[f"{PREFIX}objective-orders.create-cold-start"]
    for slowest, expected in ((1_900, "OK"), (2_100, "ALARM")):
        watch = cloudwatch()
        for back in (1, 3):
            watch.put(metric_key(alarm), NOW - 300 * back, 300, slowest)
        assert watch.state(alarm, NOW, "OK") == expected, slowest
    assert cloudwatch().state(alarm, NOW, "OK") == "OK"


def test_every_metric_of_starts_that_is_watched_is_read_from_a_log(
    alarms: dict[str, Properties], shop_assemblies: Mapping[str, Path]
) -> None:
    watched = {alarm["Namespace"] for alarm in alarms.values() if alarm.get("MetricName") == "InitDuration"}
    filters = resources(shop_assemblies["prod"], "AWS::Logs::MetricFilter").values()
    made = [t for p in filters for t in p["MetricTransformations"] if t["MetricName"] == "InitDuration"]
    assert {t["MetricNamespace"] for t in made} == watched != set()
    assert all(t["MetricValue"] == "$.record.metrics.initDurationMs" for t in made)
    *others, restored = metrics_of_function(timed=True, restored=True)
    assert tuple(others) == OF_FUNCTIONS
    assert (restored.name, restored.value) == ("InitDuration", "$.record.metrics.restoreDurationMs")
    assert metrics_of_function(timed=False, restored=True) == OF_FUNCTIONS


def test_the_system_is_watched_at_its_apis_and_other_services_have_no_alarms_of_their_own(
    alarms: dict[str, Properties], composites: dict[str, Properties]
) -> None:
    burns = {name.removeprefix(f"{PREFIX}objective-") for name in composites if "-objective-" in name}
    assert burns == {"orders-fast-burn", "orders-slow-burn", "system-fast-burn", "system-slow-burn"}
    stats = [q["MetricStat"] for q in alarms[f"{PREFIX}objective-system-availability"]["Metrics"][1:]]
    assert [(s["Metric"]["MetricName"], s["Stat"]) for s in stats] == [
        ("5xx", "Sum"),
        ("Count", "SampleCount"),
    ]


def test_every_such_alarm_is_heard_within_the_limits(alarms: dict[str, Properties]) -> None:
    found = {name: alarm for name, alarm in alarms.items() if "-objective-" in name or "-metric-" in name}
    assert len(found) == 30
    for name, alarm in found.items():
        metrics = [query for query in alarm.get("Metrics", ()) if "MetricStat" in query]
        assert len(metrics) <= 10, name
        period = metrics[0]["MetricStat"]["Period"] if metrics else alarm["Period"]
        assert period * alarm["EvaluationPeriods"] <= (7 * DAY if period >= HOUR else DAY), name
        assert alarm["AlarmActions"], name


def test_a_service_is_unhealthy_while_its_budget_burns_or_its_business_goes_wrong(
    composites: dict[str, Properties],
) -> None:
    rule = composites[f"{PREFIX}service-orders-unhealthy"]["AlarmRule"]
    told = ("objective-orders-fast-burn", "objective-orders-availability", "metric-orders.OrdersFailed-above")
    for name in told:
        assert f'ALARM("{PREFIX}{name}")' in rule, name
    # What tells nobody by itself is no sign of anything.
    assert "burn-1h" not in rule
    assert "cold-starts" not in rule


def changed(system: ResolvedEnvironment, **changes: Any) -> ResolvedEnvironment:
    rules = {f"objectives.{rule}": ResolvedAlarmChange(**change) for rule, change in changes.items()}
    alarms = system.alarms.model_copy(update={"changes": {**system.alarms.changes, **rules}})
    return system.model_copy(update={"alarms": alarms})


def test_the_alarms_on_objectives_can_be_changed_like_all_others(shop: ResolvedEnvironment) -> None:
    orders = shop.services["orders"]
    system = changed(
        shop,
        fast_burn={"threshold": 10, "severity": "warning"},
        slow_burn={"enabled": False},
        availability={"severity": "critical"},
        p99={"severity": "info", "period_seconds": 7200},
    )
    found = service_alarms(system, orders)
    assert [(burn.key, burn.severity) for burn in found.burn_rates] == [("fast_burn", "warning")]
    by_key = {alarm.rule.key.partition(".")[2]: alarm for alarm in found.promises}
    budget = orders.objectives.budget_percent
    assert budget
    assert by_key["fast_burn_1h"].threshold == by_key["fast_burn_5m"].threshold == pytest.approx(10 * budget)
    assert "slow_burn_6h" not in by_key
    assert by_key["availability"].severity == "critical"
    assert (by_key["p99"].severity, by_key["p99"].period_seconds) == ("info", 7200)
    row = objective_row(system, orders.objectives, service_requests(system, orders))
    (graph,) = [widget for widget in row if isinstance(widget, Graph) and widget.thresholds]
    assert [line.label for line in graph.thresholds] == ["lasts 30 days", "fast burn"]
    none = changed(shop, fast_burn={"enabled": False}, slow_burn={"enabled": False})
    assert service_alarms(none, orders).burn_rates == ()


def of_many(shop: ResolvedEnvironment, functions: int) -> ResolvedService:
    orders = shop.services["orders"]
    create = orders.functions["create"]
    names = [str(number) for number in range(functions)]
    many = {name: create.model_copy(update={"name": name, "physical_name": f"f{name}"}) for name in names}
    return orders.model_copy(update={"functions": many})


@pytest.mark.parametrize(("functions", "metrics"), [(1, 3), (4, 9), (5, 3), (10, 3), (100, 3)])
def test_one_alarm_counts_the_calls_of_a_service_however_many_functions_it_has(
    functions: int, metrics: int, shop: ResolvedEnvironment
) -> None:
    (requests,) = service_requests(shop, of_many(shop, functions))
    measures = (*requests.failed, *requests.total)
    assert requests.name == "orders"
    assert len({measure.id for measure in measures}) == len(measures) == metrics
    assert ("UnexpectedFailures", (("service", "orders"),)) in [(m.metric, m.fixed) for m in requests.failed]


def test_of_many_functions_the_logs_tell_how_calls_ended(shop: ResolvedEnvironment) -> None:
    (requests,) = service_requests(shop, of_many(shop, 5))
    assert [(m.namespace, m.metric, m.fixed) for m in (*requests.failed, *requests.total)] == [
        ("shop/prod/objectives/orders", "MeasuredFailures", ()),
        ("shop/prod", "UnexpectedFailures", (("service", "orders"),)),
        ("shop/prod/objectives/orders", "MeasuredCalls", ()),
    ]
    assert requests.rate == (
        "IF(FILL(calls, 0) > 0, 100 * (FILL(errors, 0) + FILL(answered, 0)) / (FILL(calls, 0)), 0)"
    )


def test_each_function_of_such_a_service_adds_to_the_same_two_metrics(
    ledger_assemblies: Mapping[str, Path],
) -> None:
    filters = resources(ledger_assemblies["prod"], "AWS::Logs::MetricFilter").values()
    found = [
        (t["MetricName"], text)
        for p in filters
        for t in p["MetricTransformations"]
        if t["MetricNamespace"] == "bank/prod/objectives/reports"
        for text in [str(p["LogGroupName"])]
    ]
    groups = {group for _, group in found}
    assert len(groups) == 6
    assert sorted(found) == sorted((m.name, group) for m in (CALLS, FAILED_CALLS) for group in groups)


def test_a_burn_rate_that_no_share_of_failures_can_reach_has_no_alarm(shop: ResolvedEnvironment) -> None:
    requests = system_requests(shop.apis.values(), {"public": "a"})

    def burns(availability: float) -> list[str]:
        found = objective_alarms(
            shop, ResolvedObjectives(availability_percent=availability), requests, "objectives"
        )
        return [burn.name.rpartition("system-")[2] for burn in found.burn_rates]

    assert burns(99) == ["fast-burn", "slow-burn"]
    assert burns(90) == ["slow-burn"]
    assert burns(80) == []
