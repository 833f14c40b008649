"""Declarations that nothing uses, in any environment."""

from __future__ import annotations

from collections.abc import Sequence

from platform_cli.blueprint.access import KINDS
from platform_cli.blueprint.access_lines import parse_access
from platform_cli.blueprint.checks.context import SINGULAR, Context
from platform_cli.blueprint.checks.references import TRIGGER_SECTIONS
from platform_cli.blueprint.event_stores import named
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.apis import Domain
from platform_cli.blueprint.model.edge import EdgeDomain
from platform_cli.blueprint.model.services import Function
from platform_cli.blueprint.model.triggers import ProjectionTrigger
from platform_cli.blueprint.routes import default_api

Use = tuple[str, str]
"""A section and a name in it."""

_HINTS = {
    "apis": "a function serves it with a line under `routes`",
    "backups": "a table or database names it as its `backup`, or it selects by tag or ARN under `select`",
    "certificates": "an API, a CDN or a load balancer names it as the `certificate` of its `domain`",
    "firewalls": "an API of kind rest, a CDN or a load balancer names it as its `firewall`",
    "hosted_zones": "an API, a CDN or a load balancer names it as the `hosted_zone` of its `domain`",
    "networks": "functions, databases, caches, load balancers and `analytics` name it as their `network`",
}


def check_unused(contexts: Sequence[Context]) -> None:
    """Report what no environment uses; silent while the shape has errors, for those hide uses."""
    if any(context.wrong for context in contexts):
        return
    used: set[Use] = set()
    for context in contexts:
        used |= _uses(context.blueprint)
    base = contexts[0]
    for section, word in SINGULAR.items():
        if section == "functions":
            continue
        for name in getattr(base.blueprint, section, ()):
            if (section, name) not in used:
                _report(base, section, name, word, (section, name))
        for name in getattr(base.blueprint.external, section, ()):
            if (section, name) not in used:
                _report(base, section, name, word, ("external", section, name))


def _report(context: Context, section: str, name: str, word: str, path: tuple[str, ...]) -> None:
    hint = _HINTS.get(section, f"a function uses it with a line under `access`: {section}.{name}: …")
    context.report("unused", f'nothing uses {word} "{name}"', path, key=True, hint=hint)


def _uses(blueprint: Blueprint) -> set[Use]:
    used: set[Use] = set()
    for api in blueprint.apis.values():
        used |= {("identity", api.authorizer or ""), ("firewalls", api.firewall or "")}
        used |= _domain_uses(api.domain)
        used.add(("streams", api.security_events.stream if api.security_events else ""))
    for pool in blueprint.identity.values():
        used.add(("streams", pool.security_events.stream if pool.security_events else ""))
    for cdn in blueprint.cdns.values():
        used |= {("firewalls", cdn.firewall or ""), *_domain_uses(cdn.domain)}
    for name, balancer in blueprint.load_balancers.items():
        # Whoever calls it uses it.
        used.add(("load_balancers", name))
        used |= {("firewalls", balancer.firewall or ""), ("networks", balancer.network)}
        used |= _domain_uses(balancer.domain)
    for queue in blueprint.queues.values():
        if queue.subscription is not None:
            used |= {("buses", queue.subscription.bus or ""), ("topics", queue.subscription.topic or "")}
    for secret in blueprint.secrets.values():
        used.add(("databases", secret.database or ""))
    for table in blueprint.tables.values():
        used.add(("backups", table.backup or ""))
    for store in blueprint.event_stores.values():
        used.add(("backups", store.backup or ""))
    for name, backup in blueprint.backups.items():
        if backup.select.tags or backup.select.arns:
            used.add(("backups", name))
    for database in blueprint.databases.values():
        used |= {("networks", database.network), ("backups", database.backup or "")}
    for cache in blueprint.caches.values():
        used.add(("networks", cache.network))
    for application in blueprint.analytics.values():
        used |= {("streams", stream) for stream in (*application.reads, *application.into)}
        used.add(("networks", application.network or ""))
    for service_name, service in blueprint.services.items():
        for function in service.functions.values():
            used |= _function_uses(function, service_name, blueprint)
    return used


def _domain_uses(domain: Domain | None) -> set[Use]:
    if domain is None:
        return set()
    further = domain.names if isinstance(domain, EdgeDomain) else ()
    zones = {domain.hosted_zone, *(one.hosted_zone for one in further)}
    return {("certificates", domain.certificate or ""), *(("hosted_zones", zone or "") for zone in zones)}


def _function_uses(function: Function, service: str, blueprint: Blueprint) -> set[Use]:
    used: set[Use] = {("networks", function.network or "")}
    for key in function.access:
        target = parse_access(key, service)
        if target is not None and target.kind in KINDS:
            used.add((KINDS[target.kind].section, target.name))
    default = default_api({name: api.kind for name, api in blueprint.apis.items()})
    for route in function.routes:
        used.add(("identity", route.auth or ""))
        used.add(("apis", route.api or default or ""))
    for trigger in function.triggers:
        for kind, section in TRIGGER_SECTIONS.items():
            used.add((section, getattr(trigger, kind, "")))
        used.add(("queues", getattr(trigger, "on_failure", None) or ""))
        if isinstance(trigger, ProjectionTrigger):
            used.add(("event_stores", named(trigger.projection.of, "event_stores") or ""))
            used.add(("tables", named(trigger.projection.into, "tables") or ""))
    return used
