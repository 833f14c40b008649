"""Alarms on functions."""

from __future__ import annotations

from platform_cli.stacks.alarms.rule import (
    DERIVED,
    FUNCTION,
    NO_CALLS,
    NO_MESSAGES,
    QUEUE,
    AlarmRule,
    Measure,
)
from platform_cli.stacks.derived import COLD_STARTS, MEMORY_USED

FEWEST_CALLS = 50
"""Calls in a period below which the share of cold starts says nothing."""

# AWS's page names the metric and no dimensions; those who use it have the log group, with the operation and
# without. Alarms watch both: whatever there is of them is enough.
_FOUND = (
    Measure("found", "LogEventsWithFindings", "Sum", ("LogGroupName",)),
    Measure(
        "audited", "LogEventsWithFindings", "Sum", ("LogGroupName",), (("DataProtectionOperation", "Audit"),)
    ),
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
    # Lambda publishes neither the memory that calls use nor how many began cold: both are read from its
    # report of each call (`stacks.derived`).
    AlarmRule(
        "functions.memory",
        DERIVED,
        (Measure("used", MEMORY_USED.name, "Maximum", ()),),
        None,
        80,
        "% of the memory, for the largest call",
        "warning",
        "calls of the function come close to its memory",
        "without calls no memory is used",
        scale="memory_mb",
    ),
    AlarmRule(
        "functions.personal_data",
        "AWS/Logs",
        _FOUND,
        " + ".join(f"FILL({measure.id}, 0)" for measure in _FOUND),
        0,
        "lines in a period",
        "warning",
        "what looks like personal data stands in its log, behind a mask",
        "AWS counts only lines in which it finds something",
    ),
    AlarmRule(
        "functions.cold_starts",
        "AWS/Lambda",
        (
            Measure("cold", COLD_STARTS.name, "Sum", (), namespace=DERIVED),
            Measure("calls", "Invocations", "Sum", FUNCTION),
        ),
        # Where hardly anybody calls, nearly every call begins cold, and nothing is wrong.
        f"IF(calls >= {FEWEST_CALLS}, 100 * FILL(cold, 0) / calls, 0)",
        10,
        f"% of calls, from {FEWEST_CALLS} calls on",
        "info",
        "many calls wait for the function to start",
        NO_CALLS,
        evaluation_periods=3,
        datapoints=2,
    ),
    AlarmRule(
        "functions.concurrency",
        "AWS/Lambda",
        (Measure("running", "ConcurrentExecutions", "Maximum", FUNCTION),),
        None,
        80,
        "% of the reserved concurrency",
        "warning",
        "nearly as many calls run at once as are reserved for the function; more are turned away",
        NO_CALLS,
        scale="reserved_concurrency",
        evaluation_periods=3,
        datapoints=2,
    ),
    AlarmRule(
        "functions.unused",
        "AWS/Lambda",
        (Measure("used", "ProvisionedConcurrencyUtilization", "Maximum", ("FunctionName", "Resource")),),
        # It is sent as a share of one.
        "100 * used",
        20,
        "% of the provisioned concurrency, for a day",
        "info",
        "provisioned concurrency is paid for and hardly used",
        "a provisioned function of which AWS sends nothing is not called at all",
        period_seconds=3600,
        evaluation_periods=24,
        datapoints=24,
        missing="breaching",
        bad="below",
    ),
)
