"""What the edge of a system needs of it, and what a CDN does to paths. Pure."""

from __future__ import annotations

import json

from platform_cli.blueprint.resolved import GLOBAL_REGION, ResolvedAssets, ResolvedEnvironment

LEAST_PRIORITY = 50_000
"""Priorities of the rules of a listener go from 1 to 50,000 (Elastic Load Balancing API, 2026-11)."""

_BAND = 380


def home_region(system: ResolvedEnvironment) -> str | None:
    """The region of the global stack; None where that is the system's own."""
    return None if system.region == GLOBAL_REGION else GLOBAL_REGION


def global_firewalls(system: ResolvedEnvironment) -> tuple[str, ...]:
    """The firewalls before CDNs."""
    return tuple(sorted({cdn.firewall for cdn in system.cdns.values() if cdn.firewall}))


def made_certificates(system: ResolvedEnvironment) -> tuple[str, ...]:
    """The CDNs whose certificate we make."""
    return tuple(
        name
        for name, cdn in sorted(system.cdns.items())
        if cdn.domain is not None and cdn.domain.certificate_arn is None
    )


def guarded_apis(system: ResolvedEnvironment) -> tuple[str, ...]:
    """The APIs that answer to a CDN alone."""
    behind = (api for cdn in system.cdns.values() for api in cdn.apis.values())
    return tuple(sorted({api.api for api in behind if api.guarded}))


def files_function(assets: ResolvedAssets) -> str:
    """Which file answers a path without an extension."""
    index = json.dumps(assets.index)
    found = f"'/' + {index}" if assets.single_page else f"uri + (uri.endsWith('/') ? '' : '/') + {index}"
    return (
        "function handler(event) {\n"
        "  var request = event.request;\n"
        "  var uri = request.uri;\n"
        "  if (uri.substring(uri.lastIndexOf('/') + 1).indexOf('.') < 0) {\n"
        f"    request.uri = {found};\n"
        "  }\n"
        "  return request;\n"
        "}\n"
    )


def api_function(prefix: str) -> str:
    """The path without the prefix."""
    return (
        "function handler(event) {\n"
        "  var request = event.request;\n"
        f"  request.uri = request.uri.substring({len(prefix)}) || '/';\n"
        "  return request;\n"
        "}\n"
    )


def priorities(patterns: list[str], digest: dict[str, int]) -> dict[str, int]:
    """A priority for each pattern of a listener: the longest literal beginning first.

    A priority is taken from the pattern alone, as far as no two get the same: a pattern that is added moves
    no other, where an update could meet a priority that is still taken.

    Args:
        patterns: All of the listener.
        digest: A number for each, made of it.
    """
    taken: dict[str, int] = {}
    for pattern in sorted(patterns):
        literal = min(len(pattern.split("*")[0].split("?")[0]) + (not set("*?") & set(pattern)), 129)
        band = LEAST_PRIORITY - (literal + 1) * _BAND
        place = digest[pattern] % _BAND
        while band + place in taken.values():
            place = (place + 1) % _BAND
        taken[pattern] = band + place
    return taken
