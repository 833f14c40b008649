"""The questions that an environment saves for its logs, in the language of CloudWatch Logs Insights.

In: a resolved environment. Out: each query with its text and the log groups that it asks. Never: an answer.
Whoever asks, the console by a saved query or a command by itself, has the text from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedApi, ResolvedEnvironment, ResolvedService

MOST_LOG_GROUPS = 50
"""Log groups that one query asks (CloudWatch Logs, StartQuery, 2026-11)."""
_REPORTS = 'filter type = "platform.report"'
_ERRORS = (
    'filter level in ["ERROR", "CRITICAL"] or (type = "platform.report" and '
    '(record.status in ["timeout", "failure"] '
    'or record.errorType in ["Runtime.ExitError", "Runtime.OutOfMemory"]))'
)
"""What was logged as an error, and calls that were ended before they could log anything."""
_ENDED = 'concat("the call ended: ", record.status, " ", record.errorType)'
_SAID = f"coalesce(message, errorMessage, {_ENDED}) as said"
_KIND = "coalesce(exception_name, errorType) as error"
"""Of what a logger of Powertools wrote, or Lambda of an exception that nobody caught."""


@dataclass(frozen=True)
class SavedQuery:
    """A question to logs.

    Attributes:
        name: Unique in its environment: `errors-by-service`, `orders/cold-starts`.
        description: What it answers.
        text: The query.
        log_groups: Names of the groups that are asked.
        part_of: The name of the first part, if it is another part of a query over many groups.
    """

    name: str
    description: str
    text: str
    log_groups: tuple[str, ...]
    part_of: str | None = None

    @property
    def asked_as(self) -> str:
        """The name under which all of its parts are asked."""
        return self.part_of or self.name


def saved_queries(system: ResolvedEnvironment) -> tuple[SavedQuery, ...]:
    """All queries of an environment: of the system, of its services, of its APIs."""
    services = (query for _, service in sorted(system.services.items()) for query in of_service(service))
    apis = (query for _, api in sorted(system.apis.items()) for query in of_api(api))
    return (*of_system(system), *services, *apis)


def of_system(system: ResolvedEnvironment) -> tuple[SavedQuery, ...]:
    """Queries over all functions; in parts, where these are more than one query can ask."""
    groups = [log_group for _, service in sorted(system.services.items()) for log_group in _groups(service)]
    return tuple(
        query
        for name, description, text in (
            (
                "errors-by-service",
                "Which services and functions log errors, and which",
                _lines(
                    f"fields {_SAID}, {_KIND}",
                    _ERRORS,
                    "stats count(*) as errors, latest(said) as example by service, error, @log",
                    "sort errors desc",
                    "limit 100",
                ),
            ),
            ("cold-starts", "Which functions begin cold, how often and for how long", _cold_starts()),
            ("slowest-calls", "The calls of all functions that took longest", _slowest_calls()),
        )
        for query in _in_parts(name, description, text, groups)
    )


def _in_parts(name: str, description: str, text: str, groups: Sequence[str]) -> Iterator[SavedQuery]:
    """A query, or several, where there are more log groups than one can ask."""
    for number, first in enumerate(range(0, len(groups), MOST_LOG_GROUPS), start=1):
        part = tuple(groups[first : first + MOST_LOG_GROUPS])
        if number == 1:
            yield SavedQuery(name, description, text, part)
        else:
            yield SavedQuery(f"{name}-{number}", description, text, part, name)


def of_service(service: ResolvedService) -> Iterator[SavedQuery]:
    """Queries over the functions of a service, the last of them its own."""
    groups = _groups(service)
    built_in = {
        "errors": (
            f"The errors that {service.name} logged last",
            _lines(
                f"fields @timestamp, @log, {_SAID}, {_KIND}, function_request_id, xray_trace_id",
                _ERRORS,
                "sort @timestamp desc",
                "limit 100",
            ),
        ),
        "cold-starts": (
            f"How often functions of {service.name} begin cold, and for how long",
            _cold_starts(),
        ),
        "slowest-calls": (f"The calls of {service.name} that took longest", _slowest_calls()),
    }
    own = {
        name: (query.description or f"{name} of {service.name}", query.query)
        for name, query in sorted(service.queries.items())
    }
    for name, (description, text) in {**built_in, **own}.items():
        yield from _in_parts(f"{service.name}/{name}", description, text, groups)


def of_api(api: ResolvedApi) -> tuple[SavedQuery, ...]:
    """Queries over the access log of an API."""
    endpoint = "method, resourcePath" if api.kind == "rest" else "routeKey"
    groups = (Names.access_log(api.physical_name),)
    return (
        SavedQuery(
            f"{api.name}/slowest-endpoints",
            f"The routes of {api.name} that answer most slowly",
            _lines(
                "stats count(*) as requests, avg(responseLatency) as average_ms, "
                f"pct(responseLatency, 99) as p99_ms, max(responseLatency) as max_ms by {endpoint}",
                "sort p99_ms desc",
                "limit 25",
            ),
            groups,
        ),
        SavedQuery(
            f"{api.name}/failures",
            f"What {api.name} answered with 5xx, by route",
            _lines(
                "filter status >= 500",
                f"stats count(*) as requests, latest(requestId) as example by {endpoint}, status, "
                "integrationError",
                "sort requests desc",
                "limit 100",
            ),
            groups,
        ),
    )


def _groups(service: ResolvedService) -> tuple[str, ...]:
    return tuple(f"/aws/lambda/{f.physical_name}" for _, f in sorted(service.functions.items()))


def _cold_starts() -> str:
    return _lines(
        # Of a function under SnapStart the report says how long restoring took.
        "fields coalesce(record.metrics.initDurationMs, record.metrics.restoreDurationMs) as start_ms",
        _REPORTS,
        "stats count(*) as calls, count(start_ms) as cold, "
        "100 * count(start_ms) / count(*) as cold_percent, "
        "avg(start_ms) as average_ms, "
        "pct(start_ms, 90) as p90_ms by @log",
        "sort cold_percent desc",
    )


def _slowest_calls() -> str:
    return _lines(
        "fields @timestamp, @log, record.requestId, record.metrics.durationMs, "
        "record.metrics.initDurationMs, record.metrics.maxMemoryUsedMB, record.metrics.memorySizeMB",
        _REPORTS,
        "sort record.metrics.durationMs desc",
        "limit 25",
    )


def _lines(*commands: str) -> str:
    return "\n| ".join(commands)
