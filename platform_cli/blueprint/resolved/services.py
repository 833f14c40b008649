"""Services and functions in one environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from platform_cli.blueprint.resolved.base import Architecture, Resolved
from platform_cli.blueprint.resolved.logs import ResolvedLogQuery
from platform_cli.blueprint.resolved.objectives import ResolvedBusinessMetric, ResolvedObjectives
from platform_cli.blueprint.resolved.operations import ResolvedAlarmChange
from platform_cli.blueprint.resolved.triggers import Trigger


class ResolvedRequest(Resolved):
    """What a REST API demands of a request before it calls the function."""

    body: str | None
    """A model of the API."""
    query: tuple[str, ...]
    headers: tuple[str, ...]


class ResolvedRouteCache(Resolved):
    """That answers are kept, for how long, and what they depend on beside path and caller."""

    query: tuple[str, ...]
    headers: tuple[str, ...]
    ttl_seconds: int


class ResolvedRoute(Resolved):
    """`method path` of an API served by a function; `authorizer` None means open to anybody."""

    api: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"]
    path: str
    authorizer: str | None
    scopes: tuple[str, ...] = ()
    request: ResolvedRequest | None = None
    cache: ResolvedRouteCache | None = None
    api_key: bool = False


class ResolvedAccess(Resolved):
    """One line of `access`: `kind.name: verb`.

    `indexes` None means the table and all of its indexes; a tuple, those indexes alone beside the table.
    `aggregates`, where not empty, are patterns of the ids that may be used of an event store.
    `kind` and `verb` are rows of the table in `access.py`.
    """

    kind: str
    name: str
    verb: str
    indexes: tuple[str, ...] | None = None
    aggregates: tuple[str, ...] = ()
    partition_keys: tuple[str, ...] = ()
    """Patterns of the partition keys that may be used of a table; empty for all."""
    attributes: tuple[str, ...] = ()
    """Attributes of a table that may be used beside its keys; empty for all."""
    prefixes: tuple[str, ...] = ()
    """Beginnings of the keys of a bucket's objects; empty for all."""
    detail_types: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()


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
    pre_traffic: str | None = None
    """Name of a function of the same service, as is `post_traffic`."""
    post_traffic: str | None = None

    @property
    def gradual(self) -> bool:
        """Whether both versions serve for a while."""
        return self.strategy != "all_at_once"

    @property
    def guarded(self) -> bool:
        """Whether anything but time decides about a new version, so that CodeDeploy is needed."""
        return self.gradual or bool(self.alarms or self.pre_traffic or self.post_traffic)


LIVE = "live"
"""The alias that all callers of a function use, where it has one."""


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
    encryption: Literal["aws_managed", "customer_managed"] = "aws_managed"
    """Whose key encrypts the environment variables."""
    alarms: Mapping[str, ResolvedAlarmChange] = {}
    """What differs from the alarms of other functions, by the last word of the rule: `errors`."""
    snap_start: bool = False
    """Whether published versions start from a snapshot."""

    @property
    def published(self) -> bool:
        """Whether there are versions, and an alias that callers use."""
        return self.snap_start or self.provisioned_concurrency is not None or self.release is not None

    @property
    def alias(self) -> str | None:
        """The alias that callers use; None where there is none."""
        return LIVE if self.published else None

    @property
    def called_name(self) -> str:
        """How callers name it: `shop-dev-orders-create`, or with its alias `shop-dev-orders-create:live`."""
        return f"{self.physical_name}:{LIVE}" if self.published else self.physical_name

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
    queries: Mapping[str, ResolvedLogQuery] = {}
    """Its own questions to its logs, by name."""
    metrics: Mapping[str, ResolvedBusinessMetric] = {}
    """What the handlers tell of the business, by name."""
    objectives: ResolvedObjectives = ResolvedObjectives.model_construct()
    """What is promised; the system's, where the service says nothing itself."""
    states_objectives: bool = False
    """Whether any of them are its own: then they have alarms of their own."""
