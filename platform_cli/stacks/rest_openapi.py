"""The OpenAPI body of a REST API. Pure: routes in, a document with API Gateway's extensions out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from platform_cli.blueprint.resolved import ResolvedApi, ResolvedCors, ResolvedFunction, ResolvedRoute
from platform_cli.stacks.cors import depends_on_origin, gateway_headers, preflight
from platform_cli.stacks.gateway_answers import gateway_answers
from platform_cli.stacks.openapi import ANY_METHOD, Integration, Served

API_KEY = "_api_key"
"""The scheme of API keys; no user pool can be called so, as names begin with a letter."""
VALIDATOR = "all"
_VARIABLE = re.compile(r"{([^}+]+)\+?}")


def rest_body(
    api: ResolvedApi,
    served: Sequence[Served],
    integrate: Callable[[ResolvedFunction], Integration],
    pools: Mapping[str, str],
) -> dict[str, Any]:
    """The whole API as one document.

    Args:
        api: The API.
        served: Its routes.
        integrate: How each function is called.
        pools: ARNs of user pools, by the names that routes use.
    """
    paths: dict[str, dict[str, Any]] = {}
    for function, route in served:
        method = ANY_METHOD if route.method == "ANY" else route.method.lower()
        operation = _operation(function, route, integrate(function), depends_on_origin(api.cors))
        paths.setdefault(route.path, {})[method] = operation
    if api.cors:
        _answer_preflights(paths, api.cors, served)
    body: dict[str, Any] = {
        "openapi": "3.0.1",
        "info": {"title": api.physical_name, "version": "1.0"},
        "paths": paths,
    }
    if components := _components(api, served, pools):
        body["components"] = components
    body["x-amazon-apigateway-request-validators"] = {
        VALIDATOR: {"validateRequestBody": True, "validateRequestParameters": True}
    }
    body["x-amazon-apigateway-gateway-responses"] = gateway_answers(gateway_headers(api.cors))
    body["x-amazon-apigateway-api-key-source"] = "HEADER"
    return body


def _components(api: ResolvedApi, served: Sequence[Served], pools: Mapping[str, str]) -> dict[str, Any]:
    schemes = {name: _scheme(arn) for name, arn in sorted(pools.items())}
    if any(route.api_key for _, route in served):
        schemes[API_KEY] = {"type": "apiKey", "name": "x-api-key", "in": "header"}
    used = sorted({route.request.body for _, route in served if route.request and route.request.body})
    components: dict[str, Any] = {}
    if used:
        components["schemas"] = {name: json.loads(api.models[name]) for name in used}
    if schemes:
        components["securitySchemes"] = schemes
    return components


def _scheme(pool_arn: str) -> dict[str, Any]:
    return {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": [pool_arn]},
    }


def _answer_preflights(
    paths: dict[str, dict[str, Any]], cors: ResolvedCors, served: Sequence[Served]
) -> None:
    """Let browsers ask at each path; a route of one's own for `OPTIONS` stands."""
    methods: dict[str, set[str]] = {}
    keys = any(route.api_key for _, route in served)
    for _, route in served:
        methods.setdefault(route.path, set()).add(route.method)
    for path, there in methods.items():
        if operation := preflight(cors, there, api_key=keys):
            paths[path].setdefault("options", operation)


def _operation(
    function: ResolvedFunction, route: ResolvedRoute, integration: Integration, by_origin: bool
) -> dict[str, Any]:
    request, cache = route.request, route.cache
    operation: dict[str, Any] = {"summary": function.address}
    if parameters := _parameters(route, by_origin):
        operation["parameters"] = parameters
    if request and request.body:
        schema = {"$ref": f"#/components/schemas/{request.body}"}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    operation["responses"] = {"default": {"description": "What the function answers"}}
    security: list[dict[str, list[str]]] = []
    if route.authorizer:
        security.append({route.authorizer: list(route.scopes)})
    if route.api_key:
        security.append({API_KEY: []})
    if security:
        operation["security"] = security
    if request:
        operation["x-amazon-apigateway-request-validator"] = VALIDATOR
    operation["x-amazon-apigateway-integration"] = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": integration.uri,
        "credentials": integration.credentials,
        "timeoutInMillis": integration.timeout_milliseconds,
        **({"cacheKeyParameters": _cache_key(route, by_origin)} if cache else {}),
    }
    return operation


def _parameters(route: ResolvedRoute, by_origin: bool) -> list[dict[str, Any]]:
    """What the method knows of its requests: what is in the path, what must be there, what a cache needs."""
    request, cache = route.request, route.cache
    found = [_parameter("path", name, required=True) for name in _VARIABLE.findall(route.path)]
    needed: set[tuple[str, str]] = set()
    if request:
        needed |= {("query", name) for name in request.query} | {("header", name) for name in request.headers}
    known = set(needed)
    if cache:
        known |= {("query", name) for name in cache.query} | {
            ("header", name) for name in _varying(route, by_origin)
        }
    found += [_parameter(place, name, required=(place, name) in needed) for place, name in sorted(known)]
    return found


def _parameter(place: str, name: str, *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": {"type": "string"}}


def _varying(route: ResolvedRoute, by_origin: bool) -> list[str]:
    """Headers that an answer in the cache is kept under.

    Who calls is one of them, wherever the route knows who calls: otherwise one caller got another's answer.
    """
    headers = set(route.cache.headers) if route.cache else set()
    if route.authorizer:
        headers.add("Authorization")
    if route.api_key:
        headers.add("x-api-key")
    if by_origin:
        headers.add("Origin")
    return sorted(headers)


def _cache_key(route: ResolvedRoute, by_origin: bool) -> list[str]:
    query = route.cache.query if route.cache else ()
    return [
        *(f"method.request.path.{name}" for name in _VARIABLE.findall(route.path)),
        *(f"method.request.querystring.{name}" for name in query),
        *(f"method.request.header.{name}" for name in _varying(route, by_origin)),
    ]
