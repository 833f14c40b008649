"""Services and functions."""

from __future__ import annotations

from typing import cast

from platform_cli.blueprint.access_lines import AccessTarget, parse_access
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.releases import Release, ReleaseHooks
from platform_cli.blueprint.model.services import AccessLine, Function, Route
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolution.events import resolve_trigger
from platform_cli.blueprint.resolution.logs import resolve_queries
from platform_cli.blueprint.resolution.objectives import resolve_metrics, resolve_objectives
from platform_cli.blueprint.resolution.operations import resolve_alarm_changes
from platform_cli.blueprint.resolution.projections import projected_access
from platform_cli.blueprint.resolution.protection import retention_days
from platform_cli.blueprint.resolved import (
    ResolvedAccess,
    ResolvedFunction,
    ResolvedPermission,
    ResolvedProvisioned,
    ResolvedRelease,
    ResolvedRequest,
    ResolvedRoute,
    ResolvedRouteCache,
    ResolvedService,
)
from platform_cli.blueprint.routes import Method, default_api, parse_route

OPEN = "none"
"""What `auth` says to open a route."""


def resolve_services(blueprint: Blueprint, names: Names) -> dict[str, ResolvedService]:
    """Services with their functions."""
    return {
        name: ResolvedService(
            name=name,
            path=(service.path or f"services/{name}").removeprefix("./").rstrip("/"),
            functions={
                function_name: _function(name, function_name, function, blueprint, names)
                for function_name, function in sorted(service.functions.items())
            },
            queries=resolve_queries(service.queries),
            metrics=resolve_metrics(name, service.metrics, service.functions, names),
            objectives=resolve_objectives(service.objectives, blueprint.objectives),
            states_objectives=resolve_objectives(service.objectives).stated,
        )
        for name, service in sorted(blueprint.services.items())
    }


def _function(
    service: str, name: str, function: Function, blueprint: Blueprint, names: Names
) -> ResolvedFunction:
    defaults = blueprint.defaults
    concurrency = function.concurrency
    provisioned = concurrency.provisioned if concurrency else None
    routes = (_route(route, blueprint) for route in function.routes)
    access = [_access(key, line, service) for key, line in function.access.items()]
    access += projected_access(function, access)
    return ResolvedFunction(
        service=service,
        name=name,
        physical_name=names.function(service, name),
        handler=function.handler,
        runtime=function.runtime or defaults.runtime,
        architecture=function.architecture or defaults.architecture,
        memory_mb=function.memory_mb or defaults.memory_mb,
        timeout_seconds=function.timeout_seconds or defaults.timeout_seconds,
        ephemeral_storage_mb=function.ephemeral_storage_mb,
        tracing=defaults.tracing if function.tracing is None else function.tracing,
        log_retention_days=function.log_retention_days or retention_days(blueprint, names),
        environment=dict(sorted(function.environment.items())),
        routes=tuple(sorted(routes, key=lambda r: (r.api, r.path, r.method))),
        triggers=tuple(
            sorted(
                (resolve_trigger(trigger) for trigger in function.triggers),
                key=lambda t: (t.kind, t.model_dump_json()),
            )
        ),
        access=tuple(sorted(access, key=lambda line: (line.kind, line.name))),
        permissions=tuple(
            ResolvedPermission(
                actions=tuple(sorted(set(permission.actions))),
                resources=tuple(sorted(set(permission.resources))),
                reason=permission.reason,
            )
            for permission in function.permissions
        ),
        encryption=function.encryption or defaults.encryption,
        network=function.network,
        reserved_concurrency=concurrency.reserved if concurrency else None,
        provisioned_concurrency=ResolvedProvisioned(
            min=provisioned.min, max=provisioned.max, target_percent=provisioned.target_percent
        )
        if provisioned
        else None,
        release=_release(function.release) if function.release else None,
        snap_start=function.snap_start,
        alarms=resolve_alarm_changes(function.alarms),
    )


def _release(release: Release) -> ResolvedRelease:
    hooks = release.hooks or ReleaseHooks()

    def own(address: str | None) -> str | None:
        return address.rpartition(".")[2] if address else None

    return ResolvedRelease(
        strategy=release.strategy,
        alarms=tuple(sorted(set(release.alarms))),
        pre_traffic=own(hooks.pre_traffic),
        post_traffic=own(hooks.post_traffic),
    )


def _route(route: Route, blueprint: Blueprint) -> ResolvedRoute:
    parsed = parse_route(route.route)
    api = route.api or default_api({name: api.kind for name, api in blueprint.apis.items()})
    assert api is not None
    definition = blueprint.apis[api]
    authorizer = definition.authorizer if route.auth is None else route.auth
    request, cache = route.request, route.cache
    return ResolvedRoute(
        api=api,
        method=cast("Method", parsed.method),
        path=parsed.path,
        authorizer=None if authorizer == OPEN else authorizer,
        scopes=tuple(sorted(set(route.scopes))),
        request=ResolvedRequest(
            body=request.body,
            query=tuple(sorted(set(request.query))),
            headers=tuple(sorted({header.lower() for header in request.headers})),
        )
        if request
        else None,
        cache=ResolvedRouteCache(
            query=tuple(sorted(set(cache.query))),
            headers=tuple(sorted({header.lower() for header in cache.headers})),
            ttl_seconds=cache.ttl_seconds or definition.cache.ttl_seconds,
        )
        if cache and definition.cache
        else None,
        api_key=bool(definition.usage_plans) if route.api_key is None else route.api_key,
    )


def _access(key: str, line: AccessLine, service: str) -> ResolvedAccess:
    target = parse_access(key, service)
    assert isinstance(target, AccessTarget)
    return ResolvedAccess(
        kind=target.kind,
        name=target.name,
        verb=line.verb,
        indexes=_indexes(line),
        aggregates=tuple(sorted(set(line.aggregates or ()))),
        partition_keys=tuple(sorted(set(line.partition_keys or ()))),
        attributes=tuple(sorted(set(line.attributes or ()))),
        prefixes=tuple(sorted(set(line.prefixes or ()))),
        detail_types=tuple(sorted(set(line.detail_types or ()))),
        sources=tuple(sorted(set(line.sources or ()))),
        stages=tuple(sorted(set(line.stages or ()))),
    )


def _indexes(line: AccessLine) -> tuple[str, ...] | None:
    if line.indexes is None:
        # An index has a partition key of its own, and would give what the table's does not.
        return () if line.partition_keys else None
    return tuple(sorted(set(line.indexes)))
