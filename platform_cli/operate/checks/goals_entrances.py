"""How long the system's APIs take to answer, against what the blueprint promises of the whole system.

Dimensions and metrics: Amazon API Gateway Developer Guide, "Amazon API Gateway dimensions and metrics" and
"Monitor CloudWatch metrics for HTTP APIs" (November 2026).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from platform_cli.operate.checks.goals_objectives import LITTLE_LEFT, SLOW_SHARE, slow_left
from platform_cli.operate.doctor.model import (
    REMOTE,
    SLOW_SECONDS,
    Check,
    Result,
    failure,
    ok,
    skipped,
    warning,
)

if TYPE_CHECKING:
    from platform_cli.blueprint.resolved import ResolvedApi
    from platform_cli.operate.doctor.context import Context


def check_entrances(context: Context) -> Result:
    """Compare the share of requests that took longer than the goal with the hundredth that may."""
    from platform_cli.operate.cost.metrics import Metric, read_metrics

    goal = context.environment.objectives.p99_ms
    if goal is None:
        return skipped("the blueprint states no `objectives.p99_ms` for the system")
    if context.environment.target == "local":
        return skipped("the local AWS keeps no metrics of APIs")
    asked = {
        "within": ("Latency", f"PR(:{goal:g})"),
        "requests": ("Latency", "SampleCount"),
        "p99": ("Latency", "p99"),
        "behind": ("IntegrationLatency", "p99"),
    }
    metrics = {
        (api.name, what): Metric("AWS/ApiGateway", name, at, statistic)
        for api, at in _entrances(context)
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
    return _result(context, sorted(judged, reverse=True))


def _entrances(context: Context) -> Iterable[tuple[ResolvedApi, tuple[tuple[str, str], ...]]]:
    """The APIs that are deployed and have routes, with the dimension of their metrics."""
    from platform_cli.operate.doctor.resources import resources
    from platform_cli.operate.functions import names_of

    environment = context.environment
    served = {route.api for function in environment.functions for route in function.routes}
    ids = {r.stack: r.physical_id for r in resources(context) if r.type == "AWS::ApiGatewayV2::Api"}
    for name in sorted(served):
        api = environment.apis[name]
        if api.kind == "rest":
            yield api, (("ApiName", api.physical_name),)
        elif id := ids.get(names_of(environment).stack("api", name)):
            yield api, (("ApiId", id),)


def _result(context: Context, judged: list[tuple[float, str]]) -> Result:
    if not judged:
        return skipped("there is no data: no API was called in the window")
    lines = [line for _, line in judged]
    window, spent = f"{context.surroundings.days} days", judged[0][0]
    if spent <= 1 - LITTLE_LEFT:
        return ok(f"99th percentile of APIs: kept in {window}", *lines)
    kept, make = ("not kept", failure) if spent > 1 else ("kept only just", warning)
    return make(
        f"99th percentile of APIs: {kept} in {window}",
        *lines,
        consequence="users wait longer than they were promised"
        if spent > 1
        else "one more bad day breaks the promise",
        mend="where what is behind an API takes the time, see which function it is with `platform doctor "
        f"--only objective-latency {context.option}`; the rest is the API's own: authorizers, large answers",
    )


CHECKS: Iterable[Check] = (
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
