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
    """A request that was refused, as the API's access log has it."""

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
    """The refusals in a record that CloudWatch Logs put into the stream, compressed."""
    told = json.loads(gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data)
    for entry in told.get("logEvents", []):
        try:
            line = json.loads(entry["message"])
        except ValueError:
            continue  # CloudWatch Logs puts a line in words to see whether the stream can be reached
        if isinstance(line, dict):
            yield Refusal(str(entry["id"]), str(line.get("status", "")), line)
