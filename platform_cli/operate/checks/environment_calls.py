"""What the logs and metrics of functions say: cold starts, memory, throttles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import (
    REMOTE,
    SLOW_SECONDS,
    Check,
    Result,
    failure,
    ok,
    skipped,
    warning,
)

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

MANY_COLD = 0.2
NEARLY_FULL = 0.9
_DAYS = 7
_NONE = "no function ran in the last 24 hours"


def check_cold_starts(context: Context) -> Result:
    """Count the calls of the last day that waited for a start."""
    from platform_cli.operate.doctor.calls import FEWEST_CALLS, reports, start_ms

    lines: list[str] = []
    cold: list[str] = []
    for address, calls in reports(context).items():
        starts = [ms for call in calls if (ms := start_ms(call)) is not None]
        if not calls:
            continue
        share = len(starts) / len(calls)
        mean = f", {sum(starts) / len(starts):.0f} ms each" if starts else ""
        line = f"{address}: {len(starts)} of {len(calls)} calls ({share:.0%}){mean}"
        function = next(f for f in context.environment.functions if f.address == address)
        asked_for = any(route.api for route in function.routes)
        # Nobody waits for a function that takes its work from a queue.
        (cold if share > MANY_COLD and len(calls) >= FEWEST_CALLS and asked_for else lines).append(line)
    if not lines and not cold:
        return skipped(_NONE)
    if not cold:
        return ok("few callers wait for a cold start", *lines)
    return warning(
        f"more than {MANY_COLD:.0%} of calls wait for a cold start",
        *cold,
        consequence="their callers wait that much longer",
        mend="import less at the top of the handlers, or keep some warm with `concurrency.provisioned`; "
        f"`platform cost advise {context.option}` says what that is worth",
    )


def check_memory(context: Context) -> Result:
    """Compare the most memory that calls used with what the function has."""
    from platform_cli.operate.doctor.calls import reports

    lines: list[str] = []
    near: list[str] = []
    full = False
    for address, calls in reports(context).items():
        measured = [(c.max_memory_mb, c.memory_mb) for c in calls if c.max_memory_mb and c.memory_mb]
        if not measured:
            continue
        used, size = max(measured, key=lambda pair: pair[0] / pair[1])
        line = f"{address}: {used} of {size} MB ({used / size:.0%})"
        (near if used / size >= NEARLY_FULL else lines).append(line)
        full = full or used >= size
    if not lines and not near:
        ran = any(reports(context).values())
        return skipped("the reports of calls do not say what memory was used" if ran else _NONE)
    if not near:
        return ok("every function has memory to spare", *lines)
    make = failure if full else warning
    return make(
        "functions use nearly all of their memory" if not full else "functions use all of their memory",
        *near,
        consequence="Lambda ends the call without an answer once it is used up",
        mend="raise `memory_mb`, or let this find it: "
        f"`platform tune-memory {near[0].split(':')[0]} {context.option}`",
    )


def check_throttles(context: Context) -> Result:
    """Sum what Lambda, DynamoDB and Kinesis turned away in a week."""
    from platform_cli.operate.cost.metrics import Metric, read_metrics

    environment = context.environment
    metrics: dict[str, Metric] = {}
    for function in environment.functions:
        of = (("FunctionName", function.physical_name),)
        metrics[f"function {function.address}"] = Metric("AWS/Lambda", "Throttles", of)
    for table in environment.tables.values():
        for kind in ("Read", "Write"):
            of = (("TableName", table.physical_name),)
            counted = f"{kind}ThrottleEvents"
            metrics[f"table {table.name}, {kind.lower()}s"] = Metric("AWS/DynamoDB", counted, of)
            # What an index turned away is counted under its own dimension, though a write to it that is
            # throttled throttles the table as well.
            for index in table.indexes:
                metrics[f"index {table.name}.{index}, {kind.lower()}s"] = Metric(
                    "AWS/DynamoDB", counted, (*of, ("GlobalSecondaryIndexName", index))
                )
    for stream in environment.streams.values():
        for kind in ("Read", "Write"):
            of = (("StreamName", stream.physical_name),)
            name = f"{kind}ProvisionedThroughputExceeded"
            metrics[f"stream {stream.name}, {kind.lower()}s"] = Metric("AWS/Kinesis", name, of)
    if not metrics:
        return skipped("there is nothing that could be throttled")
    found = read_metrics(metrics, context.clients, context.now, _DAYS)
    throttled = sorted(((s.total, what) for what, s in found.items() if s.total > 0), reverse=True)
    if not throttled:
        return ok(f"nothing was throttled in {_DAYS} days")
    return warning(
        f"calls were throttled in the last {_DAYS} days",
        *(f"{what}: {total:,.0f}" for total, what in throttled),
        consequence="calls were refused, or came late after a retry",
        mend="raise `concurrency.reserved` or the capacity of the table, or use `capacity: on_demand`; see "
        "the limits of the account with `platform doctor --only quotas`",
    )


CHECKS = (
    Check(
        "cold-starts",
        "environment",
        "share of cold starts",
        "Reads the reports of the calls of the last 24 hours, of a busy function the first 2,000 of them. If "
        "more than a fifth of the calls of a function with a route wait for a start, there is a warning; "
        "fewer than 20 calls say nothing.",
        check_cold_starts,
        REMOTE,
        SLOW_SECONDS,
    ),
    Check(
        "memory",
        "environment",
        "memory of functions",
        "Compares the most memory that calls of the last 24 hours used with what the function has: from 90 "
        "percent on there is a warning, and a failure where all was used.",
        check_memory,
        REMOTE,
        SLOW_SECONDS,
    ),
    Check(
        "throttles",
        "environment",
        "throttled calls",
        "Sums what Lambda, DynamoDB and Kinesis turned away in the last seven days, by the metrics of each "
        "function, table, index and stream.",
        check_throttles,
        REMOTE,
    ),
)
