"""Follow what CloudFormation does to a stack, to its end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_cli.assembly.differences import blueprint_path_of
from platform_cli.aws.clients import Clients
from platform_cli.deploy.answers import Sleep, expecting, pages
from platform_cli.deploy.causes import STACK_TYPE, DeploymentFailed, StackFailure, failure, root_cause
from platform_cli.deploy.deployed import ObservedStack
from platform_cli.deploy.events import Report, ResourceProgress, WaitingForStack, silent
from platform_cli.deploy.observing import read_stack
from platform_cli.deploy.releases import ReleaseWatch, explained

_FIRST_POLL_SECONDS = 0.05
_LONGEST_POLL_SECONDS = 3.0


class Interrupted(Exception):
    """The user wants to stop; what runs in AWS goes on there."""


@dataclass(frozen=True)
class Conduct:
    """How operations are followed.

    Attributes:
        report: Is told of every step of every resource.
        sleep: Waits; None for waiting that `stop` ends.
        stop: Set when the user wants to stop.
        own: Clients with one's own rights, for what the role that deploys may not see; None to do without.
    """

    report: Report = silent
    sleep: Sleep | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    own: Clients | None = None

    def polls(self) -> Iterator[None]:
        """Once at once, then ever more slowly; raises `Interrupted` when it is time to stop."""
        pause = _FIRST_POLL_SECONDS
        while True:
            if self.stop.is_set():
                raise Interrupted
            yield
            (self.sleep or self.stop.wait)(pause)
            pause = min(pause * 1.5, _LONGEST_POLL_SECONDS)


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
    releases = ReleaseWatch(name, template, conduct.own or clients, conduct.report)
    for _ in conduct.polls():
        # The status first: events that come before the end are then all there.
        stack = read_stack(stack_id, clients)
        fresh = _unseen_events(stack_id, clients, seen)
        events += fresh
        for event in fresh:
            progress.tell(event)
            releases.see(event)
        releases.look()
        status = stack.status if stack is not None else "DELETE_COMPLETE"
        if in_progress(status):
            continue
        if succeeded(status):
            return stack or ObservedStack(name, stack_id, status)
        cause = _cause(name, stack_id, clients, events, template, stack, status)
        raise DeploymentFailed((explained(cause, template, conduct.own or clients),))
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
    details = failed_events(clients, StackName=stack_id)
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
                blueprint_path=blueprint_path_of(self._resources.get(logical_id)),
            )
        )


def newest_events(stack_id: str, clients: Clients) -> list[Mapping[str, Any]]:
    """The first page of events: enough to know where an operation begins."""
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


def failed_events(clients: Clients, **which: Any) -> list[str]:
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
