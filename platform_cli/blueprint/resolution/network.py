"""Networks, databases and caches."""

from __future__ import annotations

from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolution.protection import DATABASE_BACKUP_DAYS, retention_days
from platform_cli.blueprint.resolved import (
    ResolvedCache,
    ResolvedDatabase,
    ResolvedHost,
    ResolvedNetwork,
)


def resolve_networks(blueprint: Blueprint, names: Names) -> dict[str, ResolvedNetwork]:
    """Networks of the blueprint and those that exist already."""
    faced = {balancer.network for balancer in blueprint.load_balancers.values()}
    networks = {
        name: ResolvedNetwork(
            name=name,
            physical_name=names.resource(name),
            cidr=network.cidr,
            availability_zones=network.availability_zones,
            nat_gateways=network.nat_gateways,
            flow_logs=network.flow_logs,
            endpoints=tuple(sorted(set(network.endpoints))),
            public_zones=network.availability_zones if name in faced else 0,
            prefix_lists=dict(sorted(network.prefix_lists.items())),
            log_retention_days=retention_days(blueprint, names),
        )
        for name, network in blueprint.networks.items()
    }
    for name, external in blueprint.external.networks.items():
        networks[name] = ResolvedNetwork(
            name=name,
            physical_name=external.vpc_id,
            cidr=None,
            availability_zones=0,
            nat_gateways=0,
            flow_logs=False,
            endpoints=tuple(sorted(set(external.endpoints))),
            external=True,
            vpc_id=external.vpc_id,
            subnet_ids=tuple(sorted(external.subnet_ids)),
            security_group_ids=tuple(sorted(external.security_group_ids)),
            public_subnet_ids=tuple(sorted(external.public_subnet_ids)),
            endpoint_group_ids=tuple(sorted(external.endpoint_security_group_ids)),
            prefix_lists=dict(sorted(external.prefix_lists.items())),
        )
    return dict(sorted(networks.items()))


def resolve_hosts(blueprint: Blueprint) -> dict[str, ResolvedHost]:
    """What functions call outside of AWS."""
    return {
        name: ResolvedHost(
            name=name, host_name=host.name, port=host.port, addresses=tuple(sorted(set(host.addresses)))
        )
        for name, host in sorted(blueprint.external.hosts.items())
    }


def resolve_databases(blueprint: Blueprint, names: Names) -> dict[str, ResolvedDatabase]:
    """Databases; inside of its cluster, a database is called as in the blueprint."""
    return {
        name: ResolvedDatabase(
            name=name,
            physical_name=names.resource(name),
            engine=database.engine,
            version=database.version,
            network=database.network,
            min_acu=database.capacity.min_acu,
            max_acu=database.capacity.max_acu,
            readers=database.readers,
            database_name=database.database_name or name.lower().replace("-", "_"),
            backup_retention_days=database.backup_retention_days or DATABASE_BACKUP_DAYS,
            backup=database.backup,
            proxy=database.proxy,
            encryption=database.encryption,
            log_retention_days=retention_days(blueprint, names),
        )
        for name, database in sorted(blueprint.databases.items())
    }


def resolve_caches(blueprint: Blueprint, names: Names) -> dict[str, ResolvedCache]:
    """Caches."""
    return {
        name: ResolvedCache(
            name=name,
            physical_name=names.resource(name),
            engine=cache.engine,
            version=cache.version,
            network=cache.network,
            multi_az=bool(cache.multi_az),
            node_type=cache.node_type,
            encryption=cache.encryption,
        )
        for name, cache in sorted(blueprint.caches.items())
    }
