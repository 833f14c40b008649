"""Read the logs of functions, merged by time; follow them."""

from __future__ import annotations

import heapq
import json
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, Sleep, expecting, now, pages
from platform_cli.operate.functions import log_group, select_functions

POLL_SECONDS = 1.5
# CloudWatch makes an event searchable some seconds after it was written, and not always in order.
_LATENESS = timedelta(seconds=30)
_REMEMBERED = 20_000
_WORKERS = 8
_PLATFORM = (
    "INIT_START",
    "START RequestId:",
    "END RequestId:",
    "REPORT RequestId:",
    "EXTENSION\t",
    "TELEMETRY\t",
)


@dataclass(frozen=True)
class LogLine:
    """One event of a log.

    Attributes:
        id: CloudWatch's, unique in its log group.
        time: When it was written.
        address: `service.function`.
        message: As it was written, without the newline.
        fields: The parsed object, where the line is structured; else empty.
        platform: Whether Lambda wrote it, not the function.
    """

    id: str
    time: datetime
    address: str
    message: str
    fields: Mapping[str, Any]
    platform: bool

    @property
    def level(self) -> str:
        """`INFO`, `ERROR`, …; empty where the line does not say."""
        return str(self.fields.get("level") or self.fields.get("log_level") or "").upper()

    @property
    def text(self) -> str:
        """What the line says: the field `message` of a structured one."""
        said = self.fields.get("message")
        if said is None:
            return self.message
        return said if isinstance(said, str) else json.dumps(said)


def read_logs(
    environment: ResolvedEnvironment,
    clients: Clients,
    selector: str | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    pattern: str | None = None,
    follow: bool = False,
    sleep: Sleep = time.sleep,
    clock: Clock = now,
) -> Iterator[LogLine]:
    """Lines of one function, of a service, or of all, in the order of their times.

    Args:
        environment: Where.
        clients: Of the environment.
        selector: `service.function`, `service`, or None for all.
        since: From when on; None means the last ten minutes.
        until: Up to when; None means now, or for ever if `follow`.
        pattern: A filter pattern of CloudWatch Logs.
        follow: Go on with what is written from now on, until the caller stops.
        sleep: Waits between two looks.
        clock: The time.

    Raises:
        PlatformError: `unknown-function`, or what AWS refuses. A function that never logged is no error.
    """
    groups = {f.address: log_group(environment, f) for f in select_functions(environment, selector)}
    start = since or clock() - timedelta(minutes=10)
    return _lines(groups, clients, start, until, pattern, follow, sleep, clock)


def _lines(
    groups: Mapping[str, str],
    clients: Clients,
    start: datetime,
    until: datetime | None,
    pattern: str | None,
    follow: bool,
    sleep: Sleep,
    clock: Clock,
) -> Iterator[LogLine]:
    seen: OrderedDict[tuple[str, str], None] = OrderedDict()
    with aws_errors("reading the logs", target=clients.target):
        streams = [_read(address, group, clients, start, until, pattern) for address, group in groups.items()]
        for line in heapq.merge(*streams, key=_order):
            _remember(seen, line)
            yield line
        latest = clock()
        while follow and (until is None or latest < until):
            sleep(POLL_SECONDS)
            since, latest = max(start, latest - _LATENESS), clock()
            for line in _at_once(groups, clients, since, until, pattern):
                if (line.address, line.id) not in seen:
                    _remember(seen, line)
                    yield line


def _at_once(
    groups: Mapping[str, str], clients: Clients, since: datetime, until: datetime | None, pattern: str | None
) -> list[LogLine]:
    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="logs") as pool:
        read = pool.map(lambda g: list(_read(g[0], g[1], clients, since, until, pattern)), groups.items())
        return sorted((line for lines in read for line in lines), key=_order)


def _read(
    address: str, group: str, clients: Clients, since: datetime, until: datetime | None, pattern: str | None
) -> Iterator[LogLine]:
    arguments: dict[str, Any] = {"logGroupName": group, "startTime": _milliseconds(since)}
    if until is not None:
        arguments["endTime"] = _milliseconds(until)
    if pattern:
        arguments["filterPattern"] = pattern
    with expecting("ResourceNotFoundException"):
        for event in pages(
            clients.client("logs").filter_log_events,
            "events",
            paging=("nextToken", "nextToken"),
            **arguments,
        ):
            yield parse_line(address, event)


def parse_line(address: str, event: Mapping[str, Any]) -> LogLine:
    """A line from an event of CloudWatch's."""
    message = event["message"].rstrip("\n")
    fields = _fields(message)
    return LogLine(
        id=event.get("eventId") or f"{event['timestamp']}:{event.get('logStreamName', '')}:{message}",
        time=datetime.fromtimestamp(event["timestamp"] / 1000, UTC),
        address=address,
        message=message,
        fields=fields,
        platform=message.startswith(_PLATFORM) or str(fields.get("type", "")).startswith("platform."),
    )


def _fields(message: str) -> Mapping[str, Any]:
    if not message.startswith("{"):
        return {}
    try:
        told = json.loads(message)
    except json.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _order(line: LogLine) -> tuple[datetime, str]:
    return (line.time, line.address)


def _remember(seen: OrderedDict[tuple[str, str], None], line: LogLine) -> None:
    seen[(line.address, line.id)] = None
    while len(seen) > _REMEMBERED:
        seen.popitem(last=False)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
