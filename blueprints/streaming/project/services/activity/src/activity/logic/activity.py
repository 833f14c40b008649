"""What users do, and what the API refused."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pydantic import Field
from servicekit.models import RequestModel


class Happening(RequestModel):
    """Something that a user did."""

    user_id: str = Field(min_length=1, max_length=64)
    action: str = Field(min_length=1, max_length=64)
    page: str | None = Field(default=None, max_length=512)


@dataclass(frozen=True)
class Refusal:
    """A request that was refused, as the API's access log has it, or a sign-in that failed."""

    id: str
    status: str
    line: dict[str, Any]


class ActivityStore(Protocol):
    """Where it is kept."""

    def did(self, happening: Happening, at: datetime, sequence: str) -> None:
        """Keep the latest that a user did."""


class RefusalStore(Protocol):
    """Where refusals are kept."""

    def refused(self, refusal: Refusal) -> None:
        """Keep a refusal; the same one may come twice."""


def refusals(data: bytes) -> Iterator[Refusal]:
    """The refusals in a record: lines of a log, compressed, or a failed sign-in, as CloudTrail tells it."""
    told = json.loads(gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data)
    call = told.get("detail", {})
    if call.get("errorCode"):
        # Neither the address nor the browser: they name a person.
        shown = {name: call.get(name) for name in ("eventName", "errorCode", "eventTime")}
        yield Refusal(str(call["eventID"]), str(call["errorCode"]), shown)
    for entry in told.get("logEvents", []):
        try:
            line = json.loads(entry["message"])
        except ValueError:
            continue  # CloudWatch Logs puts a line in words to see whether the stream can be reached
        if isinstance(line, dict):
            yield Refusal(str(entry["id"]), str(line.get("status", "")), line)
