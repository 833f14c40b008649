"""CDNs and load balancers: what they lead to, and what they stand in."""

from __future__ import annotations

from collections.abc import Sequence

from platform_cli.blueprint.checks.addresses import check_cidr
from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.checks.networks import check_zones
from platform_cli.blueprint.checks.references import check_function, require_domain
from platform_cli.blueprint.including import leaves_workspace
from platform_cli.blueprint.model.edge import Cdn, CdnApi, CdnBalancer
from platform_cli.blueprint.nodes import Path
from platform_cli.blueprint.resolution.edge import is_guardable
from platform_cli.blueprint.routes import default_api

_MOST_PATTERNS = 25
"""Cache behaviors of a distribution, without an increase (CloudFront quotas, 2026-11)."""

_ZONES_OF_BALANCERS = 2
"""An application load balancer stands in two zones at least (Elastic Load Balancing guide, 2026-11)."""


def check_cdns(context: Context) -> None:
    """CDNs: files, APIs, firewall."""
    for name, cdn in context.blueprint.cdns.items():
        path: Path = ("cdns", name)
        _check_addresses(context, "cdns", name, cdn.allowed_ips, f"CDN {name} allows")
        if cdn.firewall is not None:
            context.require("firewalls", cdn.firewall, (*path, "firewall"), f"CDN {name} stands behind")
        if cdn.domain is not None:
            require_domain(context, cdn.domain, (*path, "domain"), f"the domain of CDN {name}")
        _check_content(context, name, cdn, path)
        if cdn.assets is not None:
            _check_folder(context, name, cdn.assets.folder, (*path, "assets"))
        for prefix, api in cdn.apis.items():
            _check_api(context, name, api, (*path, "apis", prefix))
        for prefix, behind in cdn.load_balancers.items():
            _check_balancer(context, name, behind, (*path, "load_balancers", prefix))
        prefixes = {*cdn.apis, *cdn.load_balancers}
        if 2 * len(prefixes - {"/"}) > _MOST_PATTERNS:
            what = f"{len(cdn.apis)} APIs" + (
                f" and {len(cdn.load_balancers)} load balancers" if cdn.load_balancers else ""
            )
            context.report(
                "too-many-paths",
                f"CDN {name} has {what}, and AWS takes {_MOST_PATTERNS} patterns of paths",
                (*path, "apis" if cdn.apis else "load_balancers"),
                key=True,
                hint="put APIs below one prefix, or make a second CDN",
            )


def _check_content(context: Context, name: str, cdn: Cdn, path: Path) -> None:
    if not context.is_sound(*path):
        return
    if cdn.assets is None and not {"/"} & {*cdn.apis, *cdn.load_balancers}:
        context.report(
            "cdn-without-content",
            f"CDN {name} does not say what answers /",
            path,
            key=True,
            hint="write `assets: web` with a folder of files, or an API under `apis` at /",
        )
    if cdn.assets is not None and "/" in cdn.apis:
        context.report(
            "cdn-conflict",
            f"CDN {name} has files, and API {cdn.apis['/'].api} at /",
            (*path, "apis", "/"),
            key=True,
            hint="give the API a prefix, such as /api",
        )
    for prefix, behind in cdn.load_balancers.items():
        if prefix not in cdn.apis and not (prefix == "/" and cdn.assets is not None):
            continue
        other = f"API {cdn.apis[prefix].api}" if prefix in cdn.apis else "files"
        context.report(
            "cdn-conflict",
            f"CDN {name} has {other}, and load balancer {behind.load_balancer} at {prefix}",
            (*path, "load_balancers", prefix),
            key=True,
            hint="give the load balancer a prefix of its own, such as /hooks",
        )


def _check_folder(context: Context, name: str, folder: str, path: Path) -> None:
    if leaves_workspace(folder):
        context.report("path-outside-workspace", f'"{folder}" leads out of the folder of the blueprint', path)
    elif not (context.root / folder).is_dir():
        context.report(
            "missing-assets-folder",
            f'the folder "{folder}" of CDN {name} does not exist',
            path,
            hint="create it with an index.html, or build the site into it before deploying",
        )


def _check_api(context: Context, name: str, behind: CdnApi, path: Path) -> None:
    what = f"CDN {name} leads to"
    if not context.require("apis", behind.api, path, what):
        return
    blueprint = context.blueprint
    api = blueprint.apis.get(behind.api)
    if api is not None and api.allowed_ips:
        context.report(
            "addresses-behind-cdn",
            f"API {behind.api} is behind CDN {name}, and its `allowed_ips` would refuse CloudFront itself, "
            "whose addresses it sees",
            path,
            hint=f"write them as `allowed_ips` of CDN {name} instead",
        )
    if api is None:
        return
    default = default_api({known: one.kind for known, one in blueprint.apis.items()})
    routes = (route.api or default for *_, function, _ in context.functions() for route in function.routes)
    if behind.api not in routes and not context.wrong:
        context.report(
            "cdn-without-routes",
            f"{what} API {behind.api}, which no function serves",
            path,
            hint="a function serves it with a line under `routes`",
        )
    if behind.direct_calls == "allow" or is_guardable(blueprint, behind.api):
        return
    reason = "of kind http" if api.kind == "http" else f"behind firewall {api.firewall} of its own"
    way = (
        f"write `kind: rest` for API {behind.api}"
        if api.kind == "http"
        else f"give firewall {api.firewall} to the CDN instead"
    )
    if behind.direct_calls == "refuse":
        context.report(
            "cdn-cannot-guard",
            f"API {behind.api} is {reason}, and cannot refuse calls that do not come through CDN {name}",
            (*path, "direct_calls"),
            hint=f"{way}, or leave `direct_calls` out",
        )
    else:
        context.report(
            "cdn-open-beside",
            f"API {behind.api} is {reason}: it can be called without CDN {name} too",
            path,
            hint=f"{way}, or write `direct_calls: allow` where that is meant",
        )


def _check_balancer(context: Context, name: str, behind: CdnBalancer, path: Path) -> None:
    if not context.require("load_balancers", behind.load_balancer, path, f"CDN {name} leads to"):
        return
    balancer = context.blueprint.load_balancers.get(behind.load_balancer)
    if balancer is not None and balancer.allowed_ips:
        context.report(
            "addresses-behind-cdn",
            f"load balancer {behind.load_balancer} is behind CDN {name}, and its `allowed_ips` would refuse "
            "CloudFront itself, whose addresses it sees",
            path,
            hint=f"write them as `allowed_ips` of CDN {name} instead",
        )
    if balancer is not None and balancer.firewall is not None and behind.direct_calls == "refuse":
        context.report(
            "firewall-behind-cdn",
            f"load balancer {behind.load_balancer} is behind CDN {name}, so that its firewall "
            f"{balancer.firewall} sees the addresses of CloudFront, not those of callers",
            path,
            hint=f"give firewall {balancer.firewall} to the CDN instead",
        )


def _check_addresses(context: Context, section: str, name: str, blocks: Sequence[str], what: str) -> None:
    for index, block in enumerate(blocks):
        check_cidr(context, block, (section, name, "allowed_ips", index), what)


def check_load_balancers(context: Context) -> None:
    """Load balancers: network, functions, firewall."""
    blueprint = context.blueprint
    for name, balancer in blueprint.load_balancers.items():
        path: Path = ("load_balancers", name)
        what = f"load balancer {name}"
        _check_addresses(context, "load_balancers", name, balancer.allowed_ips, f"{what} allows")
        for index, block in enumerate(balancer.allowed_ips):
            if ":" in block:
                context.report(
                    "invalid-cidr",
                    f'{what} allows "{block}", and it answers by IPv4 alone',
                    (*path, "allowed_ips", index),
                    hint="leave it out, or name the IPv4 block of the same callers",
                )
        if balancer.firewall is not None:
            context.require("firewalls", balancer.firewall, (*path, "firewall"), f"{what} stands behind")
        require_domain(context, balancer.domain, (*path, "domain"), f"the domain of {what}")
        for pattern, address in balancer.functions.items():
            check_function(context, address, f"{what} leads to", (*path, "functions", pattern), key=False)
        if not context.require("networks", balancer.network, (*path, "network"), f"{what} stands in"):
            continue
        check_zones(context, balancer.network, (*path, "network"), what, _ZONES_OF_BALANCERS, public=True)
        external = blueprint.external.networks.get(balancer.network)
        if external is not None and not external.public_subnet_ids:
            context.report(
                "network-without-subnets",
                f"{what} stands in network {balancer.network}, of which no public subnet is named",
                (*path, "network"),
                hint=f"list public subnets of two zones as `public_subnet_ids` of external network "
                f"{balancer.network}",
            )
