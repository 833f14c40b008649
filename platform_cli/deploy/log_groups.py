"""Log groups that a deployment would make, and that are there already.

In: a plan, and one's own rights. Out: the groups. Never: changes. RDS makes groups of its own for a cluster
that it knew before; protected environments retain theirs when a stack goes; and CloudFormation takes over
neither, so that the stack would fail, and be rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platform_cli.assembly.differences import blueprint_path_of
from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import expecting, pages
from platform_cli.deploy.plans import Action, DeploymentPlan, StackStep
from platform_cli.errors import PlatformError

LOG_GROUP = "AWS::Logs::LogGroup"
_REFUSALS = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
_SHOWN = 5


@dataclass(frozen=True)
class TakenLogGroup:
    """A log group that a stack would make and cannot.

    Attributes:
        name: Its name.
        stack: The stack.
        region: Where both are.
        blueprint_path: What of the blueprint it is for, or None.
    """

    name: str
    stack: str
    region: str
    blueprint_path: str | None


def taken_log_groups(plan: DeploymentPlan, prefix: str, clients: Clients) -> tuple[TakenLogGroup, ...]:
    """The log groups that stand in the way of a plan.

    Whoever may not look at log groups sees none: the deployment goes on, and CloudFormation finds them.

    Args:
        plan: What is to be done.
        prefix: With which the names of the environment's things begin: `shop-prod`.
        clients: One's own; the bootstrap's roles may not look at logs.

    Raises:
        PlatformError: AWS refuses for another reason than a right.
    """
    wanted = {(group.region, group.name): group for step in plan.steps for group in _made_by(step)}
    # One look for all groups of a kind, whose names begin alike: `/aws/lambda/shop-prod-`.
    beginnings = sorted({(region, _beginning(name, f"{prefix}-")) for region, name in wanted})
    there: set[tuple[str, str]] = set()
    with aws_errors("looking for log groups", target=clients.target):
        for region, beginning in beginnings:
            describe = clients.elsewhere(region).client("logs").describe_log_groups
            with expecting(*_REFUSALS):
                found = pages(
                    describe, "logGroups", paging=("nextToken", "nextToken"), logGroupNamePrefix=beginning
                )
                there |= {(region, group["logGroupName"]) for group in found}
    return tuple(group for key, group in sorted(wanted.items()) if key in there)


def refuse_taken(taken: tuple[TakenLogGroup, ...]) -> None:
    """Stop before a stack fails.

    Raises:
        PlatformError: `log-group-taken`, where there is one.
    """
    if taken:
        first = taken[0]
        raise PlatformError(
            told(taken),
            hint="export what must be kept, then: "
            f"aws logs delete-log-group --region {first.region} --log-group-name {first.name}",
            code="log-group-taken",
            where=first.blueprint_path or first.stack,
        )


def told(taken: tuple[TakenLogGroup, ...]) -> str:
    """What is in the way, in a sentence."""
    names = ", ".join(group.name for group in taken[:_SHOWN])
    more = f" and {len(taken) - _SHOWN} more" if len(taken) > _SHOWN else ""
    are, they = ("is", "it") if len(taken) == 1 else ("are", "them")
    return f"{names}{more} {are} there already, and CloudFormation does not take {they} over"


def _made_by(step: StackStep) -> Iterator[TakenLogGroup]:
    if step.action is Action.CREATE and step.artifact is not None:
        added = set(step.artifact.template.get("Resources", {}))
    elif step.action is Action.UPDATE and step.artifact is not None and step.difference is not None:
        added = {change.logical_id for change in step.difference.resources if change.action == "add"}
    else:
        return
    resources: Mapping[str, Any] = step.artifact.template.get("Resources", {})
    for logical_id in sorted(added):
        resource = resources[logical_id]
        name = resource.get("Properties", {}).get("LogGroupName")
        if resource.get("Type") == LOG_GROUP and isinstance(name, str):
            yield TakenLogGroup(name, step.stack, step.artifact.region, blueprint_path_of(resource))


def _beginning(name: str, prefix: str) -> str:
    place = name.find(prefix)
    return name if place < 0 else name[: place + len(prefix)]
