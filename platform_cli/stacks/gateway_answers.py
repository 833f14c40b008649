"""What a REST API answers by itself, before a function was asked or when it gave no answer. Pure.

API Gateway's own texts name the account and the API's ARN, and tell "no such path" as "missing token". Here
every kind of answer has the members of a problem document (RFC 9457) and says no more than its status, with
security headers like those that `servicekit` gives to the answers of functions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HEADERS: dict[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Of every answer. A static value stands in quotes, so these have none of their own: `sandbox` needs no more,
and X-Frame-Options says what `frame-ancestors 'none'` would."""


@dataclass(frozen=True)
class Answer:
    """A status and what it is called; None for the status where it belongs to a whole class."""

    status: int | None
    title: str


ANSWERS: Mapping[str, Answer] = {
    "ACCESS_DENIED": Answer(403, "Forbidden"),
    "API_CONFIGURATION_ERROR": Answer(500, "Internal error"),
    "AUTHORIZER_CONFIGURATION_ERROR": Answer(500, "Internal error"),
    "AUTHORIZER_FAILURE": Answer(500, "Internal error"),
    "BAD_REQUEST_BODY": Answer(400, "The body does not have the form that this route takes"),
    "BAD_REQUEST_PARAMETERS": Answer(400, "A query parameter or header that this route needs is missing"),
    "EXPIRED_TOKEN": Answer(403, "Forbidden"),
    "INTEGRATION_FAILURE": Answer(504, "No answer in time"),
    "INTEGRATION_TIMEOUT": Answer(504, "No answer in time"),
    "INVALID_API_KEY": Answer(403, "Forbidden"),
    "INVALID_SIGNATURE": Answer(403, "Forbidden"),
    # No route here asks for a signature, so this is only ever said of a path or method that is not there.
    "MISSING_AUTHENTICATION_TOKEN": Answer(404, "Not found"),
    "QUOTA_EXCEEDED": Answer(429, "Too many requests"),
    "REQUEST_TOO_LARGE": Answer(413, "Request too large"),
    "RESOURCE_NOT_FOUND": Answer(404, "Not found"),
    "THROTTLED": Answer(429, "Too many requests"),
    "UNAUTHORIZED": Answer(401, "Unauthorized"),
    "UNSUPPORTED_MEDIA_TYPE": Answer(415, "Unsupported media type"),
    "WAF_FILTERED": Answer(403, "Forbidden"),
    "DEFAULT_4XX": Answer(None, "Request refused"),
    "DEFAULT_5XX": Answer(None, "Internal error"),
}
"""API Gateway's kinds of answers of its own (gateway response types, November 2026)."""


def gateway_answers(more: Mapping[str, str]) -> dict[str, Any]:
    """The extension `x-amazon-apigateway-gateway-responses`.

    Args:
        more: Headers beside those of every answer.
    """
    named = sorted((HEADERS | dict(more)).items())
    headers = {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in named}
    found: dict[str, Any] = {}
    for kind, answer in ANSWERS.items():
        found[kind] = {
            **({"statusCode": answer.status} if answer.status else {}),
            "responseParameters": headers,
            "responseTemplates": {"application/json": _document(answer)},
        }
    return found


def _document(answer: Answer) -> str:
    document: dict[str, Any] = {"type": "about:blank", "title": answer.title}
    if answer.status:
        document["status"] = answer.status
    document["instance"] = "urn:request:$context.requestId"
    return json.dumps(document)
