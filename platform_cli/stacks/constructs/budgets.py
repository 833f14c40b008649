"""Budgets: who is told when an environment costs more than it should."""

from __future__ import annotations

from aws_cdk import aws_budgets as budgets

from platform_cli.blueprint.resolved import ResolvedBudget
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.logical import pascal

_Budget = budgets.CfnBudget
_NOT_SPENT = _Budget.ExpressionProperty(
    dimensions=_Budget.ExpressionDimensionValuesProperty(key="RECORD_TYPE", values=["Credit", "Refund"])
)
"""Record types as Cost Explorer calls them (Cost Explorer guide, «Filtering data», 2026-11)."""


class Budget(Capability):
    """A limit of what the environment costs, found by the tags that all of its stacks carry.

    The cost of credits and refunds is left out, so that a credit does not hide what is used.
    """

    def __init__(self, stack: PlatformStack, budget: ResolvedBudget) -> None:
        super().__init__(stack, f"Budget-{budget.name}", f"budgets.{budget.name}")
        system = stack.system
        tags = (("environment", system.environment), ("system", system.system))
        resource = _Budget(
            self,
            "Budget",
            budget=_Budget.BudgetDataProperty(
                budget_name=budget.physical_name,
                budget_type="COST",
                time_unit=budget.period.upper(),
                budget_limit=_Budget.SpendProperty(amount=budget.limit_usd, unit="USD"),
                filter_expression=_Budget.ExpressionProperty(
                    and_=[
                        _Budget.ExpressionProperty(
                            tags=_Budget.TagValuesProperty(key=key, values=[value], match_options=["EQUALS"])
                        )
                        for key, value in tags
                    ]
                    + [_Budget.ExpressionProperty(not_=_NOT_SPENT)]
                ),
                metrics=["UnblendedCost"],
            ),
            notifications_with_subscribers=self._notices(budget) or None,
        )
        self.place(resource, f"Budget{pascal(budget.name)}")

    def _notices(self, budget: ResolvedBudget) -> list[budgets.CfnBudget.NotificationWithSubscribersProperty]:
        percentages = [("ACTUAL", percent) for percent in budget.actual_percent]
        percentages += [("FORECASTED", percent) for percent in budget.forecast_percent]
        if not budget.contacts:
            return []
        return [
            _Budget.NotificationWithSubscribersProperty(
                notification=_Budget.NotificationProperty(
                    notification_type=kind,
                    comparison_operator="GREATER_THAN",
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                ),
                subscribers=[
                    _Budget.SubscriberProperty(subscription_type="EMAIL", address=contact)
                    for contact in budget.contacts
                ],
            )
            for kind, percent in percentages
        ]
