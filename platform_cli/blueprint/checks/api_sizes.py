"""How many routes AWS takes on one API."""

from __future__ import annotations

from collections.abc import Iterator

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model.services import Route
from platform_cli.blueprint.routes import ParsedRoute, RouteError, default_api, parse_route

MOST_ROUTES = 300
"""Routes of an HTTP API, each with an integration of its own, and 300 integrations are never raised
(API Gateway developer guide, «Quotas for HTTP APIs», 2026-11)."""
MOST_PATHS = 300
"""Resources of a REST API, which AWS raises on request (the same, «Quotas for REST APIs», 2026-11)."""


def check_api_sizes(context: Context) -> None:
    """Routes of each HTTP API, and paths of each REST API."""
    for name, api in context.blueprint.apis.items():
        routes = [(route, parsed) for owner, route, parsed in _routes(context) if owner == name]
        if api.kind == "http":
            made = {(parsed.method, parsed.path) for _, parsed in routes}
            if api.cors:
                made |= {
                    ("OPTIONS", parsed.path) for r, parsed in routes if _is_opened(r, parsed, api.authorizer)
                }
            if len(made) > MOST_ROUTES:
                context.report(
                    "too-many-routes",
                    f"API {name} has {len(made)} routes, and AWS takes {MOST_ROUTES} on an HTTP API",
                    ("apis", name),
                    key=True,
                    hint="declare further `apis`, and write routes as { api: NAME, route: … }; "
                    "or one function answers several paths by {name+}",
                )
        else:
            # Each level is a resource, and so is the root, which every API has.
            paths = {p.segments[:depth] for _, p in routes for depth in range(len(p.segments) + 1)} | {()}
            if len(paths) > MOST_PATHS:
                context.report(
                    "too-many-paths",
                    f"REST API {name} has {len(paths)} paths with those that lead to others, and AWS takes "
                    f"{MOST_PATHS} unless it was asked for more",
                    ("apis", name),
                    key=True,
                    hint="ask AWS for more (Service Quotas, «Resources per API»), or declare further `apis`",
                )


def _routes(context: Context) -> Iterator[tuple[str | None, Route, ParsedRoute]]:
    """Routes that can be read, with their APIs; what is wrong with others is said elsewhere."""
    default = default_api({name: api.kind for name, api in context.blueprint.apis.items()})
    for _, _, _, function, _ in context.functions():
        for route in function.routes:
            try:
                yield route.api or default, route, parse_route(route.route)
            except RouteError:
                continue


def _is_opened(route: Route, parsed: ParsedRoute, authorizer: str | None) -> bool:
    """Whether browsers get a route more, to ask before they have a token."""
    asked = authorizer if route.auth is None else route.auth
    return parsed.method == "ANY" and asked not in (None, "none")
