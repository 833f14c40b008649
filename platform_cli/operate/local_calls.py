"""What the logs of the local AWS tell of the calls of functions.

The emulator writes the lines of a call at its end, into a log stream of its own: a start, what the function
wrote, an end and a report, as plain text whatever the log format of the function. What a function wrote last
comes with the next call sometimes; a line that names its call is one of that, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.pattern_matching import Line
from platform_cli.deploy.answers import expecting, pages
from platform_cli.errors import PlatformError
from platform_cli.operate.reports import parse_report

MOST_EVENTS = 10_000
"""Events in an answer of FilterLogEvents; the emulator gives no token for the rest."""
REQUEST_ID = "function_request_id"
"""How Powertools' logger names the call that a line is of."""
_REPORT = "REPORT "

Event = Mapping[str, Any]
"""As FilterLogEvents gives it."""


@dataclass(frozen=True)
class Call:
    """A call of a function.

    Attributes:
        group: Its log group.
        stream: Its log stream.
        request_id: Lambda's id of the call.
        begin_ms: When it began, in milliseconds since the epoch; the start of its environment belongs to it.
        duration_ms: How long it took.
        lines: The objects among the lines that the function wrote.
    """

    group: str
    stream: str
    request_id: str
    begin_ms: float
    duration_ms: float
    lines: tuple[Mapping[str, Any], ...]

    def told(self, name: str) -> Any:
        """The first value that a line of the call has under a name."""
        return next((line[name] for line in self.lines if line.get(name) is not None), None)


def read_events(
    clients: Clients,
    group: str,
    since: datetime,
    until: datetime,
    *,
    pattern: str | None = None,
    stream: str | None = None,
) -> list[Event]:
    """All events of a log group in a time; none if the group is not there.

    Raises:
        PlatformError: `query-failed` if so many have the same time that the local AWS does not give all.
    """
    start, end = int(since.timestamp() * 1000), int(until.timestamp() * 1000)
    options: dict[str, Any] = {"filterPattern": pattern} if pattern else {}
    if stream:
        options["logStreamNames"] = [stream]
    events: dict[str, Event] = {}
    with expecting("ResourceNotFoundException"):
        while True:
            found = pages(
                clients.client("logs").filter_log_events,
                "events",
                paging=("nextToken", "nextToken"),
                logGroupName=group,
                startTime=start,
                endTime=end,
                **options,
            )
            part = list(found)
            fresh = {_identity(event, at): event for at, event in enumerate(part)}
            events |= fresh
            if len(part) < MOST_EVENTS:
                break
            last = int(part[-1]["timestamp"])
            if last == start:
                raise PlatformError(
                    f"more than {MOST_EVENTS:,} lines of {group} have the same time",
                    hint="the local AWS does not give all of them: ask for another time with --since",
                    code="query-failed",
                )
            # Of this time, some were perhaps left away: they come again, with the rest.
            events = {key: event for key, event in events.items() if event["timestamp"] != last}
            start = last
    return list(events.values())


def _identity(event: Event, at: int) -> str:
    return str(event.get("eventId") or f"{event['timestamp']}/{at}")


def calls(group: str, events: Iterable[Event]) -> Iterator[Call]:
    """The calls whose report is among the events of a log group."""
    reports: list[tuple[str, str, float, int]] = []
    lines: dict[str, list[Mapping[str, Any]]] = {}
    for event in events:
        stream, message = str(event.get("logStreamName", "")), event["message"]
        report = parse_report(message) if message.startswith(_REPORT) else None
        if report is not None and report.duration_ms is not None:
            reports.append((stream, report.request_id, report.duration_ms, event["timestamp"]))
        line = Line(message).document
        if line is not None:
            lines.setdefault(str(line.get(REQUEST_ID) or stream), []).append(line)
    for stream, request_id, duration, end in reports:
        own = (*lines.get(request_id, ()), *lines.get(stream, ()))
        yield Call(group, stream, request_id, end - duration, duration, own)
