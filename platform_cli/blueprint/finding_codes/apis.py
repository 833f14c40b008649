"""The codes of findings about APIs and their routes."""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.finding_codes.kinds import FindingCode
from platform_cli.blueprint.finding_codes.kinds import error as _error
from platform_cli.blueprint.finding_codes.kinds import notice as _notice
from platform_cli.blueprint.finding_codes.kinds import warning as _warning

API_CODES: Mapping[str, FindingCode] = {
    "invalid-route": _error(
        "A route is a method and a path: GET /orders/{id}. Segments in braces stand alone between slashes, "
        "their names differ, and {name+} may only be the last one."
    ),
    "route-collision": _error(
        "Two routes of an API answer the same requests: the names in braces do not tell routes apart. On a "
        "REST API, two names in braces at the same position collide whatever the method."
    ),
    "too-many-routes": _error(
        "An HTTP API has at most 300 integrations, which AWS raises for nobody, and each route has one of "
        "its own. Behind a CDN, several APIs have one address: `apis: { /orders: orders, /users: users }`."
    ),
    "too-many-paths": _warning(
        "A REST API has at most 300 resources unless AWS raised it for this API: each path is one, and each "
        "level above it."
    ),
    "ambiguous-api": _error(
        "A route that names no API belongs to the only one, or of several to the only one of kind http; "
        "here there is none such."
    ),
    "scopes-without-authorizer": _error(
        "Scopes are checked on a user's token, and this route has no authorizer."
    ),
    "unknown-scope": _warning(
        "A route with scopes takes only tokens that have one of them. A user pool puts no other scopes into "
        "a token than those that it knows, so that the route would answer 401 to everybody."
    ),
    "undeclared-scope": _error(
        "A machine asks for scopes that its user pool declares, as `SERVER/SCOPE`; AWS refuses any other."
    ),
    "rest-only": _error(
        "Firewalls, address rules, caches, validation of requests and API keys exist for APIs of kind rest "
        "only: AWS WAF cannot be attached to an HTTP API, and HTTP APIs have neither resource policies, "
        "caches, models nor usage plans. An HTTP API can stand behind a CDN that has a firewall."
    ),
    "unknown-model": _error("A route's request names a model that its API does not have under `models`."),
    "invalid-model": _error(
        "A model is a JSON Schema (draft 4) with a `type`, written out in full: API Gateway follows no "
        "references to other documents, and the local AWS follows none at all."
    ),
    "unchecked-keyword": _warning(
        "AWS documents that API Gateway does not check some keywords of JSON Schema when it imports an API. "
        "Requests that break them reach the function, which has to check them itself."
    ),
    "route-cache": _error("Answers are kept for GET alone, and only on an API that has a `cache`."),
    "idle-cache": _warning(
        "An API's cache costs by the hour, and no route says `cache`, so it keeps nothing. A route "
        "has to say it, because only its author knows which query parameters and headers its answer "
        "depends on."
    ),
    "duplicate-api-key": _error(
        "AWS takes a key into one usage plan of an API only, since it would not know which limits count."
    ),
    "api-key-without-plan": _error(
        "A key opens a route only through a usage plan of its API, so that without one nobody could call it."
    ),
    "invalid-cors": _error(
        "An origin is a scheme, a host and perhaps a port, in small letters and without a slash at the end: "
        "browsers compare it letter by letter. With credentials they take no * for origins and headers."
    ),
    "admits-everybody": _warning(
        "A list of addresses that may call holds a block of all addresses, so that it keeps nobody out and "
        "looks as if it did."
    ),
    "private-addresses": _warning(
        "API Gateway, CloudFront and load balancers see the public address of a caller. A private block "
        "(10.0.0.0/8, 192.168.0.0/16 and the like) matches no call at all: a list of who may call then "
        "admits nobody, or not those who were meant."
    ),
    "fixed-addresses": _notice(
        "A list of trusted addresses holds in several environments on AWS, so that who may try out dev can "
        "call prod too. Each environment overrides such a list with its own. Lists of blocked addresses are "
        "not concerned: who attacks one environment is welcome in none."
    ),
    "unreadable-errors": _notice(
        "What a REST API answers by itself (401, 403, 429, 5XX) has fixed headers, which can name one "
        "origin, or * where no credentials are sent. With several origins and credentials, a page sees that "
        "its call failed, and neither status nor text. Answers of functions are not concerned."
    ),
    "timeout-beyond-api": _warning(
        "API Gateway gives up on a function after 30 seconds (HTTP API) or 29 seconds (REST API), so a "
        "longer timeout only costs money."
    ),
}
