"""Every alarm that there is, as a table: which metric of which thing, when it is bad, and whom it tells.

Names and dimensions of metrics are those that AWS publishes; `tests/stacks/alarms/test_published.py` holds
each against the page of AWS's documentation that says so. CloudWatch compares dimensions exactly: one too
few, and the alarm looks at a metric that nobody writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning", "info"]
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
    """

    id: str
    metric: str
    statistic: str
    dimensions: tuple[str, ...]
    fixed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class AlarmRule:
    """A kind of alarm.

    Attributes:
        key: Section and key of the blueprint's `alarms`: `functions.errors`.
        namespace: Of its metrics.
        measures: Its metrics.
        expression: Metric math over their ids; None for a single metric as it is.
        threshold: Bad is what is above.
        unit: Of the threshold, as the description says it.
        severity: Whom it tells.
        meaning: What is wrong when it is on.
        scale: The subject's quantity of which the threshold is a percentage; None if it is a value.
        period_seconds: Seconds that are one point.
        evaluation_periods: How many of the latest points are looked at.
        datapoints: How many of those must be bad.
        quiet: Why no data means that all is well: missing data are taken as good.
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

    @property
    def name(self) -> str:
        """The last word of the key: `errors`."""
        return self.key.partition(".")[2]

    @property
    def slug(self) -> str:
        """For addresses: `functions-errors`, `queues-dead-letters`."""
        return self.key.replace(".", "-").replace("_", "-")

    @property
    def is_percentile(self) -> bool:
        """Whether few samples make its value meaningless."""
        return any(measure.statistic.startswith("p") for measure in self.measures)


_FUNCTION = ("FunctionName",)
_HTTP_STAGE = ("ApiId", "Stage")
_REST_STAGE = ("ApiName", "Stage")
_QUEUE = ("QueueName",)
_STREAM = ("StreamName",)
_TABLE_OPERATIONS = (
    "GetItem",
    "BatchGetItem",
    "Query",
    "Scan",
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactGetItems",
    "TransactWriteItems",
)

_NO_CALLS = "without calls there is nothing that could fail"
_NO_REQUESTS = "without requests there is nothing that could fail"
_SENT_IF_ANY = "AWS sends the metric only when there is something to count"


def _throttled(*dimensions: str) -> tuple[Measure, ...]:
    return (
        Measure("reads", "ReadThrottleEvents", "Sum", dimensions),
        Measure("writes", "WriteThrottleEvents", "Sum", dimensions),
    )


_FUNCTIONS = (
    AlarmRule(
        "functions.errors",
        "AWS/Lambda",
        (Measure("errors", "Errors", "Sum", _FUNCTION), Measure("calls", "Invocations", "Sum", _FUNCTION)),
        # No call and no error: a division by nothing would be a missing point.
        "IF(calls > 0, 100 * errors / calls, 0)",
        1,
        "% of calls",
        "critical",
        "calls of the function fail",
        _NO_CALLS,
    ),
    AlarmRule(
        "functions.throttles",
        "AWS/Lambda",
        (Measure("throttles", "Throttles", "Sum", _FUNCTION),),
        None,
        0,
        "calls in a period",
        "warning",
        "calls of the function are turned away for want of concurrency",
        _NO_CALLS,
    ),
    AlarmRule(
        "functions.duration",
        "AWS/Lambda",
        (Measure("duration", "Duration", "p90", _FUNCTION),),
        None,
        80,
        "% of the timeout, for the slowest tenth",
        "warning",
        "calls of the function come close to its timeout",
        _NO_CALLS,
        scale="timeout_milliseconds",
        evaluation_periods=3,
        datapoints=2,
    ),
    AlarmRule(
        "functions.iterator_age",
        "AWS/Lambda",
        (Measure("age", "IteratorAge", "Maximum", _FUNCTION),),
        None,
        300_000,
        "ms",
        "warning",
        "the function falls behind its stream, or cannot get past a record",
        "without records nothing waits",
        evaluation_periods=3,
        datapoints=2,
    ),
    AlarmRule(
        "functions.failures",
        "AWS/SQS",
        (Measure("messages", "ApproximateNumberOfMessagesVisible", "Maximum", _QUEUE),),
        None,
        0,
        "events",
        "critical",
        "the function failed on events for good; they lie in its queue of failures",
        "an empty queue that nobody touches for six hours sends no metrics",
    ),
)

_APIS = (
    AlarmRule(
        "apis.errors",
        "AWS/ApiGateway",
        (
            Measure("errors", "5xx", "Sum", _HTTP_STAGE),
            Measure("requests", "Count", "SampleCount", _HTTP_STAGE),
        ),
        "IF(requests > 0, 100 * errors / requests, 0)",
        0.5,
        "% of requests",
        "critical",
        "requests are answered with 5xx",
        _NO_REQUESTS,
    ),
    AlarmRule(
        "apis.latency",
        "AWS/ApiGateway",
        (Measure("latency", "IntegrationLatency", "p90", _HTTP_STAGE),),
        None,
        2_000,
        "ms, for the slowest tenth",
        "warning",
        "requests take long",
        _NO_REQUESTS,
        evaluation_periods=3,
        datapoints=2,
    ),
)

# A REST API has metrics of its own, with other names and another dimension.
_REST = (
    AlarmRule(
        "apis.errors",
        "AWS/ApiGateway",
        (
            Measure("errors", "5XXError", "Sum", _REST_STAGE),
            Measure("requests", "Count", "SampleCount", _REST_STAGE),
        ),
        "IF(requests > 0, 100 * errors / requests, 0)",
        0.5,
        "% of requests",
        "critical",
        "requests are answered with 5xx",
        _NO_REQUESTS,
    ),
    AlarmRule(
        "apis.latency",
        "AWS/ApiGateway",
        (Measure("latency", "Latency", "p90", _REST_STAGE),),
        None,
        2_500,
        "ms, for the slowest tenth",
        "warning",
        "requests take long",
        _NO_REQUESTS,
        evaluation_periods=3,
        datapoints=2,
    ),
)

# Alarms on metrics of DynamoDB ignore missing data whatever they ask for, and would stay on for ever; so the
# gaps are filled.
_TABLES = (
    AlarmRule(
        "tables.throttles",
        "AWS/DynamoDB",
        _throttled("TableName"),
        "FILL(reads, 0) + FILL(writes, 0)",
        0,
        "events in a period",
        "warning",
        "reads or writes of the table are turned away",
        _SENT_IF_ANY,
    ),
    AlarmRule(
        "tables.errors",
        "AWS/DynamoDB",
        tuple(
            Measure(
                operation[0].lower() + operation[1:],
                "SystemErrors",
                "Sum",
                ("TableName",),
                (("Operation", operation),),
            )
            for operation in _TABLE_OPERATIONS
        ),
        " + ".join(f"FILL({operation[0].lower() + operation[1:]}, 0)" for operation in _TABLE_OPERATIONS),
        0,
        "errors in a period",
        "warning",
        "DynamoDB itself fails",
        _SENT_IF_ANY,
        evaluation_periods=3,
        datapoints=2,
    ),
)

_INDEXES = (
    AlarmRule(
        "tables.throttles",
        "AWS/DynamoDB",
        _throttled("TableName", "GlobalSecondaryIndexName"),
        "FILL(reads, 0) + FILL(writes, 0)",
        0,
        "events in a period",
        "warning",
        "reads of the index, or writes into it, are turned away; the latter hold up the table's",
        _SENT_IF_ANY,
    ),
)

_QUEUES = (
    AlarmRule(
        "queues.age",
        "AWS/SQS",
        (Measure("age", "ApproximateAgeOfOldestMessage", "Maximum", _QUEUE),),
        None,
        900,
        "s",
        "warning",
        "messages wait; whoever takes them is too slow, or takes none",
        "an empty queue that nobody touches for six hours sends no metrics",
    ),
    AlarmRule(
        "queues.depth",
        "AWS/SQS",
        (Measure("messages", "ApproximateNumberOfMessagesVisible", "Maximum", _QUEUE),),
        None,
        1_000,
        "messages",
        "warning",
        "more messages come than are taken",
        "an empty queue that nobody touches for six hours sends no metrics",
        evaluation_periods=3,
        datapoints=3,
    ),
    AlarmRule(
        "queues.undelivered",
        "AWS/Events",
        (Measure("failed", "FailedInvocations", "Sum", ("EventBusName", "RuleName")),),
        None,
        0,
        "events in a period",
        "critical",
        "the bus cannot put events into the queue; they are lost",
        _SENT_IF_ANY,
    ),
)

_DEAD_LETTERS = (
    AlarmRule(
        "queues.dead_letters",
        "AWS/SQS",
        (Measure("messages", "ApproximateNumberOfMessagesVisible", "Maximum", _QUEUE),),
        None,
        0,
        "messages",
        "critical",
        "nobody could handle the messages in the dead-letter queue",
        "an empty queue that nobody touches for six hours sends no metrics",
    ),
)

_STREAMS = (
    AlarmRule(
        "streams.age",
        "AWS/Kinesis",
        (Measure("age", "GetRecords.IteratorAgeMilliseconds", "Maximum", _STREAM),),
        None,
        300_000,
        "ms",
        "warning",
        "readers fall behind",
        "where nobody reads, nobody falls behind",
        evaluation_periods=3,
        datapoints=2,
    ),
    AlarmRule(
        "streams.throttles",
        "AWS/Kinesis",
        (
            Measure("reads", "ReadProvisionedThroughputExceeded", "Sum", _STREAM),
            Measure("writes", "WriteProvisionedThroughputExceeded", "Sum", _STREAM),
        ),
        "FILL(reads, 0) + FILL(writes, 0)",
        0,
        "calls in a period",
        "warning",
        "reads or writes of the stream are turned away",
        "without reads and writes there is nothing to turn away",
    ),
)

RULES: Mapping[str, tuple[AlarmRule, ...]] = {
    "function": _FUNCTIONS,
    "http-api": _APIS,
    "rest-api": _REST,
    "table": _TABLES,
    "index": _INDEXES,
    "queue": _QUEUES,
    "dead-letters": _DEAD_LETTERS,
    "stream": _STREAMS,
}
"""The alarms by kind of thing that they watch."""

UNHEALTHY = "services.unhealthy"
"""The key of the composite alarm of a service."""
UNHEALTHY_SEVERITY: Severity = "info"
"""Those it is made of have already told whoever must act."""


def rule_of(kind: str, name: str) -> AlarmRule:
    """The rule of a kind of thing by the last word of its key."""
    return next(rule for rule in RULES[kind] if rule.name == name)
