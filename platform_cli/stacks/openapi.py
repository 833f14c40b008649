"""The OpenAPI body of an HTTP API. Pure: routes in, a document with API Gateway's extensions out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_cli.blueprint.resolved import ResolvedApi, ResolvedCors, ResolvedFunction, ResolvedRoute
from platform_cli.stacks.cors import METHODS

ANY_METHOD = "x-amazon-apigateway-any-method"
DEFAULT_ROUTE = "$default"
_VARIABLE = re.compile(r"{([^}]+)}")


@dataclass(frozen=True)
class Integration:
    """How a function is called: API Gateway's URI of it, and the role that may."""

    uri: str
    credentials: str
    timeout_milliseconds: int


@dataclass(frozen=True)
class Authorizer:
    """Who signs the tokens, and for which clients."""

    issuer: str
    audience: Sequence[str]


Served = tuple[ResolvedFunction, ResolvedRoute]


def routes_of(api: ResolvedApi, functions: Sequence[ResolvedFunction]) -> tuple[Served, ...]:
    """The routes of an API with the functions that serve them, by path and method."""
    served = [(f, route) for f in functions for route in f.routes if route.api == api.name]
    return tuple(sorted(served, key=lambda pair: (pair[1].path, pair[1].method)))


def openapi_body(
    api: ResolvedApi,
    served: Sequence[Served],
    integrate: Callable[[ResolvedFunction], Integration],
    authorizers: Mapping[str, Authorizer],
) -> dict[str, Any]:
    """The whole API as one document.

    Args:
        api: The API.
        served: Its routes.
        integrate: How each function is called.
        authorizers: By the names that routes use, and by `machines_of` those that take machines too.
    """
    paths: dict[str, dict[str, Any]] = {}
    for function, route in served:
        operation = _operation(function, route, integrate(function), authorizers)
        path = f"/{DEFAULT_ROUTE}" if route.path == DEFAULT_ROUTE else route.path
        if route.path == DEFAULT_ROUTE:
            operation["isDefaultRoute"] = True
        paths.setdefault(path, {})[_method(route)] = operation
    if api.cors:
        _open_preflight(paths, served, integrate)
    body: dict[str, Any] = {
        "openapi": "3.0.1",
        "info": {"title": api.physical_name, "version": "1.0"},
        "paths": paths,
    }
    if authorizers:
        schemes = {name: _scheme(authorizer) for name, authorizer in sorted(authorizers.items())}
        body["components"] = {"securitySchemes": schemes}
    if api.cors:
        body["x-amazon-apigateway-cors"] = _cors(api.cors)
    body["x-amazon-apigateway-importexport-version"] = "1.0"
    return body


def machines_of(pool: str) -> str:
    """The authorizer that takes tokens of a pool's machines beside those of its users.

    Routes without scopes have another: an HTTP API takes any token there, and a machine has no right to them.
    """
    return f"{pool}.machines"


def _who(route: ResolvedRoute, pool: str, authorizers: Mapping[str, Authorizer]) -> str:
    return machines_of(pool) if route.scopes and machines_of(pool) in authorizers else pool


def _method(route: ResolvedRoute) -> str:
    return ANY_METHOD if route.method == "ANY" or route.path == DEFAULT_ROUTE else route.method.lower()


def _operation(
    function: ResolvedFunction,
    route: ResolvedRoute,
    integration: Integration,
    authorizers: Mapping[str, Authorizer],
) -> dict[str, Any]:
    operation: dict[str, Any] = {"summary": function.address}
    if variables := _VARIABLE.findall(route.path):
        operation["parameters"] = [
            {"name": variable, "in": "path", "required": True, "schema": {"type": "string"}}
            for variable in variables
        ]
    operation["responses"] = {"default": {"description": "What the function answers"}}
    if route.authorizer:
        operation["security"] = [{_who(route, route.authorizer, authorizers): list(route.scopes)}]
    operation["x-amazon-apigateway-integration"] = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": integration.uri,
        "credentials": integration.credentials,
        "payloadFormatVersion": "2.0",
        "timeoutInMillis": integration.timeout_milliseconds,
    }
    return operation


def _open_preflight(
    paths: dict[str, dict[str, Any]],
    served: Sequence[Served],
    integrate: Callable[[ResolvedFunction], Integration],
) -> None:
    """Let a browser ask before it has a token, where a route for every method would ask it for one."""
    for function, route in served:
        if route.authorizer and _method(route) == ANY_METHOD and route.path != DEFAULT_ROUTE:
            opened = ResolvedRoute(api=route.api, method="OPTIONS", path=route.path, authorizer=None)
            paths[route.path].setdefault("options", _operation(function, opened, integrate(function), {}))


def _scheme(authorizer: Authorizer) -> dict[str, Any]:
    return {
        "type": "oauth2",
        "x-amazon-apigateway-authorizer": {
            "type": "jwt",
            "identitySource": "$request.header.Authorization",
            "jwtConfiguration": {"issuer": authorizer.issuer, "audience": list(authorizer.audience)},
        },
    }


def _cors(cors: ResolvedCors) -> dict[str, Any]:
    # With credentials, browsers take `*` for the name of a method.
    methods = METHODS if cors.credentials and "*" in cors.methods else cors.methods
    return {
        "allowOrigins": list(cors.origins),
        "allowMethods": list(methods),
        "allowHeaders": list(cors.headers),
        "allowCredentials": cors.credentials,
        **({"exposeHeaders": list(cors.exposed_headers)} if cors.exposed_headers else {}),
        "maxAge": cors.max_age_seconds,
    }
