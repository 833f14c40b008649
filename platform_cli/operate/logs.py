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
from functools import cached_property
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.pattern_matching import Line
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, Sleep, expecting, now, pages
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.functions import log_group, select_functions
from platform_cli.operate.reports import InvocationReport, parse_report, platform_words

POLL_SECONDS = 1.5
# CloudWatch makes an event searchable some seconds after it was written, and not always in order.
_LATENESS = timedelta(seconds=30)
_REMEMBERED = 20_000
_WORKERS = 8
_RANKS = {"DEBUG": 1, "INFO": 2, "WARNING": 3, "WARN": 3, "ERROR": 4, "CRITICAL": 5, "FATAL": 5}
_USUAL = frozenset(
    {
        *("level", "log_level", "location", "message", "timestamp", "service", "cold_start", "sampling_rate"),
        *("function_name", "function_memory_size", "function_arn", "function_request_id", "xray_trace_id"),
        *("correlation_id", "exception", "exception_name", "stack_trace", "stackTrace", "errorMessage"),
        *("errorType", "requestId", "logger", "time", "type", "record", "_aws"),
    }
)
"""What each line of Powertools' logger or of Lambda's own format has, and nobody reads twice."""
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
        stream: The log stream, whose name holds the function's version in brackets.
    """

    id: str
    time: datetime
    address: str
    message: str
    fields: Mapping[str, Any]
    platform: bool
    stream: str = ""

    @property
    def level(self) -> str:
        """`INFO`, `ERROR`, …; empty where the line does not say; of a report, whether its call failed."""
        if self.platform:
            return "ERROR" if self._report is not None and self._report.failed else ""
        return str(self.fields.get("level") or self.fields.get("log_level") or "").upper()

    @cached_property
    def _report(self) -> InvocationReport | None:
        return parse_report(self.message)

    @property
    def correlation_id(self) -> str:
        """Of the request that the line is about; empty where the line does not say."""
        return str(self.fields.get("correlation_id") or "")

    @property
    def trace(self) -> str:
        """The traceback of an error, as the logger of Powertools and as the runtime of Lambda write it."""
        told = self.fields.get("exception") or self.fields.get("stackTrace") or ""
        return "".join(str(part) for part in told) if isinstance(told, list) else str(told)

    @property
    def extras(self) -> Mapping[str, Any]:
        """What the function itself put beside the message."""
        if "message" not in self.fields:
            return {}
        return {
            name: value for name, value in self.fields.items() if name not in _USUAL and value is not None
        }

    @property
    def text(self) -> str:
        """What the line says: the field `message` of a structured one, the values of embedded metrics.

        What Lambda writes itself reads the same whether it writes it as text or as JSON.
        """
        if self.platform:
            return (
                str(self._report) if self._report is not None else platform_words(self.fields) or self.message
            )
        if isinstance(self.fields.get("_aws"), dict):
            return "metrics " + ", ".join(f"{name}={value}" for name, value in _metrics(self.fields))
        said = self.fields.get("message") or self.fields.get("errorMessage")
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
    level: str | None = None,
    correlation_id: str | None = None,
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
        level: Only lines that are at least so bad: `WARNING`; of what Lambda writes, the reports of calls
            that failed are errors, and nothing else has a level.
        correlation_id: Only lines of this request, whichever functions it went through.
        follow: Go on with what is written from now on, until the caller stops.
        sleep: Waits between two looks.
        clock: The time.

    Raises:
        PlatformError: `unknown-function`, `unknown-level`, or what AWS refuses. A function that never logged
            is no error.
    """
    worst = level_rank(level) if level else 0
    groups = {f.address: log_group(environment, f) for f in select_functions(environment, selector)}
    start = since or clock() - timedelta(minutes=10)
    if correlation_id and not pattern:
        # So that CloudWatch looks for it; with a pattern of the user's, it is looked for here alone.
        pattern = f'"{correlation_id.replace(chr(34), "")}"'
    lines = _lines(groups, clients, start, until, pattern, follow, sleep, clock)
    return (
        line
        for line in lines
        if (not worst or _RANKS.get(line.level, 0) >= worst)
        and (not correlation_id or correlation_id in line.message)
    )


def level_rank(level: str) -> int:
    """How bad a level is, from 1.

    Raises:
        PlatformError: `unknown-level`.
    """
    rank = _RANKS.get(level.upper())
    if rank is None:
        raise PlatformError(
            f'there is no level "{level}"',
            hint=f"there are: {', '.join(_RANKS)}",
            code="unknown-level",
            exit_code=ExitCode.USAGE,
        )
    return rank


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
        # Before the first read: what is written while it is printed is looked for afterwards.
        latest = clock()
        streams = [_read(address, group, clients, start, until, pattern) for address, group in groups.items()]
        for line in heapq.merge(*streams, key=_order):
            _remember(seen, line)
            yield line
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
        stream=str(event.get("logStreamName", "")),
    )


def _metrics(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Names and values of CloudWatch's embedded metric format."""
    for directive in fields["_aws"].get("CloudWatchMetrics") or ():
        for metric in directive.get("Metrics") or ():
            value = fields.get(metric.get("Name"))
            yield str(metric.get("Name")), value[0] if isinstance(value, list) and len(value) == 1 else value


def _fields(message: str) -> Mapping[str, Any]:
    return (Line(message).document or {}) if message.startswith("{") else {}


def _order(line: LogLine) -> tuple[datetime, str]:
    return (line.time, line.address)


def _remember(seen: OrderedDict[tuple[str, str], None], line: LogLine) -> None:
    seen[(line.address, line.id)] = None
    while len(seen) > _REMEMBERED:
        seen.popitem(last=False)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
