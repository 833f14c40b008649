"""What goes wrong in a way that the caller can act on, and how an API says so (RFC 9457)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

PROBLEM_JSON = "application/problem+json"


class Problem(Exception):
    """An anticipated failure. Logic raises subclasses; an API answers them, a queue retries them.

    Args:
        detail: One sentence for the caller. Never holds personal data: it is logged.
        code: A stable kebab-case identifier that programs can branch on.
        errors: What is wrong with single fields, each `{"field": …, "message": …}`.
    """

    status: int = 500
    title: str = "Internal error"
    default_code: str = "internal-error"

    def __init__(
        self, detail: str, *, code: str | None = None, errors: Sequence[dict[str, str]] = ()
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.default_code
        self.errors = tuple(errors)

    def document(self, request_id: str) -> dict[str, Any]:
        """The problem document; `instance` names the request for whoever asks in the logs."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "instance": f"urn:request:{request_id}",
        }
        if self.errors:
            document["errors"] = list(self.errors)
        return document


class BadRequest(Problem):
    """The request makes no sense as it is."""

    status = 400
    title = "Bad request"
    default_code = "bad-request"


class Unauthorized(Problem):
    """Who calls is not known."""

    status = 401
    title = "Unauthorized"
    default_code = "unauthorized"


class Forbidden(Problem):
    """The caller is known and may not do this."""

    status = 403
    title = "Forbidden"
    default_code = "forbidden"


class NotFound(Problem):
    """There is no such thing, or none that the caller may know of."""

    status = 404
    title = "Not found"
    default_code = "not-found"


class Conflict(Problem):
    """The request does not fit the present state."""

    status = 409
    title = "Conflict"
    default_code = "conflict"


class TooManyRequests(Problem):
    """The caller should slow down."""

    status = 429
    title = "Too many requests"
    default_code = "too-many-requests"


class Unavailable(Problem):
    """Something that the service depends on does not answer."""

    status = 503
    title = "Service unavailable"
    default_code = "unavailable"


def invalid_input(error: ValidationError) -> BadRequest:
    """What a model rejects, field by field, without repeating the rejected values."""
    details = error.errors(include_url=False, include_input=False, include_context=False)
    if any(detail["type"] == "json_invalid" for detail in details):
        return BadRequest("The body is not valid JSON", code="invalid-json")
    fields = [
        {"field": ".".join(str(part) for part in detail["loc"]) or "body", "message": detail["msg"]}
        for detail in details
    ]
    return BadRequest("The request does not have the expected shape", code="invalid-input", errors=fields)
