"""Every alarm in a template goes on for bad data, and stays off for good data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

Properties = Mapping[str, Any]
Templates = dict[str, dict[str, Any]]
NOW = 900_000


def alarms_in(folder: Path) -> Iterator[tuple[str, Properties]]:
    for path in sorted(folder.glob("*.template.json")):
        for resource in json.loads(path.read_text())["Resources"].values():
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                yield resource["Properties"]["AlarmName"], resource["Properties"]


@pytest.fixture(scope="session")
def alarms(shop_assemblies: Mapping[str, Path], watched_templates: Templates) -> dict[str, Properties]:
    """All alarms of the shop in all of its environments, and those of the system with one of each."""
    found = {name: alarm for folder in shop_assemblies.values() for name, alarm in alarms_in(folder)}
    for template in watched_templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::CloudWatch::Alarm":
                found[f"one-of-each {resource['Properties']['AlarmName']}"] = resource["Properties"]
    return found


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


def is_rate(alarm: Properties) -> bool:
    return any(query.get("Expression", "").startswith("IF(") for query in alarm.get("Metrics", ()))


def samples_of(alarm: Properties, value: float) -> list[float]:
    """Enough of them for a percentile to say something."""
    return [value] * (100 if alarm.get("ExtendedStatistic") else 1)


def test_every_alarm_goes_on_for_bad_data(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    assert len(alarms) > 100
    for name, alarm in alarms.items():
        needed, bad = alarm["DatapointsToAlarm"], alarm["Threshold"] + 1
        if is_rate(alarm):
            case = data(alarm)
            case.put(0, needed, bad)
            case.put(1, needed, *[1.0] * 100)
            if "calls" in json.dumps(alarm["Metrics"]):
                case = data(alarm)
                case.put(0, needed, bad)
                case.put(1, needed, 100)
            assert case.watch.state(alarm, NOW, "OK") == "ALARM", name
            continue
        for number in range(len(data(alarm))):
            # Each metric of a sum is enough by itself, with nothing in the others.
            case = data(alarm)
            case.put(number, needed, *samples_of(alarm, bad))
            assert case.watch.state(alarm, NOW, "OK") == "ALARM", (name, number)


def test_no_alarm_goes_on_at_its_threshold_or_for_one_bad_point_less(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    for name, alarm in alarms.items():
        needed, periods, threshold = (
            alarm["DatapointsToAlarm"],
            alarm["EvaluationPeriods"],
            alarm["Threshold"],
        )
        good = data(alarm)
        if is_rate(alarm):
            good.put(0, periods, threshold * 2)
            good.put(1, periods, *([200.0] if "calls" in json.dumps(alarm["Metrics"]) else [1.0] * 200))
        else:
            good.put(0, periods, *samples_of(alarm, threshold))
        assert good.watch.state(alarm, NOW, "ALARM") == "OK", name
        if not is_rate(alarm):
            short = data(alarm)
            short.put(0, needed - 1, *samples_of(alarm, threshold + 1))
            assert short.watch.state(alarm, NOW, "OK") == "OK", name


def test_no_alarm_goes_on_without_data_or_stays_on_after_it(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    for name, alarm in alarms.items():
        assert data(alarm).watch.state(alarm, NOW, "ALARM") == "OK", name


def test_a_function_that_fails_once_an_hour_and_does_nothing_else_is_seen(
    alarms: dict[str, Properties], data: Callable[[Properties], Data]
) -> None:
    alarm = alarms["shop-dev-function-orders.create-errors"]
    case = data(alarm)
    case.put(0, 1, 1)
    case.put(1, 1, 1)
    assert case.watch.state(alarm, NOW, "OK") == "ALARM"


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
        if "AWS/DynamoDB" not in json.dumps(alarm):
            continue
        found += 1
        (expression,) = [query["Expression"] for query in alarm["Metrics"] if "Expression" in query]
        ids = [query["Id"] for query in alarm["Metrics"] if "MetricStat" in query]
        assert sorted(expression.split(" + ")) == sorted(f"FILL({name}, 0)" for name in ids)
    assert found > 5


def test_every_alarm_is_named_explained_and_heard(alarms: dict[str, Properties]) -> None:
    for name, alarm in alarms.items():
        environment = alarm["AlarmName"].split("-")[1]
        assert alarm["AlarmName"].startswith(f"shop-{environment}-"), name
        assert len(alarm["AlarmName"]) <= 255
        assert " Runbook: docs/alarms.md#" in alarm["AlarmDescription"], name
        assert alarm["TreatMissingData"] == "notBreaching", name
        (action,) = alarm["AlarmActions"]
        assert alarm["OKActions"] == [action]
        assert action.split(":")[5].rpartition("-")[0] == f"shop-{environment}-alarms", name
        metrics = [query for query in alarm.get("Metrics", ()) if "MetricStat" in query]
        assert len(metrics) <= 10, name
        if "ExtendedStatistic" in alarm:
            assert alarm["EvaluateLowSampleCountPercentile"] == "ignore", name


def test_names_of_alarms_are_unique_in_an_account(shop_assemblies: Mapping[str, Path]) -> None:
    names = [name for folder in shop_assemblies.values() for name, _ in alarms_in(folder)]
    assert len(names) == len(set(names))
