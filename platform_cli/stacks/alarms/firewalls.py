"""Alarms on firewalls."""

from __future__ import annotations

from platform_cli.stacks.alarms.rule import AlarmRule, Measure

FIREWALLS = (
    AlarmRule(
        "firewalls.blocked",
        "AWS/WAFV2",
        # Before an API; a firewall of CloudFront has no `Region`, and sends to us-east-1 only.
        (Measure("blocked", "BlockedRequests", "Sum", ("Region", "WebACL"), (("Rule", "ALL"),)),),
        None,
        100,
        "requests in a period",
        "warning",
        "the firewall turns away many requests: an attack, or a rule that is too strict",
        "AWS sends the metric only while something is blocked",
    ),
)
