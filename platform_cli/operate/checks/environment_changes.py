"""What differs: between AWS and what was deployed, and between the workspace and that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from platform_cli.operate.doctor.model import REMOTE, SLOW_SECONDS, Check, Result, ok, skipped, warning
from platform_cli.operate.doctor.wording import few, number

if TYPE_CHECKING:
    from platform_cli.aws.clients import Clients
    from platform_cli.deploy.plans import DeploymentPlan
    from platform_cli.operate.doctor.context import Context

_POLL_SECONDS = 2.0


def check_drift(context: Context) -> Result:
    """Let CloudFormation compare every stack with what there is."""
    from platform_cli.aws.errors import aws_errors
    from platform_cli.deploy.answers import expecting

    running: dict[str, tuple[Clients, str]] = {}
    lines: list[str] = []
    unknown: list[str] = []
    with aws_errors("looking for drift", target=context.clients.target):
        for stack in context.status.stacks:
            there = context.clients.elsewhere(stack.region) if stack.region else context.clients
            # A stack that is being changed or failed cannot be compared.
            with expecting("ValidationError") as refused:
                told = there.client("cloudformation").detect_stack_drift(StackName=stack.name)
                running[stack.name] = there, told["StackDriftDetectionId"]
            if refused:
                unknown.append(f"{stack.name}: {refused.message}")
        for name, (there, detection) in running.items():
            told = _settled(there, detection, context)
            if told["DetectionStatus"] == "DETECTION_FAILED":
                unknown.append(f"{name}: {told.get('DetectionStatusReason', 'not all could be compared')}")
            if told.get("StackDriftStatus") == "DRIFTED":
                lines += [f"{name}: {line}" for line in _drifted(name, there)]
    if lines:
        return warning(
            "resources were changed by other hands than a deployment's",
            *few(lines),
            *unknown,
            consequence="the blueprint does not say how the system is; a deployment may undo it, or not",
            mend=f"write it into the blueprint, or undo it; then `platform deploy {context.option}`",
        )
    if unknown and len(unknown) == len(context.status.stacks):
        return skipped(f"no stack could be compared: {unknown[0]}")
    return ok(f"{number(len(context.status.stacks), 'stack')} as deployed", *unknown)


def _settled(clients: Clients, detection: str, context: Context) -> Mapping[str, Any]:
    cloudformation = clients.client("cloudformation")
    while True:
        told: Mapping[str, Any] = cloudformation.describe_stack_drift_detection_status(
            StackDriftDetectionId=detection
        )
        if told["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            return told
        context.surroundings.sleep(_POLL_SECONDS)


def _drifted(stack: str, clients: Clients) -> list[str]:
    from platform_cli.deploy.answers import pages

    found = pages(
        clients.client("cloudformation").describe_stack_resource_drifts,
        "StackResourceDrifts",
        StackName=stack,
        StackResourceDriftStatusFilters=["MODIFIED", "DELETED"],
    )
    return [
        f"{r['LogicalResourceId']} ({r['ResourceType']}) "
        + (
            "is gone"
            if r["StackResourceDriftStatus"] == "DELETED"
            else "differs in "
            + ", ".join(d["PropertyPath"].lstrip("/") for d in r.get("PropertyDifferences") or ())
        )
        for r in found
    ]


def check_pending(context: Context) -> Result:
    """Plan a deployment, and see whether it would do anything."""
    if context.surroundings.synthesize is None:
        return skipped("the workspace is not to be synthesized here")
    plan = pending(context)
    if plan.empty:
        return ok("what is deployed is what the blueprint and the code say")
    lines = [f"{step.stack}: {step.action.value}" for step in plan.steps if not step.idle]
    lines += [f"a value to create: {seed.name}" for seed in plan.seeds]
    last = context.status.last
    when = f" since {last.started:%Y-%m-%d %H:%M} UTC" if last is not None else ""
    return warning(
        f"the blueprint or the code changed{when}",
        *few(lines),
        *(f"would replace or remove {d.logical_id} of {d.stack}" for d in plan.destructive),
        consequence=f"{context.environment.environment} does not run what this folder holds",
        mend=f"see it with `platform deploy --dry-run {context.option}`; then deploy",
    )


def pending(context: Context) -> DeploymentPlan:
    """What a deployment of this workspace would do.

    Raises:
        PlatformError: The workspace cannot be synthesized, or AWS refuses.
    """
    from platform_cli.deploy.observing import observe
    from platform_cli.deploy.planning import plan_deployment
    from platform_cli.deploy.roles import Roles

    environment, clients = context.environment, context.clients
    assert context.surroundings.synthesize is not None, "asked before"
    assembly = context.surroundings.synthesize(environment)
    if environment.target == "local":
        from platform_cli.local import server
        from platform_cli.local.adapting import adapt
        from platform_cli.local.state import LocalFolder
        from platform_cli.local.store_state import read_stores

        local = server.status(context.folder).local
        assert local is not None, "clients were got of it"
        local = replace(local, stores=read_stores(LocalFolder(context.folder.absolute())))
        copy = context.folder / ".platform" / "local" / "cdk.out" / environment.environment
        assembly = adapt(assembly, local, copy).assembly
    observed = observe(assembly, clients, environment, roles=Roles(clients))
    return plan_deployment(assembly, environment, observed)


CHECKS = (
    Check(
        "drift",
        "environment",
        "drift",
        "Lets CloudFormation compare every stack with the resources that there are, and lists what was "
        "changed or deleted by other hands than a deployment's. It takes up to some minutes.",
        check_drift,
        REMOTE,
        SLOW_SECONDS,
    ),
    Check(
        "undeployed-changes",
        "environment",
        "changes that are not deployed",
        "Synthesizes the workspace, or takes what is synthesized if nothing changed, and plans a deployment "
        "as `platform deploy --dry-run` does. A plan that is not empty means that the blueprint or the code "
        "is newer than what runs.",
        check_pending,
        REMOTE,
        SLOW_SECONDS,
    ),
)
