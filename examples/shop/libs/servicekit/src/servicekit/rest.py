"""REST APIs and load balancers have formats of their own, HTTP APIs format 2.0: they become it, and back.

So a handler serves both kinds of API, and a load balancer, with the same routes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus, urlencode


def is_rest(event: Mapping[str, Any]) -> bool:
    """Whether an event comes from a REST API or a load balancer."""
    return event.get("version", "1.0") == "1.0" and "httpMethod" in event


def is_balancer(event: Mapping[str, Any]) -> bool:
    """Whether an event comes from a load balancer."""
    return "elb" in (event.get("requestContext") or {})


def as_http_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """The event of a REST API or a load balancer as an HTTP API would have sent it."""
    if is_balancer(event):
        event = _as_rest_event(event)
    context: Mapping[str, Any] = event.get("requestContext") or {}
    identity: Mapping[str, Any] = context.get("identity") or {}
    query = _lists(event, "multiValueQueryStringParameters", "queryStringParameters")
    authorizer: Mapping[str, Any] = context.get("authorizer") or {}
    claims = authorizer.get("claims")
    return {
        "version": "2.0",
        "routeKey": f"{event['httpMethod']} {event.get('resource', event['path'])}",
        "rawPath": event["path"],
        "rawQueryString": urlencode(query, doseq=True),
        "headers": {
            name.lower(): ",".join(values)
            for name, values in _lists(event, "multiValueHeaders", "headers").items()
        },
        "queryStringParameters": {name: ",".join(values) for name, values in query.items()},
        "pathParameters": event.get("pathParameters") or {},
        "stageVariables": event.get("stageVariables") or {},
        "requestContext": {
            "accountId": context.get("accountId"),
            "apiId": context.get("apiId"),
            "requestId": context.get("requestId"),
            "time": context.get("requestTime"),
            "timeEpoch": context.get("requestTimeEpoch"),
            # The stage is not in a REST API's path, so it must not be taken off.
            "stage": "$default",
            "http": {
                "method": event["httpMethod"],
                "path": event["path"],
                "protocol": context.get("protocol"),
                "sourceIp": identity.get("sourceIp"),
                "userAgent": identity.get("userAgent"),
            },
            **({"authorizer": {"jwt": {"claims": claims, "scopes": _scopes(claims)}}} if claims else {}),
        },
        "body": event.get("body"),
        "isBase64Encoded": bool(event.get("isBase64Encoded")),
    }


def as_balancer_answer(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer in format 2.0 as a load balancer takes it: each header is a list of its values."""
    headers = {name: [str(value)] for name, value in (answer.get("headers") or {}).items()}
    if cookies := answer.get("cookies"):
        headers["Set-Cookie"] = list(cookies)
    kept = {key: value for key, value in answer.items() if key not in ("cookies", "headers")}
    return {"isBase64Encoded": False, **kept, "multiValueHeaders": headers}


def as_rest_answer(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer in format 2.0 as a REST API takes it: several cookies are several values of one header."""
    rest = {key: value for key, value in answer.items() if key != "cookies"}
    if cookies := answer.get("cookies"):
        rest["multiValueHeaders"] = {"Set-Cookie": list(cookies)}
    return rest


def _as_rest_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """A load balancer gives queries as they were sent, and in headers what an API gives in the context."""
    headers = {name.lower(): values for name, values in _lists(event, "multiValueHeaders", "headers").items()}
    query = _lists(event, "multiValueQueryStringParameters", "queryStringParameters")
    first = {name: values[0] for name, values in headers.items() if values}
    return {
        **event,
        "multiValueHeaders": headers,
        "multiValueQueryStringParameters": {
            unquote_plus(name): [unquote_plus(value) for value in values] for name, values in query.items()
        },
        "queryStringParameters": None,
        "requestContext": {
            "requestId": first.get("x-amzn-trace-id", ""),
            "identity": {
                # The last one is the load balancer's own; those before it are what the caller says.
                "sourceIp": first.get("x-forwarded-for", "").split(",")[-1].strip(),
                "userAgent": first.get("user-agent"),
            },
        },
    }


def _lists(event: Mapping[str, Any], several: str, single: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {name: [value] for name, value in (event.get(single) or {}).items()}
    return found | {name: list(values) for name, values in (event.get(several) or {}).items()}


def _scopes(claims: Mapping[str, Any]) -> list[str] | None:
    scope = claims.get("scope")
    return scope.split() if isinstance(scope, str) else None
