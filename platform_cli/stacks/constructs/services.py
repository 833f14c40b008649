"""The stack of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import App

from platform_cli.blueprint.log_queries import of_service
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedService
from platform_cli.stacks.alarms.composites import service_composites
from platform_cli.stacks.alarms.watching import function_alarms
from platform_cli.stacks.constructs.alarms import Alarms, Unhealthy
from platform_cli.stacks.constructs.base import PlatformStack
from platform_cli.stacks.constructs.derived import derive_from_function, derive_from_service
from platform_cli.stacks.constructs.functions import Code, Dependencies, Function
from platform_cli.stacks.constructs.logs import SavedQueries
from platform_cli.stacks.constructs.objectives import watch_service
from platform_cli.stacks.constructs.releases import Releases, versions_for
from platform_cli.stacks.constructs.rotations import Rotation
from platform_cli.stacks.constructs.triggers import Triggers
from platform_cli.stacks.ordering import by_name
from platform_cli.stacks.releases import in_order

if TYPE_CHECKING:
    from platform_cli.package.building import ServicePackage


def service_stack(
    app: App, system: ResolvedEnvironment, service: ResolvedService, package: ServicePackage
) -> PlatformStack:
    """The functions of a service with all that belongs to them."""
    stack = PlatformStack(
        app,
        system,
        "service",
        service.name,
        description=f"Service {service.name} of {system.system}",
        tags={"service": service.name},
    )
    code = Code(stack, "Code", package.code)
    layers: dict[tuple[str, str], list[Dependencies]] = {}
    for (runtime, architecture), artifact in sorted(package.layers.items()):
        if artifact:
            made = Dependencies(stack, service, runtime, architecture, artifact)
            layers[runtime, architecture] = [made]
    functions: dict[str, Function] = {}
    watched: dict[str, Alarms] = {}
    for model in in_order(service):
        target = (model.runtime, model.architecture)
        versions = versions_for(model, system, functions)
        function = functions[model.name] = Function(stack, model, code, layers.get(target, []), versions)
        if model.triggers:
            Triggers(stack, function, model)
        for secret in by_name(system.secrets.values()):
            if secret.rotation_function == model.address:
                Rotation(stack, secret, function)
        if system.alarms.wanted:
            origin = f"services.{service.name}.functions.{model.name}"
            derive_from_function(stack, model, function.log_group)
            watched[model.name] = Alarms(stack, origin, function_alarms(system, model))
    derive_from_service(stack, service, {name: made.log_group for name, made in functions.items()})
    SavedQueries(stack, f"services.{service.name}", of_service(service), functions.values())
    Releases(stack, service, functions, watched)
    if system.alarms.wanted:
        parts = [*watched.values(), *watch_service(stack, system, service)]
        for composed in service_composites(system, service):
            Unhealthy(stack, service.name, composed, parts)
    return stack
