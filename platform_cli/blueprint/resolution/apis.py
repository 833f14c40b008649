"""User pools, APIs and firewalls."""

from __future__ import annotations

import json

from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.apis import Api, Domain, Firewall, Throttle, UsagePlan
from platform_cli.blueprint.model.document import External
from platform_cli.blueprint.model.edge import EdgeDomain
from platform_cli.blueprint.model.identity import Identity
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolution.objectives import resolve_api_metrics
from platform_cli.blueprint.resolution.protection import retention_days
from platform_cli.blueprint.resolved import (
    ResolvedApi,
    ResolvedCors,
    ResolvedDomain,
    ResolvedFirewall,
    ResolvedHostName,
    ResolvedIdentity,
    ResolvedPassword,
    ResolvedQuota,
    ResolvedThrottle,
    ResolvedUsagePlan,
)


def resolve_identity(blueprint: Blueprint, names: Names) -> dict[str, ResolvedIdentity]:
    """User pools."""
    return {name: _identity(name, pool, names) for name, pool in sorted(blueprint.identity.items())}


def _identity(name: str, pool: Identity, names: Names) -> ResolvedIdentity:
    password = pool.password
    return ResolvedIdentity(
        name=name,
        physical_name=names.resource(name),
        sign_in=pool.sign_in,
        self_sign_up=pool.self_sign_up,
        mfa=pool.mfa,
        password=ResolvedPassword(
            min_length=password.min_length,
            lowercase=password.lowercase,
            uppercase=password.uppercase,
            numbers=password.numbers,
            symbols=password.symbols,
        ),
        clients=tuple(sorted(pool.clients)),
        groups=tuple(sorted(pool.groups)),
        security_stream=pool.security_events.stream if pool.security_events else None,
        scopes={server: dict(sorted(scopes.items())) for server, scopes in sorted(pool.scopes.items())},
        machines={
            machine: tuple(sorted(set(definition.scopes)))
            for machine, definition in sorted(pool.machines.items())
        },
        domain_prefix=names.sign_in_prefix(name) if pool.machines else None,
    )


def resolve_apis(blueprint: Blueprint, names: Names) -> dict[str, ResolvedApi]:
    """APIs."""
    days = retention_days(blueprint, names)
    external = blueprint.external
    return {name: _api(name, api, days, names, external) for name, api in sorted(blueprint.apis.items())}


def _api(name: str, api: Api, log_retention_days: int, names: Names, external: External) -> ResolvedApi:
    cors = api.cors
    return ResolvedApi(
        name=name,
        physical_name=names.resource(name),
        kind=api.kind,
        authorizer=api.authorizer,
        cors=ResolvedCors(
            origins=tuple(sorted(cors.origins)),
            methods=tuple(sorted(cors.methods)),
            headers=tuple(sorted(cors.headers)),
            max_age_seconds=cors.max_age_seconds,
            credentials=cors.credentials,
            exposed_headers=tuple(sorted(cors.exposed_headers)),
        )
        if cors
        else None,
        throttle=_throttle(api.throttle),
        firewall=api.firewall,
        allowed_ips=tuple(sorted(api.allowed_ips)),
        cache_ttl_seconds=api.cache.ttl_seconds if api.cache else None,
        domain=resolve_domain(api.domain, external) if api.domain else None,
        access_log_retention_days=api.access_log_retention_days or log_retention_days,
        cache_size_gb=api.cache.size_gb if api.cache else 0.5,
        models={name: json.dumps(model, sort_keys=True) for name, model in sorted(api.models.items())},
        usage_plans={name: _usage_plan(name, plan) for name, plan in sorted(api.usage_plans.items())},
        security_stream=api.security_events.stream if api.security_events else None,
        metrics=resolve_api_metrics(name, api.metrics, names),
    )


def _throttle(throttle: Throttle | None) -> ResolvedThrottle | None:
    return ResolvedThrottle(rate=throttle.rate, burst=throttle.burst) if throttle else None


def _usage_plan(name: str, plan: UsagePlan) -> ResolvedUsagePlan:
    quota = plan.quota
    return ResolvedUsagePlan(
        name=name,
        keys=tuple(sorted(set(plan.keys))),
        throttle=_throttle(plan.throttle),
        quota=ResolvedQuota(requests=quota.requests, per=quota.per) if quota else None,
    )


def resolve_domain(domain: Domain, external: External) -> ResolvedDomain:
    """A host name, with the ARN and the id that stand under `external`."""
    certificate, zone = domain.certificate, domain.hosted_zone
    further = domain.names if isinstance(domain, EdgeDomain) else ()
    return ResolvedDomain(
        name=domain.name,
        certificate_arn=external.certificates[certificate].arn if certificate else None,
        hosted_zone_id=external.hosted_zones[zone].id if zone else None,
        further=tuple(
            ResolvedHostName(
                name=one.name,
                hosted_zone_id=external.hosted_zones[own].id if (own := one.hosted_zone or zone) else None,
            )
            for one in sorted(further, key=lambda one: one.name)
        ),
    )


def resolve_firewalls(blueprint: Blueprint, names: Names) -> dict[str, ResolvedFirewall]:
    """Firewalls."""
    days = retention_days(blueprint, names)
    return {name: _firewall(name, wall, days, names) for name, wall in sorted(blueprint.firewalls.items())}


def _firewall(name: str, wall: Firewall, log_retention_days: int, names: Names) -> ResolvedFirewall:
    return ResolvedFirewall(
        name=name,
        physical_name=names.resource(name),
        rate_limit_per_5_minutes=wall.rate_limit_per_5_minutes,
        sql_injection=wall.sql_injection,
        cross_site_scripting=wall.cross_site_scripting,
        managed=tuple(sorted(set(wall.managed))),
        blocked_countries=tuple(sorted(set(wall.blocked_countries))),
        allow_ips=tuple(sorted(set(wall.allow_ips))),
        block_ips=tuple(sorted(set(wall.block_ips))),
        mode=wall.mode,
        count=tuple(sorted(set(wall.count))),
        log_retention_days=wall.log_retention_days or log_retention_days,
    )
