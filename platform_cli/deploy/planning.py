"""Compare what shall be with what is; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from platform_cli.assembly.differences import diff_templates
from platform_cli.assembly.model import Assembly, StackArtifact
from platform_cli.assembly.references import echoed_references, weak_references
from platform_cli.blueprint.naming import CONCERNS_IN_ORDER, Names
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.applications import applications_of, plan_applications
from platform_cli.deploy.deployed import Observed, ObservedStack
from platform_cli.deploy.plans import Action, DeploymentPlan, StackStep, StaleReference
from platform_cli.deploy.seeds import plan_seeds
from platform_cli.deploy.sites import SiteStep, plan_site, sites_of
from platform_cli.deploy.stateful import Destruction, destructions, removed_with_stack
from platform_cli.errors import PlatformError

_LEFTOVERS = frozenset(
    {"CREATE_FAILED", "DELETE_FAILED", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}
)
_UNRECOVERED = frozenset({"IMPORT_ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED"})
_UNFINISHED = frozenset({"UPDATE_FAILED"})


def plan_deployment(
    assembly: Assembly,
    environment: ResolvedEnvironment,
    observed: Observed,
    *,
    allow_removal: bool = False,
) -> DeploymentPlan:
    """Say what has to be done for the environment to be as the assembly says.

    Args:
        assembly: What shall be.
        environment: Where.
        observed: What is.
        allow_removal: Whether stacks that the assembly no longer has go even where the environment is
            protected.

    Raises:
        PlatformError: `wrong-account` if the assembly is for another account or region.
    """
    _check_target(assembly, environment)
    names_by_id = {artifact.id: artifact.name for artifact in assembly.stacks}
    steps: dict[str, StackStep] = {}
    destructive: list[Destruction] = []
    for artifact in assembly.stacks:
        after = producers(artifact, names_by_id)
        stack = observed.stacks.get(artifact.name)
        step = replace(plan_stack(artifact, stack, observed.stacks), after=after)
        if step.action is Action.UNCHANGED and _may_follow(artifact, steps):
            step = replace(step, action=Action.FOLLOW)
        steps[artifact.name] = step
        destructive += _destroyed(step, stack)
    removable = allow_removal or not environment.protect
    removals = _removals(observed.others) if removable else ()
    for step in removals:
        destructive += removed_with_stack(step.stack, observed.others[step.stack].template or {})
    return DeploymentPlan(
        system=environment.system,
        environment=environment.environment,
        levels=_levels(steps),
        removals=removals,
        kept=() if removable else tuple(sorted(observed.others)),
        seeds=plan_seeds(environment, assembly, observed.seeds),
        destructive=tuple(destructive),
        sites=_sites(assembly, environment, observed),
        applications=plan_applications(applications_of(assembly, environment), observed.applications),
    )


def _sites(assembly: Assembly, environment: ResolvedEnvironment, observed: Observed) -> tuple[SiteStep, ...]:
    names = Names(environment.system, environment.environment, environment.account, environment.region)
    steps = (
        plan_site(site, names.stack("cdn", site.cdn), observed.sites.get(site.cdn, {}))
        for site in sites_of(assembly)
    )
    return tuple(step for step in steps if step is not None)


def plan_stack(
    artifact: StackArtifact, stack: ObservedStack | None, others: Mapping[str, ObservedStack]
) -> StackStep:
    """The step of one stack; `others` are the stacks whose outputs it may read."""
    if stack is None or stack.status == "DELETE_COMPLETE":
        protection = True if artifact.termination_protection else None
        return StackStep(artifact.name, Action.CREATE, artifact, protection=protection)
    step = StackStep(artifact.name, Action.UNCHANGED, artifact, stack.status, stack.id)
    if stack.status in _LEFTOVERS:
        protection = True if artifact.termination_protection else None
        reason = f"it was left as {stack.status}"
        return replace(step, action=Action.RECREATE, reasons=(reason,), protection=protection)
    if stack.status.endswith("_IN_PROGRESS"):
        return replace(step, action=Action.WAIT, reasons=(f"it is {stack.status}",))
    difference = diff_templates(stack.template, artifact.template)
    stale = stale_references(artifact, stack, others)
    reasons = []
    if stack.status in _UNRECOVERED | _UNFINISHED:
        reasons.append(f"it was left as {stack.status}")
    if dict(stack.tags) != dict(artifact.tags):
        reasons.append("its tags change")
    reasons += [f"{s.reference.output_name} of {s.reference.stack_name} changed" for s in stale]
    protection = (
        artifact.termination_protection
        if stack.termination_protection != artifact.termination_protection
        else None
    )
    action = Action.UNCHANGED
    if stack.status in _UNRECOVERED:
        action = Action.RECOVER
    elif reasons or not difference.empty:
        action = Action.UPDATE
    return replace(
        step,
        action=action,
        difference=difference,
        reasons=tuple(reasons),
        stale=stale,
        protection=protection,
    )


def stale_references(
    artifact: StackArtifact, stack: ObservedStack, others: Mapping[str, ObservedStack]
) -> tuple[StaleReference, ...]:
    """The outputs of other stacks that a stack echoes with a value that they no longer have.

    A producer that is not known here (another region, another system) is not compared, and neither is
    an echo that the deployed stack does not have yet: then its template differs anyway.
    """
    stale = []
    for output, reference in sorted(echoed_references(artifact.template).items()):
        producer = others.get(reference.stack_name)
        where = reference.region or artifact.region
        if producer is None or producer.region not in (None, where) or output not in stack.outputs:
            continue
        current = producer.outputs.get(reference.output_name)
        if stack.outputs[output] != current:
            stale.append(StaleReference(reference, stack.outputs[output], current))
    return tuple(stale)


def producers(artifact: StackArtifact, names_by_id: Mapping[str, str]) -> tuple[str, ...]:
    """The stacks of the assembly that come before a stack: by the manifest, and by what it reads."""
    listed = {names_by_id[i] for i in artifact.dependencies if i in names_by_id}
    read = {r.stack_name for r in weak_references(artifact.template)}
    return tuple(sorted((listed | (read & set(names_by_id.values()))) - {artifact.name}))


def refuse_destruction(found: Iterable[Destruction], *, allowed: bool, protect: bool) -> None:
    """Stop before data is lost that nobody said may be lost.

    A replaced resource is a loss even where the old one stays in the account: the system no longer
    sees its data. A removed one that stays is a loss only where the environment is protected.

    Args:
        found: What would be removed or replaced.
        allowed: Whether somebody said that it may.
        protect: Whether the environment is protected.

    Raises:
        PlatformError: `would-destroy-data` naming each resource and where it is in the blueprint.
    """
    lost = [d for d in found if protect or not d.retained or d.fate == "replaced"]
    if not lost or allowed:
        return
    raise PlatformError(
        "this deployment would lose data: " + "; ".join(str(destruction) for destruction in lost),
        hint="undo the change, or save what you need and say `--allow-replacement`",
        code="would-destroy-data",
        where=lost[0].blueprint_path or lost[0].stack,
    )


def removal_levels(stacks: Mapping[str, ObservedStack]) -> tuple[tuple[ObservedStack, ...], ...]:
    """In which order stacks can go; those of one level do not wait for each other.

    By concern (APIs, then services, then what they stand on), and a consumer before its producers.
    """
    reads = {
        name: {r.stack_name for r in weak_references(stack.template or {})} & set(stacks) - {name}
        for name, stack in stacks.items()
    }
    ranks = {name: _rank(name) for name in stacks}
    beneath = {name: {other for other in stacks if ranks[other] < ranks[name]} for name in stacks}
    try:
        order = _depths({name: reads[name] | beneath[name] for name in stacks})
    except CycleError:  # something fundamental reads from a service: then what is read alone counts
        order = _depths(reads)
    return tuple(tuple(stacks[name] for name in level) for level in reversed(order))


def _depths(needs: Mapping[str, set[str]]) -> list[list[str]]:
    sorter = TopologicalSorter(needs)
    sorter.prepare()
    levels: list[list[str]] = []
    while sorter.is_active():
        levels.append(sorted(sorter.get_ready()))
        sorter.done(*levels[-1])
    return levels


def removal_order(stacks: Mapping[str, ObservedStack]) -> tuple[ObservedStack, ...]:
    """The levels one after the other."""
    return tuple(stack for level in removal_levels(stacks) for stack in level)


def _rank(name: str) -> int:
    """Of a stack of which only the name is left: the first go last."""
    parts = name.split("-")
    ranks = (i for i, concern in enumerate(CONCERNS_IN_ORDER) if concern in parts)
    return max(ranks, default=len(CONCERNS_IN_ORDER))


def _removals(others: Mapping[str, ObservedStack]) -> tuple[StackStep, ...]:
    steps: list[StackStep] = []
    for level in removal_levels(others):
        after = tuple(step.stack for step in steps)
        steps += [_removal(stack, after) for stack in level]
    return tuple(steps)


def _removal(stack: ObservedStack, after: tuple[str, ...]) -> StackStep:
    busy = stack.status.endswith("_IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS"
    return StackStep(
        stack.name,
        Action.WAIT if busy else Action.REMOVE,
        None,
        stack.status,
        stack.id,
        reasons=("the blueprint no longer has it",),
        after=after,
        protection=False if stack.termination_protection else None,
    )


def _destroyed(step: StackStep, stack: ObservedStack | None) -> tuple[Destruction, ...]:
    if step.artifact is None or stack is None or stack.template is None:
        return ()
    if step.action is Action.RECREATE and stack.status == "DELETE_FAILED":
        return removed_with_stack(step.stack, stack.template)
    if step.difference is None:
        return ()
    return destructions(step.stack, stack.template, step.artifact.template, step.difference)


def _may_follow(artifact: StackArtifact, steps: Mapping[str, StackStep]) -> bool:
    read = {r.stack_name for r in weak_references(artifact.template)}
    return any(name in steps and steps[name].action is not Action.UNCHANGED for name in read)


def _levels(steps: Mapping[str, StackStep]) -> tuple[tuple[StackStep, ...], ...]:
    depth: dict[str, int] = {}
    for name in TopologicalSorter({n: step.after for n, step in steps.items()}).static_order():
        depth[name] = 1 + max((depth[before] for before in steps[name].after), default=-1)
    levels: list[list[StackStep]] = [[] for _ in range(1 + max(depth.values(), default=-1))]
    for name, step in steps.items():
        levels[depth[name]].append(step)
    return tuple(tuple(level) for level in levels)


def _check_target(assembly: Assembly, environment: ResolvedEnvironment) -> None:
    for stack in assembly.stacks:
        if stack.account != environment.account:
            raise PlatformError(
                f"the cloud assembly is for account {stack.account}, but the environment "
                f'"{environment.environment}" is in account {environment.account}',
                hint=f"run `platform synth --env {environment.environment}`",
                code="wrong-account",
                where=stack.name,
            )
        if stack.region not in environment.regions:
            raise PlatformError(
                f'the stack "{stack.name}" is for {stack.region}, but the environment '
                f'"{environment.environment}" is in {environment.region}',
                hint=f"run `platform synth --env {environment.environment}`",
                code="wrong-region",
                where=stack.name,
            )
