"""Publish one event by hand, if it is one that the bus carries."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.event_schemas import event_problems
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.events.archives import find_bus

_MOST_PROBLEMS = 5


@dataclass(frozen=True)
class EventToPublish:
    """An event that fits what the blueprint declares; `checked` says whether it declares a schema for it."""

    bus: str
    physical_bus: str
    detail_type: str
    source: str
    detail: str
    checked: bool


@dataclass(frozen=True)
class Published:
    """The event, and the id that EventBridge gave it; no id where it was not sent."""

    event: EventToPublish
    id: str | None = None


def check_event(
    environment: ResolvedEnvironment, bus: str, detail_type: str, detail: bytes, source: str
) -> EventToPublish:
    """See that an event may be published.

    Args:
        environment: With the bus and what it carries.
        bus: Its name in the blueprint.
        detail_type: The event's type.
        detail: JSON.
        source: Who is said to send it.

    Raises:
        PlatformError: `unknown-bus`, `unknown-event-type`, `invalid-event`.
    """
    found = find_bus(environment, bus)
    declared = {event.detail_type: event for event in found.events}
    if declared and detail_type not in declared:
        raise PlatformError(
            f"bus {found.name} carries no events of type {detail_type}",
            hint=nearest_hint(detail_type, declared),
            code="unknown-event-type",
            exit_code=ExitCode.USAGE,
        )
    try:
        content: Any = json.loads(detail)
    except ValueError as error:
        raise _invalid(f"the detail is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise _invalid("the detail is no JSON object, and EventBridge takes nothing else")
    schema = declared[detail_type].schema_text if declared else None
    problems = event_problems(json.loads(schema), content) if schema else ()
    if problems:
        told = "".join(f"\n  {problem}" for problem in problems[:_MOST_PROBLEMS])
        raise _invalid(f"the detail does not fit the schema of {detail_type}:{told}")
    text = json.dumps(content, ensure_ascii=False)
    return EventToPublish(found.name, found.physical_name, detail_type, source, text, schema is not None)


def publish(event: EventToPublish, clients: Clients) -> Published:
    """Hand an event to its bus.

    Raises:
        PlatformError: `publishing-failed`, or what AWS refuses.
    """
    entry = {
        "EventBusName": event.physical_bus,
        "Source": event.source,
        "DetailType": event.detail_type,
        "Detail": event.detail,
    }
    with aws_errors(f"publishing to bus {event.bus}", target=clients.target):
        answer = clients.client("events").put_events(Entries=[entry])
    (result,) = answer["Entries"]
    if answer["FailedEntryCount"]:
        reason = result.get("ErrorMessage") or result.get("ErrorCode")
        raise PlatformError(f"bus {event.bus} did not take the event: {reason}", code="publishing-failed")
    return Published(event, str(result["EventId"]))


def _invalid(message: str) -> PlatformError:
    return PlatformError(
        message,
        hint="`buses.NAME.events` of the blueprint names the schema",
        code="invalid-event",
        exit_code=ExitCode.USAGE,
    )
