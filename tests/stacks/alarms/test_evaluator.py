"""The evaluator that judges our alarms is held against the tables of CloudWatch's own guide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

ROWS = [
    # Points (0 good, X bad, - missing), then the state for missing, ignore, breaching, notBreaching.
    (3, 3, "0 - X - X", "OK OK OK OK"),
    (3, 3, "0 - - - -", "OK OK OK OK"),
    (3, 3, "- - - - -", "INSUFFICIENT_DATA before ALARM OK"),
    (3, 3, "0 X X - X", "ALARM ALARM ALARM ALARM"),
    (3, 3, "- - X - -", "ALARM before ALARM OK"),
    (2, 3, "0 - X - X", "ALARM ALARM ALARM ALARM"),
    (2, 3, "0 0 X 0 X", "ALARM ALARM ALARM ALARM"),
    (2, 3, "0 - X - -", "OK OK ALARM OK"),
    (2, 3, "- - - - 0", "OK OK ALARM OK"),
    (2, 3, "- - - - X", "ALARM before ALARM OK"),
]
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


@pytest.mark.parametrize(("needed", "wanted", "row", "expected"), ROWS)
def test_missing_data_are_treated_as_in_the_tables_of_the_guide(
    needed: int, wanted: int, row: str, expected: str, state_of: Callable[..., str]
) -> None:
    points = [{"0": 0.0, "X": 9.0, "-": None}[mark] for mark in row.split()]
    found = [
        state_of(points, treatment, wanted, needed, lambda value: value > 1, "before")
        for treatment in TREATMENTS
    ]
    assert found == expected.split()


def test_metric_math_drops_what_it_cannot_compute(metric_math: Callable[..., Any]) -> None:
    series = {"a": {0: 4.0, 60: 6.0, 120: 8.0}, "b": {0: 2.0, 60: 0.0}}
    times = [0, 60, 120]
    assert metric_math("a / b", series, times) == {0: 2.0}
    assert metric_math("IF(b > 0, 100 * a / b, 0)", series, times) == {0: 200.0, 60: 0.0}
    assert metric_math("a + FILL(b, 1)", series, times) == {0: 6.0, 60: 6.0, 120: 9.0}


def test_a_metric_with_other_dimensions_is_another_metric(cloudwatch: Callable[[], Any]) -> None:
    alarm = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Throttles",
        "Dimensions": [{"Name": "FunctionName", "Value": "a"}],
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    watch = cloudwatch()
    for dimensions in ((), (("FunctionName", "b"),), (("FunctionName", "a"), ("Resource", "a"))):
        watch.put(("AWS/Lambda", "Throttles", dimensions), 590, 5.0)
    assert watch.state(alarm, 600) == "OK"
    watch.put(("AWS/Lambda", "Throttles", (("FunctionName", "a"),)), 590, 5.0)
    assert watch.state(alarm, 600) == "ALARM"


def test_a_percentile_of_few_samples_leaves_the_state_as_it_was(cloudwatch: Callable[[], Any]) -> None:
    alarm = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Duration",
        "ExtendedStatistic": "p90",
        "EvaluateLowSampleCountPercentile": "ignore",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 10,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    watch = cloudwatch()
    watch.put(("AWS/Lambda", "Duration", ()), 590, *[99.0] * 99)
    assert watch.state(alarm, 600, "OK") == "OK"
    assert watch.state(alarm, 600, "ALARM") == "ALARM"
    watch.put(("AWS/Lambda", "Duration", ()), 590, 99.0)
    assert watch.state(alarm, 600, "OK") == "ALARM"
