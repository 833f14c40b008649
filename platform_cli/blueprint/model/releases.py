"""How many of a function run at once, how they start, and how versions and changes of flags take over."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from platform_cli.blueprint.model.base import Items, Source, Text

ReleaseStrategy = Literal[
    "all_at_once",
    "canary_10_percent_5_minutes",
    "canary_10_percent_10_minutes",
    "canary_10_percent_15_minutes",
    "canary_10_percent_30_minutes",
    "linear_10_percent_every_1_minute",
    "linear_10_percent_every_2_minutes",
    "linear_10_percent_every_3_minutes",
    "linear_10_percent_every_10_minutes",
]
"""What CodeDeploy brings for Lambda (CodeDeploy guide, «Deployment configurations», November 2026)."""


class Provisioned(Source):
    """Environments of a function that are kept warm."""

    min: int = Field(ge=1)
    """Always."""
    max: int = Field(ge=1)
    """At most."""
    target_percent: Annotated[int, Field(ge=10, le=90)] = 70
    """The use that scaling aims at."""


class Concurrency(Source):
    """How many of a function may run at the same time."""

    reserved: int | None = Field(default=None, ge=0)
    """Never more, and kept free for it."""
    provisioned: Provisioned | None = None
    """Kept warm."""


class ReleaseHooks(Source):
    """Functions that look at a new version and can refuse it."""

    pre_traffic: Text | None = None
    """Before anybody reaches it: a function of the same service."""
    post_traffic: Text | None = None
    """After everybody does: a function of the same service."""


class Release(Source):
    """How a new version takes over."""

    strategy: ReleaseStrategy = "all_at_once"
    """All at once, or step by step."""
    alarms: Items[Literal["errors", "throttles", "duration"]] = ()
    """Alarms of the function that take the release back."""
    hooks: ReleaseHooks | None = None
    """Functions that look at a new version and can refuse it."""


class FlagsRelease(Source):
    """How a change of a flag reaches everybody, and which alarms take it back."""

    strategy: Literal["all_at_once", "linear", "exponential"] = "all_at_once"
    """All at once, or in steps: as much more each time, or twice as much."""
    percent: float | None = Field(default=None, ge=1, le=100)
    """Percent of the hosts in the first step; 20 without it. For steps."""
    minutes: int | None = Field(default=None, ge=1, le=1440)
    """Until all hosts have it; 10 without it. For steps."""
    bake_minutes: int = Field(default=0, ge=0, le=1440)
    """How long alarms can still take it back when all hosts have it."""
    alarms: Items[Text] = ()
    """What takes it back: `errors` of what reads flags, `queues.NAME.dead_letters` or the like."""
