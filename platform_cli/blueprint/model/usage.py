"""How much a system is used, for its cost: figures that nobody deploys."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from platform_cli.blueprint.model.base import Named, NothingIsEmpty, Source, Text

Amount = Annotated[float, Field(ge=0)]


class FunctionUsage(Source):
    """How much a function is used."""

    requests_per_month: Amount | None = None
    """Invocations a month."""
    duration_ms: Annotated[float, Field(gt=0)] | None = None
    """Billed milliseconds an invocation, on average."""
    log_kb_per_request: Amount | None = None
    """Kilobytes that an invocation writes to the log."""


class TableUsage(Source):
    """How much a table is used."""

    storage_gb: Amount | None = None
    """Gigabytes stored, indexes included."""
    reads_per_month: Amount | None = None
    """Read request units a month."""
    writes_per_month: Amount | None = None
    """Write request units a month, those of indexes included."""


class BucketUsage(Source):
    """How much a bucket is used."""

    storage_gb: Amount | None = None
    """Gigabytes stored."""
    reads_per_month: Amount | None = None
    """GET requests a month."""
    writes_per_month: Amount | None = None
    """PUT, COPY, POST and LIST requests a month."""


class MessageUsage(Source):
    """How much a queue or topic is used."""

    messages_per_month: Amount | None = None
    """Messages a month."""


class BusUsage(Source):
    """How much a bus is used."""

    events_per_month: Amount | None = None
    """Events a month."""
    event_kb: Amount | None = None
    """Kilobytes an event, on average."""


class StreamUsage(Source):
    """How much a stream is used."""

    records_per_month: Amount | None = None
    """Records a month."""
    record_kb: Amount | None = None
    """Kilobytes a record, on average."""


class DatabaseUsage(Source):
    """How much a database is used."""

    average_acu: Amount | None = None
    """Aurora capacity units, on average."""
    storage_gb: Amount | None = None
    """Gigabytes stored."""
    requests_per_month: Amount | None = None
    """I/O requests a month."""


class NetworkUsage(Source):
    """How much a network is used."""

    nat_gb_per_month: Amount | None = None
    """Gigabytes a month through the NAT gateways."""
    endpoint_gb_per_month: Amount | None = None
    """Gigabytes a month through the interface endpoints."""


class CdnUsage(Source):
    """How much a CDN is used."""

    requests_per_month: Amount | None = None
    """Requests a month, of files and of what is behind it."""
    data_gb_per_month: Amount | None = None
    """Gigabytes a month that it answers with."""


class BalancerUsage(Source):
    """How much a load balancer is used."""

    average_lcu: Amount | None = None
    """Capacity units in use, on average: 25 new or 3,000 open connections, or 0.4 GB an hour to functions."""


class IdentityUsage(Source):
    """How much a user pool is used."""

    active_users_per_month: Amount | None = None
    """Users who sign in within a month."""


class Usage(Source):
    """How much the system is used in a month; `platform cost` reads it, nothing else does."""

    requests_per_month: Amount | None = None
    """Requests of all APIs together."""
    functions: Annotated[dict[Text, FunctionUsage], NothingIsEmpty] = Field(default_factory=dict)
    """By address: `orders.create`."""
    tables: Named[TableUsage] = Field(default_factory=dict)
    """By name."""
    buckets: Named[BucketUsage] = Field(default_factory=dict)
    """By name."""
    queues: Named[MessageUsage] = Field(default_factory=dict)
    """By name."""
    topics: Named[MessageUsage] = Field(default_factory=dict)
    """By name."""
    buses: Named[BusUsage] = Field(default_factory=dict)
    """By name."""
    streams: Named[StreamUsage] = Field(default_factory=dict)
    """By name."""
    databases: Named[DatabaseUsage] = Field(default_factory=dict)
    """By name."""
    networks: Named[NetworkUsage] = Field(default_factory=dict)
    """By name."""
    identity: Named[IdentityUsage] = Field(default_factory=dict)
    """By name."""
    cdns: Named[CdnUsage] = Field(default_factory=dict)
    """By name."""
    load_balancers: Named[BalancerUsage] = Field(default_factory=dict)
    """By name."""
