"""The base of what comes in from outside."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Frozen, and silent about the rejected input: its errors are logged, and the input may be personal."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class RequestModel(Model):
    """A request's body: unknown fields are errors, surrounding blanks are dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
