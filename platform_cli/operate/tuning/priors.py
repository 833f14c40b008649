"""What the logs of the last days already say, without one call."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from platform_cli.blueprint.resolved import ResolvedFunction
from platform_cli.operate.logs import LogLine
from platform_cli.operate.reports import InvocationReport, parse_report
from platform_cli.operate.tuning.choosing import MEMORY_MARGIN, Aim
from platform_cli.operate.tuning.own_calls import PastRun, of_a_run
from platform_cli.operate.tuning.pricing import LambdaPrice
from platform_cli.operate.tuning.statistics import quantile
from platform_cli.operate.tuning.workloads import ONE_CPU_MB

_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Which parts of a duration may be the processor's; nothing in a log of one size says which."""
_DAYS_A_MONTH = 30.4


@dataclass(frozen=True)
class Logged:
    """The reports of a function.

    Attributes:
        address: `service.function`.
        reports: Those that were found.
        missing: Invocations that began, and of which no report was found.
        since: From when on.
        until: Up to when.
    """

    address: str
    reports: tuple[InvocationReport, ...]
    missing: int
    since: datetime
    until: datetime

    @property
    def max_memory_mb(self) -> int:
        """The most memory that was used; 0 if nothing says."""
        return max((r.max_memory_mb or 0 for r in self.reports), default=0)

    def warm_ms(self, memory_mb: int) -> list[float]:
        """Durations of warm calls at a size."""
        return [
            r.duration_ms
            for r in self.reports
            if r.memory_mb == memory_mb
            and r.duration_ms is not None
            and r.init_ms is None
            and r.restore_ms is None
            and r.status in (None, "success")
        ]

    def billed_ms(self, memory_mb: int) -> list[float]:
        """What warm calls at a size were charged."""
        return [
            r.billed_ms
            for r in self.reports
            if r.memory_mb == memory_mb
            and r.billed_ms is not None
            and r.init_ms is None
            and r.restore_ms is None
        ]

    @property
    def calls_per_month(self) -> float:
        """At the pace of the time that was read."""
        days = max(1 / 24, (self.until - self.since).total_seconds() / 86_400)
        return (len(self.reports) + self.missing) / days * _DAYS_A_MONTH


@dataclass(frozen=True)
class Prospect:
    """What tuning a function may bring, judged from its logs alone.

    Attributes:
        address: `service.function`.
        memory_mb: What it has.
        max_memory_mb: What it used at most.
        calls_per_month: At the pace of the logs.
        mean_ms: Of its warm calls.
        monthly_usd: What it costs now.
        saving_usd: Expected, a month.
        saving_low_usd: If the unknown part of the processor is at its worst for a saving.
        saving_high_usd: If it is at its best.
        likely_mb: The size that most of the cases name.
        missing: Invocations without a report.
        remark: Why there is no more to say; empty where there is.
    """

    address: str
    memory_mb: int
    max_memory_mb: int
    calls_per_month: float
    mean_ms: float
    monthly_usd: float
    saving_usd: float
    saving_low_usd: float
    saving_high_usd: float
    likely_mb: int
    missing: int = 0
    remark: str = ""


@dataclass
class _Gathering:
    reports: list[InvocationReport] = field(default_factory=list)
    started: set[str] = field(default_factory=set)


def gather(
    lines: Iterable[LogLine],
    functions: Sequence[ResolvedFunction],
    since: datetime,
    until: datetime,
    runs: Mapping[str, Sequence[PastRun]] | None = None,
) -> Mapping[str, Logged]:
    """Sort the reports of log lines by function, without those of earlier tuning runs.

    An invocation that began and has no report is missing; one that began just now may still run, and
    counts as missing too.
    """
    gathered = {f.address: _Gathering() for f in functions}
    for line in lines:
        mine = gathered.get(line.address)
        if mine is None or not line.platform or of_a_run(line, (runs or {}).get(line.address, ())):
            continue
        report = parse_report(line.message)
        if report is not None:
            mine.reports.append(report)
        else:
            started = _started(line)
            if started:
                mine.started.add(started)
    return {
        address: Logged(
            address,
            tuple(g.reports),
            len(g.started - {r.request_id for r in g.reports}),
            since,
            until,
        )
        for address, g in gathered.items()
    }


def rank(
    functions: Sequence[ResolvedFunction],
    logged: Mapping[str, Logged],
    sizes_mb: Sequence[int],
    aim: Aim,
    prices: Mapping[str, LambdaPrice],
) -> tuple[Prospect, ...]:
    """The fleet, with the largest expected saving first.

    A log of one size does not say how much of a duration is the processor's. So every share of it is tried,
    the best size of each looked for, and the savings averaged; the ends of the range are given too.
    """
    found = [_prospect(f, logged[f.address], sizes_mb, aim, prices[f.architecture]) for f in functions]
    return tuple(sorted(found, key=lambda p: (-p.saving_usd, -p.monthly_usd, p.address)))


def _prospect(
    function: ResolvedFunction, logged: Logged, sizes_mb: Sequence[int], aim: Aim, price: LambdaPrice
) -> Prospect:
    durations = logged.warm_ms(function.memory_mb)
    calls = logged.calls_per_month
    if not durations:
        remark = "no report of its present size" if logged.reports else "no report in the logs"
        return Prospect(
            function.address, function.memory_mb, logged.max_memory_mb, calls, 0.0, 0.0, 0.0, 0.0, 0.0,
            function.memory_mb, logged.missing, remark,
        )  # fmt: skip
    mean = sum(durations) / len(durations)
    billed = logged.billed_ms(function.memory_mb)
    extra = max(0.0, sum(billed) / len(billed) - mean) if billed else 0.5
    least = math.ceil(logged.max_memory_mb * MEMORY_MARGIN)
    p95 = quantile(durations, 0.95)
    now = _cost(mean + extra, function.memory_mb, price)
    savings, chosen = [], []
    for share in _SHARES:
        best = function.memory_mb
        least_score = _score(now, mean, aim)
        for size in sizes_mb:
            stretch = share * _processor(function.memory_mb) / _processor(size) + 1 - share
            limited = aim.p95_limit_ms is not None and p95 * stretch > aim.p95_limit_ms
            if size < least or limited:
                continue
            cost = _cost(mean * stretch + extra, size, price)
            if aim.max_cost_increase is not None and cost > now * (1 + aim.max_cost_increase):
                continue
            score = _score(cost, mean * stretch, aim)
            if score < least_score:
                best, least_score = size, score
        stretch = share * _processor(function.memory_mb) / _processor(best) + 1 - share
        savings.append((now - _cost(mean * stretch + extra, best, price)) * calls)
        chosen.append(best)
    likely = max(dict.fromkeys(chosen), key=chosen.count)
    return Prospect(
        function.address, function.memory_mb, logged.max_memory_mb, calls, mean, now * calls,
        sum(savings) / len(savings), min(savings), max(savings), likely, logged.missing,
        "" if len(durations) >= 20 else f"only {len(durations)} warm calls in the logs",
    )  # fmt: skip


def _processor(memory_mb: int) -> float:
    return min(memory_mb, ONE_CPU_MB)


def _cost(billed_ms: float, memory_mb: int, price: LambdaPrice) -> float:
    return billed_ms / 1000 * memory_mb / 1024 * price.gigabyte_second_usd + price.request_usd


def _score(cost: float, time: float, aim: Aim) -> float:
    return aim.cost_weight * math.log(cost) + (1 - aim.cost_weight) * math.log(time)


def _started(line: LogLine) -> str | None:
    if line.message.startswith("START RequestId: "):
        return line.message.split()[2]
    record = line.fields.get("record")
    if line.fields.get("type") == "platform.start" and isinstance(record, dict):
        return str(record.get("requestId") or "")
    return None
