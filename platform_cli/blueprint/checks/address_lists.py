"""Who may call by where the call comes from: lists that hold in every environment, or for nobody."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.nodes import Path

_Block = ipaddress.IPv4Network | ipaddress.IPv6Network
_NOT_OF_THE_INTERNET = tuple(
    ipaddress.ip_network(block)
    for block in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
"""Addresses that no call from the internet has (RFC 1918, 6598, 1122, 3927, 4193, 4291)."""

_ENOUGH_ENVIRONMENTS = 2


def check_address_lists(context: Context) -> None:
    """Blocks that admit everybody, or that nobody calls from."""
    for what, path, blocks in _lists(context.blueprint):
        for index, text in enumerate(blocks):
            block = _parse(text)
            if block is None:
                continue
            if block.prefixlen == 0 and path[-1] == "allowed_ips":
                context.report(
                    "admits-everybody",
                    f"{what} {text}, which is every address",
                    (*path, index),
                    hint=f"leave `{path[-1]}` out, or name who may call",
                )
            elif block.prefixlen and any(_within(block, closed) for closed in _NOT_OF_THE_INTERNET):
                context.report(
                    "private-addresses",
                    f"{what} {text}, and no call from the internet comes from there",
                    (*path, index),
                    hint="name the public addresses that the callers have outside of their network",
                )


def check_fixed_addresses(contexts: Sequence[Context]) -> None:
    """Lists of who is trusted that are the same in all environments on AWS.

    What is blocked is bad everywhere, so that those lists may well be the same.
    """
    base = contexts[0]
    on_aws = [name for name, e in base.blueprint.environments.items() if e.target == "aws"]
    if len(on_aws) < _ENOUGH_ENVIRONMENTS:
        return
    variants = [_trusted(context.blueprint) for context in contexts[1:] if context.environment in on_aws]
    for path, (what, blocks) in _trusted(base.blueprint).items():
        there = (variant.get(path, (what, blocks)) for variant in variants)
        if blocks and base.is_sound(*path) and all(found == (what, blocks) for found in there):
            base.report(
                "fixed-addresses",
                f"{what} the same addresses in {', '.join(on_aws[:-1])} and {on_aws[-1]}",
                path,
                key=True,
                hint=f"write {'.'.join(map(str, path))} in the `overrides` of each environment",
            )


def _trusted(blueprint: Blueprint) -> dict[Path, tuple[str, tuple[str, ...]]]:
    lists = _lists(blueprint)
    return {path: (what, tuple(sorted(blocks))) for what, path, blocks in lists if path[-1] != "block_ips"}


def _lists(blueprint: Blueprint) -> Iterator[tuple[str, Path, Sequence[str]]]:
    for name, api in blueprint.apis.items():
        yield f"API {name} allows", ("apis", name, "allowed_ips"), api.allowed_ips
    for name, cdn in blueprint.cdns.items():
        yield f"CDN {name} allows", ("cdns", name, "allowed_ips"), cdn.allowed_ips
    for name, balancer in blueprint.load_balancers.items():
        yield f"load balancer {name} allows", ("load_balancers", name, "allowed_ips"), balancer.allowed_ips
    for name, firewall in blueprint.firewalls.items():
        yield f"firewall {name} lets pass", ("firewalls", name, "allow_ips"), firewall.allow_ips
        yield f"firewall {name} blocks", ("firewalls", name, "block_ips"), firewall.block_ips


def _parse(text: str) -> _Block | None:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        return None


def _within(block: _Block, closed: _Block) -> bool:
    if isinstance(block, ipaddress.IPv4Network) and isinstance(closed, ipaddress.IPv4Network):
        return block.subnet_of(closed)
    if isinstance(block, ipaddress.IPv6Network) and isinstance(closed, ipaddress.IPv6Network):
        return block.subnet_of(closed)
    return False
