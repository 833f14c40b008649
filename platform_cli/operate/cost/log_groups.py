"""The log groups of an environment, and the part of the blueprint that each is of.

In: a resolved environment and clients. Out: the groups that bear its names, whoever made them: those of
functions, APIs, networks, databases, firewalls and stream applications, and any other. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedEnvironment

_BYTES_PER_GB = 1024**3
_DAY_MILLISECONDS = 86_400_000
_GLOBAL_REGION = "us-east-1"
"""Where firewalls of CDNs write."""
_FIREWALLS = "aws-waf-logs-"
"""What WAF wants its log groups to begin with."""


@dataclass(frozen=True)
class LogGroup:
    """A log group of the environment.

    Attributes:
        name: `/aws/lambda/shop-prod-orders-create`.
        stored_gb: Gigabytes kept.
        retention_days: None keeps for ever.
        age_days: Since it was made.
    """

    name: str
    stored_gb: float
    retention_days: int | None
    age_days: float


@dataclass(frozen=True)
class Writer:
    """What writes into a log group.

    Attributes:
        path: In the blueprint.
        days: How long the blueprint keeps it.
    """

    path: tuple[str, ...]
    days: int


def read_log_groups(environment: ResolvedEnvironment, clients: Clients, now: datetime) -> Iterator[LogGroup]:
    """The log groups that bear the environment's names; those of CDNs' firewalls are in us-east-1.

    Raises:
        PlatformError: AWS refuses or does not answer.
    """
    yield from _read(environment, clients, now)
    if environment.cdns and clients.target.region != _GLOBAL_REGION:
        yield from _read(environment, clients.elsewhere(_GLOBAL_REGION), now)


def writers_of(environment: ResolvedEnvironment) -> Mapping[str, Writer]:
    """What the blueprint lets write into which log group, by the group's name."""
    found = {
        f"/aws/lambda/{f.physical_name}": Writer(
            ("services", f.service, "functions", f.name), f.log_retention_days
        )
        for f in environment.functions
    }
    for api in environment.apis.values():
        found[Names.access_log(api.physical_name)] = Writer(("apis", api.name), api.access_log_retention_days)
    for network in environment.networks.values():
        if network.flow_logs and not network.external:
            writer = Writer(("networks", network.name), network.log_retention_days)
            found[f"/aws/vpc/{network.physical_name}"] = writer
    for database in environment.databases.values():
        writer = Writer(("databases", database.name), database.log_retention_days)
        found[f"/aws/rds/cluster/{database.physical_name}/postgresql"] = writer
        if database.proxy:
            found[f"/aws/rds/proxy/{database.physical_name}"] = writer
    for firewall in environment.firewalls.values():
        writer = Writer(("firewalls", firewall.name), firewall.log_retention_days)
        for suffix in ("", "-cdn"):
            found[f"{_FIREWALLS}{firewall.physical_name}{suffix}"] = writer
    for application in environment.analytics.values():
        found[f"/aws/kinesis-analytics/{application.physical_name}"] = Writer(
            ("analytics", application.name), application.log_retention_days
        )
    return found


def _read(environment: ResolvedEnvironment, clients: Clients, now: datetime) -> Iterator[LogGroup]:
    start = f"{environment.system}-{environment.environment}-"
    request: dict[str, Any] = {"logGroupNamePattern": start}
    while True:
        with aws_errors("reading the log groups", target=clients.target):
            page = clients.client("logs").describe_log_groups(**request)
        for group in page["logGroups"]:
            if not _bears(group["logGroupName"], start):
                continue
            age = (now.timestamp() * 1000 - group["creationTime"]) / _DAY_MILLISECONDS
            stored = group.get("storedBytes", 0) / _BYTES_PER_GB
            yield LogGroup(group["logGroupName"], stored, group.get("retentionInDays"), age)
        if not page.get("nextToken"):
            return
        request["nextToken"] = page["nextToken"]


def _bears(name: str, start: str) -> bool:
    """Whether a part of a name begins so; `/aws/lambda/my-shop-prod-x` is of another system than `shop`."""
    return any(part.startswith(start) for part in name.removeprefix(_FIREWALLS).split("/"))
