"""The usage profile names what the system has."""

from __future__ import annotations

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.findings import nearest_hint

_SECTIONS = (
    "buckets",
    "buses",
    "databases",
    "identity",
    "networks",
    "queues",
    "streams",
    "tables",
    "topics",
)


def check_profile(context: Context) -> None:
    """Figures are of functions and things that exist."""
    usage = context.blueprint.usage
    addresses = context.function_addresses()
    for address in usage.functions:
        if address not in addresses:
            context.report(
                "unknown-function",
                f'the usage profile names function "{address}", which is not declared',
                ("usage", "functions", address),
                key=True,
                hint=nearest_hint(address, addresses, otherwise="write service.function"),
            )
    for section in _SECTIONS:
        for name in getattr(usage, section):
            context.require(section, name, ("usage", section, name), "the usage profile names", key=True)
