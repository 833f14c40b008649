"""The page of `platform tune-memory --html`: one file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from platform_cli.cli.rendering.charts import Point, bar_chart, curve_chart, front_chart
from platform_cli.cli.rendering.tuning import ended, extra_time, price_basis, usd, verdict
from platform_cli.cli.rendering.words import moment, number

if TYPE_CHECKING:
    from platform_cli.operate.tuning.choosing import Candidate
    from platform_cli.operate.tuning.tuned import Tuning

_STYLE = """
:root { color-scheme: light dark; --text: #1c2430; --dim: #5b6675; --back: #fff; --card: #f6f7f9;
  --grid: #dfe3e8; --time: #2f6bd0; --cost: #c76a12; --best: #14804a; --out: #9aa3ae; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ee; --dim: #9aa5b4; --back: #14181e;
  --card: #1c222b; --grid: #323b47; --time: #7aa7f7; --cost: #f0a35a; --best: #5fcf92; --out: #6c7683; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1160px; padding: 24px; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 22px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 36px 0 8px; }
h3 { font-size: 14px; font-weight: 600; margin: 0 0 4px; }
p { margin: 4px 0; } .dim { color: var(--dim); font-size: 13px; } .answer { font-size: 17px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); gap: 16px;
  margin: 16px 0; }
figure { margin: 0; padding: 12px; background: var(--card); border-radius: 8px; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--dim); font-size: 11px; }
svg .name { fill: var(--text); paint-order: stroke; stroke: var(--card); stroke-width: 4px; }
.axis { stroke: var(--dim); fill: none; }
.grid { stroke: var(--grid); fill: none; } .line { fill: none; stroke-width: 2; }
.line.time, .interval.time { stroke: var(--time); } .line.cost, .interval.cost { stroke: var(--cost); }
.line.front { stroke: var(--dim); stroke-dasharray: 5 4; } .line.s1 { stroke-dasharray: 7 4; }
.interval { stroke-width: 5; stroke-opacity: .35; fill: none; } circle { stroke: var(--card); }
circle.time { fill: var(--time); } circle.cost { fill: var(--cost); } circle.front { fill: var(--dim); }
circle.out { fill: var(--card); stroke: var(--out); } circle.chosen { fill: var(--best); }
rect.init { fill: var(--out); } rect.first { fill: var(--time); }
.table { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { padding: 4px 10px; text-align: right; border-bottom: 1px solid var(--grid); white-space: nowrap; }
th { color: var(--dim); font-weight: 500; font-size: 13px; } td:last-child, th:last-child { text-align: left;
  white-space: normal; } tr.chosen td { font-weight: 600; } tr.out td { color: var(--dim); }
.key { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin: 0 4px 0 10px; }
"""


_FEW = 10


def page(tunings: Sequence[Tuning]) -> str:
    """The page, with a part for each function."""
    names = ", ".join(t.address for t in tunings)
    first = tunings[0]
    sections = "".join(_section(t) for t in tunings)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>Memory of {escape(names)} in {escape(first.environment)}</title>"
        f"<style>{_STYLE}</style></head><body>"
        f"<h1>Memory of {escape(names)}</h1>"
        f'<p class="dim">{escape(first.environment)}, {escape(moment(first.finished))}</p>'
        f"{sections}</body></html>\n"
    )


def _section(tuning: Tuning) -> str:
    answer, *rest = verdict(tuning)
    simulated = (
        f'<p class="dim">Simulated with the model {escape(tuning.simulated)}; no function was called.</p>'
        if tuning.simulated
        else ""
    )
    return (
        f'<section id="{escape(tuning.address, quote=True)}"><h2>{escape(tuning.address)}</h2>{simulated}'
        f'<p class="answer">{escape(answer)}</p>'
        + "".join(f"<p>{escape(line)}</p>" for line in rest)
        + f'<div class="charts">{_charts(tuning)}</div>{_table(tuning)}{_facts(tuning)}</section>'
    )


def _charts(tuning: Tuning) -> str:
    candidates = tuning.race.choice.candidates
    if not candidates:
        return ""
    architectures = sorted({c.variant.architecture for c in candidates})
    by_architecture = [(a, [c for c in candidates if c.variant.architecture == a]) for a in architectures]
    time = [(a, [_time_point(c, tuning) for c in mine]) for a, mine in by_architecture]
    cost = [(a, [_cost_point(c, tuning) for c in mine]) for a, mine in by_architecture]
    points = [_front_point(c, tuning) for c in candidates]
    front = sorted(
        (p for p, c in zip(points, candidates, strict=True) if c.on_front), key=lambda p: (p.x, -p.y)
    )
    figures = [
        _figure(
            "Time by size",
            curve_chart("Mean duration of warm calls by memory size", "ms", time, "time"),
            "Mean of warm calls; the bars are 95 % intervals.",
        ),
        _figure(
            "Cost by size",
            curve_chart("Cost of a million warm calls by memory size", "USD a million calls", cost, "cost"),
            "With the price of requests; the bars are 95 % intervals.",
        ),
        _figure(
            "Cost against time",
            front_chart("Cost against time, and the Pareto front", points, front),
            "Along the dashed line, no other size is both cheaper and faster.",
        ),
    ]
    figures += [_cold_figure(a, tuning, several=len(architectures) > 1) for a in architectures]
    return "".join(figures)


def _cold_figure(architecture: str, tuning: Tuning, *, several: bool) -> str:
    bars = [
        (str(c.variant.memory_mb), c.init_ms or 0.0, c.duration_ms or 0.0)
        for c in tuning.cold
        if c.variant.architecture == architecture
    ]
    title = f"Cold starts on {architecture}" if several else "Cold starts"
    return _figure(
        title,
        bar_chart(f"{title} by memory size", "ms", bars),
        '<span class="key" style="background: var(--out)"></span>starting'
        '<span class="key" style="background: var(--time)"></span>first call',
    )


def _figure(title: str, chart: str, caption: str) -> str:
    return f'<figure><h3>{title}</h3>{chart}<figcaption class="dim">{caption}</figcaption></figure>'


def _table(tuning: Tuning) -> str:
    heads = ("size", "calls", "mean", "95 % interval", "p95", "USD a million", "worse by", "interval", "")
    rows = []
    for c in tuning.race.choice.candidates:
        e = c.estimate
        chosen = c.variant == tuning.race.choice.chosen
        cells = (
            _name(c.variant.memory_mb, c.variant.architecture, tuning),
            str(e.warm),
            f"{e.mean_ms:,.1f} ms",
            f"{e.low_ms:,.1f} to {e.high_ms:,.1f}",
            f"{e.p95_ms:,.1f} ms",
            f"{c.cost_usd_per_million:.3f}",
            "" if chosen else f"{c.worse:.1%}",
            "" if chosen else f"{c.worse_low:.1%} to {c.worse_high:.1%}",
            _note(c, tuning),
        )
        rows.append(_row(cells, "chosen" if chosen else "out" if c.excluded else ""))
    measured = {c.variant for c in tuning.race.choice.candidates}
    for variant, reason in tuning.race.dropped.items():
        if variant not in measured:
            name = _name(variant.memory_mb, variant.architecture, tuning)
            rows.append(_row((name, *("",) * 7, reason), "out"))
    head = "".join(f"<th>{h}</th>" for h in heads)
    body = "".join(rows)
    return f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _row(cells: Sequence[str], kind: str) -> str:
    return f'<tr class="{kind}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _facts(tuning: Tuning) -> str:
    race, settings = tuning.race, tuning.settings
    facts = [
        f"{number(len(race.observations), 'call')} in {number(race.rounds, 'round')} for "
        f"{usd(race.spent_usd)}; {ended(race)}.",
        f"Weight of the cost: {settings.aim.cost_weight:g}.{_limits(tuning)}",
        f"Calls without a report: {tuning.missing}. Refused for lack of capacity, or not reached: "
        f"{tuning.throttled}.",
        f"P{price_basis(settings.prices)[1:]}.",
    ]
    extra = extra_time(tuning)
    if extra is not None:
        facts.insert(1, f"{extra[0].upper()}{extra[1:]}.")
    return "".join(f'<p class="dim">{escape(fact)}</p>' for fact in facts)


def _limits(tuning: Tuning) -> str:
    """The limits that sizes had to keep to."""
    aim, told = tuning.settings.aim, []
    if aim.p95_limit_ms is not None:
        told.append(f"p95 of {aim.p95_limit_ms:g} ms")
    if aim.max_cost_increase is not None:
        told.append(f"{aim.max_cost_increase:+.0%} of the present cost")
    if tuning.settings.max_spend_usd is not None:
        told.append(f"{tuning.settings.max_spend_usd:g} USD for all calls")
    return f" Limits: {', '.join(told)}." if told else ""


def _time_point(c: Candidate, tuning: Tuning) -> Point:
    e = c.estimate
    note = f"{c.variant.memory_mb} MB: {e.mean_ms:,.1f} ms ({e.low_ms:,.1f} to {e.high_ms:,.1f})"
    return Point(c.variant.memory_mb, e.mean_ms, e.low_ms, e.high_ms, "", _kind(c, tuning), note)


def _cost_point(c: Candidate, tuning: Tuning) -> Point:
    e, cost = c.estimate, c.cost_usd_per_million
    request = 1e6 * tuning.settings.prices[c.variant.architecture].request_usd
    # The interval of a cost is that of its duration; the price of the request is certain.
    low, high = (request + (cost - request) * end / e.mean_ms for end in (e.low_ms, e.high_ms))
    note = f"{c.variant.memory_mb} MB: {cost:.3f} USD ({low:.3f} to {high:.3f})"
    return Point(c.variant.memory_mb, cost, low, high, "", _kind(c, tuning), note)


def _front_point(c: Candidate, tuning: Tuning) -> Point:
    time, cost = c.estimate.mean_ms, c.cost_usd_per_million
    name = _name(c.variant.memory_mb, c.variant.architecture, tuning)
    # Names of many points would cover each other; those that are left out show where the pointer rests.
    label = name if c.on_front or len(tuning.race.choice.candidates) <= _FEW else ""
    return Point(
        time, cost, cost, cost, label, _kind(c, tuning), f"{name} MB: {time:,.1f} ms, {cost:.3f} USD"
    )


def _kind(candidate: Candidate, tuning: Tuning) -> str:
    if candidate.variant == tuning.race.choice.chosen:
        return "chosen"
    return "out" if candidate.excluded else ""


def _name(memory_mb: int, architecture: str, tuning: Tuning) -> str:
    many = len({v.architecture for v in tuning.settings.variants}) > 1
    return f"{memory_mb} {architecture}" if many else str(memory_mb)


def _note(candidate: Candidate, tuning: Tuning) -> str:
    if candidate.excluded:
        now = "now; " if candidate.variant == tuning.settings.present else ""
        return f"{now}{candidate.excluded}"
    notes = [
        word
        for word, holds in (
            ("best", candidate.variant == tuning.race.choice.chosen),
            ("now", candidate.variant == tuning.settings.present),
            ("as good", candidate.tied),
        )
        if holds
    ]
    if not candidate.on_front and not notes:
        notes.append("another is cheaper and faster")
    return ", ".join(notes)
