"""Alarms on tables and their indexes."""

from __future__ import annotations

from platform_cli.stacks.alarms.rule import (
    SENT_IF_ANY,
    AlarmRule,
    Measure,
)

_TABLE = ("TableName",)
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

_SINGLE_ITEM = ("GetItem", "PutItem", "UpdateItem", "DeleteItem")
"""Operations on one item, which take about the same time whatever the table holds."""


def _throttled(*dimensions: str) -> tuple[Measure, ...]:
    return (
        Measure("reads", "ReadThrottleEvents", "Sum", dimensions),
        Measure("writes", "WriteThrottleEvents", "Sum", dimensions),
    )


def _by_operation(metric: str, statistic: str, operations: tuple[str, ...]) -> tuple[Measure, ...]:
    return tuple(
        Measure(operation[0].lower() + operation[1:], metric, statistic, _TABLE, (("Operation", operation),))
        for operation in operations
    )


def _filled(measures: tuple[Measure, ...]) -> list[str]:
    return [f"FILL({measure.id}, 0)" for measure in measures]


def _hot_partition(of_what: str, *dimensions: str) -> AlarmRule:
    return AlarmRule(
        "tables.hot_partition",
        "AWS/DynamoDB",
        (
            Measure("reads", "ReadKeyRangeThroughputThrottleEvents", "Sum", dimensions),
            Measure("writes", "WriteKeyRangeThroughputThrottleEvents", "Sum", dimensions),
        ),
        "FILL(reads, 0) + FILL(writes, 0)",
        0,
        "events in a period",
        "warning",
        f"a partition of {of_what} takes no more, however much capacity there is beside it",
        SENT_IF_ANY,
        # DynamoDB parts a hot partition by itself within minutes; what goes on is a key that it cannot part.
        evaluation_periods=3,
        datapoints=2,
    )


def _unused(what: str, of_what: str, *dimensions: str) -> AlarmRule:
    kind = what.capitalize()
    plural = f"{what}s"
    return AlarmRule(
        f"tables.unused_{plural}",
        "AWS/DynamoDB",
        (
            Measure("consumed", f"Consumed{kind}CapacityUnits", "Sum", dimensions),
            Measure("provisioned", f"Provisioned{kind}CapacityUnits", "Average", dimensions),
        ),
        "100 * FILL(consumed, 0) / PERIOD(consumed) / provisioned",
        20,
        f"% of the provisioned {plural}, for a day",
        "info",
        f"provisioned {what} capacity of {of_what} is paid for and hardly used",
        "DynamoDB tells the capacity as long as there is any, and alarms on its metrics wait for it",
        period_seconds=3600,
        evaluation_periods=24,
        datapoints=24,
        missing="ignore",
        bad="below",
    )


_ERRORS = _by_operation("SystemErrors", "Sum", _TABLE_OPERATIONS)
_LATENCIES = _by_operation("SuccessfulRequestLatency", "Average", _SINGLE_ITEM)

# Alarms on metrics of DynamoDB ignore missing data whatever they ask for, and would stay on for ever; so the
# gaps are filled.
TABLES = (
    AlarmRule(
        "tables.throttles",
        "AWS/DynamoDB",
        _throttled("TableName"),
        "FILL(reads, 0) + FILL(writes, 0)",
        0,
        "events in a period",
        "warning",
        "reads or writes of the table are turned away",
        SENT_IF_ANY,
    ),
    AlarmRule(
        "tables.errors",
        "AWS/DynamoDB",
        _ERRORS,
        " + ".join(_filled(_ERRORS)),
        0,
        "errors in a period",
        "warning",
        "DynamoDB itself fails",
        SENT_IF_ANY,
        evaluation_periods=3,
        datapoints=2,
    ),
    # Only where the blueprint asks for it: what is usual depends on the size of items.
    AlarmRule(
        "tables.latency",
        "AWS/DynamoDB",
        _LATENCIES,
        f"MAX([{', '.join(_filled(_LATENCIES))}])",
        50,
        "ms, on average",
        "warning",
        "DynamoDB takes long for single items",
        "without calls nothing takes long",
        evaluation_periods=3,
        datapoints=3,
    ),
    _hot_partition("the table", "TableName"),
    _unused("read", "the table", "TableName"),
    _unused("write", "the table", "TableName"),
)

REPLICAS = (
    AlarmRule(
        "tables.replication",
        "AWS/DynamoDB",
        (Measure("latency", "ReplicationLatency", "Average", ("TableName", "ReceivingRegion")),),
        "FILL(latency, 0)",
        180_000,
        "ms, on average",
        "warning",
        "what is written is late in the replica, and would be lost with this region",
        "without writes there is nothing to replicate",
        evaluation_periods=3,
        datapoints=2,
    ),
)

INDEXES = (
    AlarmRule(
        "tables.throttles",
        "AWS/DynamoDB",
        _throttled("TableName", "GlobalSecondaryIndexName"),
        "FILL(reads, 0) + FILL(writes, 0)",
        0,
        "events in a period",
        "warning",
        "reads of the index, or writes into it, are turned away; the latter hold up the table's",
        SENT_IF_ANY,
    ),
    _hot_partition("the index", "TableName", "GlobalSecondaryIndexName"),
    _unused("read", "the index", "TableName", "GlobalSecondaryIndexName"),
    _unused("write", "the index", "TableName", "GlobalSecondaryIndexName"),
)
