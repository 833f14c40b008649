"""Take one step of a plan: what happens to one stack, and the values that follow it."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from platform_cli.assembly.model import StackArtifact
from platform_cli.assembly.references import weak_references
from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.deployed import ObservedStack, region_of
from platform_cli.deploy.events import StackFinished, StackStarted
from platform_cli.deploy.following import Conduct, Interrupted
from platform_cli.deploy.marks import marked
from platform_cli.deploy.observing import read_stack, read_with_template
from platform_cli.deploy.operations import (
    ChangeSet,
    create_change_set,
    delete_stack,
    discard_change_set,
    execute_change_set,
    recover,
)
from platform_cli.deploy.planning import refuse_destruction, stale_references
from platform_cli.deploy.plans import Action, DeploymentPlan, StackStep, StaleReference
from platform_cli.deploy.publishing import publish, template_source
from platform_cli.deploy.records import template_hash
from platform_cli.deploy.roles import Roles
from platform_cli.deploy.seeding import execute_seeds
from platform_cli.deploy.seeds import Seed
from platform_cli.errors import PlatformError


@dataclass
class Work:
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


def run_step(work: Work, step: StackStep) -> None:
    """Take a step, report its begin and end, and keep what it did in `work`."""
    report = work.conduct.report
    if step.action is not Action.UNCHANGED and step.action is not Action.FOLLOW:
        report(StackStarted(step.stack, step.action))
    with work.guard:
        work.running.add(step.stack)
    try:
        stack = _take_step(work, step)
        seeds = seeds_after(work, step.stack)
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
    result: Literal["done", "unchanged"] = "done" if step.stack in work.done else "unchanged"
    if result == "done" or step.action not in (Action.UNCHANGED, Action.FOLLOW):
        outputs = tuple(sorted(stack.outputs.items())) if stack is not None else ()
        report(StackFinished(step.stack, step.action, result, outputs))


def _take_step(work: Work, step: StackStep) -> ObservedStack | None:
    clients = work.roles.deploying(step.artifact)
    if step.action is Action.REMOVE:
        clients = clients.elsewhere(region_of(step.stack_id) or clients.target.region)
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


def _create(work: Work, artifact: StackArtifact, clients: Clients) -> ObservedStack:
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
    work: Work, step: StackStep, artifact: StackArtifact, clients: Clients
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
    work: Work, artifact: StackArtifact, template: Mapping[str, Any] | None, clients: Clients
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
    read = {(r.stack_name, r.region or artifact.region) for r in weak_references(artifact.template)}
    others = {
        name: stack
        for name, region in sorted(read)
        if (stack := read_stack(name, clients.elsewhere(region))) is not None
    }
    return stale_references(artifact, deployed, others)


def _protect(work: Work, step: StackStep) -> None:
    if step.protection is not None:
        work.roles.deploying(step.artifact).client("cloudformation").update_termination_protection(
            StackName=step.stack, EnableTerminationProtection=step.protection
        )


def seeds_after(work: Work, stack: str) -> list[Seed]:
    """Values that are created once a stack is there."""
    return [seed for seed in work.plan.seeds if seed.after == stack]


def _token(values: list[str | None]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:12]
