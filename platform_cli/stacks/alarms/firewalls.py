"""Alarms on firewalls."""

from __future__ import annotations

from platform_cli.stacks.alarms.rule import AlarmRule, Measure

_ALL = (("Rule", "ALL"),)


def _blocked(dimensions: tuple[str, ...]) -> AlarmRule:
    return AlarmRule(
        "firewalls.blocked",
        "AWS/WAFV2",
        (Measure("blocked", "BlockedRequests", "Sum", dimensions, _ALL),),
        None,
        100,
        "requests in a period",
        "warning",
        "the firewall turns away many requests: an attack, or a rule that is too strict",
        "AWS sends the metric only while something is blocked",
    )


FIREWALLS = (_blocked(("Region", "WebACL")),)
# Of CloudFront's scope: AWS WAF sends them without `Region`, and to us-east-1 alone.
CDN_FIREWALLS = (_blocked(("WebACL",)),)
