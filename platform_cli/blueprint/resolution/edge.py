"""CDNs and load balancers."""

from __future__ import annotations

from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.edge import ApiAnswers, Assets, Cdn, CdnApi, CdnBalancer, LoadBalancer
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolution.apis import resolve_domain
from platform_cli.blueprint.resolution.protection import retention_days
from platform_cli.blueprint.resolved import (
    ResolvedApiAnswers,
    ResolvedAssets,
    ResolvedCdn,
    ResolvedCdnApi,
    ResolvedCdnBalancer,
    ResolvedLoadBalancer,
)


def resolve_cdns(blueprint: Blueprint, names: Names) -> dict[str, ResolvedCdn]:
    """CDNs."""
    return {name: _cdn(name, cdn, blueprint, names) for name, cdn in sorted(blueprint.cdns.items())}


def _cdn(name: str, cdn: Cdn, blueprint: Blueprint, names: Names) -> ResolvedCdn:
    return ResolvedCdn(
        name=name,
        physical_name=names.edge(name),
        log_bucket_name=names.bucket(f"cdn-{name}-log"),
        assets=_assets(name, cdn.assets, names) if cdn.assets else None,
        apis={prefix: _api(prefix, api, blueprint) for prefix, api in sorted(cdn.apis.items())},
        load_balancers={
            prefix: _behind(prefix, balancer) for prefix, balancer in sorted(cdn.load_balancers.items())
        },
        domain=resolve_domain(cdn.domain, blueprint.external) if cdn.domain else None,
        firewall=cdn.firewall,
        allowed_ips=tuple(sorted(set(cdn.allowed_ips))),
        content_security_policy=cdn.content_security_policy,
        edges=cdn.edges,
        access_log_retention_days=cdn.access_log_retention_days or retention_days(blueprint, names),
    )


def _assets(name: str, assets: Assets, names: Names) -> ResolvedAssets:
    return ResolvedAssets(
        folder=assets.folder.removeprefix("./").rstrip("/"),
        bucket_name=names.bucket(f"cdn-{name}"),
        index=assets.index,
        single_page=assets.single_page,
        immutable=tuple(sorted(set(assets.immutable))),
    )


def _api(prefix: str, behind: CdnApi, blueprint: Blueprint) -> ResolvedCdnApi:
    return ResolvedCdnApi(
        prefix=prefix,
        api=behind.api,
        keep_prefix=behind.keep_prefix or prefix == "/",
        guarded=behind.direct_calls != "allow" and is_guardable(blueprint, behind.api),
        cache=_answers(behind.cache, _varying(blueprint, behind.api)),
    )


def _behind(prefix: str, behind: CdnBalancer) -> ResolvedCdnBalancer:
    return ResolvedCdnBalancer(
        prefix=prefix,
        load_balancer=behind.load_balancer,
        keep_prefix=behind.keep_prefix or prefix == "/",
        guarded=behind.direct_calls == "refuse",
        cache=_answers(behind.cache, set()),
    )


def _answers(cache: ApiAnswers | None, varying: set[str]) -> ResolvedApiAnswers | None:
    if cache is None:
        return None
    return ResolvedApiAnswers(
        ttl_seconds=cache.ttl_seconds,
        query=tuple(sorted(set(cache.query))),
        headers=tuple(sorted({header.lower() for header in cache.headers} | varying)),
    )


def _varying(blueprint: Blueprint, api: str) -> set[str]:
    """The page that asks, where an API answers another one with other headers; an HTTP API always does."""
    there = blueprint.apis.get(api)
    cors = there.cors if there else None
    several = cors is not None and there is not None and (there.kind == "http" or len(cors.origins) > 1)
    return {"origin"} if several else set()


def is_guardable(blueprint: Blueprint, api: str) -> bool:
    """Whether AWS can refuse calls of an API that do not come through a CDN.

    A web ACL looks for the CDN's header. HTTP APIs take none, and a REST API has one: where that is a
    firewall of the blueprint, which may stand before others too, it stays as it is.
    """
    there = blueprint.apis.get(api)
    return there is not None and there.kind == "rest" and there.firewall is None


def resolve_load_balancers(blueprint: Blueprint, names: Names) -> dict[str, ResolvedLoadBalancer]:
    """Load balancers."""
    made = sorted(blueprint.load_balancers.items())
    return {name: _balancer(name, balancer, blueprint, names) for name, balancer in made}


def _balancer(name: str, balancer: LoadBalancer, blueprint: Blueprint, names: Names) -> ResolvedLoadBalancer:
    days = balancer.access_log_retention_days or retention_days(blueprint, names)
    return ResolvedLoadBalancer(
        name=name,
        physical_name=names.balancer(name),
        log_bucket_name=names.bucket(f"balancer-{name}-log"),
        network=balancer.network,
        domain=resolve_domain(balancer.domain, blueprint.external),
        functions=dict(sorted(balancer.functions.items())),
        firewall=balancer.firewall,
        allowed_ips=tuple(sorted(set(balancer.allowed_ips))),
        access_log_retention_days=days,
        guarded=any(
            behind.load_balancer == name and behind.direct_calls == "refuse"
            for cdn in blueprint.cdns.values()
            for behind in cdn.load_balancers.values()
        ),
    )
