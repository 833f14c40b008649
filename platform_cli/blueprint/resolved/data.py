"""Tables, buckets, secrets, settings and flags in one environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from platform_cli.blueprint.resolved.base import Resolved


class ResolvedKey(Resolved):
    """An attribute of a key."""

    name: str
    type: Literal["string", "number", "binary"] = "string"


class ResolvedIndex(Resolved):
    """A global secondary index. `projection` is `all`, `keys_only` or the attributes projected."""

    name: str
    partition_key: ResolvedKey
    sort_key: ResolvedKey | None
    projection: Literal["all", "keys_only"] | tuple[str, ...] = "all"


class ResolvedScaling(Resolved):
    """Provisioned units between `min` and `max`, kept at `target_percent` use."""

    min: int
    max: int
    target_percent: int


class ResolvedCapacity(Resolved):
    """Provisioned capacity of a table; None in its place means on demand."""

    read: ResolvedScaling
    write: ResolvedScaling


class ResolvedTable(Resolved):
    """A DynamoDB table, or one that exists already (`external`: referenced, never changed).

    A key of an external table that the blueprint does not say has an empty name.
    """

    name: str
    physical_name: str
    partition_key: ResolvedKey
    sort_key: ResolvedKey | None
    indexes: Mapping[str, ResolvedIndex]
    capacity: ResolvedCapacity | None
    encryption: Literal["aws_owned", "aws_managed", "customer_managed"]
    stream: Literal["new_image", "old_image", "new_and_old_images", "keys_only"] | None
    ttl: str | None
    point_in_time_recovery: bool
    backup: str | None
    replicas: tuple[str, ...]
    external: bool = False
    contributor_insights: Literal["throttled_keys", "accessed_and_throttled_keys"] | None = None
    event_store: str | None = None
    """The event store whose events the table holds; None for a table that the blueprint declares."""

    @property
    def origin(self) -> str:
        """Dotted path of the blueprint that it comes from."""
        return f"event_stores.{self.event_store}" if self.event_store else f"tables.{self.name}"


class ResolvedBucket(Resolved):
    """An S3 bucket; the lifecycle is in days, None where a step is not wanted."""

    name: str
    physical_name: str
    versioned: bool
    infrequent_after_days: int | None
    archive_after_days: int | None
    expire_after_days: int | None
    expire_noncurrent_after_days: int | None
    intelligent_tiering: bool
    encryption: Literal["aws_managed", "customer_managed"]
    external: bool = False
    access_log_retention_days: int | None = None
    """Days that records of requests are kept in the log bucket; None where there are none."""
    replicas: tuple[str, ...] = ()
    """Regions to which S3 copies every object."""


class ResolvedSecret(Resolved):
    """A Secrets Manager secret. The value is runtime state: generated once, never in a template."""

    name: str
    physical_name: str
    description: str
    generate_length: int | None
    """Characters of the generated value; None where somebody sets it by hand."""
    exclude_punctuation: bool
    database: str | None
    replicas: tuple[str, ...]
    rotation_days: int | None
    rotation_strategy: Literal["single_user", "alternating_users", "api_key", "jwt_key", "generic"] | None
    rotation_function: str | None = None
    """`service.function`; None where nobody of ours rotates it."""
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"
    username: str | None = None
    """The user of the database whose login it is; None for every other secret."""


class ResolvedSetting(Resolved):
    """A Parameter Store setting; `value` is only the value it is created with."""

    group: str
    key: str
    parameter_name: str
    """`/{system}/{env}/{group}/{key}`."""
    value: str
    type: Literal["string", "integer", "number", "boolean", "list", "json"]
    secure: bool


class ResolvedFlagsRelease(Resolved):
    """How a change of flags reaches the hosts.

    `percent` is that of the first step; `minutes` last until all hosts have it, `bake_minutes` after that.
    `alarms` are `errors` or `queues.notifications.age`.
    """

    strategy: Literal["all_at_once", "linear", "exponential"] = "all_at_once"
    percent: float = 100
    minutes: int = 0
    bake_minutes: int = 0
    alarms: tuple[str, ...] = ()

    @property
    def own(self) -> bool:
        """Whether it is anything but all at once without a time of observation."""
        return self.strategy != "all_at_once" or self.bake_minutes > 0


class ResolvedFlag(Resolved):
    """A feature flag; `default` is only the state it is created with."""

    name: str
    description: str
    owner: str
    default: bool
    remove_after: str | None
    """ISO date."""
    attributes: Mapping[str, str | int | float | bool]
