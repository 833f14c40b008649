"""Every alarm in a template goes on for bad data, and stays off for good data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.stacks.alarms.catalog import RULES

Properties = Mapping[str, Any]
Templates = dict[str, dict[str, Any]]
NOW = 900_000


def alarms_in(folder: Path) -> Iterator[tuple[str, Properties]]:
    for path in sorted(folder.glob("*.template.json")):
        for resource in json.loads(path.read_text())["Resources"].values():
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                yield resource["Properties"]["AlarmName"], resource["Properties"]


@pytest.fixture(scope="session")
def alarms(
    shop_assemblies: Mapping[str, Path],
    ledger_assemblies: Mapping[str, Path],
    partner_assemblies: Mapping[str, Path],
    watched_templates: Templates,
) -> dict[str, Properties]:
    """All alarms of the table, of whole systems in all of their environments and of one with one of each.

    Those on metrics of a system's own business and on its objectives have tests of their own.
    """
    found = {
        name: alarm
        for assemblies in (shop_assemblies, ledger_assemblies, partner_assemblies)
        for folder in assemblies.values()
        for name, alarm in alarms_in(folder)
    }
    for template in watched_templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                found[f"one-of-each {resource['Properties']['AlarmName']}"] = resource["Properties"]
    slugs = {rule.slug for rules in RULES.values() for rule in rules}
    return {n: a for n, a in found.items() if a["AlarmDescription"].rpartition("#")[2] in slugs}


class Data:
    """Samples for all metrics of an alarm, in as many periods as it looks at."""

    def __init__(
        self, cloudwatch: Any, alarm: Properties, key_of: Callable[[Properties], Any], period: int
    ) -> None:
        self.watch, self._alarm, self._key_of, self._period = cloudwatch, alarm, key_of, period

    def put(self, number: int, periods: int, *values: float) -> None:
        """Samples of the alarm's metric of a number, in so many of the latest periods."""
        key = self._key_of(self._metrics()[number][0])
        for back in range(periods):
            self.watch.put(key, NOW - self._period * back - 1, *values)

    def raise_(self, number: int, periods: int, by: float) -> None:
        """A counter that rises in each of so many of the latest periods."""
        key = self._key_of(self._metrics()[number][0])
        for back in range(periods + 1):
            self.watch.put(key, NOW - self._period * back - 1, 1000 + by * (periods - back))

    def _metrics(self) -> list[tuple[Properties, str]]:
        if "Metrics" not in self._alarm:
            stat = self._alarm.get("Statistic") or self._alarm["ExtendedStatistic"]
            return [(self._alarm, stat)]
        queries = [query["MetricStat"] for query in self._alarm["Metrics"] if "MetricStat" in query]
        return [(query["Metric"], query["Stat"]) for query in queries]

    def __len__(self) -> int:
        return len(self._metrics())


@pytest.fixture
def data(
    cloudwatch: Callable[[], Any],
    metric_key: Callable[[Properties], Any],
    period_seconds: Callable[[Properties], int],
) -> Callable[[Properties], Data]:
    return lambda alarm: Data(cloudwatch(), alarm, metric_key, period_seconds(alarm))


def expression_of(alarm: Properties) -> str:
    return next((query["Expression"] for query in alarm.get("Metrics", ()) if "Expression" in query), "")


def is_sum(alarm: Properties) -> bool:
    """Whether each of its metrics is enough by itself."""
    return all(part.startswith("FILL(") for part in expression_of(alarm).split(" + "))


def is_greatest(alarm: Properties) -> bool:
    """Whether the largest of its metrics counts, so that each is enough by itself too."""
    return expression_of(alarm).startswith("MAX([")


def fill(case: Data, alarm: Properties, value: float, periods: int, number: int = 0) -> None:
    """Data of which the alarm makes a value, in so many of the latest periods; of sums, from one metric."""
    expression = expression_of(alarm)
    if expression.startswith("IF("):
        # A share of calls, or of requests, which are counted by a sum or by samples.
        case.put(0, periods, value * 10)
        case.put(1, periods, *([1000.0] if "calls" in expression else [1.0] * 1000))
    elif expression.startswith("100 * FILL(consumed"):
        # Units consumed in an hour, of 40 provisioned a second.
        case.put(0, periods, value / 100 * 40 * 3600)
        case.put(1, periods, 40)
    elif expression.startswith("DIFF("):
        case.raise_(0, periods, value)
    elif expression == "attempts - successes":
        # One metric: each sample is an attempt, and counts 0 if it failed.
        case.put(0, periods, *[0.0] * int(value))
    elif expression.startswith("100 * "):
        case.put(0, periods, value / 100)
    else:
        # Enough of them for a percentile to say something.
        case.put(number, periods, *[value] * (100 if alarm.get("ExtendedStatistic") else 1))


def worse(alarm: Properties) -> float:
    threshold = float(alarm["Threshold"])
    return threshold + 1 if alarm["ComparisonOperator"].startswith("Greater") else threshold * 0.9


def test_every_alarm_goes_on_for_bad_data(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    assert len(alarms) > 200
    for name, alarm in alarms.items():
        for number in range(len(data(alarm)) if is_sum(alarm) or is_greatest(alarm) else 1):
            case = data(alarm)
            fill(case, alarm, worse(alarm), alarm["DatapointsToAlarm"], number)
            assert case.watch.state(alarm, NOW, "OK") == "ALARM", (name, number)


def test_no_alarm_goes_on_at_its_threshold_or_for_one_bad_point_less(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    for name, alarm in alarms.items():
        needed, periods = alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]
        good = data(alarm)
        fill(good, alarm, float(alarm["Threshold"]), periods)
        assert good.watch.state(alarm, NOW, "ALARM") == "OK", name
        if needed > 1 and alarm["TreatMissingData"] == "notBreaching":
            short = data(alarm)
            fill(short, alarm, worse(alarm), needed - 1)
            assert short.watch.state(alarm, NOW, "OK") == "OK", name


STATES = {
    "notBreaching": "OK",
    "breaching": "ALARM",
    "missing": "INSUFFICIENT_DATA",
    "ignore": "as before",
}


def test_without_data_each_alarm_is_as_its_rule_means_it(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    for name, alarm in alarms.items():
        for before in ("OK", "ALARM"):
            expected = STATES[alarm["TreatMissingData"]].replace("as before", before)
            assert data(alarm).watch.state(alarm, NOW, before) == expected, name


def test_silence_is_told_of_where_it_is_neither_good_nor_bad(alarms: dict[str, Properties]) -> None:
    silent = [alarm for alarm in alarms.values() if alarm["TreatMissingData"] == "missing"]
    assert {alarm["MetricName"] for alarm in silent} == {
        "ACUUtilization",
        "CPUUtilization",
        "CurrConnections",
        "DatabaseConnections",
        "DatabaseMemoryUsagePercentage",
        "EngineCPUUtilization",
        "FreeableMemory",
    }
    for alarm in alarms.values():
        told = alarm["AlarmActions"] if alarm in silent else None
        assert alarm.get("InsufficientDataActions") == told


def test_a_database_that_sleeps_is_well_and_one_that_never_does_is_not(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    sleeps, wakes = (alarms[f"bank-{name}-database-ledger-load"] for name in ("dev", "prod"))
    assert data(sleeps).watch.state(sleeps, NOW, "OK") == "OK"
    assert data(wakes).watch.state(wakes, NOW, "OK") == "INSUFFICIENT_DATA"


def test_a_function_that_fails_once_an_hour_and_does_nothing_else_is_seen(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    alarm = alarms["shop-dev-function-orders.create-errors"]
    case = data(alarm)
    case.put(0, 1, 1)
    case.put(1, 1, 1)
    assert case.watch.state(alarm, NOW, "OK") == "ALARM"


def test_a_hot_partition_is_told_from_too_little_capacity(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    """AWS counts both under the same dimensions, and only the metric of the reason tells them apart."""
    hot = alarms["shop-dev-table-main-hot-partition"]
    watched = {
        query["MetricStat"]["Metric"]["MetricName"] for query in hot["Metrics"] if "MetricStat" in query
    }
    assert watched == {
        "ReadKeyRangeThroughputThrottleEvents",
        "WriteKeyRangeThroughputThrottleEvents",
    }
    too_little = data(alarms["shop-dev-table-main-throttles"])
    too_little.put(0, 3, 50)
    assert too_little.watch.state(hot, NOW, "OK") == "OK"
    one_key = data(hot)
    one_key.put(1, 2, 50)
    assert one_key.watch.state(hot, NOW, "OK") == "ALARM"
    parted = data(hot)
    parted.put(1, 1, 50)
    assert parted.watch.state(hot, NOW, "OK") == "OK"


def test_the_latency_of_a_table_is_that_of_its_slowest_operation(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    (alarm,) = [alarm for name, alarm in alarms.items() if name.endswith("table-main-latency")]
    slow = data(alarm)
    slow.put(1, 3, 51)
    for fast in (0, 2, 3):
        slow.put(fast, 3, 4)
    assert slow.watch.state(alarm, NOW, "OK") == "ALARM"
    each_below = data(alarm)
    for number in range(4):
        each_below.put(number, 3, 20)
    assert each_below.watch.state(alarm, NOW, "ALARM") == "OK"
    assert data(alarm).watch.state(alarm, NOW, "ALARM") == "OK"


def test_errors_of_another_function_do_not_count(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    other = data(alarms["shop-dev-function-orders.get-errors"])
    other.put(0, 1, 50)
    other.put(1, 1, 50)
    assert other.watch.state(alarms["shop-dev-function-orders.create-errors"], NOW, "OK") == "OK"


def test_alarms_on_dynamodb_fill_their_gaps_since_it_ignores_how_they_treat_missing_data(
    alarms: dict[str, Properties],
) -> None:
    found = 0
    for alarm in alarms.values():
        if "AWS/DynamoDB" not in json.dumps(alarm) or not is_sum(alarm):
            continue
        found += 1
        (expression,) = [query["Expression"] for query in alarm["Metrics"] if "Expression" in query]
        ids = [query["Id"] for query in alarm["Metrics"] if "MetricStat" in query]
        assert sorted(expression.split(" + ")) == sorted(f"FILL({name}, 0)" for name in ids)
    assert found > 5


def test_every_alarm_is_named_explained_and_heard(alarms: dict[str, Properties]) -> None:
    for name, alarm in alarms.items():
        system, environment, _ = alarm["AlarmName"].split("-", 2)
        assert len(alarm["AlarmName"]) <= 255
        assert " Runbook: docs/alarms.md#" in alarm["AlarmDescription"], name
        (action,) = alarm["AlarmActions"]
        assert alarm["OKActions"] == [action]
        assert action.split(":")[5].rpartition("-")[0] == f"{system}-{environment}-alarms", name
        assert environment in ("local", "dev", "prod")
        assert system in ("shop", "bank", "partner")
        metrics = [query for query in alarm.get("Metrics", ()) if "MetricStat" in query]
        assert len(metrics) <= 10, name
        if "ExtendedStatistic" in alarm:
            assert alarm["EvaluateLowSampleCountPercentile"] == "ignore", name


def test_names_of_alarms_are_unique_in_an_account(shop_assemblies: Mapping[str, Path]) -> None:
    names = [name for folder in shop_assemblies.values() for name, _ in alarms_in(folder)]
    assert len(names) == len(set(names))
