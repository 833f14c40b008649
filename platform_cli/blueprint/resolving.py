"""From an inspected blueprint to what it means in one environment.

In: an `Inspection` without errors. Out: a frozen `ResolvedEnvironment`; the same blueprint gives the
same value on every machine. Never: files, network, the clock.
"""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.findings import BlueprintInvalid, nearest_hint
from platform_cli.blueprint.loading import Inspection
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.naming import LOCAL_ACCOUNT, Names
from platform_cli.blueprint.resolution.analytics import resolve_analytics
from platform_cli.blueprint.resolution.apis import resolve_apis, resolve_firewalls, resolve_identity
from platform_cli.blueprint.resolution.costs import resolve_cost_anomalies
from platform_cli.blueprint.resolution.data import (
    resolve_buckets,
    resolve_flags,
    resolve_flags_release,
    resolve_secrets,
    resolve_settings,
    resolve_tables,
)
from platform_cli.blueprint.resolution.edge import resolve_cdns, resolve_load_balancers
from platform_cli.blueprint.resolution.events import (
    resolve_buses,
    resolve_queues,
    resolve_streams,
    resolve_topics,
)
from platform_cli.blueprint.resolution.logs import resolve_logs
from platform_cli.blueprint.resolution.network import (
    resolve_caches,
    resolve_databases,
    resolve_hosts,
    resolve_networks,
)
from platform_cli.blueprint.resolution.objectives import resolve_objectives
from platform_cli.blueprint.resolution.operations import (
    resolve_alarms,
    resolve_backups,
    resolve_budgets,
    resolve_dashboards,
    resolve_patches,
    resolve_sampling,
)
from platform_cli.blueprint.resolution.protection import with_protection
from platform_cli.blueprint.resolution.services import resolve_services
from platform_cli.blueprint.resolution.usage import resolve_usage
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.errors import ExitCode, PlatformError

LOCAL_REGION = "us-east-1"


def resolve(inspection: Inspection, environment: str | None) -> ResolvedEnvironment:
    """What the blueprint means in an environment.

    Args:
        inspection: What `inspect_blueprint` found.
        environment: The environment's name; None for the first one of the blueprint.

    Raises:
        BlueprintInvalid: The blueprint has errors.
        PlatformError: There is no such environment (code `unknown-environment`).
    """
    if inspection.errors or inspection.blueprint is None:
        raise BlueprintInvalid(inspection.findings)
    names = tuple(inspection.blueprint.environments)
    name = environment if environment is not None else names[0]
    if name not in names:
        raise PlatformError(
            f'there is no environment "{name}"',
            hint=nearest_hint(name, names),
            code="unknown-environment",
            where=inspection.locate(("environments",)),
            exit_code=ExitCode.USAGE,
        )
    return resolve_blueprint(inspection.variants[name], name, inspection.schemas)


def environment_names(blueprint: Blueprint, name: str) -> Names:
    """How things are called in an environment; what is not said is as on the local AWS."""
    environment = blueprint.environments[name]
    local = environment.target == "local"
    account = LOCAL_ACCOUNT if local or environment.account is None else environment.account
    return Names(blueprint.system, name, account, environment.region or LOCAL_REGION)


def resolve_blueprint(
    blueprint: Blueprint, name: str, schemas: Mapping[str, str] | None = None
) -> ResolvedEnvironment:
    """Apply every default; the blueprint has the environment's overrides already.

    Args:
        blueprint: The blueprint.
        name: Of the environment.
        schemas: The content of the files that it names for events, by path.
    """
    environment = blueprint.environments[name]
    names = environment_names(blueprint, name)
    local = environment.target == "local"
    blueprint = with_protection(blueprint, protected=environment.protect and not local)
    tags = {"system": blueprint.system, "environment": name, "owner": blueprint.owner, **blueprint.tags}
    return ResolvedEnvironment(
        system=blueprint.system,
        owner=blueprint.owner,
        environment=name,
        target=environment.target,
        account=names.account,
        region=names.region,
        profile=None if local else environment.profile,
        protect=environment.protect and not local,
        tags=dict(sorted(tags.items())),
        identity=resolve_identity(blueprint, names),
        tables=resolve_tables(blueprint, names),
        buckets=resolve_buckets(blueprint, names),
        secrets=resolve_secrets(blueprint, names),
        settings=resolve_settings(blueprint, names),
        flags=resolve_flags(blueprint),
        flags_release=resolve_flags_release(blueprint, local=local),
        buses=resolve_buses(blueprint, names, schemas),
        queues=resolve_queues(blueprint, names),
        topics=resolve_topics(blueprint, names),
        streams=resolve_streams(blueprint, names),
        apis=resolve_apis(blueprint, names),
        services=resolve_services(blueprint, names),
        analytics=resolve_analytics(blueprint, names),
        networks=resolve_networks(blueprint, names),
        hosts=resolve_hosts(blueprint),
        databases=resolve_databases(blueprint, names),
        caches=resolve_caches(blueprint, names),
        firewalls=resolve_firewalls(blueprint, names),
        cdns=resolve_cdns(blueprint, names),
        load_balancers=resolve_load_balancers(blueprint, names),
        alarms=resolve_alarms(blueprint),
        logs=resolve_logs(blueprint),
        sampling=resolve_sampling(blueprint),
        objectives=resolve_objectives(blueprint.objectives),
        dashboards=resolve_dashboards(blueprint, names),
        cost_anomalies=resolve_cost_anomalies(blueprint),
        budgets=resolve_budgets(blueprint, names),
        backups=resolve_backups(blueprint, names),
        usage=resolve_usage(blueprint),
        patches=resolve_patches(blueprint),
        extend=blueprint.extend,
    )
