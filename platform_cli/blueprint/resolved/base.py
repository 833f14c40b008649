"""The base of all resolved values."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Architecture = Literal["arm64", "x86_64"]


class Resolved(BaseModel):
    """Base of all resolved values: frozen, and closed to unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
