"""How the system's APIs answer and how long they take, against what is promised of the whole system.

Dimensions and metrics: Amazon API Gateway Developer Guide, "Amazon API Gateway dimensions and metrics" and
"Monitor CloudWatch metrics for HTTP APIs" (November 2026).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from platform_cli.blueprint.requests import dimensions_of_api, requests_of_api
from platform_cli.operate.doctor.model import REMOTE, SLOW_SECONDS, Check, Result, skipped
from platform_cli.operate.doctor.promises import (
    SLOW_SHARE,
    budget_left,
    days_of,
    slow_left,
    spent_budget,
    told,
    verdict_of,
)

if TYPE_CHECKING:
    from platform_cli.blueprint.resolved import ResolvedApi
    from platform_cli.operate.doctor.context import Context

_LOCAL = "the local AWS keeps no metrics of APIs"
_QUIET = "there is no data: no API was called in the window"


def check_answers(context: Context) -> Result:
    """Compare the requests that were answered with 5xx with those that may be, of all APIs together."""
    from platform_cli.operate.cost.metrics import Metric, read_metrics

    budget = context.environment.objectives.budget_percent
    if budget is None:
        return skipped(
            "the blueprint states neither `availability_percent` nor `error_percent` in the `objectives` of "
            "the system"
        )
    if context.environment.target == "local":
        return skipped(_LOCAL)
    apis, ids = _deployed(context)
    metrics = {
        (api.name, what, one.id): Metric(one.namespace, one.name, one.dimensions, one.statistic)
        for api in apis
        for counted in (requests_of_api(api, ids),)
        for what, some in (("failed", counted.failed), ("total", counted.total))
        for one in some
    }
    found = read_metrics(metrics, context.clients, context.now, context.surroundings.days)

    def count(what: str, api: str | None = None) -> float:
        return sum(s.total for (name, kind, _), s in found.items() if kind == what and api in (None, name))

    total, failed = count("total"), count("failed")
    if not total:
        return skipped(_QUIET)
    spent = spent_budget(failed, total, budget / 100)
    lines = [
        f"{failed / total:.3%} of {total:,.0f} requests failed, at most {budget:g} % promised; "
        f"{budget_left(spent)}"
    ]
    if len(apis) > 1:
        lines += [
            f"{api.name}: {count('failed', api.name):,.0f} of {count('total', api.name):,.0f}" for api in apis
        ]
    mend = (
        "see what failed with `platform logs SERVICE --level error {option}`; hold risky changes back until "
        "the budget has grown again"
    )
    summary = f"availability of the system: {{}} in {days_of(context)}"
    return told(context, verdict_of(spent), summary, lines, mend)


def check_entrances(context: Context) -> Result:
    """Compare the share of requests that took longer than the goal with the hundredth that may."""
    from platform_cli.operate.cost.metrics import Metric, read_metrics

    goal = context.environment.objectives.p99_ms
    if goal is None:
        return skipped("the blueprint states no `objectives.p99_ms` for the system")
    if context.environment.target == "local":
        return skipped(_LOCAL)
    asked = {
        "within": ("Latency", f"PR(:{goal:g})"),
        "requests": ("Latency", "SampleCount"),
        "p99": ("Latency", "p99"),
        "behind": ("IntegrationLatency", "p99"),
    }
    apis, ids = _deployed(context)
    metrics = {
        (api.name, what): Metric("AWS/ApiGateway", name, dimensions_of_api(api, ids), statistic)
        for api in apis
        for what, (name, statistic) in asked.items()
    }
    found = read_metrics(metrics, context.clients, context.now, context.surroundings.days)
    judged: list[tuple[float, str]] = []
    for name in sorted({name for name, _ in metrics}):
        requests = dict(found[name, "requests"].points)
        total = sum(requests.values())
        if not total:
            continue
        slow = sum(requests.get(day, 0.0) * (1 - share / 100) for day, share in found[name, "within"].points)
        spent = slow / (SLOW_SHARE * total)
        judged.append(
            (
                spent,
                f"{name}: {1 - slow / total:.2%} of {total:,.0f} requests within {goal:g} ms, 99 % promised; "
                f"{slow_left(spent)}; "
                f"worst day's p99 {found[name, 'p99'].greatest or 0:,.0f} ms, "
                f"of what is behind it {found[name, 'behind'].greatest or 0:,.0f} ms",
            )
        )
    if not judged:
        return skipped(_QUIET)
    judged.sort(reverse=True)
    mend = (
        "where what is behind an API takes the time, see which function it is with `platform doctor "
        "--only objective-latency {option}`; the rest is the API's own: authorizers, large answers"
    )
    summary = f"99th percentile of APIs: {{}} in {days_of(context)}"
    return told(context, verdict_of(judged[0][0]), summary, [line for _, line in judged], mend)


def _deployed(context: Context) -> tuple[list[ResolvedApi], dict[str, str]]:
    """The APIs that are deployed and have routes, and what AWS calls the HTTP APIs among them."""
    from platform_cli.operate.doctor.resources import resources
    from platform_cli.operate.functions import names_of

    environment = context.environment
    made = {r.stack: r.physical_id for r in resources(context) if r.type == "AWS::ApiGatewayV2::Api"}
    served = sorted({route.api for function in environment.functions for route in function.routes})
    stacks = {name: names_of(environment).stack("api", name) for name in served}
    ids = {name: made[stack] for name, stack in stacks.items() if made.get(stack)}
    apis = [environment.apis[name] for name in served]
    return [api for api in apis if api.kind == "rest" or api.name in ids], ids


CHECKS: Iterable[Check] = (
    Check(
        "objective-api-availability",
        "goals",
        "availability of the system",
        "Compares the requests that the APIs answered with 5xx over the window with what the system's "
        "`availability_percent` and `error_percent` leave for them, whichever is less, as the alarms on "
        "these objectives do, and says how much of the error budget is left. Less than a quarter is a "
        "warning, a spent budget a failure.",
        check_answers,
        REMOTE,
        SLOW_SECONDS,
    ),
    Check(
        "objective-api-latency",
        "goals",
        "latency of APIs",
        "Compares the share of requests that each API answered within the system's `p99_ms`, over the whole "
        "window and as API Gateway measures it, with the 99 % that are promised. Less than a quarter of the "
        "slow hundredth left is a warning, more slow requests a failure. Beside it is the 99th percentile "
        "of what is behind the API, so that the difference is what the API itself adds.",
        check_entrances,
        REMOTE,
        SLOW_SECONDS,
    ),
)
