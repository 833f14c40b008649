"""From a blueprint to a running system: the rooms in their order, with approval in between."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from platform_cli.cli.approval import approve_environment
from platform_cli.cli.rendering.progress import LiveProgress
from platform_cli.cli.session import Session
from platform_cli.errors import PlatformError

if TYPE_CHECKING:
    from platform_cli.assembly.model import Assembly
    from platform_cli.aws.clients import Clients
    from platform_cli.deploy.plans import Deployment, DeploymentPlan
    from platform_cli.deploy.targets import Prepared
    from platform_cli.stacks.synthesis import Synthesis


def synthesize(session: Session, out: Path | None = None) -> Synthesis:
    """Synthesize the environment into its folder.

    Raises:
        PlatformError: The blueprint is invalid, or something cannot be built.
    """
    with LiveProgress(session.terminal) as progress:
        return _synthesize(session, progress, out)


def reach(session: Session) -> Clients:
    """Return clients for looking at what is deployed; nothing is started for that.

    Raises:
        PlatformError: The local AWS is the target and does not run.
    """
    from platform_cli.deploy.targets import connect

    return connect(session.environment, session.root)


def show_plan(session: Session, *, allow_removal: bool) -> None:
    """Show what a deployment would do.

    Raises:
        PlatformError: As for `deploy`.
    """
    from platform_cli.cli.rendering.plans import render_plan
    from platform_cli.deploy.deployment import plan
    from platform_cli.deploy.targets import prepare

    with LiveProgress(session.terminal) as progress:
        assembly = _assembly(session, progress)
        prepared = prepare(session.environment, assembly, session.root, progress)
        planned = plan(
            session.environment,
            prepared.assembly,
            prepared.clients,
            report=progress,
            allow_removal=allow_removal,
        )
    _show_differences(session, prepared)
    render_plan(session.terminal, planned)


def deploy(
    session: Session, *, reason: str, allow_replacement: bool | None, allow_removal: bool
) -> Deployment:
    """Deploy, and show what was done.

    Raises:
        PlatformError: The blueprint is invalid, a build or a stack failed, somebody else deploys, or the
            user declined.
    """
    from platform_cli.cli.rendering.deployments import render_deployment
    from platform_cli.deploy.targets import deploy_system

    environment = session.environment
    with LiveProgress(session.terminal) as progress:
        deployment, _ = deploy_system(
            environment,
            _assembly(session, progress),
            session.root,
            approve=_approval(session, progress),
            report=progress,
            command=_command(session, "deploy"),
            reason=reason,
            allow_replacement=allow_replacement,
            allow_removal=allow_removal,
        )
    if deployment.result == "declined":
        raise declined()
    render_deployment(session.terminal, deployment, environment)
    return deployment


def destroy(session: Session) -> None:
    """Delete an environment, and say what is gone.

    Raises:
        PlatformError: It is protected, somebody deploys, a stack cannot be deleted, or the user declined.
    """
    from platform_cli.cli.rendering.deployments import render_destruct
    from platform_cli.cli.rendering.plans import destroy_text
    from platform_cli.deploy.destroying import DestroyPlan
    from platform_cli.deploy.destroying import destroy as destroy_environment

    clients = reach(session)
    with LiveProgress(session.terminal) as progress:

        def approve(plan: DestroyPlan) -> bool:
            with progress.paused():
                session.terminal.say(destroy_text(plan))
                return approve_environment(session, "Delete all this?", by_name=True)

        destruct = destroy_environment(
            session.environment,
            clients,
            approve=approve,
            report=progress,
            command=_command(session, "destroy"),
        )
    if destruct.declined:
        raise declined()
    render_destruct(session.terminal, destruct)


def bootstrap(
    session: Session, policies: list[str] | None, trusted: list[str] | None, *, force: bool
) -> None:
    """Prepare the environment's account and region, and say how they are.

    Raises:
        PlatformError: AWS refuses, or the user declined.
    """
    from platform_cli.cli.rendering.deployments import render_bootstrap
    from platform_cli.deploy.targets import bootstrap_target

    environment = session.environment
    where = f"account {environment.account} in {environment.region}"
    if not approve_environment(session, f"Prepare {where} for deployments?"):
        raise declined()
    with LiveProgress(session.terminal) as progress:
        done = bootstrap_target(
            environment,
            session.root,
            progress,
            execution_policies=tuple(policies) if policies else None,
            trusted_accounts=tuple(trusted) if trusted else None,
            force=force,
        )
    render_bootstrap(session.terminal, done, environment.account, environment.region)


def declined() -> PlatformError:
    """Make the error for a user who said no."""
    return PlatformError("declined; nothing was changed", code="declined")


def _synthesize(session: Session, progress: LiveProgress, out: Path | None = None) -> Synthesis:
    from platform_cli.stacks import synthesis

    environment = session.environment
    folder = session.output_folder(out)
    return synthesis.synthesize(environment, session.root, folder, session.cache, report=progress)


def _assembly(session: Session, progress: LiveProgress) -> Assembly:
    from platform_cli.assembly.reading import read_assembly

    return read_assembly(_synthesize(session, progress).out)


def _approval(session: Session, progress: LiveProgress) -> Callable[[DeploymentPlan, Prepared], bool]:
    from platform_cli.cli.rendering.plans import plan_text

    def approve(plan: DeploymentPlan, prepared: Prepared) -> bool:
        with progress.paused():
            _show_differences(session, prepared)
            session.terminal.say(plan_text(plan))
            return approve_environment(session, f"Deploy this to {plan.environment}?")

    return approve


def _show_differences(session: Session, prepared: Prepared) -> None:
    from platform_cli.cli.rendering.differences import differences_lines

    session.terminal.say(*differences_lines(prepared.omissions, prepared.notices))


def _command(session: Session, name: str) -> str:
    return f"platform {name} --env {session.environment.environment}"
