"""Carry out a plan: stacks in parallel as their dependencies permit, seeds in between."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import Any

from platform_cli.assembly.model import StackArtifact
from platform_cli.assembly.references import weak_references
from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors, is_aws_error, translate
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Sleep
from platform_cli.deploy.causes import DeploymentFailed, StackFailure
from platform_cli.deploy.deployed import ObservedStack
from platform_cli.deploy.events import Report, StackFinished, StackStarted, silent
from platform_cli.deploy.marks import marked
from platform_cli.deploy.observing import read_stack, read_with_template
from platform_cli.deploy.operations import (
    ChangeSet,
    Conduct,
    Interrupted,
    create_change_set,
    delete_stack,
    discard_change_set,
    execute_change_set,
    recover,
)
from platform_cli.deploy.planning import refuse_destruction, stale_references
from platform_cli.deploy.plans import Action, Deployment, DeploymentPlan, StackStep, StaleReference
from platform_cli.deploy.publishing import publish, template_source
from platform_cli.deploy.records import template_hash
from platform_cli.deploy.roles import Roles
from platform_cli.deploy.seeding import execute_seeds
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


@dataclass
class _Work:
    """What the threads of one deployment share."""

    plan: DeploymentPlan
    environment: ResolvedEnvironment
    clients: Clients
    roles: Roles
    conduct: Conduct
    allow_replacement: bool
    lost: Callable[[], bool]
    running: set[str] = field(default_factory=set)
    outputs: dict[str, Mapping[str, str]] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)
    seeded: list[str] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)


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
    work = _Work(
        plan,
        environment,
        clients,
        roles or Roles(clients, report),
        Conduct(report, sleep),
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
            _run_stacks(work, {step.stack: step for step in plan.removals})
    except KeyboardInterrupt:
        work.conduct.stop.set()
        raise DeploymentInterrupted(tuple(sorted(work.running))) from None
    return Deployment(plan, "done", dict(work.outputs), dict(work.done), tuple(work.seeded))


def _run_stacks(work: _Work, steps: Mapping[str, StackStep]) -> None:
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
                    if step.idle and not _seeds_after(work, name):
                        finished.add(name)
                    else:
                        futures[pool.submit(_run_step, work, step)] = name
                if not futures:
                    if stopped:
                        break
                    continue
                for future in wait(futures, return_when=FIRST_COMPLETED).done:
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


def _run_step(work: _Work, step: StackStep) -> None:
    report = work.conduct.report
    if step.action is not Action.UNCHANGED and step.action is not Action.FOLLOW:
        report(StackStarted(step.stack, step.action))
    with work.guard:
        work.running.add(step.stack)
    try:
        stack = _take_step(work, step)
        seeds = _seeds_after(work, step.stack)
        made = execute_seeds(seeds, work.clients, report)
    except Interrupted:
        report(StackFinished(step.stack, step.action, "interrupted"))
        raise
    except BaseException:
        with work.guard:
            work.running.discard(step.stack)
        report(StackFinished(step.stack, step.action, "failed"))
        raise
    with work.guard:
        work.running.discard(step.stack)
        work.seeded += made
        if stack is not None:
            work.outputs[step.stack] = stack.outputs
        if step.stack in work.done or step.protection is not None:
            work.done.setdefault(step.stack, step.action)
    result = "done" if step.stack in work.done else "unchanged"
    if result == "done" or step.action not in (Action.UNCHANGED, Action.FOLLOW):
        outputs = tuple(sorted(stack.outputs.items())) if stack is not None else ()
        report(StackFinished(step.stack, step.action, result, outputs))  # type: ignore[arg-type]  # literals


def _take_step(work: _Work, step: StackStep) -> ObservedStack | None:
    clients = work.roles.deploying(step.artifact)
    if step.action is Action.REMOVE:
        _protect(work, step)
        delete_stack(step.stack, step.stack_id or step.stack, clients, work.conduct)
        work.done[step.stack] = step.action
        return None
    artifact = step.artifact
    if artifact is None or step.action is Action.WAIT:
        raise PlatformError(
            f'AWS still works on the stack "{step.stack}" ({step.status})',
            hint="deploy again when that has ended",
            code="stack-busy",
        )
    if step.action is Action.RECOVER:
        recover(step.stack, step.stack_id or step.stack, clients, work.conduct)
    if step.action is Action.RECREATE:
        clients.client("cloudformation").update_termination_protection(
            StackName=step.stack, EnableTerminationProtection=False
        )
        delete_stack(step.stack, step.stack_id or step.stack, clients, work.conduct)
    stack: ObservedStack | None = None
    if step.action in (Action.CREATE, Action.RECREATE):
        stack = _create(work, artifact, clients)
        work.done[step.stack] = step.action
    elif step.action in (Action.UPDATE, Action.RECOVER, Action.FOLLOW):
        stack, changed = _update(work, step, artifact, clients)
        if changed or step.action is Action.RECOVER:
            work.done[step.stack] = Action.UPDATE if step.action is Action.FOLLOW else step.action
    _protect(work, step)
    return stack


def _create(work: _Work, artifact: StackArtifact, clients: Clients) -> ObservedStack:
    change_set = create_change_set(
        artifact,
        "CREATE",
        template_source(artifact, None, work.roles),
        clients,
        work.conduct,
        execution_role=work.roles.execution_role(artifact),
    )
    if change_set is None:
        raise PlatformError(
            f'the stack "{artifact.name}" has no resources', code="empty-stack", where=artifact.name
        )
    return execute_change_set(artifact, change_set, clients, work.conduct)


def _update(
    work: _Work, step: StackStep, artifact: StackArtifact, clients: Clients
) -> tuple[ObservedStack | None, bool]:
    """The stack after its update, and whether it changed at all."""
    deployed = read_with_template(artifact, clients)
    stale = _stale_now(artifact, deployed, clients)
    if step.action is Action.FOLLOW:
        if not stale:
            return deployed, False
        publish(artifact.assets, work.roles, work.conduct.report, work.conduct.stop)
        work.conduct.report(StackStarted(step.stack, Action.UPDATE))
    template = marked(artifact.template, _token([s.current for s in stale])) if stale else None
    change_set = _change_set(work, artifact, template, clients)
    if change_set is None and template is None:
        # The comparison found a change that this CloudFormation does not see, outputs alone for one.
        template = marked(artifact.template, template_hash(artifact.template))
        change_set = _change_set(work, artifact, template, clients)
    if change_set is None:
        return deployed, False
    try:
        refuse_destruction(
            change_set.destructions(
                artifact.name, deployed.template if deployed is not None else None, artifact.template
            ),
            allowed=work.allow_replacement,
            protect=work.environment.protect,
        )
    except PlatformError:
        discard_change_set(change_set.id, change_set.stack_id, clients)
        raise
    return execute_change_set(artifact, change_set, clients, work.conduct), True


def _change_set(
    work: _Work, artifact: StackArtifact, template: Mapping[str, Any] | None, clients: Clients
) -> ChangeSet | None:
    return create_change_set(
        artifact,
        "UPDATE",
        template_source(artifact, template, work.roles),
        clients,
        work.conduct,
        execution_role=work.roles.execution_role(artifact),
    )


def _stale_now(
    artifact: StackArtifact, deployed: ObservedStack | None, clients: Clients
) -> tuple[StaleReference, ...]:
    """What the stack read and has another value by now, after its producers were deployed."""
    if deployed is None:
        return ()
    read = {r.stack_name for r in weak_references(artifact.template) if r.region in (None, artifact.region)}
    others = {name: stack for name in sorted(read) if (stack := read_stack(name, clients)) is not None}
    return stale_references(artifact, deployed, others)


def _protect(work: _Work, step: StackStep) -> None:
    if step.protection is not None:
        work.roles.deploying(step.artifact).client("cloudformation").update_termination_protection(
            StackName=step.stack, EnableTerminationProtection=step.protection
        )


def _seeds_after(work: _Work, stack: str) -> list[Any]:
    return [seed for seed in work.plan.seeds if seed.after == stack]


def _token(values: list[str | None]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:12]


def with_outputs(deployment: Deployment, observed: Mapping[str, ObservedStack]) -> Deployment:
    """The deployment with the outputs of the stacks that it did not touch."""
    outputs = {name: dict(stack.outputs) for name, stack in observed.items()}
    outputs.update({name: dict(values) for name, values in deployment.outputs.items()})
    return replace(deployment, outputs=dict(sorted(outputs.items())))
