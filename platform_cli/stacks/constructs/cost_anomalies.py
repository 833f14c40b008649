"""Cost anomaly detection: what AWS watches, and who is told."""

from __future__ import annotations

import json

from aws_cdk import aws_ce as ce

from platform_cli.blueprint.resolved import ResolvedCostAnomalies
from platform_cli.stacks.constructs.base import Capability, PlatformStack


class CostAnomalies(Capability):
    """A monitor, and a daily mail of what it found above a sum.

    AWS takes one monitor of services an account; monitors of a tag are a management account's only (AWS Cost
    Management guide, «Getting started with AWS Cost Anomaly Detection», 2026-11).
    """

    def __init__(self, stack: PlatformStack, wanted: ResolvedCostAnomalies) -> None:
        super().__init__(stack, "CostAnomalies", "cost_anomalies")
        name, system = stack.names.resource("cost-anomalies"), stack.system.system
        by_tag = wanted.watch == "system"
        monitor = ce.CfnAnomalyMonitor(
            self,
            "Monitor",
            monitor_name=name,
            monitor_type="CUSTOM" if by_tag else "DIMENSIONAL",
            monitor_dimension=None if by_tag else "SERVICE",
            monitor_specification=json.dumps({"Tags": {"Key": "system", "Values": [system]}})
            if by_tag
            else None,
            resource_tags=[
                ce.CfnAnomalyMonitor.ResourceTagProperty(key=key, value=value)
                for key, value in sorted(stack.tags.tag_values().items())
            ],
        )
        self.place(monitor, "CostMonitor")
        impact = {
            "Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
            "Values": [f"{wanted.above_usd:g}"],
        }
        subscription = ce.CfnAnomalySubscription(
            self,
            "Subscription",
            subscription_name=name,
            # Mails go out daily or weekly; at once, only topics are told.
            frequency="DAILY",
            monitor_arn_list=[monitor.attr_monitor_arn],
            subscribers=[
                ce.CfnAnomalySubscription.SubscriberProperty(type="EMAIL", address=contact)
                for contact in wanted.contacts
            ],
            threshold_expression=json.dumps({"Dimensions": impact}),
        )
        self.place(subscription, "CostSubscription")
