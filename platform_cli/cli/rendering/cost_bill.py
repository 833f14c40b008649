"""What `platform cost actual` and `cost tags` show: AWS's own bill, and what it is counted by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from platform_cli.cli.rendering.cost import plain_usd, table, usd

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.cost.billing import Bill
    from platform_cli.operate.cost.tags import BillingTag, RefusedTag


def render_bill(terminal: Terminal, bill: Bill) -> None:
    """Show a month by AWS's bill and by the estimate."""
    if terminal.json:
        error = bill.model_error_percent
        terminal.data(
            {
                "start": bill.start,
                "end": bill.end,
                "complete": bill.complete,
                "billed_usd": plain_usd(bill.billed_usd),
                "month_usd": None if bill.month_usd is None else plain_usd(bill.month_usd),
                "model_usd": plain_usd(bill.estimate.total_usd),
                "model_error_percent": None if error is None else round(float(error), 1),
                "products": [
                    {
                        "product": product.product,
                        "billed_usd": plain_usd(product.billed_usd),
                        "model_usd": plain_usd(product.model_usd),
                    }
                    for product in bill.products
                ],
                "notices": [*bill.notices, *bill.estimate.notices],
            }
        )
        return
    estimate = bill.estimate
    span = f"{bill.start.isoformat()} to {bill.end.isoformat()}"
    terminal.result(
        f"{estimate.system} in {estimate.environment}, {span}: {usd(bill.billed_usd)} USD billed",
        style="bold",
    )
    rows = [(p.product, usd(p.billed_usd), usd(p.model_usd)) for p in bill.products]
    terminal.result("", *table(("AWS service", "billed", "estimate a month"), rows))
    terminal.result("", *_verdict(bill))
    for notice in (*bill.notices, *estimate.notices):
        terminal.say(f"notice: {notice}", style="yellow")


def render_tags(terminal: Terminal, tags: Sequence[BillingTag], refused: Sequence[RefusedTag]) -> None:
    """Show which tags the bill counts by, and what to do about the others."""
    if terminal.json:
        terminal.data(
            {
                "tags": {tag.key: tag.status for tag in tags},
                "refused": {tag.key: tag.reason for tag in refused},
            }
        )
        return
    width = max(len(tag.key) for tag in tags)
    terminal.result(*(f"{tag.key:<{width}}  {tag.status}" for tag in tags))
    terminal.say(*(f"{tag.key} was refused: {tag.reason}" for tag in refused), style="yellow")
    states = {tag.status for tag in tags}
    if "inactive" in states and not refused:
        terminal.say("next: platform cost tags --activate", style="dim")
    if "unseen" in states:
        terminal.say(
            "unseen: on no bill yet; AWS knows a tag within a day of the first deployment", style="dim"
        )


def _verdict(bill: Bill) -> Iterator[str]:
    model = usd(bill.estimate.total_usd)
    if bill.month_usd is None:
        yield f"the estimate is {model} USD a month"
        return
    word = "the month" if bill.complete else "the month, with the forecast of the rest,"
    yield f"{word} is {usd(bill.month_usd)} USD; the estimate is {model} USD"
    error = bill.model_error_percent
    if error is not None:
        yield f"the estimate is {abs(error):.0f} % {'above' if error >= 0 else 'below'} it"
