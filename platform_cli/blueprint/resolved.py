"""What a blueprint means in one environment: every default applied, every name final.

These values are what the later stages read. They are frozen, hold no position and no path of the
machine, and serialise to the same JSON wherever they are computed, so that a hash of them says
whether anything changed. What the user writes is in `model/`; `resolve()` turns it into these.

The order of mappings is the order of names, never the order in the file: moving a table up in the
blueprint changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Architecture = Literal["arm64", "x86_64"]


class Resolved(BaseModel):
    """Base of all resolved values."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- data ----------------------------------------------------------------------------------------


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
    """A DynamoDB table, or one that exists already (`external`: referenced, never changed)."""

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
    rotation_strategy: Literal["single_user", "alternating_users"] | None


class ResolvedSetting(Resolved):
    """A Parameter Store setting; `value` is only the value it is created with."""

    group: str
    key: str
    parameter_name: str
    """`/{system}/{env}/{group}/{key}`."""
    value: str
    type: Literal["string", "integer", "number", "boolean", "list", "json"]
    secure: bool


class ResolvedFlag(Resolved):
    """A feature flag; `default` is only the state it is created with."""

    name: str
    description: str
    owner: str
    default: bool
    remove_after: str | None
    """ISO date."""
    attributes: Mapping[str, str | int | float | bool]


# --- events --------------------------------------------------------------------------------------


class ResolvedBus(Resolved):
    """An EventBridge bus; `archive_days` None means no archive."""

    name: str
    physical_name: str
    archive_days: int | None


class ResolvedSubscription(Resolved):
    """What a queue or function takes from a bus or topic."""

    bus: str | None
    topic: str | None
    detail_types: tuple[str, ...]
    sources: tuple[str, ...]


class ResolvedDeadLetter(Resolved):
    """Where messages go that were received `max_receives` times without success."""

    physical_name: str
    max_receives: int
    retention_days: int


class ResolvedQueue(Resolved):
    """An SQS queue."""

    name: str
    physical_name: str
    fifo: bool
    visibility_timeout_seconds: int
    retention_days: int
    delay_seconds: int
    subscription: ResolvedSubscription | None
    dead_letter: ResolvedDeadLetter | None


class ResolvedTopic(Resolved):
    """An SNS topic."""

    name: str
    physical_name: str
    fifo: bool


class ResolvedStream(Resolved):
    """A Kinesis data stream; `shards` None means on demand."""

    name: str
    physical_name: str
    shards: int | None
    retention_hours: int


# --- identity ------------------------------------------------------------------------------------


class ResolvedPassword(Resolved):
    """Cognito's password policy."""

    min_length: int
    lowercase: bool
    uppercase: bool
    numbers: bool
    symbols: bool


class ResolvedIdentity(Resolved):
    """A Cognito user pool; `name` is what an API's `authorizer` says (`users`)."""

    name: str
    physical_name: str
    sign_in: Literal["email", "phone", "username"]
    self_sign_up: bool
    mfa: Literal["off", "optional", "required"]
    password: ResolvedPassword
    clients: tuple[str, ...]
    groups: tuple[str, ...]


# --- APIs ----------------------------------------------------------------------------------------


class ResolvedCors(Resolved):
    """Cross-origin rules of an API."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    max_age_seconds: int
    credentials: bool


class ResolvedThrottle(Resolved):
    """Requests a second in the long run, and at once."""

    rate: int
    burst: int


class ResolvedApi(Resolved):
    """An API Gateway API. Its routes are on the functions that serve them."""

    name: str
    physical_name: str
    kind: Literal["http", "rest"]
    authorizer: str | None
    cors: ResolvedCors | None
    throttle: ResolvedThrottle | None
    firewall: str | None
    allowed_ips: tuple[str, ...]
    cache_ttl_seconds: int | None
    domain: str | None
    access_log_retention_days: int


# --- services ------------------------------------------------------------------------------------


class ResolvedRoute(Resolved):
    """`method path` of an API served by a function; `authorizer` None means open to anybody."""

    api: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"]
    path: str
    authorizer: str | None
    scopes: tuple[str, ...] = ()


class QueueTrigger(Resolved):
    """An SQS queue drives the function; failures are reported a message at a time."""

    kind: Literal["queue"] = "queue"
    queue: str
    batch_size: int
    batch_window_seconds: int
    max_concurrency: int | None
    filters: tuple[str, ...] = ()
    """Event filter patterns, each as JSON text."""


class StreamTrigger(Resolved):
    """A Kinesis stream (`kind: stream`) or a table's stream (`kind: table_stream`)."""

    kind: Literal["stream", "table_stream"]
    source: str
    """The stream's or the table's name in the blueprint."""
    batch_size: int
    batch_window_seconds: int
    starting_position: Literal["latest", "trim_horizon"]
    bisect_on_error: bool
    max_retries: int
    max_age_seconds: int | None
    parallelization: int
    tumbling_window_seconds: int | None
    on_failure: str | None
    """A queue's name, or None."""
    filters: tuple[str, ...] = ()


class BusTrigger(Resolved):
    """Events of a bus call the function asynchronously."""

    kind: Literal["bus"] = "bus"
    bus: str
    detail_types: tuple[str, ...]
    sources: tuple[str, ...]


class ScheduleTrigger(Resolved):
    """`rate(…)`, `cron(…)` or `at(…)` of EventBridge Scheduler, in `timezone`."""

    kind: Literal["schedule"] = "schedule"
    schedule: str
    timezone: str
    enabled: bool
    input: str | None
    """JSON text given to the function."""


class BucketTrigger(Resolved):
    """Objects created in or removed from a bucket."""

    kind: Literal["bucket"] = "bucket"
    bucket: str
    events: tuple[Literal["created", "removed"], ...]
    prefix: str | None
    suffix: str | None


class TopicTrigger(Resolved):
    """Messages of an SNS topic."""

    kind: Literal["topic"] = "topic"
    topic: str
    filter_policy: str | None
    """JSON text, or None."""


Trigger = Annotated[
    QueueTrigger | StreamTrigger | BusTrigger | ScheduleTrigger | BucketTrigger | TopicTrigger,
    Field(discriminator="kind"),
]


class ResolvedAccess(Resolved):
    """One line of `access`: `kind.name: verb`.

    `indexes` None means the table and all of its indexes; a tuple, those indexes alone beside the table.
    `kind` and `verb` are rows of the table in `access.py`.
    """

    kind: str
    name: str
    verb: str
    indexes: tuple[str, ...] | None = None


class ResolvedPermission(Resolved):
    """The escape hatch `permissions`: a raw IAM statement with its reason."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str


class ResolvedProvisioned(Resolved):
    """Provisioned concurrency with target tracking."""

    min: int
    max: int
    target_percent: int


class ResolvedRelease(Resolved):
    """How a new version takes over the traffic."""

    strategy: str
    alarms: tuple[str, ...]


class ResolvedFunction(Resolved):
    """A Lambda function with all that belongs to it."""

    service: str
    name: str
    physical_name: str
    handler: str
    runtime: str
    """As Lambda calls it: `python3.13`."""
    architecture: Architecture
    memory_mb: int
    timeout_seconds: int
    ephemeral_storage_mb: int
    tracing: bool
    log_retention_days: int
    environment: Mapping[str, str]
    routes: tuple[ResolvedRoute, ...]
    triggers: tuple[Trigger, ...]
    access: tuple[ResolvedAccess, ...]
    permissions: tuple[ResolvedPermission, ...]
    network: str | None
    reserved_concurrency: int | None
    provisioned_concurrency: ResolvedProvisioned | None
    release: ResolvedRelease | None

    @property
    def address(self) -> str:
        """How commands and messages call it: `service.function`."""
        return f"{self.service}.{self.name}"


class ResolvedService(Resolved):
    """A service: a folder with a Python package, and its functions."""

    name: str
    path: str
    """POSIX path relative to the workspace."""
    functions: Mapping[str, ResolvedFunction]


class ResolvedEnvironment(Resolved):
    """The whole system in one environment; what `synth`, `deploy` and `operate` work from."""

    system: str
    owner: str
    environment: str
    target: Literal["aws", "local"]
    account: str
    """Twelve digits; `000000000000` on the local AWS."""
    region: str
    profile: str | None
    protect: bool
    tags: Mapping[str, str]
    identity: Mapping[str, ResolvedIdentity]
    tables: Mapping[str, ResolvedTable]
    buckets: Mapping[str, ResolvedBucket]
    secrets: Mapping[str, ResolvedSecret]
    settings: tuple[ResolvedSetting, ...]
    flags: Mapping[str, ResolvedFlag]
    buses: Mapping[str, ResolvedBus]
    queues: Mapping[str, ResolvedQueue]
    topics: Mapping[str, ResolvedTopic]
    streams: Mapping[str, ResolvedStream]
    apis: Mapping[str, ResolvedApi]
    services: Mapping[str, ResolvedService]

    @property
    def functions(self) -> tuple[ResolvedFunction, ...]:
        """All functions, by service and name."""
        return tuple(f for s in self.services.values() for f in s.functions.values())
