"""What `platform cost` and `cost refresh` show: what a system would cost, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.words import number

if TYPE_CHECKING:
    from pathlib import Path

    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.cost.comparing import CostDifference
    from platform_cli.operate.cost.estimate import CostEstimate, CostLine
    from platform_cli.operate.cost.price_list import Refresh

SHARED = "(shared)"
_CENT = Decimal("0.01")


def render_estimate(terminal: Terminal, estimate: CostEstimate, *, every_line: bool) -> None:
    """Show a bill by service and by AWS's services, what was assumed, and what is not priced."""
    if terminal.json:
        terminal.data(estimate_data(estimate))
        return
    terminal.result(_headline(estimate), style="bold")
    groups: tuple[tuple[str, Iterable[tuple[str, Decimal, Decimal]]], ...] = (
        ("By service", _split(estimate, lambda line: line.quantity.service or SHARED)),
        ("By AWS service", _split(estimate, lambda line: line.quantity.product)),
    )
    for title, rows in groups:
        cells = [(name, usd(fixed), usd(variable), usd(fixed + variable)) for name, fixed, variable in rows]
        terminal.result("", *table((title, "fixed", "with use", "USD"), cells))
    if every_line:
        computed = [(usd(line.usd), line.quantity.path, formula(line)) for line in estimate.lines]
        terminal.result("", *table(("USD", "Line by line", ""), computed, left=(1, 2)))
    _show_basis(terminal, estimate)
    if not every_line:
        terminal.say("", "`--lines` shows how each line is computed")


def render_difference(terminal: Terminal, difference: CostDifference) -> None:
    """Show what a change of the blueprint changes in the bill."""
    before, after = difference.before, difference.after
    if terminal.json:
        terminal.data(
            {
                "compared_with": difference.compared_with,
                "change_usd": plain_usd(difference.change_usd),
                "changes": [
                    {
                        "path": change.path,
                        "before_usd": plain_usd(change.before_usd),
                        "after_usd": plain_usd(change.after_usd),
                        "change_usd": plain_usd(change.change_usd),
                    }
                    for change in difference.changes
                ],
                "before": estimate_data(before),
                "after": estimate_data(after),
            }
        )
        return
    terminal.result(
        f"{after.system} in {after.environment}: {signed(difference.change_usd)} USD a month against "
        f"{difference.compared_with} ({usd(before.total_usd)} → {usd(after.total_usd)})",
        style="bold",
    )
    rows = [
        (change.path, usd(change.before_usd), usd(change.after_usd), signed(change.change_usd))
        for change in difference.changes
    ]
    if rows:
        terminal.result("", *table(("Part", "before", "after", "USD"), rows))
    _show_basis(terminal, after)
    terminal.say("", "the use is the same in both: that of this blueprint")


def render_refresh(terminal: Terminal, refresh: Refresh, path: Path) -> None:
    """Show which prices were fetched, which changed, and which AWS does not tell."""
    if terminal.json:
        terminal.data(
            {
                "region": refresh.region,
                "path": path,
                "fetched": [price.id for price in refresh.prices],
                "changed": list(refresh.changed),
                "missing": list(refresh.missing),
                "unlisted": dict(refresh.unlisted),
            }
        )
        return
    fetched = number(len(refresh.prices), "price")
    terminal.result(f"{fetched} of {refresh.region} fetched; different from before: {len(refresh.changed)}")
    terminal.result(*(f"  {price_id}" for price_id in refresh.changed))
    if refresh.missing:
        terminal.say("not found, or not in one piece; the bundled price stays:", style="yellow")
        terminal.say(*(f"  {price_id}" for price_id in refresh.missing))
    if refresh.unlisted:
        terminal.say("not in the Price List, as far as is known; the bundled price stays:", style="yellow")
        terminal.say(*(f"  {price_id}: {reason}" for price_id, reason in refresh.unlisted.items()))
    terminal.say(f"kept in {path}", style="dim")


def estimate_data(estimate: CostEstimate) -> dict[str, Any]:
    """Return a bill for `--json`."""
    return {
        "system": estimate.system,
        "environment": estimate.environment,
        "region": estimate.region,
        "free_tier": estimate.free_tier,
        "total_usd": plain_usd(estimate.total_usd),
        "fixed_usd": plain_usd(estimate.fixed_usd),
        "variable_usd": plain_usd(estimate.variable_usd),
        "by_service": {name or SHARED: plain_usd(cost) for name, cost in estimate.by_service.items()},
        "by_aws_service": {name: plain_usd(cost) for name, cost in estimate.by_product.items()},
        "lines": [_line_data(line) for line in estimate.lines],
        "unpriced": [
            {"path": q.path, "what": q.what, "price": q.price_id, "units": float(q.units)}
            for q in estimate.unpriced
        ],
        "assumptions": list(estimate.assumptions),
        "notices": list(estimate.notices),
    }


def formula(line: CostLine) -> str:
    """Return how a line is computed: `invocations: (1,500,000 − 1,000,000 free) × 0.0000002 a request`."""
    units = amount(line.quantity.units)
    if line.free_units:
        units = f"({units} − {amount(line.free_units)} free)"
    first = line.price.tiers[0].usd
    tiered = line.billed_units and line.usd != line.billed_units * first and len(line.price.tiers) > 1
    price = "by tier" if tiered else f"{first.normalize():f}"
    return f"{line.quantity.what}: {units} × {price} a {line.price.unit}"


def table(
    titles: Sequence[str], rows: Sequence[Sequence[str]], *, left: Sequence[int] = (0,)
) -> Iterator[str]:
    """Lay rows out under titles; the columns in `left` begin at one edge, the others end at one."""
    widths = [max(len(row[i]) for row in (titles, *rows)) for i in range(len(titles))]
    for row in (titles, *rows):
        cells = [
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def usd(value: Decimal) -> str:
    """Return US dollars to the cent."""
    rounded = value.quantize(_CENT)
    return "<0.01" if value > 0 and not rounded else f"{rounded:,}"


def signed(value: Decimal) -> str:
    """Return US dollars with their sign."""
    return f"{value.quantize(_CENT):+,}"


def amount(value: Decimal) -> str:
    """Return a number of units, to as many digits as matter."""
    if value == value.to_integral_value():
        return f"{value:,.0f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{float(value):.4g}"


def plain_usd(value: Decimal) -> float:
    """Return US dollars as a number, to a millionth."""
    return round(float(value), 6)


def _headline(estimate: CostEstimate) -> str:
    free = "" if estimate.free_tier else ", without the free tier"
    where = f"{estimate.system} in {estimate.environment}, {estimate.region}"
    return (
        f"{where}: {usd(estimate.total_usd)} USD a month "
        f"({usd(estimate.fixed_usd)} fixed, {usd(estimate.variable_usd)} with use{free})"
    )


def _split(estimate: CostEstimate, key: Any) -> Iterator[tuple[str, Decimal, Decimal]]:
    sums: dict[str, dict[str, Decimal]] = {}
    for line in estimate.lines:
        parts = sums.setdefault(key(line), {"fixed": Decimal(0), "variable": Decimal(0)})
        parts[line.quantity.part] += line.usd
    ordered = sorted(sums.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    for name, parts in ordered:
        yield name, parts["fixed"], parts["variable"]


def _show_basis(terminal: Terminal, estimate: CostEstimate) -> None:
    if estimate.unpriced:
        terminal.result("", "Not in the sum, as no price is known:")
        terminal.result(
            *(f"  {q.path}  {q.what}: {amount(q.units)} ({q.price_id})" for q in estimate.unpriced)
        )
    terminal.result("", "Assumed:", *(f"  {text}" for text in estimate.assumptions))
    dates = sorted({line.price.date for line in estimate.lines})
    if dates:
        span = (
            dates[0].isoformat() if len(dates) == 1 else f"{dates[0].isoformat()} to {dates[-1].isoformat()}"
        )
        terminal.say("", f"prices of {span}; `--json` names the source and date of each", style="dim")
    for notice in estimate.notices:
        terminal.say(f"notice: {notice}", style="yellow")


def _line_data(line: CostLine) -> Mapping[str, Any]:
    quantity, price = line.quantity, line.price
    return {
        "path": quantity.path,
        "what": quantity.what,
        "service": quantity.service,
        "aws_service": quantity.product,
        "part": quantity.part,
        "units": float(quantity.units),
        "free_units": float(line.free_units),
        "unit": price.unit,
        "usd": plain_usd(line.usd),
        "price": {
            "id": price.id,
            "region": price.region,
            "date": price.date,
            "source": price.source,
            "tiers": [
                {"up_to": None if tier.up_to is None else float(tier.up_to), "usd": float(tier.usd)}
                for tier in price.tiers
            ],
        },
    }
