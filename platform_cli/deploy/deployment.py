"""Deploy: look, plan, ask, lock, carry out, record."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from platform_cli.assembly.model import Assembly
from platform_cli.aws.clients import Clients, verify_account
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, Sleep, now
from platform_cli.deploy.bootstrapping import check_bootstrap
from platform_cli.deploy.deployed import Observed
from platform_cli.deploy.events import Remark, Report, silent
from platform_cli.deploy.executing import DeploymentInterrupted, execute, with_outputs
from platform_cli.deploy.following import Conduct, settle
from platform_cli.deploy.lock import current_owner, held, locked
from platform_cli.deploy.locking import deployment_lock
from platform_cli.deploy.log_groups import TakenLogGroup, refuse_taken, taken_log_groups, told
from platform_cli.deploy.observing import names_of, observe
from platform_cli.deploy.planning import plan_deployment, refuse_destruction
from platform_cli.deploy.plans import Deployment, DeploymentPlan
from platform_cli.deploy.records import DeploymentRecord, Result, record_id, template_hash, write_record
from platform_cli.deploy.roles import Roles
from platform_cli.errors import PlatformError


def plan(
    environment: ResolvedEnvironment,
    assembly: Assembly,
    clients: Clients,
    *,
    report: Report = silent,
    allow_removal: bool = False,
) -> DeploymentPlan:
    """What a deployment would do; changes nothing, and needs no lock.

    Raises:
        PlatformError: `wrong-account`, `not-bootstrapped`, or what AWS refuses.
    """
    roles = _prepared(environment, assembly, clients, report)
    observed = observe(assembly, clients, environment, roles=roles)
    planned = plan_deployment(assembly, environment, observed, allow_removal=allow_removal)
    taken = _taken(planned, environment, clients)
    if taken:
        report(Remark("log-group-taken", f"this deployment would fail: {told(taken)}"))
    return planned


def deploy(
    environment: ResolvedEnvironment,
    assembly: Assembly,
    clients: Clients,
    *,
    approve: Callable[[DeploymentPlan], bool],
    report: Report = silent,
    command: str = "platform deploy",
    reason: str = "",
    allow_replacement: bool | None = None,
    allow_removal: bool = False,
    clock: Clock = now,
    sleep: Sleep | None = None,
) -> Deployment:
    """Bring an environment to the state of an assembly.

    If nothing is to be done, that is found out without a lock, an upload or a change set.

    Args:
        environment: Where.
        assembly: What shall be.
        clients: One's own.
        approve: Is shown the plan, and says whether to go on.
        report: Is told of all progress.
        command: What a second deployer is told is running.
        reason: Why, for the record.
        allow_replacement: Whether resources with data may be removed or replaced; None: on the local
            AWS alone.
        allow_removal: Whether stacks that the assembly no longer has go even in a protected environment.
        clock: The time.
        sleep: Waits between two looks.

    Raises:
        PlatformError: `wrong-account`, `not-bootstrapped`, `deploy-locked`, `would-destroy-data`,
            `log-group-taken`, or what AWS refuses.
        DeploymentFailed: With the root cause of each stack that failed.
        DeploymentInterrupted: On Ctrl-C; the lock is given back.
    """
    roles = _prepared(environment, assembly, clients, report)
    names = names_of(environment)
    if allow_replacement is None:
        allow_replacement = environment.target == "local"
    observed = observe(assembly, clients, environment, roles=roles)
    planned = plan_deployment(assembly, environment, observed, allow_removal=allow_removal)
    if planned.empty:
        if held(observed.lock, clock):
            raise locked(observed.lock)
        return with_outputs(Deployment(planned, "unchanged"), observed.stacks)
    try:
        with deployment_lock(names, clients, command, clock=clock) as lock:
            observed, planned = _settled(environment, assembly, clients, roles, report, allow_removal, sleep)
            if planned.empty:  # whoever held the lock a moment ago did it all
                return with_outputs(Deployment(planned, "unchanged"), observed.stacks)
            refuse_taken(_taken(planned, environment, clients))
            refuse_destruction(planned.destructive, allowed=allow_replacement, protect=environment.protect)
            if not approve(planned):
                return with_outputs(Deployment(planned, "declined"), observed.stacks)
            started = clock()
            result: Result = "failed"
            said = reason
            try:
                deployment = execute(
                    planned,
                    clients,
                    report,
                    environment=environment,
                    allow_replacement=allow_replacement,
                    roles=roles,
                    sleep=sleep,
                    lost=lambda: lock.lost,
                )
                result = "done"
            except DeploymentInterrupted as error:
                result, said = "interrupted", error.message
                raise
            except PlatformError as error:
                said = error.message
                raise
            finally:
                try:
                    _record(planned, names, clients, command, started, clock(), result, said)
                except PlatformError as error:
                    # It must neither undo a success nor hide why a deployment failed.
                    report(Remark("not-recorded", f"the deployment is not recorded: {error.message}"))
            return with_outputs(
                deployment, {n: s for n, s in observed.stacks.items() if n in _names(assembly)}
            )
    except KeyboardInterrupt:
        raise DeploymentInterrupted(()) from None


def _taken(
    planned: DeploymentPlan, environment: ResolvedEnvironment, clients: Clients
) -> tuple[TakenLogGroup, ...]:
    """Log groups that stand in the way; the local AWS takes them over."""
    if clients.target.is_local:
        return ()
    return taken_log_groups(planned, names_of(environment).prefix, clients)


def _prepared(
    environment: ResolvedEnvironment, assembly: Assembly, clients: Clients, report: Report
) -> Roles:
    """Check account and bootstrap; the local AWS is prepared by `targets`."""
    if not clients.target.is_local:
        _check_account(environment, clients)
        verify_account(clients)
        check_bootstrap(assembly, clients)
    return Roles(clients, report)


def _check_account(environment: ResolvedEnvironment, clients: Clients) -> None:
    if clients.target.account != environment.account:
        raise PlatformError(
            f"the clients are for account {clients.target.account}, but the environment "
            f'"{environment.environment}" is in account {environment.account}',
            code="wrong-account",
        )


def _settled(
    environment: ResolvedEnvironment,
    assembly: Assembly,
    clients: Clients,
    roles: Roles,
    report: Report,
    allow_removal: bool,
    sleep: Sleep | None,
) -> tuple[Observed, DeploymentPlan]:
    """What is and what to do, once nothing of an earlier run goes on any more."""
    while True:
        observed = observe(assembly, clients, environment, roles=roles)
        planned = plan_deployment(assembly, environment, observed, allow_removal=allow_removal)
        if not planned.waiting:
            return observed, planned
        for step in planned.waiting:
            with aws_errors("waiting for a stack", target=clients.target):
                settle(step.stack, roles.reading(step.artifact), Conduct(report, sleep))


def _record(
    planned: DeploymentPlan,
    names: Names,
    clients: Clients,
    command: str,
    started: datetime,
    finished: datetime,
    result: Result,
    reason: str,
) -> None:
    changing = [step for step in planned.steps if not step.idle]
    write_record(
        DeploymentRecord(
            id=record_id(started, secrets.token_hex(3)),
            who=str(current_owner()),
            command=command,
            started=started,
            finished=finished,
            result=result,
            stacks={step.stack: step.action.value for step in changing},
            templates={
                s.stack: template_hash(s.artifact.template) for s in changing if s.artifact is not None
            },
            reason=reason,
        ),
        names,
        clients,
    )


def _names(assembly: Assembly) -> set[str]:
    return {stack.name for stack in assembly.stacks}
