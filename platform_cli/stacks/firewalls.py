"""What firewalls are called: their web ACLs, and the metrics of these. Pure."""

from __future__ import annotations

from platform_cli.blueprint.resolved import ResolvedFirewall

WHOLE = "all"
"""What the metrics of a whole web ACL are called after, beside those of its rules."""


def before_cdns(firewall: ResolvedFirewall) -> ResolvedFirewall:
    """The same firewall in CloudFront's scope; in us-east-1 there may be both, under two names."""
    return firewall.model_copy(update={"physical_name": f"{firewall.physical_name}-cdn"})


def metric_name(firewall: ResolvedFirewall, name: str = WHOLE) -> str:
    """What the metrics of a rule, or of the whole firewall, are called: the value of their dimension."""
    return f"{firewall.physical_name}-{name}"
