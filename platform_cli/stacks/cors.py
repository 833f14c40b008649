"""Cross-origin rules of a REST API: what it answers browsers that ask first. Pure.

An HTTP API does all of it by itself. A REST API knows nothing of it: a method `OPTIONS` at each path answers
preflights without calling a function, gateway responses carry the origin, and stage variables tell the
functions behind it which origins there are, as nobody else can add anything to a proxied answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from platform_cli.blueprint.resolved import ResolvedCors
from platform_cli.stacks.gateway_answers import HEADERS

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
"""What `*` and a route for every method mean."""
ANY_ORIGIN = "any"
"""How a stage variable says `*`, which its value must not hold (CreateStage, November 2026)."""

_NO_CONTENT = 204


def methods_of(cors: ResolvedCors, served: Collection[str]) -> tuple[str, ...]:
    """Methods that a page may call at a path.

    Args:
        cors: What the API allows.
        served: Methods of the path; `ANY` is all of them.
    """
    there = set(METHODS) if "ANY" in served else set(served)
    allowed = there if "*" in cors.methods else there & set(cors.methods)
    return tuple(sorted(allowed))


def preflight(cors: ResolvedCors, served: Collection[str], *, api_key: bool) -> dict[str, Any] | None:
    """The operation that answers preflights of a path; None if pages may call nothing there.

    Args:
        cors: What the API allows.
        served: Methods of the path.
        api_key: Whether callers have keys, which they send in a header.
    """
    methods = methods_of(cors, served)
    if not methods:
        return None
    request_headers = sorted({*cors.headers, *(("x-api-key",) if api_key else ())})
    headers = {
        **HEADERS,
        **_origin_headers(cors, cors.origins[0]),
        "Access-Control-Allow-Headers": ",".join(request_headers),
        "Access-Control-Allow-Methods": ",".join(methods),
        "Access-Control-Max-Age": str(cors.max_age_seconds),
        # An answer to one method and its headers must not stand for another.
        "Vary": "Access-Control-Request-Headers, Access-Control-Request-Method, Origin",
    }
    answer: dict[str, Any] = {
        "statusCode": str(_NO_CONTENT),
        "responseParameters": {
            f"method.response.header.{name}": f"'{value}'" for name, value in sorted(headers.items())
        },
    }
    if len(cors.origins) > 1:
        answer["responseTemplates"] = {"application/json": _choice(cors.origins[1:])}
    return {
        "summary": "Which pages may call this path",
        "responses": {
            str(_NO_CONTENT): {
                "description": "What browsers ask before a call",
                "headers": {name: {"schema": {"type": "string"}} for name in sorted(headers)},
            }
        },
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "passthroughBehavior": "when_no_match",
            "requestTemplates": {"application/json": f'{{"statusCode": {_NO_CONTENT}}}'},
            "responses": {"default": answer},
        },
    }


def _choice(others: Collection[str]) -> str:
    """A template that names the origin that asks, if it is one of those beside the first.

    Without a match the first one stands, and the browser refuses the page that asked.
    """
    known = " || ".join(f'$origin == "{origin}"' for origin in others)
    return (
        '#set($origin = $input.params().header.get("Origin"))\n'
        '#if(!$origin || $origin == "")#set($origin = $input.params().header.get("origin"))#end\n'
        f"#if({known})"
        "#set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)"
        "#end"
    )


def gateway_headers(cors: ResolvedCors | None) -> Mapping[str, str]:
    """Headers with which pages may read what the API answers by itself.

    Such an answer cannot depend on who asks. It says the same to everybody, so with several origins every
    page may read it; but none may that sends credentials, as browsers take no `*` then.
    """
    if cors is None:
        return {}
    if len(cors.origins) == 1:
        return _origin_headers(cors, cors.origins[0])
    return {} if cors.credentials else {"Access-Control-Allow-Origin": "*"}


def stage_variables(cors: ResolvedCors | None) -> Mapping[str, str]:
    """What the functions behind the API have to know to name the origin in their answers."""
    if cors is None:
        return {}
    origins = [ANY_ORIGIN if origin == "*" else origin for origin in cors.origins]
    return {
        "CorsOrigins": ",".join(origins),
        **({"CorsCredentials": "true"} if cors.credentials else {}),
        **({"CorsExposedHeaders": ",".join(cors.exposed_headers)} if cors.exposed_headers else {}),
    }


def depends_on_origin(cors: ResolvedCors | None) -> bool:
    """Whether an answer is another one for another origin, so that caches have to tell them apart."""
    return cors is not None and len(cors.origins) > 1


def _origin_headers(cors: ResolvedCors, origin: str) -> dict[str, str]:
    credentials = {"Access-Control-Allow-Credentials": "true"} if cors.credentials else {}
    return {"Access-Control-Allow-Origin": origin, **credentials}
