"""Alarms on objectives and on metrics of the business."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from aws_cdk import aws_cloudwatch as cloudwatch

from platform_cli.blueprint.resolved import ResolvedApi, ResolvedEnvironment, ResolvedService
from platform_cli.stacks.alarms.alarm import Alarm
from platform_cli.stacks.alarms.business import api_metric_alarms, business_alarms
from platform_cli.stacks.alarms.objectives import (
    BurnRate,
    ObjectiveAlarms,
    all_of,
    objective_alarms,
    service_requests,
)
from platform_cli.stacks.alarms.slowness import entrance_alarms, slowness_alarms, start_alarms
from platform_cli.stacks.constructs.alarms import ALARM_METADATA, Alarms
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.dashboards.catalog import routed_apis
from platform_cli.stacks.logical import composite


class BurnRateAlarm(Capability):
    """A composite alarm that is on while a budget burns too fast over both of its windows."""

    def __init__(self, stack: PlatformStack, origin: str, burn: BurnRate, after: Iterable[Alarms]) -> None:
        super().__init__(stack, f"Burn-{burn.name}", origin)
        told = [stack.at.topic(stack.names.alarm_topic(burn.severity))]
        resource = cloudwatch.CfnCompositeAlarm(
            self,
            "Alarm",
            alarm_name=burn.name,
            alarm_description=burn.description,
            alarm_rule=all_of(burn.children),
            alarm_actions=told,
            ok_actions=told,
        )
        resource.add_metadata(ALARM_METADATA, f"objectives.{burn.key}")
        self.place(resource, composite("Alarm", "burn", burn.name.removeprefix(stack.names.prefix)))
        for alarms in after:
            # CloudWatch refuses a rule that names an alarm which is not there.
            self.node.add_dependency(alarms)


def watch_objectives(stack: PlatformStack, found: ObjectiveAlarms) -> list[Capability]:
    """Add the alarms on the error budget of a service or of the system."""
    made = _by_subject(stack, found.alarms)
    return [*made, *(BurnRateAlarm(stack, found.origin, burn, made) for burn in found.burn_rates)]


def watch_entrances(stack: PlatformStack, system: ResolvedEnvironment, ids: Mapping[str, str]) -> None:
    """Add the alarms on how long requests to the APIs take, for the objective of the system."""
    _by_subject(stack, entrance_alarms(system, routed_apis(system), ids))


def watch_service(
    stack: PlatformStack, system: ResolvedEnvironment, service: ResolvedService
) -> list[Capability]:
    """Add the alarms on what a service promises, and on the metrics that its handlers write."""
    made: list[Capability] = [*_by_subject(stack, business_alarms(system, service))]
    made += _by_subject(stack, start_alarms(system, service))
    if not service.states_objectives:
        return made  # the system's alarms on its own objectives see it
    made += _by_subject(stack, slowness_alarms(system, service))
    requests = service_requests(system, service)
    origin = f"services.{service.name}.objectives"
    return made + watch_objectives(stack, objective_alarms(system, service.objectives, requests, origin))


def watch_api(stack: PlatformStack, system: ResolvedEnvironment, api: ResolvedApi) -> None:
    """Add the alarms on the metrics that are read from the access log of an API."""
    _by_subject(stack, api_metric_alarms(system, api))


def _by_subject(stack: PlatformStack, alarms: Iterable[Alarm]) -> list[Alarms]:
    groups = groupby(alarms, key=lambda alarm: (alarm.subject.origin, alarm.subject.name))
    return [Alarms(stack, origin, mine, f"{origin}-{name}") for (origin, name), mine in groups]
