"""Metric filters: what CloudWatch counts in the lines of a log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aws_cdk import aws_logs as logs

from platform_cli.blueprint.requests import is_measured_by_logs, measured_functions
from platform_cli.blueprint.resolved import (
    ResolvedApi,
    ResolvedBusinessMetric,
    ResolvedFunction,
    ResolvedService,
)
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.derived import (
    OF_APIS,
    OF_PROMISES,
    DerivedMetric,
    api_namespace,
    declared,
    function_namespace,
    of_function,
    promise_namespace,
)
from platform_cli.stacks.logical import composite


class DerivedMetrics(Capability):
    """Metrics from the log of one thing, which the tool's own alarms look at.

    Args:
        stack: The stack of the log.
        origin: Dotted path of the blueprint that the log comes from.
        log_group: Name of the log group.
        namespace: Of the metrics.
        metrics: What is counted.
        kind: The first word of logical ids.
    """

    def __init__(
        self,
        stack: PlatformStack,
        origin: str,
        log_group: str,
        namespace: str,
        metrics: Iterable[DerivedMetric],
        kind: str = "Derived",
    ) -> None:
        super().__init__(stack, f"{kind}-{origin}", origin)
        for metric in metrics:
            resource = _filter(self, metric.name, log_group, namespace, metric)
            self.place(resource, composite(kind, origin, metric.name))


class DeclaredMetric(Capability):
    """A metric that the blueprint reads from logs: a filter in each of them, all of which add to it.

    Args:
        stack: The stack of the logs.
        origin: Dotted path of the metric.
        metric: What is counted.
        log_groups: Names of log groups, by what they are the logs of.
    """

    def __init__(
        self,
        stack: PlatformStack,
        origin: str,
        metric: ResolvedBusinessMetric,
        log_groups: Mapping[str, str],
    ) -> None:
        super().__init__(stack, f"Declared-{origin}", origin)
        for owner, log_group in sorted(log_groups.items()):
            resource = _filter(self, owner, log_group, metric.namespace, declared(metric))
            self.place(resource, composite("Declared", origin, owner))


def derive_from_function(stack: PlatformStack, function: ResolvedFunction, log_group: str) -> None:
    """Add what alarms and dashboards read from the log of a function, where somebody is told."""
    if not stack.system.alarms.wanted:
        return
    service = stack.system.services[function.service]
    timed = service.objectives.cold_start_ms is not None and function in measured_functions(service)
    DerivedMetrics(
        stack,
        f"services.{function.service}.functions.{function.name}",
        log_group,
        function_namespace(stack.names, function.service, function.name),
        of_function(timed=timed, restored=function.snap_start),
    )
    if is_measured_by_logs(stack.system, service) and function in measured_functions(service):
        DerivedMetrics(
            stack,
            f"services.{function.service}.functions.{function.name}",
            log_group,
            promise_namespace(stack.names, function.service),
            OF_PROMISES,
            "Promised",
        )


def derive_from_service(
    stack: PlatformStack, service: ResolvedService, log_groups: Mapping[str, str]
) -> None:
    """Add the metrics that a service reads from the logs of its functions.

    Args:
        stack: The service's.
        service: The service.
        log_groups: Names of the log groups by function.
    """
    for metric in service.metrics.values():
        if metric.logs:
            read = {name: log_groups[name] for name in metric.logs.functions}
            DeclaredMetric(stack, f"services.{service.name}.metrics.{metric.name}", metric, read)


def derive_from_api(stack: PlatformStack, api: ResolvedApi, log_group: str) -> None:
    """Add what alarms read from the access log of an API, and the metrics that the API declares."""
    origin, namespace = f"apis.{api.name}", api_namespace(stack.names, api.name)
    if stack.system.alarms.wanted:
        DerivedMetrics(stack, origin, log_group, namespace, OF_APIS)
    for metric in api.metrics.values():
        DeclaredMetric(stack, f"{origin}.metrics.{metric.name}", metric, {api.name: log_group})


def _filter(
    owner: Capability, construct_id: str, log_group: str, namespace: str, metric: DerivedMetric
) -> logs.CfnMetricFilter:
    dimensions = [
        logs.CfnMetricFilter.DimensionProperty(key=name, value=field)
        for name, field in metric.dimensions.items()
    ]
    return logs.CfnMetricFilter(
        owner,
        construct_id,
        log_group_name=log_group,
        filter_name=metric.name,
        filter_pattern=metric.pattern,
        metric_transformations=[
            logs.CfnMetricFilter.MetricTransformationProperty(
                metric_namespace=namespace,
                metric_name=metric.name,
                metric_value=metric.value,
                default_value=metric.otherwise,
                dimensions=dimensions or None,
                unit=metric.unit,
            )
        ],
    )
