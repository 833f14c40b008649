"""What stands in a network: whether it fits there, and whether a function reaches what it must."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from platform_cli.blueprint.access_lines import parse_access
from platform_cli.blueprint.checks.addresses import check_cidr
from platform_cli.blueprint.checks.context import SINGULAR, Context
from platform_cli.blueprint.model.network import Endpoint, ExternalHost, ExternalNetwork, Network
from platform_cli.blueprint.model.services import Function
from platform_cli.blueprint.nodes import Path
from platform_cli.blueprint.prefix_lists import GATEWAY_ENDPOINTS, prefix_list
from platform_cli.blueprint.reach import services_called, ways_to

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
    """Functions in a network without a way to what their `access` names, or with a wider one than that."""
    wide: dict[str, tuple[set[str], set[str]]] = {}
    for service, _, name, function, path in context.functions():
        if function.network is None or not context.is_sound("networks", function.network):
            continue
        address, network = f"{service}.{name}", context.blueprint.networks.get(function.network)
        external = context.blueprint.external.networks.get(function.network)
        # What an external network leads to is not known here.
        if network is not None and not network.nat_gateways:
            _check_closed(context, address, service, function, network, path)
        elif reasons := _wide(context, service, address, function, network or external):
            functions, named = wide.setdefault(function.network, (set(), set()))
            functions.add(address)
            named |= reasons
    for name, (functions, named) in sorted(wide.items()):
        _report_wide(context, name, sorted(functions), sorted(named))


def check_endpoints(context: Context) -> None:
    """Endpoints of networks that exist already, and addresses of hosts."""
    for name, network in context.blueprint.external.networks.items():
        interfaces = sorted(set(network.endpoints) - GATEWAY_ENDPOINTS)
        if interfaces and not network.endpoint_security_group_ids:
            context.report(
                "endpoints-without-group",
                f"network {name} has endpoints of {', '.join(interfaces)}, and no security group of theirs",
                ("external", "networks", name, "endpoints"),
                hint="write `endpoint_security_group_ids`: functions are let out to these groups alone",
            )
    for name, host in context.blueprint.external.hosts.items():
        for index, block in enumerate(host.addresses):
            place = ("external", "hosts", name, "addresses", index)
            check_cidr(context, block, place, f"host {name} answers from")


def _check_closed(
    context: Context, address: str, service: str, function: Function, network: Network, path: Path
) -> None:
    for key, kind, thing, endpoint in _calls(function, service):
        if endpoint in network.endpoints:
            continue
        context.report(
            "unreachable-service",
            f"function {address} uses {SINGULAR[kind]} {thing}, and network {function.network} "
            f"leads neither to the internet nor to {endpoint}",
            (*path, "access", key),
            key=True,
            hint=_way(endpoint, function.network or "", network),
        )
    for index, permission in enumerate(function.permissions):
        called = services_called((), permission.actions, rotates=False) - {*network.endpoints, "*"}
        for endpoint in sorted(called):
            context.report(
                "unreachable-permission",
                f"function {address} may call {endpoint}, and network {function.network} leads neither to "
                "the internet nor there",
                (*path, "permissions", index, "actions"),
                hint=_way(endpoint, function.network or "", network),
            )
    for key, host in _hosts(context, function, service):
        if not host.addresses:
            context.report(
                "unreachable-host",
                f"function {address} calls {host.name}, and network {function.network} does not lead to the "
                "internet",
                (*path, "access", key),
                key=True,
                hint=f"write `nat_gateways: 1` for network {function.network}, or the host's `addresses`, if "
                "they are reached otherwise",
            )


def _wide(
    context: Context,
    service: str,
    address: str,
    function: Function,
    network: Network | ExternalNetwork | None,
) -> set[str]:
    """For what a function may open connections to any address."""
    if network is None:
        return set()
    lines = [
        (target.kind, line.verb)
        for key, line in function.access.items()
        if (target := parse_access(key, service))
    ]
    actions = [action for permission in function.permissions for action in permission.actions]
    secrets = context.blueprint.secrets.values()
    rotates = any(secret.rotation and secret.rotation.function == address for secret in secrets)
    ways = ways_to(services_called(lines, actions, rotates=rotates), network.endpoints)
    unlisted = {one for one in ways.gateways if not all(_lists(context, one, network.prefix_lists))}
    named = {host.name for _, host in _hosts(context, function, service) if not host.addresses}
    return {*ways.beyond, *unlisted, *named}


def _lists(context: Context, service: str, said: Mapping[Any, str]) -> Iterator[str | None]:
    environments = context.blueprint.environments
    for name, environment in environments.items():
        if environment.region is not None and context.environment in (None, name):
            yield prefix_list(environment.region, service, said)


def _report_wide(context: Context, name: str, functions: Sequence[str], named: Sequence[str]) -> None:
    section = ("networks", name)
    network = context.blueprint.networks.get(name)
    path: Path = section if network is not None else ("external", *section)
    missing = [one for one in named if one in _ENDPOINTS]
    who = f"function {functions[0]}" if len(functions) == 1 else f"{len(functions)} functions"
    hint = "name the `addresses` of hosts under `external`, where they stay the same"
    if missing:
        there = network or context.blueprint.external.networks[name]
        endpoints = ", ".join(sorted({*there.endpoints, *missing}))
        lists = [one for one in missing if one in there.endpoints]
        hint = f"write `endpoints: [{endpoints}]` for network {name}, if that is worth its price"
        if lists:
            hint = (
                f"write `prefix_lists: {{ {lists[0]}: … }}` for network {name}: aws ec2 describe-prefix-lists"
            )
    context.report(
        "open-egress",
        f"{who} in network {name} may open connections to any address, for the sake of {', '.join(named)}",
        path,
        key=True,
        hint=hint,
    )


def _hosts(context: Context, function: Function, service: str) -> Iterator[tuple[str, ExternalHost]]:
    for key in function.access:
        target = parse_access(key, service)
        if target is not None and target.kind == "hosts":
            host = context.blueprint.external.hosts.get(target.name)
            if host is not None:
                yield key, host


def _calls(function: Function, service: str) -> Iterator[tuple[str, str, str, str]]:
    """Lines of access that mean calls to an AWS service: the line, kind, name, and the service's endpoint."""
    for key, line in function.access.items():
        target = parse_access(key, service)
        if target is None:
            continue
        for endpoint in services_called([(target.kind, line.verb)], (), rotates=False):
            yield key, target.kind, target.name, endpoint


def _way(endpoint: str, name: str, network: Network) -> str:
    if endpoint not in _ENDPOINTS:
        return f"write `nat_gateways: 1` for network {name}, or take the function out of it"
    endpoints = ", ".join(sorted({*network.endpoints, endpoint}))
    return f"write `endpoints: [{endpoints}]` for network {name}, or give it a NAT gateway"
