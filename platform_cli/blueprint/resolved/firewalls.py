"""Firewalls in one environment."""

from __future__ import annotations

from typing import Literal

from platform_cli.blueprint.resolved.base import Resolved

ManagedRules = Literal[
    "core",
    "known_bad_inputs",
    "sql_injection",
    "linux",
    "ip_reputation",
    "anonymous_ip",
]


class ResolvedFirewall(Resolved):
    """A web ACL of AWS WAF.

    `sql_injection` and `cross_site_scripting` are None where the rule is not wanted, `count` where
    matches are only counted.
    """

    name: str
    physical_name: str
    rate_limit_per_5_minutes: int | None
    """Requests from one address within five minutes before it is blocked."""
    sql_injection: Literal["block", "count"] | None
    cross_site_scripting: Literal["block", "count"] | None
    managed: tuple[ManagedRules, ...]
    """AWS's own groups of rules."""
    blocked_countries: tuple[str, ...]
    """ISO 3166 codes of two letters."""
    allow_ips: tuple[str, ...]
    """CIDR blocks that pass without any other rule."""
    block_ips: tuple[str, ...]
