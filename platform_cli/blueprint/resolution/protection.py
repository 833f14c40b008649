"""What a protected environment has more of, where nobody says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.base import Source
from platform_cli.blueprint.model.data import Bucket, Secret, Table
from platform_cli.blueprint.model.network import Cache, Database
from platform_cli.blueprint.model.services import Function, Service
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.personal_data import PROTECTED_MASK

RETENTION_DAYS = 30
PROTECTED_RETENTION_DAYS = 90
DATABASE_BACKUP_DAYS = 7
PROTECTED_DATABASE_BACKUP_DAYS = 30
PROTECTED_VERSION_DAYS = 90
"""Days that replaced objects are kept in buckets that are versioned only because they are protected."""

S = TypeVar("S", bound=Source)


def is_protected(blueprint: Blueprint, names: Names) -> bool:
    """Whether the environment is protected; the local AWS never is."""
    return protects(blueprint, names.environment)


def protects(blueprint: Blueprint, environment: str) -> bool:
    """Whether an environment of the blueprint is protected; the local AWS never is."""
    there = blueprint.environments[environment]
    return there.protect and there.target == "aws"


def retention_days(blueprint: Blueprint, names: Names) -> int:
    """Days that logs are kept of which nobody says more."""
    return _log_days(blueprint, protected=is_protected(blueprint, names))


def _log_days(blueprint: Blueprint, *, protected: bool) -> int:
    said = blueprint.defaults.log_retention_days
    return said or (PROTECTED_RETENTION_DAYS if protected else RETENTION_DAYS)


def with_protection(blueprint: Blueprint, *, protected: bool) -> Blueprint:
    """Write out what depends on whether an environment is protected, and what follows from defaults.

    Resolving reads the result, and so do the checks that compare an override with the blueprint: what
    nobody wrote counts as what it is there.

    Args:
        blueprint: With the environment's overrides.
        protected: Whether the environment is.
    """
    days = _log_days(blueprint, protected=protected)

    def kept(thing: S, key: str) -> S:
        return thing if getattr(thing, key) is not None else _with(thing, **{key: days})

    return _with(
        blueprint,
        defaults=_with(blueprint.defaults, log_retention_days=days),
        logs=_with(
            blueprint.logs,
            encryption=blueprint.logs.encryption or ("customer_managed" if protected else "aws_managed"),
            mask=blueprint.logs.mask
            if blueprint.logs.mask is not None
            else (PROTECTED_MASK if protected else ()),
        ),
        tables=_each(blueprint.tables, lambda table: _table(table, protected=protected)),
        buckets=_each(blueprint.buckets, lambda bucket: _bucket(bucket, protected=protected)),
        databases=_each(blueprint.databases, lambda database: _database(database, protected=protected)),
        caches=_each(blueprint.caches, lambda cache: _cache(cache, blueprint, protected=protected)),
        secrets=_each(blueprint.secrets, _secret),
        apis=_each(blueprint.apis, lambda api: kept(api, "access_log_retention_days")),
        cdns=_each(blueprint.cdns, lambda cdn: kept(cdn, "access_log_retention_days")),
        load_balancers=_each(blueprint.load_balancers, lambda one: kept(one, "access_log_retention_days")),
        firewalls=_each(blueprint.firewalls, lambda wall: kept(wall, "log_retention_days")),
        analytics=_each(blueprint.analytics, lambda one: kept(one, "log_retention_days")),
        services=_each(blueprint.services, lambda service: _service(service, blueprint, days)),
    )


def zones_of(blueprint: Blueprint, network: str) -> int | None:
    """Zones of a network, as far as the blueprint knows."""
    if network in blueprint.networks:
        return blueprint.networks[network].availability_zones
    external = blueprint.external.networks.get(network)
    return len(external.subnet_ids) or None if external else None


def _with(thing: S, **values: object) -> S:
    return thing.model_copy(update=values)


def _each(things: Mapping[str, S], change: Callable[[S], S]) -> dict[str, S]:
    return {name: change(thing) for name, thing in things.items()}


def _table(table: Table, *, protected: bool) -> Table:
    if table.contributor_insights is not None:
        return table
    return _with(table, contributor_insights="throttled_keys" if protected else "off")


def _bucket(bucket: Bucket, *, protected: bool) -> Bucket:
    """Versions that nobody asked for end one day; those that somebody did ask for are his to end."""
    lifecycle = bucket.lifecycle
    if bucket.versioned is None and protected and lifecycle.expire_noncurrent_after_days is None:
        lifecycle = _with(lifecycle, expire_noncurrent_after_days=PROTECTED_VERSION_DAYS)
    return _with(
        bucket,
        versioned=protected if bucket.versioned is None else bucket.versioned,
        access_log=protected if bucket.access_log is None else bucket.access_log,
        lifecycle=lifecycle,
    )


def _database(database: Database, *, protected: bool) -> Database:
    usual = PROTECTED_DATABASE_BACKUP_DAYS if protected else DATABASE_BACKUP_DAYS
    return _with(database, backup_retention_days=database.backup_retention_days or usual)


def _cache(cache: Cache, blueprint: Blueprint, *, protected: bool) -> Cache:
    """A second node in protected environments, unless the network has a single zone."""
    if cache.multi_az is not None:
        return cache
    return _with(cache, multi_az=protected and zones_of(blueprint, cache.network) != 1)


def _secret(secret: Secret) -> Secret:
    """A database's login changes between two users only if the blueprint says so."""
    rotation = secret.rotation
    if rotation is None or rotation.strategy is not None or secret.database is None:
        return secret
    return _with(secret, rotation=_with(rotation, strategy="single_user"))


def _service(service: Service, blueprint: Blueprint, log_days: int) -> Service:
    def change(function: Function) -> Function:
        return _with(
            function,
            encryption=function.encryption or blueprint.defaults.encryption,
            log_retention_days=function.log_retention_days or log_days,
        )

    return _with(service, functions=_each(service.functions, change))
