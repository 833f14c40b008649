"""What counts as a request, and what as a failed one: the same for alarms, dashboards and doctor's goals.

In: resolved services and APIs. Out: names of metrics. Never: CloudWatch itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from platform_cli.blueprint.log_metrics import CALLS, FAILED_CALLS, MOST_MEASURED
from platform_cli.blueprint.naming import Names

if TYPE_CHECKING:
    from platform_cli.blueprint.resolved import (
        ResolvedApi,
        ResolvedEnvironment,
        ResolvedFunction,
        ResolvedService,
    )

HTTP_STAGE = "$default"
"""What the one stage of an HTTP API is called; its metrics bear the name."""
REST_STAGE = "live"
"""The same of a REST API."""
UNEXPECTED = "UnexpectedFailures"
"""What `servicekit` counts when it answers 500: Lambda takes such an answer for a success."""
SERVICE = "service"
"""The one dimension of what handlers write, as Powertools does it."""
_LAMBDA, _GATEWAY = "AWS/Lambda", "AWS/ApiGateway"


@dataclass(frozen=True)
class RequestMetric:
    """A metric that counts requests, or failed ones.

    Attributes:
        id: By which metric math calls it; its own among those of one thing.
        namespace: Where it is.
        name: Its name.
        dimensions: Names and values.
        statistic: What makes a number of requests of it.
    """

    id: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()
    statistic: str = "Sum"


@dataclass(frozen=True)
class CountedRequests:
    """Metrics that together say how many requests there were, and how many of them failed."""

    failed: tuple[RequestMetric, ...]
    total: tuple[RequestMetric, ...]


def measured_functions(service: ResolvedService) -> tuple[ResolvedFunction, ...]:
    """The functions that answer users; where a service has none, all."""
    functions = tuple(service.functions.values())
    return tuple(function for function in functions if function.routes) or functions


def is_measured_by_logs(system: ResolvedEnvironment, service: ResolvedService) -> bool:
    """Whether a service has too many functions for one alarm, so that its logs tell how its calls ended.

    An alarm takes ten metrics, which are four functions and what they answer with 500; it takes no search
    for metrics, and metric math knows no other way to add up more of them. A graph takes hundreds.
    """
    watched = system.alarms.wanted and service.states_objectives
    promised = service.objectives.budget_percent is not None
    return watched and promised and len(measured_functions(service)) > MOST_MEASURED


def requests_of_service(system: ResolvedEnvironment, service: ResolvedService) -> CountedRequests:
    """Calls of a service's functions; those that ended in an error or in a 500 have failed.

    Of many functions, Lambda's reports in the logs are counted: filters in all of the logs add to one metric
    of calls, and to one of those that did not end well. What Lambda turned away is no call: it makes some
    again by itself, and the API answers the others with 5xx.
    """
    names = Names(system.system, system.environment, system.account, system.region)
    answered = RequestMetric("answered", names.metrics_namespace(), UNEXPECTED, ((SERVICE, service.name),))
    if is_measured_by_logs(system, service):
        logged = names.promise_metrics_namespace(service.name)
        return CountedRequests(
            (RequestMetric("errors", logged, FAILED_CALLS), answered),
            (RequestMetric("calls", logged, CALLS),),
        )
    ats = [(("FunctionName", function.physical_name),) for function in measured_functions(service)]
    return CountedRequests(
        (*(RequestMetric(f"errors{i}", _LAMBDA, "Errors", at) for i, at in enumerate(ats)), answered),
        tuple(RequestMetric(f"calls{i}", _LAMBDA, "Invocations", at) for i, at in enumerate(ats)),
    )


def requests_of_api(api: ResolvedApi, ids: Mapping[str, str]) -> CountedRequests:
    """Requests to an API; those that it answered with 5xx have failed.

    Args:
        api: The API.
        ids: What AWS calls the HTTP APIs, by name.
    """
    at = dimensions_of_api(api, ids)
    failed = "5XXError" if api.kind == "rest" else "5xx"
    return CountedRequests(
        (RequestMetric("errors", _GATEWAY, failed, at),),
        (RequestMetric("calls", _GATEWAY, "Count", at, "SampleCount"),),
    )


def dimensions_of_api(api: ResolvedApi, ids: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The dimensions of an API's metrics; REST APIs and HTTP APIs have others."""
    if api.kind == "rest":
        return (("ApiName", api.physical_name), ("Stage", REST_STAGE))
    return (("ApiId", ids[api.name]), ("Stage", HTTP_STAGE))
