"""Write the event by which API Gateway calls a function, so that a route can be tried without the API.

The shapes are those of the Lambda proxy integration: payload format 2.0 for HTTP APIs, 1.0 for REST APIs
(API Gateway developer guide, read in November 2026). An authorizer does not run; its claims are given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFunction, ResolvedRoute
from platform_cli.errors import ExitCode, PlatformError

_SENT_AT = "2026-01-01T00:00:00Z"
_SENT_AT_MS = 1767225600000


def request_event(
    environment: ResolvedEnvironment,
    function: ResolvedFunction,
    request: str | None,
    *,
    body: str | None = None,
    claims: Mapping[str, str] | None = None,
) -> bytes:
    """Return the event of a request to one of a function's routes, as JSON.

    Args:
        environment: Where.
        function: Which one.
        request: `METHOD /path?query`; None takes the function's only route, if nothing in it varies.
        body: The request's body, as text.
        claims: Of the caller's token, as the authorizer would pass them on: `sub`, `cognito:groups` …

    Raises:
        PlatformError: `invalid-request`: the function does not serve it, or it must be named.
    """
    method, target = _method_and_target(function, request)
    parts = urlsplit(target)
    route, parameters = _route(function, method, parts.path)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    headers = {"accept": "application/json", "host": "example.execute-api.amazonaws.com"}
    if body is not None:
        headers["content-type"] = "application/json"
    kind = environment.apis[route.api].kind
    write = _rest_event if kind == "rest" else _http_event
    event = write(route, method, parts, parameters, query, headers, dict(claims or {}))
    return json.dumps({**event, "body": body, "isBase64Encoded": False}).encode()


def _method_and_target(function: ResolvedFunction, request: str | None) -> tuple[str, str]:
    if request is None:
        plain = [
            r
            for r in function.routes
            if "{" not in r.path and r.method not in ("ANY", "POST", "PUT", "PATCH")
        ]
        if len(function.routes) == 1 and plain:
            return plain[0].method, plain[0].path
        raise _invalid(function, f"{function.address} answers requests, and none was given")
    method, _, target = request.strip().partition(" ")
    target = target.strip()
    if not target.startswith("/"):
        raise _invalid(function, f'"{request}" is no request')
    return method.upper(), target


def _route(function: ResolvedFunction, method: str, path: str) -> tuple[ResolvedRoute, dict[str, str]]:
    # A literal segment wins over one that varies, as in API Gateway.
    for route in sorted(function.routes, key=lambda r: (r.path.count("{"), r.path)):
        if route.method in (method, "ANY"):
            parameters = _match(route.path, path)
            if parameters is not None:
                return route, parameters
    raise _invalid(function, f"{function.address} does not serve {method} {path}")


def _match(pattern: str, path: str) -> dict[str, str] | None:
    wanted, given = pattern.strip("/").split("/"), path.strip("/").split("/")
    found: dict[str, str] = {}
    for position, segment in enumerate(wanted):
        if segment.startswith("{") and segment.endswith("+}"):
            rest = "/".join(given[position:])
            return {**found, segment[1:-2]: unquote(rest)} if rest else None
        if position >= len(given):
            return None
        if segment.startswith("{") and segment.endswith("}"):
            if not given[position]:
                return None
            found[segment[1:-1]] = unquote(given[position])
        elif segment != given[position]:
            return None
    return found if len(wanted) == len(given) else None


def _http_event(
    route: ResolvedRoute,
    method: str,
    parts: Any,
    parameters: dict[str, str],
    query: dict[str, str],
    headers: dict[str, str],
    claims: dict[str, str],
) -> dict[str, Any]:
    context: dict[str, Any] = {
        "accountId": "anonymous",
        "apiId": "example",
        "domainName": headers["host"],
        "http": {
            "method": method,
            "path": parts.path,
            "protocol": "HTTP/1.1",
            "sourceIp": "127.0.0.1",
            "userAgent": "platform",
        },
        "requestId": "platform-invoke",
        "routeKey": f"{route.method} {route.path}",
        "stage": "$default",
        "time": _SENT_AT,
        "timeEpoch": _SENT_AT_MS,
    }
    if claims:
        context["authorizer"] = {"jwt": {"claims": claims, "scopes": list(route.scopes) or None}}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": context["routeKey"],
        "rawPath": parts.path,
        "rawQueryString": parts.query,
        "headers": headers,
        "requestContext": context,
    }
    # Format 2.0 leaves out what is empty.
    event |= {"pathParameters": parameters} if parameters else {}
    return event | ({"queryStringParameters": query} if query else {})


def _rest_event(
    route: ResolvedRoute,
    method: str,
    parts: Any,
    parameters: dict[str, str],
    query: dict[str, str],
    headers: dict[str, str],
    claims: dict[str, str],
) -> dict[str, Any]:
    context: dict[str, Any] = {
        "accountId": "anonymous",
        "apiId": "example",
        "domainName": headers["host"],
        "httpMethod": method,
        "identity": {"sourceIp": "127.0.0.1", "userAgent": "platform"},
        "path": parts.path,
        "protocol": "HTTP/1.1",
        "requestId": "platform-invoke",
        "requestTime": _SENT_AT,
        "requestTimeEpoch": _SENT_AT_MS,
        "resourcePath": route.path,
        "stage": "prod",
    }
    if claims:
        context["authorizer"] = {"claims": claims}
    return {
        "version": "1.0",
        "resource": route.path,
        "path": parts.path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": parameters or None,
        "stageVariables": None,
        "requestContext": context,
    }


def _invalid(function: ResolvedFunction, message: str) -> PlatformError:
    served = ", ".join(f'"{route.method} {route.path}"' for route in function.routes)
    hint = f"name one with --request: {served}" if served else "it has no route: give --payload instead"
    return PlatformError(message, hint=hint, code="invalid-request", exit_code=ExitCode.USAGE)
