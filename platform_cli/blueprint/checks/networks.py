"""What stands in a network: whether it fits there, and whether a function reaches what it must."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from platform_cli.blueprint.access import KINDS
from platform_cli.blueprint.access_lines import parse_access
from platform_cli.blueprint.checks.context import SINGULAR, Context
from platform_cli.blueprint.model.network import Endpoint, Network
from platform_cli.blueprint.model.services import Function
from platform_cli.blueprint.nodes import Path

_ENDPOINTS = frozenset(Endpoint.__args__)  # type: ignore[attr-defined]
_LARGEST_PREFIX = 24
"""Each subnet has a sixteenth of the network, and AWS takes subnets down to /28 (VPC user guide, 2026-11)."""

_ZONES_OF_DATABASES = 2
"""A subnet group of RDS covers two zones at least (RDS user guide, 2026-11)."""


def check_network_sizes(context: Context) -> None:
    """Networks that are too small to be divided."""
    for name, network in context.blueprint.networks.items():
        try:
            block = ipaddress.ip_network(network.cidr)
        except ValueError:
            continue
        if block.version == 4 and _LARGEST_PREFIX < block.prefixlen <= 28:
            context.report(
                "network-too-small",
                f"network {name} has {network.cidr}, and its subnets, a sixteenth each, would be smaller "
                "than AWS takes",
                ("networks", name, "cidr"),
                hint=f"write a block of /{_LARGEST_PREFIX} or larger, such as 10.0.0.0/16",
            )


def check_homes(context: Context) -> None:
    """Networks that cannot hold what is placed in them."""
    blueprint = context.blueprint
    for name, database in blueprint.databases.items():
        what = f"database {name}"
        path: Path = ("databases", name, "network")
        check_zones(context, database.network, path, what, _ZONES_OF_DATABASES)
        check_subnets(context, database.network, path, what)
    for name, cache in blueprint.caches.items():
        what, path = f"cache {name}", ("caches", name, "network")
        if cache.multi_az:
            check_zones(context, cache.network, path, f"{what} with multi_az", _ZONES_OF_DATABASES)
        check_subnets(context, cache.network, path, what)
    for service, _, name, function, place in context.functions():
        if function.network is not None:
            check_subnets(context, function.network, (*place, "network"), f"function {service}.{name}")


def check_zones(
    context: Context, network: str, path: Path, what: str, zones: int, *, public: bool = False
) -> None:
    """A network with fewer zones than what stands in it needs; `public`: of public subnets."""
    ours, external = context.blueprint.networks.get(network), context.blueprint.external.networks.get(network)
    key = "availability_zones"
    there = ours.availability_zones if ours is not None else None
    if ours is None and external is not None:
        key = "public_subnet_ids" if public else "subnet_ids"
        there = len(external.public_subnet_ids if public else external.subnet_ids) or None
    if there is None or there >= zones:
        return
    context.report(
        "too-few-zones",
        f"{what} needs {zones} availability zones, and network {network} has {there}",
        path,
        hint=f"write `{key}` with {zones} or more for the network",
    )


def check_subnets(context: Context, network: str, path: Path, what: str) -> None:
    """An external network of which no subnet is named."""
    external = context.blueprint.external.networks.get(network)
    if external is not None and not external.subnet_ids:
        context.report(
            "network-without-subnets",
            f"{what} stands in network {network}, of which no subnet is named",
            path,
            hint=f"list private subnets as `subnet_ids` of external network {network}",
        )


def check_reach(context: Context) -> None:
    """Functions in a network without a way to what their `access` names."""
    for service, _, name, function, path in context.functions():
        network = context.blueprint.networks.get(function.network or "")
        # What an external network leads to is not known here.
        if (
            network is None
            or network.nat_gateways
            or not context.is_sound("networks", function.network or "")
        ):
            continue
        for key, kind, thing, endpoint in _calls(function, service):
            if endpoint in network.endpoints:
                continue
            context.report(
                "unreachable-service",
                f"function {service}.{name} uses {SINGULAR[kind]} {thing}, and network {function.network} "
                f"leads neither to the internet nor to {endpoint}",
                (*path, "access", key),
                key=True,
                hint=_way(endpoint, function.network or "", network),
            )


def _calls(function: Function, service: str) -> Iterator[tuple[str, str, str, str]]:
    """Lines of access that mean calls to an AWS service: the line, kind, name, and the service's endpoint."""
    for key in function.access:
        target = parse_access(key, service)
        kind = KINDS.get(target.kind) if target is not None else None
        if target is not None and kind is not None and kind.endpoint is not None:
            yield key, target.kind, target.name, kind.endpoint


def _way(endpoint: str, name: str, network: Network) -> str:
    if endpoint not in _ENDPOINTS:
        return f"write `nat_gateways: 1` for network {name}, or take the function out of it"
    endpoints = ", ".join(sorted({*network.endpoints, endpoint}))
    return f"write `endpoints: [{endpoints}]` for network {name}, or give it a NAT gateway"
