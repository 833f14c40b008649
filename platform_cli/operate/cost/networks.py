"""What stands in a network: NAT gateways, endpoints, databases, caches."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.operate.cost.demand import Demand, exact
from platform_cli.operate.cost.quantities import Quantity, sole_user
from platform_cli.operate.cost.schedules import HOURS_PER_MONTH

_GATEWAY_ENDPOINTS = ("dynamodb", "s3")
"""Endpoints of the kind that costs nothing."""
_LEAST_PROXY_ACU = Decimal(8)
"""What a proxy is billed as before a smaller database (RDS Proxy's pricing page, see `rds.proxy`)."""


def networks(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """NAT gateways and interface endpoints of networks of ours."""
    for network in environment.networks.values():
        if network.external:
            continue
        path = f"networks.{network.name}"
        hours = network.nat_gateways * HOURS_PER_MONTH
        what = "NAT gateway" if network.nat_gateways == 1 else f"{network.nat_gateways} NAT gateways"
        yield Quantity("nat.hours", hours, "fixed", path, what)
        yield Quantity("vpc.public-ipv4", hours, "fixed", path, "public addresses of NAT gateways")
        interfaces = [e for e in network.endpoints if e not in _GATEWAY_ENDPOINTS]
        hours = len(interfaces) * network.availability_zones * HOURS_PER_MONTH
        what = f"endpoints for {', '.join(interfaces)}"
        yield Quantity("vpc.endpoint-hours", hours, "fixed", path, what)
        for field, price, what, present in (
            ("nat_gb_per_month", "nat.data", "data through NAT gateways", network.nat_gateways),
            ("endpoint_gb_per_month", "vpc.endpoint-data", "data through endpoints", interfaces),
        ):
            said = demand.said("networks", network.name, field)
            if present and said is None:
                demand.assume(f"networks.{network.name}: {what} are not counted, `usage` says no `{field}`")
            yield Quantity(price, said or Decimal(0), "variable", path, what)
        if network.flow_logs:
            demand.assume(f"flow logs of networks.{network.name} are not counted")


def databases(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:
    """Aurora Serverless: capacity, storage, I/O."""
    for database in environment.databases.values():
        path = f"databases.{database.name}"
        service = sole_user(environment, "databases", database.name)
        least, most = exact(database.min_acu), exact(database.max_acu)
        instances = 1 + database.readers
        hours = HOURS_PER_MONTH * instances
        what = f"capacity, at least {least.normalize():f} ACU"
        yield Quantity("aurora.capacity", least * hours, "fixed", path, what, service)
        average = demand.said("databases", database.name, "average_acu")
        if average is None:
            demand.assume(f"databases.{database.name} stays at its minimum of {least.normalize():f} ACU")
            average = least
        more = (min(max(average, least), most) - least) * hours
        yield Quantity("aurora.capacity", more, "variable", path, "capacity above the minimum", service)
        if database.proxy:
            billed = max(least * instances, _LEAST_PROXY_ACU)
            what = f"proxy, as of {billed.normalize():f} ACU"
            yield Quantity("rds.proxy", billed * HOURS_PER_MONTH, "fixed", path, what, service)
        gigabytes = demand.storage_gb("databases", database.name)
        yield Quantity("aurora.storage", gigabytes, "fixed", path, "storage", service)
        calls = demand.said("databases", database.name, "requests_per_month")
        if calls is None:
            demand.assume(f"I/O of databases.{database.name} is not counted, `usage` says nothing of it")
        yield Quantity("aurora.requests", calls or Decimal(0), "variable", path, "I/O requests", service)


def caches(environment: ResolvedEnvironment, demand: Demand) -> Iterator[Quantity]:  # noqa: ARG001
    """Nodes of ElastiCache; with several zones there are two."""
    for cache in environment.caches.values():
        nodes = 2 if cache.multi_az else 1
        price = f"elasticache.{cache.engine}.{cache.node_type}"
        what = f"{nodes} × {cache.node_type}"
        service = sole_user(environment, "caches", cache.name)
        yield Quantity(price, nodes * HOURS_PER_MONTH, "fixed", f"caches.{cache.name}", what, service)
