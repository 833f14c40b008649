"""The logs of the local AWS, and where values of metrics go: the few calls that counting needs.

Standard library only: the agent's process loads nothing else. Facts about MiniStack are of version 1.5.33.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from platform_cli.local.calling import call
from platform_cli.local.filtered_metrics import MetricFilter, counts_here, read_filter
from platform_cli.local.metric_data import Request

MOST_LINES = 10_000
"""Lines in an answer of FilterLogEvents, which names no next page here."""


@dataclass(frozen=True)
class LogGroup:
    """A log group as it is now.

    Attributes:
        name: Of the group.
        created_ms: When it was made, in milliseconds since the epoch.
        stored_bytes: Of all its lines; differs when there are new ones.
        filters: How many metric filters it has.
    """

    name: str
    created_ms: int
    stored_bytes: int
    filters: int


@dataclass(frozen=True)
class LogLine:
    """A line of a log.

    Attributes:
        id: Of the line; where it has none, of its stream, which then holds the lines of one call alone.
        message: The text.
        at_ms: Its time, in milliseconds since the epoch.
        arrived_ms: When it was stored.
    """

    id: str
    message: str
    at_ms: int
    arrived_ms: int


class Cloud(Protocol):
    """Where logs come from and metrics go to. Each call may raise `CallFailed`."""

    def groups(self) -> Iterator[LogGroup]:
        """All log groups."""

    def lines(self, group: str, from_ms: int) -> Iterator[LogLine]:
        """The lines of a group from a time on, oldest first."""

    def filters(self, group: str) -> Iterator[MetricFilter]:
        """The metric filters of a group whose patterns can be read."""

    def put(self, request: Request) -> None:
        """Put values of metrics."""


class LocalCloud:
    """The local AWS's logs and metrics.

    Args:
        host: Of the local AWS.
        port: Of the local AWS.
        most_lines: In an answer.
    """

    def __init__(self, host: str, port: int, most_lines: int = MOST_LINES) -> None:
        self._place = (host, port)
        self._most_lines = most_lines

    def groups(self) -> Iterator[LogGroup]:
        """All log groups."""
        for told in self._pages("DescribeLogGroups", "logGroups", {}):
            yield LogGroup(
                told["logGroupName"],
                int(told["creationTime"]),
                int(told["storedBytes"]),
                int(told["metricFilterCount"]),
            )

    def lines(self, group: str, from_ms: int) -> Iterator[LogLine]:
        """The lines of a group from a time on; a full answer is followed by one from its last line on."""
        begin, known = from_ms, Counter[str]()
        while True:
            asked = {"logGroupName": group, "startTime": begin, "limit": self._most_lines}
            events = self._logs("FilterLogEvents", asked)["events"]
            passed = Counter[str]()
            for event in events:
                stream, at = event["logStreamName"], int(event["timestamp"])
                if at == begin and passed[stream] < known[stream]:
                    passed[stream] += 1
                    continue
                arrived = int(event.get("ingestionTime") or at)
                yield LogLine(event.get("eventId") or stream, event["message"], at, arrived)
            if len(events) < self._most_lines:
                return
            last = int(events[-1]["timestamp"])
            # More lines of one millisecond than an answer holds cannot be asked for.
            begin = last if last > begin else begin + 1
            known = Counter(event["logStreamName"] for event in events if event["timestamp"] == begin)

    def filters(self, group: str) -> Iterator[MetricFilter]:
        """The metric filters of a group whose patterns can be read, and whose lines there are here."""
        for told in self._pages("DescribeMetricFilters", "metricFilters", {"logGroupName": group}):
            found = read_filter(told)
            if found is not None and counts_here(found):
                yield found

    def put(self, request: Request) -> None:
        """Put values of metrics; the emulator then looks at its alarms."""
        call(self._place, "monitoring", "GraniteServiceVersion20100801.PutMetricData", request)

    def _pages(self, action: str, key: str, asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        token: str | None = None
        while True:
            answer = self._logs(action, {**asked, **({"nextToken": token} if token else {})})
            yield from answer[key]
            token = answer.get("nextToken")
            if not token:
                return

    def _logs(self, action: str, asked: Mapping[str, Any]) -> Any:
        return call(self._place, "logs", f"Logs_20140328.{action}", asked)
