"""How much CDNs and load balancers were used, by their CloudWatch metrics.

AWS names both by ids of its own, which are asked for here. Those of CloudFront are in us-east-1 alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.blueprint.resolved.edge import GLOBAL_REGION
from platform_cli.deploy.observing import read_stack
from platform_cli.operate.cost.metrics import Metric, Series, read_metrics
from platform_cli.operate.cost.schedules import DAYS_PER_MONTH

_BYTES_PER_GB = 1024**3
_DISTRIBUTION = "DistributionId"
"""The output of a CDN's stack, and the dimension of its metrics."""
_CDN_METRICS = ("Requests", "BytesDownloaded")
_BALANCER_METRICS = (
    "NewConnectionCount",
    "ActiveConnectionCount",
    "ProcessedBytes",
    "RequestCount",
    "RuleEvaluations",
)
_UNIT_CONNECTIONS_PER_SECOND = 25
_UNIT_OPEN_CONNECTIONS = 3000
_UNIT_GB_PER_HOUR = 0.4
_UNIT_RULES_PER_SECOND = 1000
_FREE_RULES = 10
"""A capacity unit, with functions behind the load balancer (Elastic Load Balancing pricing, 2026-11)."""
_MINUTES_PER_DAY, _HOURS_PER_DAY, _SECONDS_PER_DAY = 1440, 24, 86_400

Figures = tuple[str, str, dict[str, float]]
"""A section of the usage profile, a name in it, and its fields."""


@dataclass(frozen=True)
class Measured:
    """What is measured, and over which time.

    Attributes:
        environment: What.
        clients: Of the environment.
        now: The end of the period.
        days: The length of the period.
        covered: Days since the first data of anything else; a day without requests has none of the edge.
    """

    environment: ResolvedEnvironment
    clients: Clients
    now: datetime
    days: int
    covered: float


def measure_edge(measured: Measured, missing: list[str]) -> Iterator[Figures]:
    """Measure CDNs and load balancers, scaled to a month of 730 hours.

    Args:
        measured: What, and over which time.
        missing: Takes what has no figures, in words.

    Raises:
        PlatformError: AWS refuses or does not answer.
    """
    yield from _cdns(measured, missing)
    yield from _balancers(measured, missing)


def _cdns(measured: Measured, missing: list[str]) -> Iterator[Figures]:
    environment, clients = measured.environment, measured.clients
    names = Names(environment.system, environment.environment, environment.account, environment.region)
    metrics: dict[tuple[str, str], Metric] = {}
    for cdn in environment.cdns:
        with aws_errors(f"looking for CDN {cdn}", target=clients.target):
            stack = read_stack(names.stack("cdn", cdn), clients)
        distribution = stack.outputs.get(_DISTRIBUTION) if stack else None
        if distribution is None:
            missing.append(f"cdns.{cdn}: it is not deployed")
            continue
        where = ((_DISTRIBUTION, distribution), ("Region", "Global"))
        for metric in _CDN_METRICS:
            metrics[cdn, metric] = Metric("AWS/CloudFront", metric, where)
    if not metrics:
        return
    series = read_metrics(metrics, clients.elsewhere(GLOBAL_REGION), measured.now, measured.days)
    for cdn in sorted({name for name, _ in metrics}):
        requests, sent = (series[cdn, metric] for metric in _CDN_METRICS)
        if not requests.points:
            missing.append(f"cdns.{cdn}: CloudWatch has no data of it")
            continue
        month = float(DAYS_PER_MONTH) / max(measured.covered, _age(requests, measured.now))
        figures = {
            "requests_per_month": requests.total * month,
            "data_gb_per_month": sent.total * month / _BYTES_PER_GB,
        }
        yield "cdns", cdn, figures


def _balancers(measured: Measured, missing: list[str]) -> Iterator[Figures]:
    environment, clients = measured.environment, measured.clients
    metrics: dict[tuple[str, str], Metric] = {}
    for name, balancer in environment.load_balancers.items():
        dimension = _dimension(balancer.physical_name, clients)
        if dimension is None:
            missing.append(f"load_balancers.{name}: it is not deployed")
            continue
        for metric in _BALANCER_METRICS:
            metrics[name, metric] = Metric("AWS/ApplicationELB", metric, (("LoadBalancer", dimension),))
    if not metrics:
        return
    series = read_metrics(metrics, clients, measured.now, measured.days)
    for name in sorted({name for name, _ in metrics}):
        own = {metric: series[name, metric] for metric in _BALANCER_METRICS}
        if any(found.points for found in own.values()):
            yield (
                "load_balancers",
                name,
                {"average_lcu": _capacity_units(own, measured.now, measured.covered)},
            )
        else:
            missing.append(f"load_balancers.{name}: CloudWatch has no data of it")


def _dimension(physical_name: str, clients: Clients) -> str | None:
    """`app/shop-prod-hooks/50dc6c495c0c9188`, the end of its ARN; None if it is not there."""
    client = clients.client("elbv2")
    with aws_errors(f"looking for load balancer {physical_name}", target=clients.target):
        try:
            found = client.describe_load_balancers(Names=[physical_name])["LoadBalancers"]
        except client.exceptions.LoadBalancerNotFoundException:
            return None
    return str(found[0]["LoadBalancerArn"]).partition("loadbalancer/")[2] if found else None


def _capacity_units(series: Mapping[str, Series], now: datetime, covered: float) -> float:
    """Units in use on average: the greatest of the four that AWS measures.

    They are averages over whole days, and AWS takes the greatest of each hour: at peaks it is more.
    """
    days = max(covered, *(_age(found, now) for found in series.values() if found.points))
    rules = series["RuleEvaluations"].total - _FREE_RULES * series["RequestCount"].total
    return max(
        series["NewConnectionCount"].total / (days * _SECONDS_PER_DAY) / _UNIT_CONNECTIONS_PER_SECOND,
        # A figure a minute, which the sum of a day adds up.
        series["ActiveConnectionCount"].total / (days * _MINUTES_PER_DAY) / _UNIT_OPEN_CONNECTIONS,
        series["ProcessedBytes"].total / _BYTES_PER_GB / (days * _HOURS_PER_DAY) / _UNIT_GB_PER_HOUR,
        rules / (days * _SECONDS_PER_DAY) / _UNIT_RULES_PER_SECOND,
    )


def _age(series: Series, now: datetime) -> float:
    """Days from the first one with data, and one at least."""
    return max(1.0, (now - series.points[0][0]) / timedelta(days=1))
