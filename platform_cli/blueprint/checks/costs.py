"""Cost anomaly detection."""

from __future__ import annotations

from collections.abc import Sequence

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.nodes import Path
from platform_cli.blueprint.resolution.operations import period_of

_HERE: Path = ("cost_anomalies",)
MOST_MAILS = 10
"""Mail addresses that AWS tells of one limit of a budget (API reference of Budgets,
`NotificationWithSubscribers`, 2026-11), or in one subscription to odd costs."""

MOST_NOTICES = 10
"""Of one budget (API reference of Budgets, `CreateBudget`, 2026-11)."""


def check_cost_anomalies(context: Context) -> None:
    """Somebody can be told."""
    wanted = context.blueprint.cost_anomalies
    if wanted is None or not context.is_sound(*_HERE):
        return
    told = wanted.contacts or context.blueprint.alarms.contacts.critical
    if not any(not contact.startswith("https://") for contact in told):
        context.report(
            "cost-anomalies-untold",
            "nobody is told of odd costs: AWS sends mails, and there is no mail address",
            _HERE,
            key=True,
            hint="write contacts: [you@example.com] there",
        )


def check_cost_recipients(context: Context) -> None:
    """Budgets and notices of odd costs have a mail address to go to, and not too many."""
    blueprint = context.blueprint
    critical = blueprint.alarms.contacts.critical
    places: list[tuple[Path, tuple[str, ...]]] = [
        (("budgets", name), tuple(budget.contacts)) for name, budget in blueprint.budgets.items()
    ]
    if blueprint.cost_anomalies:
        places.append((_HERE, tuple(blueprint.cost_anomalies.contacts)))
    for path, own in places:
        if not context.is_sound(*path):
            continue
        told = own or tuple(critical)
        mails = {contact for contact in told if not contact.startswith("https://")}
        at = (*path, "contacts") if own else path
        if not mails and path != _HERE:
            context.report(
                "budget-untold",
                f"nobody is told of budget {path[-1]}: AWS sends mails, and there is no mail address",
                at,
                key=True,
                hint="write contacts: [you@example.com] there",
            )
        if len(mails) > MOST_MAILS:
            context.report(
                "too-many-recipients",
                f"{len(mails)} mail addresses are to be told, and AWS takes {MOST_MAILS}",
                at,
                key=True,
                hint="name a mailing list",
            )


def check_budgets(context: Context) -> None:
    """Budgets ask for what AWS Budgets knows."""
    for name, budget in context.blueprint.budgets.items():
        path: Path = ("budgets", name)
        if not context.is_sound(*path):
            continue
        if budget.forecast_percent and period_of(name, budget) == "daily":
            context.report(
                "invalid-budget",
                f"budget {name} is of a day, and AWS forecasts no days",
                (*path, "forecast_percent"),
                key=True,
                hint="leave forecast_percent out, or write period: monthly",
            )
        notices = len({*(budget.actual_percent or ())}) + len({*(budget.forecast_percent or ())})
        if notices > MOST_NOTICES:
            context.report(
                "invalid-budget",
                f"budget {name} has {notices} notices, and AWS takes {MOST_NOTICES}",
                (*path, "actual_percent" if budget.actual_percent else "forecast_percent"),
                key=True,
                hint="leave some percentages out, or make a second budget",
            )


def check_cost_monitors(contexts: Sequence[Context]) -> None:
    """An account has one monitor of its services, and not one for each environment."""
    base = contexts[0]
    variants = {context.environment: context for context in contexts[1:]}
    first: dict[str, str] = {}
    for name, environment in base.blueprint.environments.items():
        wanted = variants.get(name, base).blueprint.cost_anomalies
        if environment.target != "aws" or wanted is None or wanted.watch != "account":
            continue
        if environment.account in first:
            base.report(
                "cost-anomalies-twice",
                f"environments {first[environment.account]} and {name} both watch the costs of account "
                f"{environment.account}, and AWS takes one such monitor an account",
                _HERE if base.blueprint.cost_anomalies else ("environments", name),
                key=True,
                hint=f"write cost_anomalies: null in the overrides of {name}",
            )
        elif environment.account:
            first[environment.account] = name
