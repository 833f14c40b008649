"""User pools, APIs and firewalls."""

from __future__ import annotations

from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.apis import Api, Firewall
from platform_cli.blueprint.model.identity import Identity
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import (
    ResolvedApi,
    ResolvedCors,
    ResolvedFirewall,
    ResolvedIdentity,
    ResolvedPassword,
    ResolvedThrottle,
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
    )


def resolve_apis(blueprint: Blueprint, names: Names) -> dict[str, ResolvedApi]:
    """APIs."""
    days = blueprint.defaults.log_retention_days
    return {name: _api(name, api, days, names) for name, api in sorted(blueprint.apis.items())}


def _api(name: str, api: Api, log_retention_days: int, names: Names) -> ResolvedApi:
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
        )
        if cors
        else None,
        throttle=ResolvedThrottle(rate=api.throttle.rate, burst=api.throttle.burst) if api.throttle else None,
        firewall=api.firewall,
        allowed_ips=tuple(sorted(api.allowed_ips)),
        cache_ttl_seconds=api.cache.ttl_seconds if api.cache else None,
        domain=api.domain,
        access_log_retention_days=api.access_log_retention_days or log_retention_days,
    )


def resolve_firewalls(blueprint: Blueprint, names: Names) -> dict[str, ResolvedFirewall]:
    """Firewalls."""
    return {name: _firewall(name, wall, names) for name, wall in sorted(blueprint.firewalls.items())}


def _firewall(name: str, wall: Firewall, names: Names) -> ResolvedFirewall:
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
    )
