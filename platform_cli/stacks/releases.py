"""What releases need of names and rights: who moves an alias, and who looks at a new version before it does.

Pure: resolved functions in, names and frozen statements out.
"""

from __future__ import annotations

from collections.abc import Iterator

from platform_cli.blueprint.access import variable_name
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFunction, ResolvedService
from platform_cli.stacks.addresses import Addresses, names_of
from platform_cli.stacks.statements import Statement


def deployment_config(strategy: str) -> str:
    """CodeDeploy's name of a strategy: `canary_10_percent_5_minutes` is `LambdaCanary10Percent5Minutes`.

    Those of CodeDeploy itself (its guide, «Predefined deployment configurations», November 2026).
    """
    words = "".join(word.capitalize() for word in strategy.split("_"))
    return f"CodeDeployDefault.Lambda{words}"


def application(environment: ResolvedEnvironment, service: str) -> str:
    """Name of the CodeDeploy application of a service: `shop-dev-orders` (CodeDeploy: 100)."""
    return names_of(environment).releases(service)


def in_order(service: ResolvedService) -> list[ResolvedFunction]:
    """The functions of a service by name; those that look at new versions of others come last."""
    hooks = {name for function in service.functions.values() for name in hooks_of(function)}
    return sorted(service.functions.values(), key=lambda function: (function.name in hooks, function.name))


def hooks_of(function: ResolvedFunction) -> tuple[str, ...]:
    """Names of the functions that look at a release of this one."""
    release = function.release
    named = (release.pre_traffic, release.post_traffic) if release else ()
    return tuple(sorted({name for name in named if name}))


def looked_at(hook: ResolvedFunction, environment: ResolvedEnvironment) -> tuple[ResolvedFunction, ...]:
    """The functions whose releases this one looks at."""
    functions = environment.services[hook.service].functions.values()
    return tuple(function for function in functions if hook.name in hooks_of(function))


def version_variable(function: ResolvedFunction) -> str:
    """The environment variable by which a hook finds the new version: `RELEASE_CREATE`."""
    return variable_name("RELEASE_{NAME}", function.name)


def hook_statements(hook: ResolvedFunction, environment: ResolvedEnvironment) -> Iterator[Statement]:
    """What a function needs that looks at releases: to call the new versions, and to say what it found."""
    released = looked_at(hook, environment)
    if not released:
        return
    at = Addresses.of(environment)
    name = application(environment, hook.service)
    yield Statement(
        "ReleaseCall",
        ("lambda:InvokeFunction",),
        # A version's number is Lambda's own.
        tuple(f"{at.function(function.physical_name)}:*" for function in released),
    )
    yield Statement(
        "ReleaseVerdict",
        ("codedeploy:PutLifecycleEventHookExecutionStatus",),
        tuple(at.arn("codedeploy", f"deploymentgroup:{name}/{function.name}") for function in released),
    )


def releasing_statements(
    service: ResolvedService, environment: ResolvedEnvironment, alarms: tuple[str, ...]
) -> Iterator[Statement]:
    """What CodeDeploy needs to move the aliases of a service.

    Args:
        service: The service.
        environment: Where.
        alarms: Names of the alarms that it looks at.
    """
    at = Addresses.of(environment)
    released = [f for f in in_order(service) if f.release and f.release.guarded]
    functions = [at.function(function.physical_name) for function in released]
    yield Statement(
        "Aliases",
        ("lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"),
        tuple(arn for function in functions for arn in (function, f"{function}:*")),
    )
    if alarms:
        arns = tuple(at.arn("cloudwatch", f"alarm:{name}") for name in alarms)
        yield Statement("Alarms", ("cloudwatch:DescribeAlarms",), arns)
    hooks = sorted({name for function in released for name in hooks_of(function)})
    if hooks:
        arns = tuple(at.function(service.functions[name].physical_name) for name in hooks)
        yield Statement("Hooks", ("lambda:InvokeFunction",), arns)
