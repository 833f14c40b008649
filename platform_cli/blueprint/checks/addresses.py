"""Blocks of IP addresses."""

from __future__ import annotations

import ipaddress

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.nodes import Path
from platform_cli.blueprint.regions import zones_of

_VPC_PREFIXES = range(16, 29)
"""A VPC has a block between /16 and /28 (VPC user guide, 2026-11)."""


def check_cidr(context: Context, block: str, path: Path, what: str) -> bool:
    """Report a text that is no block of addresses; returns whether it is one."""
    try:
        ipaddress.ip_network(block)
    except ValueError:
        context.report(
            "invalid-cidr", f'{what} "{block}", which is no block of addresses', path, hint=_hint(block)
        )
        return False
    if "/" not in block:
        context.report(
            "invalid-cidr",
            f'{what} "{block}", which does not say how large the block is',
            path,
            hint=_hint(block),
        )
        return False
    return True


def _hint(block: str) -> str:
    try:
        return f"write {ipaddress.ip_network(block, strict=False)}"
    except ValueError:
        return "a block is written like 10.0.0.0/16"


def check_networks(context: Context) -> None:
    """The blocks of networks, and how they fit their zones and these the region."""
    for name, network in context.blueprint.networks.items():
        path = ("networks", name, "cidr")
        if check_cidr(context, network.cidr, path, f"network {name} has"):
            block = ipaddress.ip_network(network.cidr)
            if block.version != 4 or block.prefixlen not in _VPC_PREFIXES:
                context.report(
                    "invalid-cidr",
                    f"network {name} has {network.cidr}, and AWS takes IPv4 blocks from /16 to /28",
                    path,
                    hint="write 10.0.0.0/16",
                )
        if network.nat_gateways > network.availability_zones:
            context.report(
                "too-many-nat-gateways",
                f"network {name} has {network.nat_gateways} NAT gateways in "
                f"{network.availability_zones} zones",
                ("networks", name, "nat_gateways"),
                hint=f"write nat_gateways: {network.availability_zones} or less",
            )
        _check_zones(context, name, network.availability_zones)


def _check_zones(context: Context, name: str, zones: int) -> None:
    for environment in context.environments():
        model = context.blueprint.environments[environment]
        there = zones_of(model.region) if model.target == "aws" and model.region is not None else None
        if there is not None and zones > there:
            context.report(
                "too-many-zones",
                f"network {name} has {zones} zones, and {model.region}, where environment {environment} is, "
                f"has {there}",
                ("networks", name, "availability_zones"),
                hint=f"write availability_zones: {there} or less",
            )
            return


def check_placement(context: Context) -> None:
    """Functions stand in the network of the databases and caches that they connect to."""
    blueprint = context.blueprint
    for service, _, name, function, path in context.functions():
        for section, word, things in (
            ("databases", "database", blueprint.databases),
            ("caches", "cache", blueprint.caches),
        ):
            for thing_name, thing in things.items():
                key = f"{section}.{thing_name}"
                if key in function.access and function.network != thing.network:
                    where = f"in network {function.network}" if function.network else "in no network"
                    context.report(
                        "not-in-network",
                        f"function {service}.{name} connects to {word} {thing_name}, which stands in network "
                        f"{thing.network}, and itself stands {where}",
                        (*path, "access", key),
                        key=True,
                        hint=f"write `network: {thing.network}` for the function",
                    )
