"""Which requests are traced."""

from __future__ import annotations

from pydantic import Field

from platform_cli.blueprint.model.base import Source


class Sampling(Source):
    """How many requests to an API of kind `rest` are traced, with all that they lead to."""

    per_second: int = Field(default=1, ge=0, le=1000)
    """Requests that are traced each second, before the percentage counts."""
    percent: float = Field(default=5, ge=0, le=100)
    """Percent of the further ones."""


class Tracing(Source):
    """Which requests are traced; `tracing` of functions says whether any are."""

    sampling: Sampling | None = None
    """How many; without it, X-Ray's own rule: the first of each second, and 5 percent of the rest."""
