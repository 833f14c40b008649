"""APIs and the routes that functions serve."""

from __future__ import annotations

import re
from dataclasses import dataclass

from platform_cli.blueprint.checks.addresses import check_cidr
from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.checks.scopes import check_route_scopes
from platform_cli.blueprint.model.apis import Api
from platform_cli.blueprint.model.services import Route
from platform_cli.blueprint.nodes import Path, ScalarNode, find
from platform_cli.blueprint.routes import ParsedRoute, RouteError, default_api, parse_route

INTEGRATION_SECONDS = 29
"""API Gateway waits 30 seconds (HTTP API) or 29 (REST API, default) for a function (quotas, 2026-11)."""


_REST_SEGMENT = re.compile(r"[A-Za-z0-9._:-]+\Z")
"""What a path of a REST API may have between slashes (CreateResource, 2026-11)."""


@dataclass(frozen=True)
class _Served:
    """A route, which API it is of, who serves it, and where that is written."""

    api: str
    route: ParsedRoute
    address: str
    path: Path


def check_apis(context: Context) -> None:
    """Options that go with the kind of API."""
    for name, api in context.blueprint.apis.items():
        path = ("apis", name)
        if api.kind == "http":
            _check_http(context, name, api)
        for index, block in enumerate(api.allowed_ips):
            check_cidr(context, block, (*path, "allowed_ips", index), f"API {name} allows")


def _check_http(context: Context, name: str, api: Api) -> None:
    options = (
        ("firewall", api.firewall is not None, "AWS WAF cannot be attached to an HTTP API"),
        ("allowed_ips", bool(api.allowed_ips), "HTTP APIs have no resource policies"),
        ("cache", api.cache is not None, "HTTP APIs have no cache"),
        ("models", bool(api.models), "HTTP APIs do not look into bodies"),
        ("usage_plans", bool(api.usage_plans), "HTTP APIs know no API keys"),
    )
    for key, present, reason in options:
        if present:
            context.report(
                "rest-only",
                f"API {name} is of kind http and has `{key}`: {reason}",
                ("apis", name, key),
                key=True,
                hint=f"write `kind: rest` for API {name}, or leave `{key}` out",
            )


def check_routes(context: Context) -> None:
    """Routes: syntax, which API, collisions, scopes, timeouts."""
    served: list[_Served] = []
    for service, _, name, function, path in context.functions():
        address = f"{service}.{name}"
        serves = False
        for index, route in enumerate(function.routes):
            serves = True
            place = _route_place(context, (*path, "routes", index))
            parsed = _parse(context, route, place)
            api = _api_of(context, route, address, place)
            if parsed is not None and api is not None:
                served.append(_Served(api, parsed, address, place))
                _check_rest_segments(context, api, parsed, place)
            if api is not None:
                check_route_scopes(context, route, api, address, (*path, "routes", index))
        timeout = function.timeout_seconds or context.blueprint.defaults.timeout_seconds
        if serves and timeout > INTEGRATION_SECONDS:
            own = (*path, "timeout_seconds")
            context.report(
                "timeout-beyond-api",
                f"function {address} may run for {timeout} s, and an API waits for {INTEGRATION_SECONDS} s",
                own if function.timeout_seconds else ("defaults", "timeout_seconds"),
                hint=f"write timeout_seconds: {INTEGRATION_SECONDS} or less; queues take longer work",
            )
    _check_collisions(context, served)


def _route_place(context: Context, path: Path) -> Path:
    return path if isinstance(find(context.tree, path), ScalarNode) else (*path, "route")


def _parse(context: Context, route: Route, place: Path) -> ParsedRoute | None:
    try:
        return parse_route(route.route)
    except RouteError as error:
        context.report("invalid-route", str(error), place, hint=error.hint)
        return None


def _api_of(context: Context, route: Route, address: str, place: Path) -> str | None:
    names = sorted(context.names("apis"))
    if route.api is not None:
        return route.api if route.api in context.blueprint.apis else None
    default = default_api({name: api.kind for name, api in context.blueprint.apis.items()})
    if default is not None or len(names) == 1:
        return default
    if not names:
        context.report(
            "ambiguous-api",
            f'function {address} serves "{route.route}", and the blueprint has no API',
            place,
            hint="write `apis: { public: { kind: http } }`",
        )
    elif len(names) == len(context.blueprint.apis):
        context.report(
            "ambiguous-api",
            f'"{route.route}" does not say its API, and there are {len(names)}: {", ".join(names)}',
            place,
            hint=f'write {{ api: {names[0]}, route: "{route.route}" }}',
        )
    return None


def _check_collisions(context: Context, served: list[_Served]) -> None:
    first: dict[tuple[str, str, tuple[str, ...]], _Served] = {}
    for one in served:
        key = (one.api, one.route.method, one.route.shape)
        other = first.setdefault(key, one)
        if other is not one:
            same = other.route == one.route
            context.report(
                "route-collision",
                f'"{one.route.method} {one.route.path}" of function {one.address} '
                + ("is served" if same else f'answers the same requests as "{other.route.path}", served')
                + f" by function {other.address} already",
                one.path,
                hint="remove one of them"
                if same
                else "the names in braces do not tell routes apart; change the method or the path",
            )
    _check_rest_siblings(context, served)


def _check_rest_segments(context: Context, api: str, route: ParsedRoute, place: Path) -> None:
    definition = context.blueprint.apis[api]
    if definition.kind != "rest":
        return
    for segment in route.segments:
        if not segment.startswith("{") and not _REST_SEGMENT.match(segment):
            context.report(
                "invalid-route",
                f'"{segment}" has characters that a path of REST API {api} cannot have',
                place,
                hint="letters, digits and - . _ : are taken",
            )


def _check_rest_siblings(context: Context, served: list[_Served]) -> None:
    """A REST API takes one name in braces at each position under the same parent."""
    seen: dict[tuple[str, tuple[str, ...]], tuple[str, _Served]] = {}
    for one in served:
        api = context.blueprint.apis.get(one.api)
        if api is None or api.kind != "rest":
            continue
        for position, segment in enumerate(one.route.segments):
            if not segment.startswith("{") or segment.endswith("+}"):
                continue
            name, other = seen.setdefault((one.api, one.route.shape[:position]), (segment, one))
            if name != segment and other.route.shape != one.route.shape:
                context.report(
                    "route-collision",
                    f'"{one.route.path}" calls a segment {segment} that "{other.route.path}" calls {name}, '
                    f"which REST API {one.api} cannot tell apart",
                    one.path,
                    hint=f"write {name} in both",
                )
