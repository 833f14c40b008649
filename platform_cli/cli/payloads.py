"""What a function is called with: an event as it was typed, or that of a request to one of its routes."""

from __future__ import annotations

from collections.abc import Sequence

from platform_cli.cli.files import read_payload
from platform_cli.cli.session import Session
from platform_cli.errors import ExitCode, PlatformError


def event_of(
    session: Session,
    address: str,
    payload: str,
    request: str | None,
    body: str | None,
    claims: Sequence[str],
) -> bytes:
    """Return the event for a function.

    Without any of the options, a function that serves requests gets one, and any other an empty event.

    Raises:
        PlatformError: Options that exclude each other, an unknown function, a request that it does not
            serve, or a file that cannot be read.
    """
    from platform_cli.operate.functions import find_function
    from platform_cli.operate.requests import request_event

    asked = request is not None or body is not None or bool(claims)
    if payload and asked:
        raise PlatformError(
            "--payload is the whole event, so --request, --body and --claim cannot stand beside it",
            hint="keep one of them",
            code="usage",
            exit_code=ExitCode.USAGE,
        )
    function = find_function(session.environment, address)
    if payload or not (asked or function.routes):
        return read_payload(payload, session.terminal.stdin)
    text = None if body is None else read_payload(body, session.terminal.stdin).decode(errors="replace")
    given = dict(_claim(claim) for claim in claims)
    return request_event(session.environment, function, request, body=text, claims=given)


def _claim(typed: str) -> tuple[str, str]:
    name, equals, value = typed.partition("=")
    if not (name and equals):
        raise PlatformError(
            f'"{typed}" is no claim',
            hint="write NAME=VALUE, such as sub=ada",
            code="usage",
            exit_code=ExitCode.USAGE,
        )
    return name, value
