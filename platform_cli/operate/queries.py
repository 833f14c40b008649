"""Ask logs questions in the language of CloudWatch Logs Insights: saved ones by name, or any text."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.findings import known_hint
from platform_cli.blueprint.log_queries import MOST_LOG_GROUPS, SavedQuery, saved_queries
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Sleep, expecting, pages
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.functions import log_group, select_functions

if TYPE_CHECKING:
    from platform_cli.operate.insights.local import LocalLogs

_POLL_SECONDS = 0.5
_LONGEST_POLL_SECONDS = 3.0
_ENDED = ("Complete", "Failed", "Cancelled", "Timeout", "Unknown")
_ALIASES = {"slow-endpoints": "slowest-endpoints", "slow-calls": "slowest-calls"}
_POINTER = "@ptr"
"""A column that Logs Insights adds to each row, of use only to its own console."""


@dataclass(frozen=True)
class QueryProgress:
    """How far a query is."""

    name: str
    scanned_records: int
    scanned_bytes: int


@dataclass(frozen=True)
class QueryResult:
    """What a query found.

    Attributes:
        query: What was asked.
        columns: In the order of the query.
        rows: Texts, as Logs Insights gives them; a column without a value is empty.
        scanned_bytes: What AWS takes money for.
        scanned_records: Lines that were looked at.
        matched_records: Lines that the filters let through.
        missing: Log groups that are not there: nothing ever logged to them.
    """

    query: SavedQuery
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    scanned_bytes: int
    scanned_records: int
    matched_records: int
    missing: tuple[str, ...] = ()


Report = Callable[[QueryProgress], None]


def find_queries(environment: ResolvedEnvironment, name: str) -> tuple[SavedQuery, ...]:
    """The saved queries of a name: `orders/cold-starts` is one, `slowest-endpoints` one for each API.

    A query over more functions than one can ask is found with all of its parts.

    Raises:
        PlatformError: `unknown-query`, with the nearest name.
    """
    known = saved_queries(environment)
    wanted = _ALIASES.get(name, name)
    exact = tuple(query for query in known if wanted in (query.name, query.asked_as))
    found = exact or tuple(query for query in known if query.asked_as.endswith(f"/{wanted}"))
    if not found:
        names = sorted({query.name for query in known})
        short = sorted({query.name.rpartition("/")[2] for query in known})
        raise PlatformError(
            f'there is no saved query "{name}", and no file of this name',
            hint=known_hint(
                name,
                (*short, *names),
                otherwise=f"there are: {', '.join(short)}; SERVICE/NAME asks about one service alone",
            ),
            code="unknown-query",
            exit_code=ExitCode.USAGE,
        )
    return found


def query_of_text(
    environment: ResolvedEnvironment, name: str, text: str, selector: str | None = None
) -> tuple[SavedQuery, ...]:
    """A query of the user's own over functions; in parts, where these are more than one query can ask.

    Raises:
        PlatformError: `unknown-function`.
    """
    groups = [log_group(environment, function) for function in select_functions(environment, selector)]
    parts = [tuple(groups[at : at + MOST_LOG_GROUPS]) for at in range(0, len(groups), MOST_LOG_GROUPS)]
    return tuple(SavedQuery(name, "", text, part) for part in parts)


def run_query(
    query: SavedQuery,
    clients: Clients,
    *,
    since: datetime,
    until: datetime,
    report: Report = lambda _progress: None,
    sleep: Sleep = time.sleep,
    local: LocalLogs | None = None,
) -> QueryResult:
    """Ask, and wait for the answer; on Ctrl-C the query is stopped, so that it costs no more.

    Args:
        query: What is asked.
        clients: Of the environment.
        since: From when on.
        until: Up to when.
        report: Gets progress.
        sleep: Waits.
        local: The local AWS, if it is asked: its own Logs Insights knows too little of the language, so that
            its lines are read, and the answer is made here.

    Raises:
        PlatformError: `invalid-query` with what cannot be read; `query-failed`; what AWS refuses.
    """
    if local is not None:
        return _answer_here(query, local, clients, since, until, report)
    logs = clients.client("logs")
    with aws_errors(f"asking the logs for {query.name}", target=clients.target):
        asked, missing = _present(query, clients)
        if not asked.log_groups:
            return QueryResult(query, (), (), 0, 0, 0, missing)
        identifier = _start(asked, clients, since, until)
        try:
            answer = _wait(query.name, identifier, logs, report, sleep)
        except KeyboardInterrupt:
            logs.stop_query(queryId=identifier)
            raise
    if answer["status"] != "Complete":
        raise PlatformError(
            f"the query {query.name} ended as {answer['status']}",
            hint="ask for a shorter time with --since; Logs Insights gives up after an hour",
            code="query-failed",
        )
    return _result(query, answer, missing)


def _answer_here(
    query: SavedQuery, local: LocalLogs, clients: Clients, since: datetime, until: datetime, report: Report
) -> QueryResult:
    from platform_cli.operate.insights.evaluating import answer
    from platform_cli.operate.insights.local import find_lines
    from platform_cli.operate.insights.reading import read_query

    commands = read_query(query.name, query.text, local.file)
    lines: list[Any] = []
    scanned = 0
    with aws_errors(f"asking the logs for {query.name}", target=clients.target):
        asked, missing = _present(query, clients) if query.log_groups else (query, ())
        for found in find_lines(local, clients, asked.log_groups, since, until):
            lines += found.lines
            scanned += found.scanned_bytes
            report(QueryProgress(query.name, len(lines), scanned))
    if not asked.log_groups:
        return QueryResult(query, (), (), 0, 0, 0, missing)
    made = answer(commands, lines)
    return QueryResult(query, made.columns, made.rows, scanned, len(lines), made.matched, missing)


def _present(query: SavedQuery, clients: Clients) -> tuple[SavedQuery, tuple[str, ...]]:
    """Without the log groups that are not there, for which the whole query would be refused."""
    present = set()
    for prefix in {name.rpartition("/")[0] for name in query.log_groups}:
        groups = pages(
            clients.client("logs").describe_log_groups,
            "logGroups",
            paging=("nextToken", "nextToken"),
            logGroupNamePrefix=_common([n for n in query.log_groups if n.rpartition("/")[0] == prefix]),
        )
        present |= {group["logGroupName"] for group in groups}
    kept = tuple(name for name in query.log_groups if name in present)
    return replace(query, log_groups=kept), tuple(n for n in query.log_groups if n not in present)


def _common(names: Sequence[str]) -> str:
    """The beginning that all names share: of all between them in the alphabet, too."""
    first, last = min(names), max(names)
    differ = (at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: next(differ, len(first))]


def _start(query: SavedQuery, clients: Clients, since: datetime, until: datetime) -> str:
    answer: dict[str, Any] = {}
    with expecting("MalformedQueryException") as malformed:
        answer = clients.client("logs").start_query(
            logGroupNames=list(query.log_groups),
            queryString=query.text,
            startTime=int(since.timestamp()),
            endTime=int(until.timestamp()),
        )
    if malformed:
        raise PlatformError(
            f"the query {query.name} cannot be read: {malformed.message}",
            hint="commands are separated by |; see the syntax of CloudWatch Logs Insights",
            code="invalid-query",
            exit_code=ExitCode.USAGE,
        )
    return str(answer["queryId"])


def _wait(name: str, identifier: str, logs: Any, report: Report, sleep: Sleep) -> dict[str, Any]:
    pause = _POLL_SECONDS
    while True:
        answer: dict[str, Any] = logs.get_query_results(queryId=identifier)
        if answer["status"] in _ENDED:
            rest = answer.get("nextToken")
            if not rest:
                return answer
            # More rows than the ten thousand of an answer.
            token = ("nextToken", "nextToken")
            more = pages(logs.get_query_results, "results", paging=token, begin=rest, queryId=identifier)
            return {**answer, "results": [*answer["results"], *more]}
        told = answer.get("statistics") or {}
        report(QueryProgress(name, int(told.get("recordsScanned", 0)), int(told.get("bytesScanned", 0))))
        sleep(pause)
        pause = min(pause * 1.5, _LONGEST_POLL_SECONDS)


def _result(query: SavedQuery, answer: dict[str, Any], missing: tuple[str, ...]) -> QueryResult:
    rows = [{field["field"]: field.get("value", "") for field in row} for row in answer["results"]]
    columns = tuple(dict.fromkeys(name for row in rows for name in row if name != _POINTER))
    told = answer.get("statistics") or {}
    return QueryResult(
        query,
        columns,
        tuple(tuple(row.get(name, "") for name in columns) for row in rows),
        int(told.get("bytesScanned", 0)),
        int(told.get("recordsScanned", 0)),
        int(told.get("recordsMatched", 0)),
        missing,
    )
