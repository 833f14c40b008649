"""What `platform tune-memory` shows of logs, of promises, and of what it put back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.tuning import price_basis
from platform_cli.cli.rendering.words import moment, number

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.tuning.cleaning import Cleanup
    from platform_cli.operate.tuning.pricing import LambdaPrice
    from platform_cli.operate.tuning.priors import Prospect
    from platform_cli.operate.tuning.records import Outcome


def render_ranking(
    terminal: Terminal,
    ranked: Sequence[Prospect],
    days: int,
    environment: str,
    prices: Mapping[str, LambdaPrice],
) -> None:
    """Show the fleet, with the largest expected saving first."""
    if terminal.json:
        terminal.data(
            {"environment": environment, "days": days, "functions": list(ranked), "prices": dict(prices)}
        )
        return
    table = _table("function", "now", "used", "calls a month", "mean", "USD a month", "saving", "likely")
    for p in ranked:
        table.add_row(
            p.address,
            f"{p.memory_mb} MB",
            f"{p.max_memory_mb} MB" if p.max_memory_mb else "-",
            f"{p.calls_per_month:,.0f}",
            f"{p.mean_ms:.1f} ms" if p.mean_ms else "-",
            f"{p.monthly_usd:.4f}" if p.monthly_usd else "-",
            f"{p.saving_usd:.4f} ({p.saving_low_usd:.4f} to {p.saving_high_usd:.4f})"
            if p.monthly_usd
            else "-",
            p.remark if not p.monthly_usd else f"{p.likely_mb} MB" + (f"; {p.remark}" if p.remark else ""),
        )
    terminal.result(table)
    missing = sum(p.missing for p in ranked)
    if missing:
        terminal.say(f"{number(missing, 'invocation')} without a report count as missing", style="dim")
    terminal.say(
        f"from the logs of {number(days, 'day')}, without a call. How much of a duration is the processor's, "
        "a log of one size does not say: the range is from all of it to nothing.",
        style="dim",
    )
    terminal.say(price_basis(prices), style="dim")


def render_history(terminal: Terminal, outcomes: Sequence[Outcome]) -> None:
    """Show what was promised beside what the logs say since."""
    if terminal.json:
        terminal.data({"tunings": [_outcome_data(o) for o in outcomes]})
        return
    if not outcomes:
        terminal.result("no tuning is recorded")
        return
    table = _table("when", "function", "from", "to", "cost", "time", "since", "")
    for o in outcomes:
        r = o.record
        table.add_row(
            moment(r.when),
            r.address,
            f"{r.before.memory_mb} MB" if r.before else "-",
            f"{r.chosen.memory_mb} MB",
            f"{_share(r.promised_cost)} → {_share(o.observed_cost)}",
            f"{_share(r.promised_time)} → {_share(o.observed_time)}",
            number(o.calls_since, "call"),
            o.verdict,
        )
    terminal.result(table)
    terminal.say("promised → seen in the logs since, of warm calls", style="dim")


def say_found(terminal: Terminal, found: Cleanup) -> None:
    """Say what would be put back and deleted, before that is asked."""
    for address in found.journals:
        terminal.say(f"{address}: set $LATEST back, and delete what a run that was killed has made")
    for left in found.leftovers:
        made = ", ".join((*left.aliases, *(f"version {version}" for version in left.versions)))
        terminal.say(f"{left.function}: delete {made}")
    for what, names in (("copy", found.copies), ("layer", found.layers)):
        for name in names:
            terminal.say(f"delete the temporary {what} {name}")
    terminal.say("a run on another machine that still goes on would lose this, too", style="yellow")


def render_cleanup(terminal: Terminal, cleanup: Cleanup) -> None:
    """Say what was put back."""
    if terminal.json:
        terminal.data(cleanup)
        return
    for address in cleanup.running:
        terminal.say(f"left alone: a run on {address} still goes on, on this machine", style="yellow")
    if cleanup.nothing:
        terminal.result("nothing was left to put back")
    for what, names in (("copy", cleanup.copies), ("layer", cleanup.layers)):
        for name in names:
            terminal.result(f"deleted the temporary {what} {name}")
    if not cleanup.searched:
        terminal.say("copies for another architecture were not looked for: AWS refuses to list functions")
    for address in cleanup.journals:
        terminal.result(f"{address} is as it was before the run that was killed")
    for left in cleanup.leftovers:
        terminal.result(
            f"{left.function}: deleted {number(len(left.aliases), 'alias', 'aliases')} and "
            f"{number(len(left.versions), 'version')} of a run whose journal is not here"
        )
        if left.memory_mb is not None:
            terminal.say(f"  $LATEST had {left.memory_mb} MB before that run; see whether it has that now")


def _table(*headings: str) -> Any:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in headings:
        table.add_column(heading)
    return table


def _share(value: float | None) -> str:
    return "?" if value is None else f"{value:+.0%}"


def _outcome_data(outcome: Outcome) -> dict[str, Any]:
    return {
        "record": outcome.record,
        "promised_cost": outcome.record.promised_cost,
        "promised_time": outcome.record.promised_time,
        "observed_cost": outcome.observed_cost,
        "observed_time": outcome.observed_time,
        "calls_before": outcome.calls_before,
        "calls_since": outcome.calls_since,
        "verdict": outcome.verdict,
    }
