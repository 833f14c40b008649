"""Carry out a plan: stacks in parallel as their dependencies permit, seeds in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors, is_aws_error, translate
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Sleep
from platform_cli.deploy.causes import DeploymentFailed, StackFailure
from platform_cli.deploy.deployed import ObservedStack
from platform_cli.deploy.events import Report, silent
from platform_cli.deploy.following import Conduct
from platform_cli.deploy.planning import refuse_destruction
from platform_cli.deploy.plans import Action, Deployment, DeploymentPlan, StackStep
from platform_cli.deploy.publishing import publish
from platform_cli.deploy.roles import Roles
from platform_cli.deploy.seeding import execute_seeds
from platform_cli.deploy.starting import execute_applications
from platform_cli.deploy.steps import Work, run_step, seeds_after
from platform_cli.deploy.uploading import execute_sites
from platform_cli.deploy.waiting import first_of
from platform_cli.errors import ExitCode, PlatformError

_PARALLEL_STACKS = 8
_PUBLISHED = (Action.CREATE, Action.UPDATE, Action.RECREATE, Action.RECOVER)


class DeploymentInterrupted(PlatformError):
    """The user stopped; `running` names the stacks on which AWS still works."""

    def __init__(self, running: tuple[str, ...]) -> None:
        going_on = f"; AWS still works on {', '.join(running)}" if running else ""
        super().__init__(
            f"interrupted{going_on}",
            hint="run the command again: it waits for what goes on and continues from there",
            code="interrupted",
            exit_code=ExitCode.INTERRUPTED,
        )
        self.running = running


def execute(
    plan: DeploymentPlan,
    clients: Clients,
    report: Report = silent,
    *,
    environment: ResolvedEnvironment,
    allow_replacement: bool = False,
    roles: Roles | None = None,
    sleep: Sleep | None = None,
    lost: Callable[[], bool] = lambda: False,
) -> Deployment:
    """Carry out a plan.

    Args:
        plan: What to do.
        clients: One's own.
        report: Is told of all progress.
        environment: Where.
        allow_replacement: Whether resources with data may be removed or replaced.
        roles: With whose rights; found out if None.
        sleep: Waits between two looks.
        lost: Whether the deployment lock is lost, so that nothing new may begin.

    Raises:
        DeploymentFailed: With the root cause of each stack that failed; others ran to their end.
        DeploymentInterrupted: On Ctrl-C.
        PlatformError: `would-destroy-data`, `not-bootstrapped`, or what AWS refuses.
    """
    refuse_destruction(plan.destructive, allowed=allow_replacement, protect=environment.protect)
    work = Work(
        plan,
        environment,
        clients,
        roles or Roles(clients, report),
        Conduct(report, sleep, own=clients),
        allow_replacement,
        lost,
    )
    try:
        with aws_errors("deploying", target=clients.target):
            publish(
                [a for s in plan.steps if s.artifact and s.action in _PUBLISHED for a in s.artifact.assets],
                work.roles,
                report,
                work.conduct.stop,
            )
            work.seeded += execute_seeds([s for s in plan.seeds if s.after is None], clients, report)
            _run_stacks(work, {step.stack: step for level in plan.levels for step in level})
            execute_sites(plan.sites, clients, report)
            execute_applications(plan.applications, clients, work.conduct)
            _run_stacks(work, {step.stack: step for step in plan.removals})
    except KeyboardInterrupt:
        work.conduct.stop.set()
        raise DeploymentInterrupted(tuple(sorted(work.running))) from None
    return Deployment(plan, "done", dict(work.outputs), dict(work.done), tuple(work.seeded))


def _run_stacks(work: Work, steps: Mapping[str, StackStep]) -> None:
    """Run steps as soon as those before them are done; after a failure, begin no more."""
    pending = dict(steps)
    finished: set[str] = set()
    errors: list[Exception] = []
    futures: dict[Future[None], str] = {}
    with ThreadPoolExecutor(_PARALLEL_STACKS, thread_name_prefix="stack") as pool:
        try:
            while pending or futures:
                stopped = bool(errors) or work.lost()
                ready = [n for n, s in pending.items() if set(s.after) & set(steps) <= finished]
                for name in [] if stopped else ready:
                    step = pending.pop(name)
                    if step.idle and not seeds_after(work, name):
                        finished.add(name)
                    else:
                        futures[pool.submit(run_step, work, step)] = name
                if not futures:
                    if stopped:
                        break
                    continue
                for future in first_of(futures):
                    name = futures.pop(future)
                    error = future.exception()
                    if isinstance(error, Exception):
                        errors.append(error)
                    else:
                        finished.add(name)
        except KeyboardInterrupt:
            # The threads notice within one pause of theirs; what they watched goes on in AWS.
            work.conduct.stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    if errors:
        raise _joined(errors)
    if pending:
        raise PlatformError(
            "the deployment lock is lost, so nothing more was started",
            hint="see with `platform status` who has it, then deploy again",
            code="deploy-lock-lost",
        )


def _joined(errors: list[Exception]) -> Exception:
    failures: tuple[StackFailure, ...] = ()
    others = []
    for error in errors:
        if isinstance(error, DeploymentFailed):
            failures += error.failures
        else:
            others.append(error)
    if failures:
        return DeploymentFailed(failures)
    first = others[0]
    return translate(first, "deploying") if is_aws_error(first) else first


def with_outputs(deployment: Deployment, observed: Mapping[str, ObservedStack]) -> Deployment:
    """The deployment with the outputs of the stacks that it did not touch."""
    outputs = {name: dict(stack.outputs) for name, stack in observed.items()}
    outputs.update({name: dict(values) for name, values in deployment.outputs.items()})
    return replace(deployment, outputs=dict(sorted(outputs.items())))
