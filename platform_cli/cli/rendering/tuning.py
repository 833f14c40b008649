"""What `platform tune-memory` shows of its answers: for each function a sentence, a table and a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from platform_cli.cli.rendering.tuning_data import tuning_data
from platform_cli.cli.rendering.words import number

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.errors import PlatformError
    from platform_cli.operate.tuning.choosing import Candidate
    from platform_cli.operate.tuning.pricing import LambdaPrice
    from platform_cli.operate.tuning.racing import Race
    from platform_cli.operate.tuning.tuned import Tuning

_BAR = 24
_EXTRA_MS = 2.0
"""Rounding up to whole milliseconds explains less than this."""
_HEADINGS: tuple[str, ...] = ("size", "mean", "95 % interval", "p95", "USD/M", "worse", "cold", "")
STOPPED = {
    "certain": "it stopped when it was certain",
    "each-decided": "it stopped when each size was decided by itself; for all of them together that is",
    "most-calls": "it stopped undecided between sizes that are about as good",
    "max-invocations": "it stopped at --max-invocations",
    "max-spend": "it stopped at --max-spend-usd",
    "nothing-works": "no size can be chosen",
}


def render_tunings(
    terminal: Terminal,
    tunings: Sequence[Tuning],
    failed: Mapping[str, PlatformError],
    edits: Mapping[str, Sequence[str]],
    environment: str,
) -> None:
    """Show the answers, what failed, and what was written."""
    if terminal.json:
        terminal.data(
            {
                "environment": environment,
                "functions": [{**tuning_data(t), "written": list(edits.get(t.address, ()))} for t in tunings],
                "failed": {
                    address: {"code": error.code, "message": error.message, "hint": error.hint}
                    for address, error in failed.items()
                },
            }
        )
        return
    for tuning in tunings:
        _render_one(terminal, tuning)
        for line in edits.get(tuning.address, ()):
            terminal.say(f"wrote {line}", style="green")
    for address, error in failed.items():
        terminal.say(f"{address} could not be tuned: {error.message}", style="bold red")
        if error.hint:
            terminal.say(f"hint: {error.hint}")
    better = [t for t in tunings if t.chosen is not None and t.race.choice.chosen != t.settings.present]
    if better and not edits and better[0].simulated is None:
        terminal.say("", "Next:", "  the same with --apply writes the sizes into the blueprint")


def _render_one(terminal: Terminal, tuning: Tuning) -> None:
    race = tuning.race
    if tuning.simulated is not None:
        terminal.say(f"simulated with the model {tuning.simulated}: no function was called", style="yellow")
    terminal.result(f"{tuning.address} in {tuning.environment}")
    terminal.result(*(f"  {line}" for line in verdict(tuning)))
    terminal.result(*_aligned(_rows(tuning)))
    if race.choice.candidates:
        terminal.result("", *_chart(tuning))
    for line in _remarks(tuning):
        terminal.say(line, style="dim")
    terminal.say(
        f"{number(len(race.observations), 'call')} in {number(race.rounds, 'round')} for "
        f"{usd(race.spent_usd)}; {ended(race)}",
        style="dim",
    )
    terminal.say(price_basis(tuning.settings.prices), style="dim")


def verdict(tuning: Tuning) -> tuple[str, ...]:
    """Say the answer, how sure it is, and what a wrong choice could cost."""
    chosen, present, choice = tuning.chosen, tuning.present, tuning.race.choice
    if chosen is None:
        return ("no size can be chosen; the reasons stand beside the sizes",)
    lines = []
    if present is not None and present.variant == chosen.variant:
        lines.append(f"{_size(chosen, tuning)} is the best already")
    elif present is None:
        lines.append(f"{_size(chosen, tuning)} is the best; the present size could not be measured")
    else:
        faster = chosen.estimate.mean_ms / present.estimate.mean_ms - 1
        cheaper = chosen.cost_usd_per_million / present.cost_usd_per_million - 1
        lines.append(
            f"{_size(chosen, tuning)} instead of {_size(present, tuning)}: "
            f"{_change(faster, 'slower', 'faster')}, {_change(cheaper, 'dearer', 'cheaper')}"
        )
    lines.append(
        f"{_sure(choice.certainty)} sure that no other size is better by more than 3 %; a wrong choice would "
        f"cost {choice.expected_regret:.1%} on average, {choice.regret_high:.1%} at worst (95 %)"
    )
    ties = [c for c in choice.candidates if c.tied]
    if ties:
        lines.append(f"as good for any practical purpose: {', '.join(_size(c, tuning) for c in ties)}")
    unsure = [c for c in choice.candidates if c.unsure]
    if unsure:
        lines.append(
            "on which side of its limit a size is, the calls do not say for sure: "
            + ", ".join(f"{_size(c, tuning)} ({_limits(c, tuning)})" for c in unsure)
        )
    timeout = tuning.recommended_timeout_seconds
    if timeout is not None and timeout != tuning.timeout_seconds:
        lines.append(
            f"timeout: {timeout} s would be enough at that size (p99.9 with half as much again, and above "
            f"every cold call); it is {tuning.timeout_seconds} s"
        )
    return tuple(lines)


def _limits(candidate: Candidate, tuning: Tuning) -> str:
    """The figures of a size beside limits, with what they may be."""
    told, present = [], tuning.present
    estimate = candidate.estimate
    if tuning.settings.aim.p95_limit_ms is not None:
        told.append(f"p95 {_ms(estimate.p95_low_ms).removesuffix(' ms')} to {_ms(estimate.p95_high_ms)}")
    if tuning.settings.aim.max_cost_increase is not None and present is not None:
        told.append(f"costs {candidate.cost_usd_per_million / present.cost_usd_per_million - 1:+.1%}")
    return ", ".join(told)


def _rows(tuning: Tuning) -> list[tuple[str, ...]]:
    race = tuning.race
    cold = {c.variant: c for c in tuning.cold}
    rows = [_HEADINGS]
    for candidate in race.choice.candidates:
        estimate = candidate.estimate
        init = cold[candidate.variant].init_ms if candidate.variant in cold else None
        rows.append(
            (
                _size(candidate, tuning),
                _ms(estimate.mean_ms),
                f"{_ms(estimate.low_ms).removesuffix(' ms')}–{_ms(estimate.high_ms)}",
                _ms(estimate.p95_ms),
                f"{candidate.cost_usd_per_million:.3f}",
                "" if candidate.variant == race.choice.chosen else f"{candidate.worse:.1%}",
                "" if init is None else _ms(init),
                _note(candidate, tuning),
            )
        )
    measured = {c.variant for c in race.choice.candidates}
    for variant, reason in race.dropped.items():
        if variant not in measured:
            name = str(variant) if _many(tuning) else f"{variant.memory_mb} MB"
            rows.append((name, *("",) * (len(_HEADINGS) - 2), reason))
    return rows


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns to the right, but for the last; a narrow terminal wraps the notes and not the figures."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEADINGS) - 1)]
    return [
        "  ".join([*(cell.rjust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    ]


def _chart(tuning: Tuning) -> list[str]:
    """A bar for the time and one for the cost of each size, each against the largest."""
    candidates = tuning.race.choice.candidates
    slowest = max(c.estimate.mean_ms for c in candidates)
    dearest = max(c.cost_usd_per_million for c in candidates)
    names = [_size(c, tuning) for c in candidates]
    width = max(len(name) for name in names)
    lines = [f"{''.rjust(width)}  {'time'.ljust(_BAR)}  cost"]
    for name, c in zip(names, candidates, strict=True):
        time = "█" * max(1, round(c.estimate.mean_ms / slowest * _BAR))
        cost = "▒" * max(1, round(c.cost_usd_per_million / dearest * _BAR))
        mark = "  ◀ best" if c.variant == tuning.race.choice.chosen else ""
        lines.append(f"{name.rjust(width)}  {time.ljust(_BAR)}  {cost}{mark}")
    return lines


def _note(candidate: Candidate, tuning: Tuning) -> str:
    if candidate.excluded:
        now = "now; " if candidate.variant == tuning.settings.present else ""
        return f"{now}{candidate.excluded}"
    notes = []
    if candidate.variant == tuning.race.choice.chosen:
        notes.append("best")
    if candidate.variant == tuning.settings.present:
        notes.append("now")
    if candidate.tied:
        notes.append("as good")
    elif not candidate.on_front:
        notes.append("another is cheaper and faster")
    return ", ".join(notes)


def _remarks(tuning: Tuning) -> list[str]:
    remarks = []
    if tuning.missing:
        remarks.append(f"{number(tuning.missing, 'call')} came back without a report, and count as missing")
    if tuning.throttled:
        remarks.append(
            f"{number(tuning.throttled, 'call')} were refused for lack of capacity, or did not reach Lambda; "
            "they were made later"
        )
    extra = extra_time(tuning)
    if extra is not None:
        remarks.append(extra)
    drift = tuning.race.estimates.drift
    if abs(drift) >= 0.02:
        remarks.append(
            f"calls became {_change(drift, 'slower', 'faster')} during the run; "
            "this is taken out of the figures"
        )
    if tuning.writes and tuning.simulated is None:
        remarks.append(f"the calls may have left something behind: {'; '.join(tuning.writes)}")
    return remarks


def extra_time(tuning: Tuning) -> str | None:
    """What a warm call of the chosen size is billed beyond the handler, and what extensions take of it."""
    chosen, taken = tuning.chosen, tuning.extension_ms
    if chosen is None or chosen.estimate.billed_extra_ms < _EXTRA_MS:
        return None
    why = (
        "extensions that go on after the answer would explain it, which only reports in JSON tell"
        if taken is None
        else f"by its reports, extensions take {_ms(taken)} after the answer"
    )
    return (
        f"a warm call is billed {_ms(chosen.estimate.billed_extra_ms)} beyond what the handler takes: {why}"
    )


def ended(race: Race) -> str:
    """Why a race ended."""
    told = STOPPED.get(race.stopped, race.stopped)
    return f"{told} {_sure(race.choice.certainty)}" if race.stopped == "each-decided" else told


def price_basis(prices: Mapping[str, LambdaPrice]) -> str:
    """Of when prices are and where they are from, and whether they are old."""
    price = min(prices.values(), key=lambda p: p.date)
    old = "; older than a year, `platform cost refresh` fetches today's" if price.old else ""
    return f"prices as of {price.date} ({price.source}){old}"


def usd(amount: float) -> str:
    """US dollars, small ones with two figures that say something."""
    return f"{amount:,.2f} USD" if amount >= 1 else f"{amount:.2g} USD"


def _many(tuning: Tuning) -> bool:
    return len({v.architecture for v in tuning.settings.variants}) > 1


def _size(candidate: Candidate, tuning: Tuning) -> str:
    return str(candidate.variant) if _many(tuning) else f"{candidate.variant.memory_mb} MB"


def _sure(certainty: float) -> str:
    """Errors are estimated, too, so nothing is certain."""
    return "more than 99 %" if certainty > 0.99 else f"{certainty * 100:.0f} %"


def _change(share: float, more: str, less: str) -> str:
    return f"{abs(share):.0%} {more if share > 0 else less}"


def _ms(value: float) -> str:
    return f"{value:.1f} ms" if value < 100 else f"{value:,.0f} ms"
