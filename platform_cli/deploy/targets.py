"""Where an environment is: on AWS, or on the workspace's local AWS, which is made ready first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_cli.assembly.model import Assembly
from platform_cli.aws.clients import Clients, Target
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.bootstrapping import TOOLKIT, Bootstrap, bootstrap
from platform_cli.deploy.deployment import deploy
from platform_cli.deploy.plans import Deployment, DeploymentPlan
from platform_cli.errors import PlatformError

if TYPE_CHECKING:
    from platform_cli.local.pruning import Omission
    from platform_cli.local.rewrites import Notice
    from platform_cli.local.server import LocalAws

AnyReport = Callable[[Any], None]
"""Takes events of this room and of `local/`."""


@dataclass(frozen=True)
class Prepared:
    """What a deployment needs.

    Attributes:
        clients: Of the environment.
        assembly: What to deploy; for the local AWS, the adapted copy.
        local: The local AWS, if that is the target.
        omissions: What the local AWS does not get.
        notices: What behaves otherwise there.
    """

    clients: Clients
    assembly: Assembly
    local: LocalAws | None = None
    omissions: tuple[Omission, ...] = ()
    notices: tuple[Notice, ...] = ()


def prepare(environment: ResolvedEnvironment, assembly: Assembly, root: Path, report: AnyReport) -> Prepared:
    """Make ready for a deployment: the local AWS is started, bootstrapped, and gets an adapted copy.

    Args:
        environment: Where.
        assembly: What was synthesized.
        root: The workspace.
        report: Is told of what is done.

    Raises:
        PlatformError: The local AWS cannot be started.
    """
    if environment.target != "local":
        return Prepared(_aws(environment), assembly)
    from platform_cli.local.adapting import adapt
    from platform_cli.local.stores import provide_stores, wanted_stores

    clients, local = _local(root, report)
    local = replace(local, stores=provide_stores(root, wanted_stores(assembly), report))
    adaptation = adapt(assembly, local, root / ".platform" / "local" / "cdk.out" / environment.environment)
    return Prepared(clients, adaptation.assembly, local, adaptation.omitted, adaptation.notices)


def connect(environment: ResolvedEnvironment, root: Path) -> Clients:
    """Clients for looking at what is deployed; nothing is started for that.

    Raises:
        PlatformError: `local-aws-down` if the local AWS is the target and does not run.
    """
    if environment.target != "local":
        return _aws(environment)
    from platform_cli.local import server

    local = server.status(root)
    if not local.running or local.local is None:
        raise PlatformError(
            "the local AWS does not run" + (": it died" if local.died else ""),
            hint="start it with `platform local start`, or deploy with `platform deploy`",
            code="local-aws-down",
        )
    return Clients(local.local.target)


def deploy_system(
    environment: ResolvedEnvironment,
    assembly: Assembly,
    root: Path,
    *,
    approve: Callable[[DeploymentPlan, Prepared], bool],
    report: AnyReport,
    **options: Any,
) -> tuple[Deployment, Prepared]:
    """Prepare, deploy, and complete what the local AWS does not take from templates.

    Args:
        environment: Where.
        assembly: What was synthesized.
        root: The workspace.
        approve: Is shown the plan and what the local AWS omits.
        report: Is told of all progress.
        **options: Further arguments of `deployment.deploy`.
    """
    prepared = prepare(environment, assembly, root, report)
    deployment = deploy(
        environment,
        prepared.assembly,
        prepared.clients,
        approve=lambda plan: approve(plan, prepared),
        report=report,
        **options,
    )
    if prepared.local is not None and deployment.result == "done":
        from platform_cli.local.completing import complete

        complete(prepared.assembly, prepared.clients)
    return deployment, prepared


def bootstrap_target(
    environment: ResolvedEnvironment, root: Path, report: AnyReport, **options: Any
) -> Bootstrap:
    """Bootstrap where an environment is; the local AWS is started for that.

    Args:
        environment: Where.
        root: The workspace.
        report: Is told of all progress.
        **options: Further arguments of `bootstrapping.bootstrap`.
    """
    if environment.target != "local":
        from platform_cli.aws.clients import verify_account

        clients = _aws(environment)
        verify_account(clients)
        for region in environment.regions[1:]:
            bootstrap(clients.elsewhere(region), report, **options)
        return bootstrap(clients, report, **options)
    from platform_cli.local import server

    local = server.start(root, report=report)
    return bootstrap(Clients(local.target), report, adapt=_adapter(local), **options)


def _local(root: Path, report: AnyReport) -> tuple[Clients, LocalAws]:
    from platform_cli.local import server

    local = server.start(root, report=report)
    clients = Clients(local.target)
    bootstrap(clients, report, adapt=_adapter(local))
    return clients, local


def _adapter(local: LocalAws) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    def adapted(template: Mapping[str, Any]) -> Mapping[str, Any]:
        from platform_cli.local.adapting import adapt_template

        return adapt_template(template, local, TOOLKIT)[0]

    return adapted


def _aws(environment: ResolvedEnvironment) -> Clients:
    return Clients(Target(environment.account, environment.region, environment.profile))
