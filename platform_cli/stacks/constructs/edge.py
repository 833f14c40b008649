"""The stacks at the edge of a system: the global one in us-east-1, CDNs and load balancers."""

from __future__ import annotations

from itertools import groupby

from aws_cdk import App

from platform_cli.blueprint.naming import EDGE
from platform_cli.blueprint.resolved import (
    GLOBAL_REGION,
    ResolvedCdn,
    ResolvedEnvironment,
    ResolvedLoadBalancer,
)
from platform_cli.stacks import outputs
from platform_cli.stacks.alarms.entrances import (
    balancer_alarms,
    cdn_alarms,
    cdn_firewall_alarms,
    certificate_alarms,
)
from platform_cli.stacks.constructs.alarms import Alarms, AlarmTopics
from platform_cli.stacks.constructs.balancers import Balancer
from platform_cli.stacks.constructs.base import PlatformStack
from platform_cli.stacks.constructs.cdn import Cdn
from platform_cli.stacks.constructs.certificates import Certificate
from platform_cli.stacks.constructs.firewall import Association, Firewall
from platform_cli.stacks.constructs.log_keys import LogKey
from platform_cli.stacks.constructs.origin_guard import OriginGuard
from platform_cli.stacks.edge import global_firewalls, guarded_apis, home_region, made_certificates
from platform_cli.stacks.logical import pascal

ASSETS_BUCKET = "AssetsBucket"


def add_guards(stack: PlatformStack, system: ResolvedEnvironment) -> None:
    """What makes APIs refuse calls that do not come through a CDN."""
    for api in guarded_apis(system):
        stack.give(outputs.guard_arn(api), OriginGuard(stack, api).arn, f"Guard of API {api}")


def global_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """What CloudFront takes from us-east-1 alone: firewalls of its scope, and certificates."""
    stack = PlatformStack(
        app,
        system,
        "global",
        description=f"Firewalls and certificates of the CDNs of {system.system}",
        region=GLOBAL_REGION,
    )
    firewalls = global_firewalls(system)
    keyed = bool(firewalls) and system.logs.encryption == "customer_managed"
    log_key = LogKey(stack, "cdn-logs", "aws-waf-logs-").arn if keyed else None
    for name in firewalls:
        firewall = Firewall(stack, system.firewalls[name], "CLOUDFRONT", log_key)
        stack.give(outputs.global_firewall_arn(name), firewall.arn, f"Firewall {name} before CDNs")
    for name in made_certificates(system):
        domain = system.cdns[name].domain
        assert domain is not None, "only a CDN with a domain has a certificate"
        made = Certificate(stack, domain, f"Certificate{pascal(name)}", f"cdns.{name}.domain")
        stack.give(outputs.certificate_arn(name), made.arn, f"Certificate of {domain.name}")
    return stack


def cdn_stack(app: App, system: ResolvedEnvironment, cdn: ResolvedCdn) -> PlatformStack:
    """A CDN with its buckets. A distribution can be made from any region; its data stay in the system's."""
    stack = PlatformStack(app, system, "cdn", cdn.name, description=f"CDN {cdn.name} of {system.system}")
    made = Cdn(stack, cdn)
    stack.give(outputs.DISTRIBUTION_ID, made.id, "Id of the distribution")
    stack.give("Url", f"https://{made.host}", "Where the CDN answers")
    if cdn.assets:
        stack.give(ASSETS_BUCKET, cdn.assets.bucket_name, "Bucket of the files")
    if cdn.domain:
        stack.give("DomainUrl", f"https://{cdn.domain.name}", "Where the CDN answers under its own name")
        stack.give("DomainTarget", made.host, "What that name has to lead to")
    return stack


def balancer_stack(app: App, system: ResolvedEnvironment, balancer: ResolvedLoadBalancer) -> PlatformStack:
    """A load balancer with its listeners, certificate, targets and log."""
    description = f"Load balancer {balancer.name} of {system.system}"
    stack = PlatformStack(app, system, "balancer", balancer.name, description=description)
    made = Balancer(stack, balancer)
    if balancer.firewall:
        firewall = stack.look_up("firewalls", outputs.firewall_arn(balancer.firewall))
        Association(stack, firewall, made.arn, f"load_balancers.{balancer.name}.firewall")
    if system.alarms.wanted:
        alarms = balancer_alarms(system, balancer, made.full_name, made.targets)
        for name, mine in groupby(alarms, key=lambda alarm: alarm.subject.name):
            Alarms(stack, f"load_balancers.{balancer.name}", mine, name)
        origin = f"load_balancers.{balancer.name}"
        expiry = certificate_alarms(system, balancer.domain, origin, made.certificate_arn)
        Alarms(stack, f"{origin}.domain", expiry)
    stack.give(outputs.BALANCER_NAME, made.full_name, "What metrics call the load balancer")
    stack.give("Url", f"https://{balancer.domain.name}", "Where the load balancer answers")
    stack.give("DomainTarget", made.host, "What that name has to lead to")
    return stack


def edge_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """What watches CDNs and the firewalls before them, and its topics, as an alarm tells its own region's."""
    stack = PlatformStack(
        app, system, EDGE, description=f"Alarms of the CDNs of {system.system}", region=GLOBAL_REGION
    )
    if home_region(system):
        AlarmTopics(stack)
    for name in global_firewalls(system):
        Alarms(stack, f"firewalls.{name}", cdn_firewall_alarms(system, system.firewalls[name]))
    for name, cdn in sorted(system.cdns.items()):
        home = system.region if home_region(system) else None
        distribution = stack.look_up("cdn", outputs.DISTRIBUTION_ID, home, name=name)
        Alarms(stack, f"cdns.{name}", cdn_alarms(system, cdn, distribution))
        if cdn.domain:
            arn = cdn.domain.certificate_arn or stack.look_up("global", outputs.certificate_arn(name))
            Alarms(stack, f"cdns.{name}.domain", certificate_alarms(system, cdn.domain, f"cdns.{name}", arn))
    return stack
