"""What an alarm is, before anything is there to watch: which metrics, when they are bad, whom it tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning", "info"]
Missing = Literal["notBreaching", "breaching", "ignore", "missing"]
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")

MOST_METRICS = 10
"""Metrics in one alarm with an expression (CloudWatch, PutMetricAlarm, 2026-11)."""


@dataclass(frozen=True)
class Measure:
    """One metric of an alarm.

    Attributes:
        id: By which the expression calls it.
        metric: Its name.
        statistic: `Sum`, `Maximum`, `SampleCount`, `p90`.
        dimensions: Names; the subject of the alarm has their values.
        fixed: Dimensions whose values are the same for every subject.
        namespace: Where it is not in the rule's.
    """

    id: str
    metric: str
    statistic: str
    dimensions: tuple[str, ...]
    fixed: tuple[tuple[str, str], ...] = ()
    namespace: str | None = None


@dataclass(frozen=True)
class AlarmRule:
    """A kind of alarm.

    Attributes:
        key: Section and key of the blueprint's `alarms`: `functions.errors`.
        namespace: Of its metrics; a subject can have another in the place of one.
        measures: Its metrics.
        expression: Metric math over their ids; None for a single metric as it is.
        threshold: Bad is what is above, or below.
        unit: Of the threshold, as the description says it.
        severity: Whom it tells.
        meaning: What is wrong when it is on.
        scale: The subject's quantity of which the threshold is a percentage; None if it is a value.
        period_seconds: Seconds that are one point.
        evaluation_periods: How many of the latest points are looked at.
        datapoints: How many of those must be bad.
        quiet: Why missing data are taken as `missing` says.
        missing: What CloudWatch takes no data for.
        bad: On which side of the threshold the bad is.
        explained: Slug under which it is said what to do, where not under its own.
    """

    key: str
    namespace: str
    measures: tuple[Measure, ...]
    expression: str | None
    threshold: float
    unit: str
    severity: Severity
    meaning: str
    quiet: str
    scale: str | None = None
    period_seconds: int = 300
    evaluation_periods: int = 1
    datapoints: int = 1
    missing: Missing = "notBreaching"
    bad: Literal["above", "below"] = "above"
    explained: str | None = None

    @property
    def name(self) -> str:
        """The last word of the key: `errors`."""
        return self.key.partition(".")[2]

    @property
    def slug(self) -> str:
        """For addresses: `functions-errors`, `queues-dead-letters`."""
        return self.explained or self.key.replace(".", "-").replace("_", "-")

    @property
    def is_percentile(self) -> bool:
        """Whether few samples make its value meaningless."""
        return any(measure.statistic.startswith("p") for measure in self.measures)


def answered_badly(
    key: str, namespace: str, measures: tuple[Measure, ...], expression: str | None, meaning: str
) -> AlarmRule:
    """More than half a percent of requests are answered with 5xx.

    Args:
        key: Of the rule.
        namespace: Of its metrics.
        measures: Its metrics.
        expression: Percent of requests over their ids; None where the metric is that.
        meaning: What is wrong when it is on.
    """
    return AlarmRule(
        key, namespace, measures, expression, 0.5, "% of requests", "critical", meaning, NO_REQUESTS
    )


def answered_slowly(
    key: str, namespace: str, measure: Measure, threshold: float, unit: str, meaning: str
) -> AlarmRule:
    """The slowest tenth of requests takes longer than a threshold, in two of three periods.

    Args:
        key: Of the rule.
        namespace: Of its metric.
        measure: The p90 of the time that requests take.
        threshold: In the unit.
        unit: `ms` or `s`.
        meaning: What is wrong when it is on.
    """
    return AlarmRule(
        key,
        namespace,
        (measure,),
        None,
        threshold,
        f"{unit}, for the slowest tenth",
        "warning",
        meaning,
        NO_REQUESTS,
        evaluation_periods=3,
        datapoints=2,
    )


NO_CALLS = "without calls there is nothing that could fail"
NO_REQUESTS = "without requests there is nothing that could fail"
SENT_IF_ANY = "AWS sends the metric only when there is something to count"
NO_MESSAGES = "an empty queue that nobody touches for six hours sends no metrics"

FUNCTION = ("FunctionName",)
QUEUE = ("QueueName",)

DERIVED = "derived"
"""Stands for the namespace of what is read from the logs of a subject, which only the subject knows."""
