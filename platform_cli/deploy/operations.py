"""Operations on one stack: change set, execution, deletion, and following each to its end."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_cli.assembly.model import StackArtifact
from platform_cli.aws.clients import Clients
from platform_cli.deploy.answers import Sleep, expecting, pages
from platform_cli.deploy.causes import (
    STACK_TYPE,
    DeploymentFailed,
    StackFailure,
    failure,
    root_cause,
)
from platform_cli.deploy.deployed import ObservedStack
from platform_cli.deploy.events import Report, ResourceProgress, WaitingForStack, silent
from platform_cli.deploy.observing import read_stack
from platform_cli.deploy.stateful import Destruction, blueprint_path, is_stateful

_FIRST_POLL_SECONDS = 0.05
_LONGEST_POLL_SECONDS = 3.0
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
_SUCCESSES = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})


class Interrupted(Exception):
    """The user wants to stop; what runs in AWS goes on there."""


@dataclass(frozen=True)
class Conduct:
    """How operations are followed.

    Attributes:
        report: Is told of every step of every resource.
        sleep: Waits; None for waiting that `stop` ends.
        stop: Set when the user wants to stop.
    """

    report: Report = silent
    sleep: Sleep | None = None
    stop: threading.Event = field(default_factory=threading.Event)

    def polls(self) -> Iterator[None]:
        """Once at once, then ever more slowly; raises `Interrupted` when it is time to stop."""
        pause = _FIRST_POLL_SECONDS
        while True:
            if self.stop.is_set():
                raise Interrupted
            yield
            (self.sleep or self.stop.wait)(pause)
            pause = min(pause * 1.5, _LONGEST_POLL_SECONDS)


@dataclass(frozen=True)
class ChangeSet:
    """What CloudFormation would do; `changes` as it gives them."""

    id: str
    stack_id: str
    changes: tuple[Mapping[str, Any], ...]

    def destructions(
        self, stack: str, old: Mapping[str, Any] | None, new: Mapping[str, Any]
    ) -> list[Destruction]:
        """Resources with data that it would surely remove or replace."""
        found = []
        for change in self.changes:
            resource = change.get("ResourceChange") or {}
            if not is_stateful(resource.get("ResourceType", "")):
                continue
            removed = resource.get("Action") == "Remove"
            if not removed and resource.get("Replacement") != "True":
                continue
            name = resource["LogicalResourceId"]
            at = (((old if removed else new) or {}).get("Resources") or {}).get(name) or {}
            policy = at.get("DeletionPolicy" if removed else "UpdateReplacePolicy")
            found.append(
                Destruction(
                    stack=stack,
                    logical_id=name,
                    type=resource["ResourceType"],
                    fate="removed" if removed else "replaced",
                    retained=policy in ("Retain", "RetainExceptOnCreate", "Snapshot"),
                    blueprint_path=blueprint_path(at),
                )
            )
        return found


def create_change_set(
    artifact: StackArtifact,
    kind: str,
    template: Mapping[str, str],
    clients: Clients,
    conduct: Conduct,
    *,
    execution_role: str | None = None,
    parameters: Mapping[str, str] | None = None,
) -> ChangeSet | None:
    """Have CloudFormation compare; None if it finds no changes.

    Args:
        artifact: The stack.
        kind: `CREATE` or `UPDATE`.
        template: `{"TemplateURL": …}` or `{"TemplateBody": …}`.
        clients: With the rights to do it.
        conduct: How to follow it.
        execution_role: What CloudFormation takes on, or None.
        parameters: Values of the template's parameters that differ from their defaults.

    Raises:
        DeploymentFailed: CloudFormation refuses the template.
    """
    cloudformation = clients.client("cloudformation")
    request: dict[str, Any] = {
        "StackName": artifact.name,
        "ChangeSetName": f"platform-{secrets.token_hex(6)}",
        "ChangeSetType": kind,
        **template,
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(artifact.tags.items())],
    }
    if execution_role is not None:
        request["RoleARN"] = execution_role
    if parameters:
        request["Parameters"] = [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]
    answer: Mapping[str, Any] = {}
    if kind == "CREATE":
        # A failed creation then leaves nothing; who does not know the option leaves a ROLLBACK_COMPLETE.
        with expecting("ValidationError", message="OnStackFailure"):
            answer = cloudformation.create_change_set(**request, OnStackFailure="DELETE")
    if not answer:
        with expecting("ValidationError") as refused:
            answer = cloudformation.create_change_set(**request)
        if refused:
            raise DeploymentFailed((failure(artifact.name, "REFUSED", refused.message),))
    for _ in conduct.polls():
        described = cloudformation.describe_change_set(
            ChangeSetName=answer["Id"], StackName=answer["StackId"]
        )
        if described["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            break
    if described["Status"] == "FAILED":
        reason = described.get("StatusReason") or ""
        unchanged = any(text in reason for text in _NO_CHANGES)
        details = [] if unchanged else _failed_events(clients, ChangeSetName=answer["Id"])
        discard_change_set(answer["Id"], answer["StackId"], clients)
        if unchanged:
            return None
        raise DeploymentFailed((failure(artifact.name, "FAILED", "; ".join([reason, *details])),))
    changes = list(described.get("Changes") or ())
    while token := described.get("NextToken"):
        described = cloudformation.describe_change_set(
            ChangeSetName=answer["Id"], StackName=answer["StackId"], NextToken=token
        )
        changes += described.get("Changes") or ()
    return ChangeSet(answer["Id"], answer["StackId"], tuple(changes))


def discard_change_set(change_set_id: str, stack_id: str, clients: Clients) -> None:
    """Delete a change set that is not executed."""
    with expecting("ValidationError", "ChangeSetNotFound", "ChangeSetNotFoundException"):
        clients.client("cloudformation").delete_change_set(ChangeSetName=change_set_id, StackName=stack_id)


def execute_change_set(
    artifact: StackArtifact, change_set: ChangeSet, clients: Clients, conduct: Conduct
) -> ObservedStack:
    """Execute a change set and follow it to its end.

    Raises:
        DeploymentFailed: With the root cause.
        Interrupted: The user wants to stop; the operation goes on in AWS.
    """
    cloudformation = clients.client("cloudformation")
    seen = {event["EventId"] for event in _newest_events(change_set.stack_id, clients)}
    cloudformation.execute_change_set(ChangeSetName=change_set.id, StackName=change_set.stack_id)
    touched = {
        c["ResourceChange"]["LogicalResourceId"] for c in change_set.changes if c.get("ResourceChange")
    }
    return follow(
        artifact.name,
        change_set.stack_id,
        clients,
        conduct,
        template=artifact.template,
        seen=seen,
        touched=touched,
        succeeded=lambda status: status in _SUCCESSES,
    )


def delete_stack(
    name: str, stack_id: str, clients: Clients, conduct: Conduct, *, template: Mapping[str, Any] | None = None
) -> None:
    """Delete a stack and follow that to its end.

    Raises:
        DeploymentFailed: With the resource that could not be deleted.
        Interrupted: The user wants to stop; the operation goes on in AWS.
    """
    seen = {event["EventId"] for event in _newest_events(stack_id, clients)}
    clients.client("cloudformation").delete_stack(StackName=stack_id)
    follow(
        name,
        stack_id,
        clients,
        conduct,
        template=template or {},
        seen=seen,
        touched=set((template or {}).get("Resources") or {}),
        succeeded=lambda status: status == "DELETE_COMPLETE",
    )


def recover(name: str, stack_id: str, clients: Clients, conduct: Conduct) -> None:
    """Continue a rollback that failed, so that the stack can be updated again."""
    seen = {event["EventId"] for event in _newest_events(stack_id, clients)}
    clients.client("cloudformation").continue_update_rollback(StackName=stack_id)
    follow(
        name,
        stack_id,
        clients,
        conduct,
        template={},
        seen=seen,
        touched=set(),
        succeeded=lambda status: status == "UPDATE_ROLLBACK_COMPLETE",
    )


def settle(name: str, clients: Clients, conduct: Conduct) -> ObservedStack | None:
    """Wait until no operation goes on; the stack as it is then."""
    told = ""
    for _ in conduct.polls():
        stack = read_stack(name, clients)
        if stack is None or not in_progress(stack.status):
            return stack
        if stack.status != told:
            told = stack.status
            conduct.report(WaitingForStack(stack.name, told))
    raise AssertionError("polls never end")  # pragma: no cover


def in_progress(status: str) -> bool:
    """Whether an operation goes on; a change set that waits for its execution is none."""
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def follow(
    name: str,
    stack_id: str,
    clients: Clients,
    conduct: Conduct,
    *,
    template: Mapping[str, Any],
    seen: set[str],
    touched: set[str],
    succeeded: Callable[[str], bool],
) -> ObservedStack:
    """Follow an operation on a stack, reporting each of its resources.

    Args:
        name: The stack's name.
        stack_id: Its ARN.
        clients: With the rights to look.
        conduct: How to follow it.
        template: Says where in the blueprint a resource is.
        seen: Ids of events that belong to earlier operations.
        touched: Logical ids that the operation will touch.
        succeeded: Whether a status is the one hoped for.

    Raises:
        DeploymentFailed: It ended otherwise.
        Interrupted: The user wants to stop.
    """
    events: list[Mapping[str, Any]] = []
    progress = _Progress(name, template, set(touched), conduct.report)
    for _ in conduct.polls():
        # The status first: events that come before the end are then all there.
        stack = read_stack(stack_id, clients)
        fresh = _unseen_events(stack_id, clients, seen)
        events += fresh
        for event in fresh:
            progress.tell(event)
        status = stack.status if stack is not None else "DELETE_COMPLETE"
        if in_progress(status):
            continue
        if succeeded(status):
            return stack or ObservedStack(name, stack_id, status)
        raise DeploymentFailed((_cause(name, stack_id, clients, events, template, stack, status),))
    raise AssertionError("polls never end")  # pragma: no cover


def _cause(
    name: str,
    stack_id: str,
    clients: Clients,
    events: list[Mapping[str, Any]],
    template: Mapping[str, Any],
    stack: ObservedStack | None,
    status: str,
) -> StackFailure:
    cause = root_cause(name, events, template, status, stack.status_reason if stack is not None else "")
    if cause.type != STACK_TYPE:
        return cause
    details = _failed_events(clients, StackName=stack_id)
    return failure(name, cause.status, "; ".join([cause.reason, *details])) if details else cause


class _Progress:
    """Counts the resources of a stack that are done."""

    def __init__(self, stack: str, template: Mapping[str, Any], touched: set[str], report: Report) -> None:
        self._stack = stack
        self._resources: Mapping[str, Any] = template.get("Resources") or {}
        self._touched = touched
        self._done: set[str] = set()
        self._report = report

    def tell(self, event: Mapping[str, Any]) -> None:
        """Report one event of CloudFormation's, unless it is the stack's own."""
        if event.get("ResourceType") == STACK_TYPE and event.get("LogicalResourceId") == self._stack:
            return
        logical_id, status = event["LogicalResourceId"], event["ResourceStatus"]
        if status.endswith(("_COMPLETE", "_SKIPPED")) and (logical_id in self._touched or not self._touched):
            self._done.add(logical_id)
        self._report(
            ResourceProgress(
                stack=self._stack,
                logical_id=logical_id,
                type=event.get("ResourceType", ""),
                status=status,
                reason=event.get("ResourceStatusReason") or "",
                done=len(self._done),
                total=max(len(self._touched), len(self._done)),
                blueprint_path=blueprint_path(self._resources.get(logical_id)),
            )
        )


def _newest_events(stack_id: str, clients: Clients) -> list[Mapping[str, Any]]:
    """The first page: enough to know where an operation begins."""
    answer: Mapping[str, Any] = {}
    with expecting("ValidationError", message="does not exist"):
        answer = clients.client("cloudformation").describe_stack_events(StackName=stack_id)
    return list(answer.get("StackEvents") or ())


def _unseen_events(stack_id: str, clients: Clients, seen: set[str]) -> list[Mapping[str, Any]]:
    """Events that are not in `seen`, the oldest first; adds them to it."""
    fresh: list[Mapping[str, Any]] = []
    with expecting("ValidationError", message="does not exist"):
        for event in pages(
            clients.client("cloudformation").describe_stack_events, "StackEvents", StackName=stack_id
        ):
            if event["EventId"] in seen:
                break
            fresh.append(event)
    seen.update(event["EventId"] for event in fresh)
    return fresh[::-1]


def _failed_events(clients: Clients, **which: Any) -> list[str]:
    """Failed events as `DescribeEvents` groups them; nothing where the call is not known or allowed."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        events = list(
            pages(
                clients.client("cloudformation").describe_events,
                "OperationEvents",
                Filters={"FailedEvents": True},
                **which,
            )
        )
    except (BotoCoreError, ClientError, AttributeError):
        return []
    # A stack remembers all of its operations; the latest comes first.
    events = [e for e in events if e.get("OperationId") == events[0].get("OperationId")]
    reasons = [e.get("ValidationStatusReason") or e.get("ResourceStatusReason") for e in events]
    named = [
        f"{event.get('LogicalResourceId') or event.get('ValidationPath') or ''}: {reason}".lstrip(": ")
        for event, reason in zip(events, reasons, strict=True)
        if reason
    ]
    return list(dict.fromkeys(named))
