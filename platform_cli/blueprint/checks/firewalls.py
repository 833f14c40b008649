"""Firewalls: address blocks, and rules that are counted."""

from __future__ import annotations

import ipaddress
from typing import get_args

from platform_cli.blueprint.checks.addresses import check_cidr
from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.countries import KNOWN_COUNTRIES, MISTAKEN
from platform_cli.blueprint.model.apis import Firewall
from platform_cli.blueprint.resolved.firewalls import ManagedRules


def check_firewalls(context: Context) -> None:
    """The blocks of firewalls, and what they do."""
    for name, firewall in context.blueprint.firewalls.items():
        _check_blocks(context, name, firewall)
        _check_countries(context, name, firewall)
        rules = _rules(firewall)
        for index, rule in enumerate(firewall.count):
            if rule not in rules:
                key = "managed" if rule in get_args(ManagedRules) else "rate_limit_per_5_minutes"
                context.report(
                    "count-without-rule",
                    f"firewall {name} counts {rule}, and has no such rule",
                    ("firewalls", name, "count", index),
                    hint=f"add it under `{rule if rule in ('block_ips', 'blocked_countries') else key}`, "
                    "or leave it out here",
                )
        if not rules and context.is_sound("firewalls", name):
            context.report(
                "firewall-does-nothing",
                f"firewall {name} has no rule that blocks anything",
                ("firewalls", name),
                key=True,
                hint="write managed: [core, known_bad_inputs, ip_reputation]",
            )


def _check_blocks(context: Context, name: str, firewall: Firewall) -> None:
    for key in ("allow_ips", "block_ips"):
        for index, block in enumerate(getattr(firewall, key)):
            place = ("firewalls", name, key, index)
            verb = "lets pass" if key == "allow_ips" else "blocks"
            if not check_cidr(context, block, place, f"firewall {name} {verb}"):
                continue
            if ipaddress.ip_network(block).prefixlen == 0:
                context.report(
                    "invalid-cidr",
                    f"firewall {name} {verb} {block}, and the address sets of AWS WAF take no block of all "
                    "addresses",
                    place,
                    hint="a firewall lets pass what no rule blocks; name smaller blocks",
                )


def _check_countries(context: Context, name: str, firewall: Firewall) -> None:
    for index, country in enumerate(firewall.blocked_countries):
        if country not in KNOWN_COUNTRIES:
            meant = MISTAKEN.get(country)
            context.report(
                "unknown-country",
                f"firewall {name} blocks {country}, which is no country that AWS WAF knows",
                ("firewalls", name, "blocked_countries", index),
                hint=f'did you mean "{meant}"?'
                if meant
                else "countries have codes of ISO 3166, such as DE or GB",
            )


def _rules(firewall: Firewall) -> set[str]:
    """What the firewall can block, by the names that `count` uses."""
    present = {
        "rate_limit": firewall.rate_limit_per_5_minutes is not None,
        "blocked_countries": bool(firewall.blocked_countries),
        "block_ips": bool(firewall.block_ips),
        "sql_injection": firewall.sql_injection is not None,
        "cross_site_scripting": firewall.cross_site_scripting is not None,
    }
    return {rule for rule, there in present.items() if there} | set(firewall.managed)
