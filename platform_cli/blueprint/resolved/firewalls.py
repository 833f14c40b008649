"""Firewalls in one environment."""

from __future__ import annotations

from typing import Literal

from platform_cli.blueprint.resolved.base import Resolved

ManagedRules = Literal[
    "core",
    "known_bad_inputs",
    "sql_injection",
    "linux",
    "unix",
    "admin_protection",
    "ip_reputation",
    "anonymous_ip",
    "bot_control",
]
CountedRule = ManagedRules | Literal["rate_limit", "blocked_countries", "block_ips"]


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
    mode: Literal["block", "count"] = "block"
    """`count`: no rule blocks."""
    count: tuple[CountedRule, ...] = ()
    """Rules that only count."""
    log_retention_days: int = 30
