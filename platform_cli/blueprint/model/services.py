"""Services and functions."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from platform_cli.blueprint.model.alarm_kinds import FunctionAlarms, OwnServiceAlarms
from platform_cli.blueprint.model.base import (
    Items,
    Name,
    Named,
    NothingIsEmpty,
    Shorthand,
    Source,
    Text,
    Variable,
)
from platform_cli.blueprint.model.logs import LogQuery
from platform_cli.blueprint.model.objectives import BusinessMetric, Objectives
from platform_cli.blueprint.model.releases import Concurrency, Release
from platform_cli.blueprint.model.triggers import Trigger

Runtime = Literal["python3.10", "python3.11", "python3.12", "python3.13", "python3.14"]
Architecture = Literal["arm64", "x86_64"]
LogRetention = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""The days that CloudWatch Logs takes (PutRetentionPolicy, November 2026)."""
MemoryMb = Annotated[int, Field(ge=128, le=10240)]
"""Lambda's limits; it gives processor in proportion, one whole at 1,769 MB."""
TimeoutSeconds = Annotated[int, Field(ge=1, le=900)]

Encryption = Literal["aws_managed", "customer_managed"]


class Request(Source):
    """What a request must have before the function is called; APIs of kind `rest` only."""

    body: Name | None = None
    """The model of the API that the JSON body must match."""
    query: Items[Text] = ()
    """Query parameters that must be there."""
    headers: Items[Text] = ()
    """Headers that must be there."""


class RouteCache(Source):
    """What an answer depends on beside the path and who is signed in."""

    query: Items[Text] = ()
    """Query parameters that the answer depends on."""
    headers: Items[Text] = ()
    """Headers that the answer depends on."""
    ttl_seconds: int | None = Field(default=None, ge=1, le=3600)
    """Seconds that an answer is kept; without it, as the API says."""


class Route(Shorthand):
    """A route that a function serves: `GET /orders/{id}`, or a mapping."""

    shorthand: ClassVar[str] = "route"

    api: Name | None = None
    """The API; not needed where the blueprint has only one."""
    route: Text
    """A method and a path: `GET /orders/{id}`; the method `ANY` takes all."""
    auth: Name | None = None
    """The identity that signs users in, or `none` to open the route; without it, the API's authorizer."""
    scopes: Items[Text] = ()
    """Scopes that the token must have one of."""
    request: Request | None = None
    """What a request must have; kind `rest` only."""
    cache: RouteCache | None = None
    """Lets the API keep answers; `GET` on an API of kind `rest` with a `cache`."""
    api_key: bool | None = None
    """Whether a key is needed; without it, if the API has usage plans."""


class AccessLine(Shorthand):
    """What a function may do with a thing: a verb, or a mapping."""

    shorthand: ClassVar[str] = "verb"

    verb: Text
    """The verb, such as `read`."""
    indexes: Items[Name] | None = None
    """For tables: the indexes that may be read; without it, all."""
    aggregates: Items[Text] | None = None
    """For event stores: ids of the aggregates that may be used, `*` matches; without it, all."""
    partition_keys: Items[Text] | None = None
    """For tables: values of the partition key that may be used, `*` matches; without it, all."""
    attributes: Items[Text] | None = None
    """For tables: attributes that may be read or changed, beside those of the keys; without it, all."""
    prefixes: Items[Text] | None = None
    """For buckets: beginnings of the keys of objects, such as `invoices/`; without it, all."""
    detail_types: Items[Text] | None = None
    """For buses: types of events that may be published; without it, all."""
    sources: Items[Text] | None = None
    """For buses: sources in whose name events may be published; without it, all."""
    stages: Items[Literal["AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"]] | None = None
    """For secrets: versions that may be read; without it, all."""


class Permission(Source):
    """A raw IAM statement, for what `access` does not know."""

    actions: Annotated[
        Items[Annotated[str, StringConstraints(pattern=r"^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$")]],
        Field(min_length=1),
    ]
    """IAM actions, such as `ses:SendEmail`."""
    resources: Annotated[Items[Text], Field(min_length=1)]
    """ARNs."""
    reason: Text
    """Why it is needed; for those who read it later."""


class Function(Source):
    """A Lambda function."""

    handler: Text
    """Module and attribute: `orders.handlers.create_order.handler`."""
    runtime: Runtime | None = None
    """The Python that runs it."""
    architecture: Architecture | None = None
    """The processor."""
    memory_mb: MemoryMb | None = None
    """Megabytes."""
    timeout_seconds: TimeoutSeconds | None = None
    """Seconds after which a call is ended."""
    ephemeral_storage_mb: Annotated[int, Field(ge=512, le=10240)] = 512
    """Megabytes of `/tmp`."""
    tracing: bool | None = None
    """Whether calls are traced with X-Ray."""
    log_retention_days: LogRetention | None = None
    """Days that logs are kept."""
    environment: Annotated[dict[Variable, str], NothingIsEmpty] = Field(default_factory=dict)
    """Environment variables, beside those that `access` brings."""
    encryption: Encryption | None = None
    """Whose key encrypts the environment variables."""
    routes: Items[Route] = ()
    """Routes of APIs that the function serves."""
    triggers: Items[Trigger] = ()
    """What else drives the function."""
    access: Annotated[dict[str, AccessLine], NothingIsEmpty] = Field(default_factory=dict)
    """What the function may use: `kind.name: verb`."""
    permissions: Items[Permission] = ()
    """Raw IAM statements, for what `access` does not know."""
    network: Name | None = None
    """The network that the function stands in."""
    concurrency: Concurrency | None = None
    """How many may run at the same time."""
    snap_start: bool = False
    """Whether it starts from a snapshot that Lambda takes of each version; from python3.12 on."""
    release: Release | None = None
    """How a new version takes over."""
    alarms: FunctionAlarms = FunctionAlarms.model_construct()
    """What is different from the alarms of other functions."""


class Preset(Shorthand):
    """A usual bundle of `access` for every function of a service: its name, or a mapping."""

    shorthand: ClassVar[str] = "preset"

    preset: Literal["authentication", "notifications", "orders", "user_data"]
    """What the functions of the service are for."""
    identity: Name | None = None
    """The user pool; not needed where the blueprint has only one."""
    table: Name | None = None
    """The table; not needed where the blueprint has only one."""
    bus: Name | None = None
    """The bus; not needed where the blueprint has only one."""


class Service(Source):
    """A folder with a Python package, and its functions."""

    path: Text | None = None
    """The folder, relative to the blueprint; without it, `services/` and the name."""
    presets: Items[Preset] = ()
    """Bundles of `access` that each function has, beside its own lines."""
    functions: Named[Function] = Field(default_factory=dict)
    """Functions by name."""
    queries: Named[LogQuery] = Field(default_factory=dict)
    """Questions to its logs that CloudWatch Logs Insights keeps, by name."""
    metrics: Named[BusinessMetric] = Field(default_factory=dict)
    """Metrics of the business that the handlers write, or that are read from their logs, by name."""
    objectives: Objectives = Objectives.model_construct()
    """What the service promises; without it, what the system does."""
    alarms: OwnServiceAlarms = OwnServiceAlarms.model_construct()
    """What is different from the alarms of other services, and of what the system promises."""
