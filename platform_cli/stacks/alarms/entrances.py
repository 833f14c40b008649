"""Alarms of what stands before APIs and functions: firewalls, CDNs, load balancers, and certificates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from platform_cli.blueprint.naming import pattern_word
from platform_cli.blueprint.resolved import (
    ResolvedCdn,
    ResolvedDomain,
    ResolvedEnvironment,
    ResolvedFirewall,
    ResolvedLoadBalancer,
)
from platform_cli.stacks.alarms.alarm import Alarm, Subject, alarms_of
from platform_cli.stacks.firewalls import before_cdns, metric_name


def firewall_alarms(system: ResolvedEnvironment, firewall: ResolvedFirewall) -> Iterator[Alarm]:
    """The alarms of a firewall before REST APIs and load balancers."""
    dimensions = {"WebACL": metric_name(firewall), "Region": system.region}
    subject = Subject("firewall", firewall.name, f"firewalls.{firewall.name}", dimensions)
    yield from alarms_of(system, subject, ("blocked",))


def cdn_firewall_alarms(system: ResolvedEnvironment, firewall: ResolvedFirewall) -> Iterator[Alarm]:
    """The alarms of a firewall before CDNs, which may stand before others too."""
    dimensions = {"WebACL": metric_name(before_cdns(firewall))}
    subject = Subject("cdn-firewall", f"{firewall.name}.cdn", f"firewalls.{firewall.name}", dimensions)
    yield from alarms_of(system, subject, ("blocked",))


def cdn_alarms(system: ResolvedEnvironment, cdn: ResolvedCdn, distribution_id: str) -> Iterator[Alarm]:
    """The alarms of a CDN.

    Args:
        system: The environment.
        cdn: The CDN.
        distribution_id: What AWS calls it.
    """
    subject = Subject("cdn", cdn.name, f"cdns.{cdn.name}", {"DistributionId": distribution_id})
    yield from alarms_of(system, subject, ("errors",))


def balancer_alarms(
    system: ResolvedEnvironment, balancer: ResolvedLoadBalancer, full_name: str, targets: Mapping[str, str]
) -> Iterator[Alarm]:
    """The alarms of a load balancer, and of what it leads to.

    Args:
        system: The environment.
        balancer: The load balancer.
        full_name: What AWS calls it: `app/NAME/ID`.
        targets: What AWS calls the targets, by pattern: `targetgroup/NAME/ID`.
    """
    origin = f"load_balancers.{balancer.name}"
    at = {"LoadBalancer": full_name}
    yield from alarms_of(
        system, Subject("balancer", balancer.name, origin, at), ("errors", "target_errors", "latency")
    )
    for pattern in sorted(balancer.functions):
        # A pattern has characters that names of alarms should not have.
        name = f"{balancer.name}.{pattern_word(pattern)}"
        watched = Subject("target", name, f"{origin}.functions", {**at, "TargetGroup": targets[pattern]})
        yield from alarms_of(system, watched, ("unhealthy",))


def certificate_alarms(
    system: ResolvedEnvironment, domain: ResolvedDomain, origin: str, arn: str
) -> Iterator[Alarm]:
    """The alarm on the certificate of a domain, whether it is ours or there before.

    Args:
        system: The environment.
        domain: Whose certificate it is.
        origin: Dotted path of what has the domain: `apis.public`.
        arn: Of the certificate.
    """
    subject = Subject("certificate", domain.name, f"{origin}.domain", {"CertificateArn": arn})
    yield from alarms_of(system, subject, ("expiry",))
