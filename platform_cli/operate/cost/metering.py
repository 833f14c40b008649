"""What AWS meters, part by part, without any price.

In: a resolved environment and the demand on it. Out: quantities, each with the id of its price, the part
of the blueprint that causes it and the service that it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.operate.cost import compute, custom_metrics, edge, entrances, messages, networks, stores
from platform_cli.operate.cost.demand import Demand
from platform_cli.operate.cost.quantities import Quantity

Meter = Callable[[ResolvedEnvironment, Demand], Iterator[Quantity]]

METERS: tuple[Meter, ...] = (
    compute.functions,
    compute.snapshots,
    entrances.apis,
    entrances.firewalls,
    entrances.pools,
    edge.cdns,
    edge.load_balancers,
    edge.guards,
    edge.hosted_zones,
    stores.tables,
    stores.buckets,
    stores.secrets,
    stores.settings,
    stores.keys,
    stores.backups,
    stores.flags,
    messages.queues,
    messages.topics,
    messages.buses,
    messages.streams,
    networks.networks,
    networks.databases,
    networks.caches,
    messages.applications,
    compute.dashboards,
    custom_metrics.custom_metrics,
)


def quantities_of(environment: ResolvedEnvironment, demand: Demand) -> tuple[Quantity, ...]:
    """All that AWS meters; quantities of nothing are left out."""
    found = (quantity for meter in METERS for quantity in meter(environment, demand))
    return tuple(quantity for quantity in found if quantity.units > 0)
