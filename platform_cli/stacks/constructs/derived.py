"""Metric filters: what CloudWatch counts in the lines of a log."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import aws_logs as logs

from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.derived import DerivedMetric
from platform_cli.stacks.logical import composite


class DerivedMetrics(Capability):
    """Metrics from the log of one thing.

    Args:
        stack: The stack of the log.
        origin: Dotted path of the blueprint that the log comes from.
        log_group: Name of the log group.
        namespace: Of the metrics.
        metrics: What is counted.
    """

    def __init__(
        self,
        stack: PlatformStack,
        origin: str,
        log_group: str,
        namespace: str,
        metrics: Iterable[DerivedMetric],
    ) -> None:
        super().__init__(stack, f"Derived-{origin}", origin)
        for metric in metrics:
            resource = logs.CfnMetricFilter(
                self,
                metric.name,
                log_group_name=log_group,
                filter_name=metric.name,
                filter_pattern=metric.pattern,
                metric_transformations=[
                    logs.CfnMetricFilter.MetricTransformationProperty(
                        metric_namespace=namespace,
                        metric_name=metric.name,
                        metric_value=metric.value,
                        default_value=metric.otherwise,
                        unit=metric.unit,
                    )
                ],
            )
            self.place(resource, composite("Derived", origin, metric.name))
