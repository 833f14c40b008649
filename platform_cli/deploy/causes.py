"""Find why a stack failed: the first failure that is no consequence of another, and what helps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from platform_cli.assembly.differences import blueprint_path_of
from platform_cli.errors import PlatformError

STACK_TYPE = "AWS::CloudFormation::Stack"

# What CloudFormation says of resources that failed because another one did.
_CONSEQUENCES = ("Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled")
_HINTS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"already exists", re.IGNORECASE),
        "something of that name exists outside the stack, maybe retained by an earlier one: "
        "delete or rename it, then deploy again",
    ),
    (
        re.compile(r"not authorized|AccessDenied|is not permitted|UnauthorizedOperation", re.IGNORECASE),
        "CloudFormation's execution role lacks that right: see the policies given to `platform bootstrap`",
    ),
    (
        re.compile(r"limit ?exceeded|quota|maximum number|TooMany", re.IGNORECASE),
        "a limit of the account is reached: remove what is not used, or ask for more in Service Quotas",
    ),
    (
        re.compile(r"UnreservedConcurrentExecution", re.IGNORECASE),
        "the account must keep some concurrency unreserved: lower `concurrency.reserved`, "
        "or ask for a higher limit",
    ),
    (
        # Lambda leaves weights on an alias when a version fails while it is made warm.
        re.compile(r"alias configuration for Provisioned Concurrency|alias with weights", re.IGNORECASE),
        "an earlier version failed to start, and the alias still leads to two: take the weights away with "
        "`aws lambda update-alias --name live --routing-config '{}'`, then deploy again",
    ),
    (
        re.compile(r"rate exceeded|throttl", re.IGNORECASE),
        "AWS throttled the deployment: run it again, it continues where it stopped",
    ),
    (
        re.compile(r"The bucket you tried to delete is not empty", re.IGNORECASE),
        "empty the bucket first; `platform destroy` does so",
    ),
    (
        re.compile(r"Output '.*' not found in stack|does not exist in stack", re.IGNORECASE),
        "the stack that it reads from has no such output: deploy the whole system",
    ),
    (
        re.compile(r"Unrecognized resource types", re.IGNORECASE),
        "this CloudFormation does not know the type: is it available in the region?",
    ),
    (
        re.compile(r"could not be scheduled for deletion|pending deletion", re.IGNORECASE),
        "a key or secret of that name waits for its deletion: cancel that, or choose another name",
    ),
    (
        re.compile(r"only one.*(index|GSI)|more than one.*(index|GSI)", re.IGNORECASE),
        "DynamoDB takes one index change a deployment: make them one after the other",
    ),
)


@dataclass(frozen=True)
class StackFailure:
    """Why a stack failed.

    Attributes:
        stack: The stack.
        logical_id: The resource at fault; the stack itself where CloudFormation names none.
        type: Its type.
        status: What became of it: `CREATE_FAILED`.
        reason: CloudFormation's words.
        blueprint_path: `services.orders.functions.create`, or None.
        hint: What helps, or None where nothing is known to.
    """

    stack: str
    logical_id: str
    type: str
    status: str
    reason: str
    blueprint_path: str | None
    hint: str | None

    def __str__(self) -> str:
        if self.type == STACK_TYPE:
            return f"{self.stack} ended as {self.status}: {self.reason}"
        named = (
            f"{self.blueprint_path} ({self.type})"
            if self.blueprint_path
            else f"{self.logical_id} ({self.type})"
        )
        return f"{named} in {self.stack} ended as {self.status}: {self.reason}"


class DeploymentFailed(PlatformError):
    """A deployment that failed; `failures` holds the root cause of each stack that did."""

    def __init__(self, failures: tuple[StackFailure, ...]) -> None:
        first = failures[0]
        super().__init__(
            "; ".join(str(failure) for failure in failures),
            hint=next((failure.hint for failure in failures if failure.hint), None),
            code="stack-failed",
            where=first.blueprint_path or first.stack,
        )
        self.failures = failures


def root_cause(
    stack: str,
    events: Iterable[Mapping[str, Any]],
    template: Mapping[str, Any],
    status: str,
    status_reason: str,
) -> StackFailure:
    """The failure that came first and is no consequence of another.

    Args:
        stack: The stack's name.
        events: Events of this operation as CloudFormation gives them, in any order.
        template: What was deployed; it says where in the blueprint a resource is.
        status: How the stack ended.
        status_reason: CloudFormation's remark on that.
    """
    failed = sorted(
        (
            event
            for event in events
            if event.get("ResourceStatus", "").endswith("_FAILED")
            and not str(event.get("ResourceStatusReason", "")).startswith(_CONSEQUENCES)
        ),
        key=lambda event: event["Timestamp"],
    )
    of_resources = [e for e in failed if not _is_stack(e)]
    event = next(iter(of_resources or failed), None)
    if event is None:
        return failure(stack, status, status_reason or "CloudFormation gives no reason")
    reason = _tidy(str(event.get("ResourceStatusReason") or status_reason or "no reason given"))
    if _is_stack(event):
        return failure(stack, event["ResourceStatus"], reason)
    logical_id = event["LogicalResourceId"]
    return StackFailure(
        stack=stack,
        logical_id=logical_id,
        type=event.get("ResourceType", ""),
        status=event["ResourceStatus"],
        reason=reason,
        blueprint_path=blueprint_path_of((template.get("Resources") or {}).get(logical_id)),
        hint=hint_for(reason),
    )


def failure(stack: str, status: str, reason: str) -> StackFailure:
    """A failure of the stack as a whole."""
    reason = _tidy(reason)
    return StackFailure(stack, stack, STACK_TYPE, status, reason, None, hint_for(reason))


def hint_for(reason: str) -> str | None:
    """What helps against a frequent cause."""
    return next((hint for pattern, hint in _HINTS if pattern.search(reason)), None)


def _is_stack(event: Mapping[str, Any]) -> bool:
    return event.get("ResourceType") == STACK_TYPE and event.get("PhysicalResourceId") in (
        None,
        "",
        event.get("StackId"),
    )


def _tidy(reason: str) -> str:
    """Without the request ids and handler codes that CloudFormation appends."""
    reason = re.sub(r"\s*\((?:[^()]*Request ID: [^()]*)\)", "", reason)
    reason = re.sub(r"\s*\(RequestToken: [^()]*\)", "", reason)
    return " ".join(reason.split()).removesuffix(".")
