"""What `platform tune-memory` shows before the first call: calls, their price, and what they may leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from platform_cli.cli.rendering.tuning import price_basis, usd
from platform_cli.cli.rendering.tuning_data import plan_data
from platform_cli.cli.rendering.words import number

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.tuning.planning import RunPlan
    from platform_cli.operate.tuning.pricing import LambdaPrice


def render_plans(terminal: Terminal, plans: Sequence[RunPlan], prices: Mapping[str, LambdaPrice]) -> None:
    """Show what a run would call, and its price."""
    if terminal.json:
        terminal.data({"functions": [plan_data(plan) for plan in plans], "prices": dict(prices)})
        return
    for plan in plans:
        terminal.result(f"{plan.address}: {', '.join(str(v) for v in plan.variants)}")
        terminal.result(
            f"  {plan.first_calls} to {plan.most_calls} calls"
            + (f" with {number(plan.payloads, 'payload')}" if plan.payloads > 1 else "")
        )
        if plan.first_usd is None or plan.most_usd is None:
            terminal.result(
                f"  at most {usd(plan.bound_usd)}, were each to run into the timeout of "
                f"{plan.timeout_seconds} s; its logs hold no report of the present size"
            )
        else:
            terminal.result(
                f"  {_usd_range(plan.first_usd)} for the first round, {_usd_range(plan.most_usd)} at most"
            )
        if plan.snapshots_usd:
            terminal.result(
                f"  with {usd(plan.snapshots_usd)} for snapshots of SnapStart, billed for three hours"
            )
        if plan.budget_usd is not None:
            terminal.result(
                f"  --max-spend-usd {plan.budget_usd:g} is never exceeded: it pays for at least "
                f"{number(plan.budget_calls, 'call')}, were each to run into the timeout of "
                f"{plan.timeout_seconds} s, and a call is made only while that still fits"
            )
        for variant, reason in plan.skipped.items():
            terminal.result(f"  not {variant}: {reason}")
    terminal.say(price_basis(prices), style="dim")
    say_writes(terminal, plans)


def say_writes(terminal: Terminal, plans: Sequence[RunPlan]) -> None:
    """Warn of functions whose calls may leave something behind."""
    for plan in plans:
        if plan.writes:
            terminal.say(
                f"warning: {plan.address} may leave something behind at each call "
                f"({'; '.join(plan.writes)}); "
                "give a payload that may be sent many times, or clean up with `--after`",
                style="yellow",
            )


def question(plans: Sequence[RunPlan], environment: str) -> str:
    """What is asked before the first call."""
    calls = sum(plan.most_calls for plan in plans)
    price = usd(sum(plan.bound_usd if plan.most_usd is None else plan.most_usd[1] for plan in plans))
    if any(plan.most_usd is None for plan in plans):
        price = f"{price}, were each that no log tells of to run into its timeout"
    what = plans[0].address if len(plans) == 1 else number(len(plans), "function")
    return f"Call {what} in {environment} up to {calls} times, for at most {price}?"


def _usd_range(ends: tuple[float, float]) -> str:
    low, high = usd(ends[0]), usd(ends[1])
    return low if low == high else f"{low.removesuffix(' USD')} to {high}"
