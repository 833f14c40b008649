"""Read AWS's answers: error codes that are no surprise, and times."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Clock = Callable[[], datetime]
Sleep = Callable[[float], None]


def now() -> datetime:
    """The time, with its zone."""
    return datetime.now(UTC)


@dataclass
class Refusal:
    """The error that AWS answered with, if it was one of those expected."""

    code: str | None = None
    message: str = ""

    def __bool__(self) -> bool:
        return self.code is not None


@contextmanager
def expecting(*codes: str, message: str = "") -> Iterator[Refusal]:
    """Let a call fail with one of `codes` (and `message` in its text), and say so, instead of raising.

    Every other error goes on its way.
    """
    from botocore.exceptions import ClientError

    refusal = Refusal()
    try:
        yield refusal
    except ClientError as error:
        answer = error.response.get("Error", {})
        if answer.get("Code") not in codes or message not in answer.get("Message", ""):
            raise
        refusal.code = answer.get("Code")
        refusal.message = answer.get("Message", "")


def pages(
    call: Callable[..., Mapping[str, Any]],
    key: str,
    *,
    paging: tuple[str, str] = ("NextToken", "NextToken"),
    begin: str | None = None,
    **arguments: Any,
) -> Iterator[Any]:
    """The items under `key` of all pages of an operation.

    Args:
        call: The operation.
        key: Where the items are in its answer.
        paging: Names of the argument and of the answer's field that carry the mark of the next page.
        begin: The mark of the first page, if some were read already.
        **arguments: What the operation is called with.
    """
    token = begin
    while True:
        page = call(**arguments, **({paging[0]: token} if token else {}))
        yield from page.get(key) or ()
        token = page.get(paging[1])
        if not token:
            return


def parsed_template(body: object) -> Mapping[str, Any] | None:
    """A template as `GetTemplate` gives it: boto3 parses JSON, everything else stays text."""
    if isinstance(body, Mapping):
        return body
    try:
        parsed = json.loads(str(body))
    except json.JSONDecodeError:
        return None
    return parsed if isinstance(parsed, Mapping) else None
