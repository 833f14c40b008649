"""What the edge of a system needs of it, and what a CDN does to paths. Pure."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence

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


UNCHANGED = "function handler(event) {\n  var request = event.request;\n  return request;\n}\n"
"""A function that leaves the path as it is."""

_ADMITTED = """\
function admitted(ip) {
  var groups;
  if (ip.indexOf(':') < 0) {
    var bytes = ip.split('.').map(Number);
    groups = [bytes[0] * 256 + bytes[1], bytes[2] * 256 + bytes[3]];
  } else {
    var halves = ip.split('::');
    var head = halves[0] ? halves[0].split(':') : [];
    var tail = halves.length > 1 && halves[1] ? halves[1].split(':') : [];
    while (head.length + tail.length < 8) { head.push('0'); }
    groups = head.concat(tail).map(function (group) { return parseInt(group, 16); });
  }
  return ALLOWED.some(function (block) {
    if (block[0].length !== groups.length) { return false; }
    for (var i = 0, left = block[1]; left > 0; i++, left -= 16) {
      var shift = left < 16 ? 16 - left : 0;
      if ((groups[i] >> shift) !== (block[0][i] >> shift)) { return false; }
    }
    return true;
  });
}
"""


def only_from(code: str, allowed_ips: Sequence[str]) -> str:
    """A function that refuses callers of other addresses, and else does what it did.

    CloudFront has no list of its own, a web ACL costs by the month and is one for several CDNs; a function
    runs at every request, before the cache.
    """
    if not allowed_ips:
        return code
    blocks = [_block(text) for text in sorted(set(allowed_ips))]
    head, begin, rest = code.partition("function handler(event) {\n")
    refusal = "{ statusCode: 403, statusDescription: 'Forbidden' }"
    return (
        f"var ALLOWED = {json.dumps(blocks, separators=(',', ':'))};\n{_ADMITTED}{head}{begin}"
        f"  if (!admitted(event.viewer.ip)) {{ return {refusal}; }}\n{rest}"
    )


def _block(text: str) -> tuple[list[int], int]:
    """A block as groups of sixteen bits, and how many bits of them count."""
    block = ipaddress.ip_network(text)
    packed = block.network_address.packed
    groups = [packed[at] * 256 + packed[at + 1] for at in range(0, len(packed), 2)]
    return groups, block.prefixlen


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
