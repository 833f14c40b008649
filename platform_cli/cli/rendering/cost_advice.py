"""What `platform cost advise` shows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.cost import plain_usd, usd
from platform_cli.cli.rendering.words import number

if TYPE_CHECKING:
    from platform_cli.cli.session import Session
    from platform_cli.errors import Place
    from platform_cli.operate.cost.advice import Advice


def render_advice(session: Session, advice: Sequence[Advice], days: int, notices: Sequence[str] = ()) -> None:
    """Show each piece of advice with its saving and the line of the blueprint."""
    from platform_cli.operate.cost.places import place_of

    terminal, environment = session.terminal, session.environment.environment
    placed = [(a, place_of(session.inspection, environment, a.path) if a.path else None) for a in advice]
    total = sum((a.saving_usd for a in advice if a.saving_usd is not None), Decimal(0))
    if terminal.json:
        terminal.data(
            {
                "environment": environment,
                "days": days,
                "saving_usd": plain_usd(total),
                "notices": list(notices),
                "advice": [_data(a, place) for a, place in placed],
            }
        )
        return
    if not advice:
        terminal.result(f"no waste found in {environment} by what was used in {number(days, 'day')}")
        return
    terminal.result(
        f"{number(len(advice), 'change')} would save about {usd(total)} USD a month", style="bold"
    )
    for a, place in placed:
        saving = "saving not known" if a.saving_usd is None else f"saves {usd(a.saving_usd)} USD a month"
        terminal.result("", f"{a.code}: {a.message}", f"  {saving}: {a.change}")
        if place is not None:
            terminal.result(f"  --> {place}")
    terminal.say("", "savings are without the free tier, and do not add up where two change the same part")
    for notice in notices:
        terminal.say(f"notice: {notice}", style="dim")


def _data(advice: Advice, place: Place | None) -> dict[str, Any]:
    return {
        "code": advice.code,
        "path": ".".join(advice.path),
        "place": None if place is None else place,
        "message": advice.message,
        "change": advice.change,
        "saving_usd": None if advice.saving_usd is None else plain_usd(advice.saving_usd),
    }
