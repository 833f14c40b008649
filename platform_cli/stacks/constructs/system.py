"""The stacks of a system. They only wire: what a resource looks like is the constructs' business."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from aws_cdk import App

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.stacks.concerns import concerns_of
from platform_cli.stacks.constructs.analytics import analytics_stack
from platform_cli.stacks.constructs.apis import api_stack
from platform_cli.stacks.constructs.base import PlatformStack
from platform_cli.stacks.constructs.data import data_stack, databases_stack, recovery_stack
from platform_cli.stacks.constructs.edge import balancer_stack, cdn_stack, edge_stack, global_stack
from platform_cli.stacks.constructs.foundation import (
    events_stack,
    firewalls_stack,
    identity_stack,
    network_stack,
    observability_stack,
)
from platform_cli.stacks.constructs.overview import boards_stack, overview_stack
from platform_cli.stacks.constructs.services import service_stack
from platform_cli.stacks.events import Report, StackDefined

if TYPE_CHECKING:
    from platform_cli.package.building import Artifact, ServicePackage


def build_stacks(
    app: App,
    system: ResolvedEnvironment,
    packages: Mapping[str, ServicePackage],
    report: Report,
    analytics: Mapping[str, Artifact] = MappingProxyType({}),
) -> Mapping[str, PlatformStack]:
    """All stacks of a system, each to be deployed after those it needs; by the keys of their concerns."""
    stacks: dict[str, PlatformStack] = {}
    concerns = concerns_of(system)
    for concern in concerns:
        match concern.kind:
            case "recovery":
                stack = recovery_stack(app, system, concern.name)
            case "data":
                stack = data_stack(app, system)
            case "observability":
                stack = observability_stack(app, system)
            case "identity":
                stack = identity_stack(app, system)
            case "events":
                stack = events_stack(app, system)
            case "firewalls":
                stack = firewalls_stack(app, system)
            case "network":
                stack = network_stack(app, system)
            case "databases":
                stack = databases_stack(app, system)
            case "service":
                service = system.services[concern.name]
                stack = service_stack(app, system, service, packages[service.name])
            case "api":
                stack = api_stack(app, system, system.apis[concern.name])
            case "analytics":
                stack = analytics_stack(app, system, analytics)
            case "global":
                stack = global_stack(app, system)
            case "cdn":
                stack = cdn_stack(app, system, system.cdns[concern.name])
            case "edge":
                stack = edge_stack(app, system)
            case "boards":
                stack = boards_stack(app, system, concern.name)
            case "overview":
                stack = overview_stack(app, system)
            case "balancer":
                stack = balancer_stack(app, system, system.load_balancers[concern.name])
        for needed in concern.needs:
            stack.add_stack_dependency(stacks[needed])
        stacks[concern.key] = stack
        report(StackDefined(stack.stack_name, len(stacks), len(concerns)))
    return stacks
