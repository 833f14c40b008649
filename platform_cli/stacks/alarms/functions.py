"""Alarms on functions."""

from __future__ import annotations

from platform_cli.stacks.alarms.rule import (
    FUNCTION,
    NO_CALLS,
    NO_MESSAGES,
    QUEUE,
    AlarmRule,
    Measure,
)

FUNCTIONS = (
    AlarmRule(
        "functions.errors",
        "AWS/Lambda",
        (Measure("errors", "Errors", "Sum", FUNCTION), Measure("calls", "Invocations", "Sum", FUNCTION)),
        # No call and no error: a division by nothing would be a missing point.
        "IF(calls > 0, 100 * errors / calls, 0)",
        1,
        "% of calls",
        "critical",
        "calls of the function fail",
        NO_CALLS,
    ),
    AlarmRule(
        "functions.throttles",
        "AWS/Lambda",
        (Measure("throttles", "Throttles", "Sum", FUNCTION),),
        None,
        0,
        "calls in a period",
        "warning",
        "calls of the function are turned away for want of concurrency",
        NO_CALLS,
    ),
    AlarmRule(
        "functions.duration",
        "AWS/Lambda",
        (Measure("duration", "Duration", "p90", FUNCTION),),
        None,
        80,
        "% of the timeout, for the slowest tenth",
        "warning",
        "calls of the function come close to its timeout",
        NO_CALLS,
        scale="timeout_milliseconds",
        evaluation_periods=3,
        datapoints=2,
    ),
    AlarmRule(
        "functions.iterator_age",
        "AWS/Lambda",
        (Measure("age", "IteratorAge", "Maximum", FUNCTION),),
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
        (Measure("messages", "ApproximateNumberOfMessagesVisible", "Maximum", QUEUE),),
        None,
        0,
        "events",
        "critical",
        "the function failed on events for good; they lie in its queue of failures",
        NO_MESSAGES,
    ),
)
