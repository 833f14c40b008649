"""How much a system is used in one environment.

None is what nobody said. Nothing is assumed here: that is for those who work with the figures, who say
what they assumed.
"""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.resolved.base import Resolved


class ResolvedFunctionUsage(Resolved):
    """Invocations a month, billed milliseconds and kilobytes of log each."""

    requests_per_month: float | None = None
    duration_ms: float | None = None
    log_kb_per_request: float | None = None


class ResolvedTableUsage(Resolved):
    """Gigabytes stored, and request units a month; indexes are included in both."""

    storage_gb: float | None = None
    reads_per_month: float | None = None
    writes_per_month: float | None = None


class ResolvedBucketUsage(Resolved):
    """Gigabytes stored, and requests a month."""

    storage_gb: float | None = None
    reads_per_month: float | None = None
    writes_per_month: float | None = None


class ResolvedMessageUsage(Resolved):
    """Messages a month of a queue or topic."""

    messages_per_month: float | None = None


class ResolvedBusUsage(Resolved):
    """Events a month, and kilobytes each."""

    events_per_month: float | None = None
    event_kb: float | None = None


class ResolvedStreamUsage(Resolved):
    """Records a month, and kilobytes each."""

    records_per_month: float | None = None
    record_kb: float | None = None


class ResolvedDatabaseUsage(Resolved):
    """Capacity units on average, gigabytes stored, I/O requests a month."""

    average_acu: float | None = None
    storage_gb: float | None = None
    requests_per_month: float | None = None


class ResolvedNetworkUsage(Resolved):
    """Gigabytes a month through NAT gateways and interface endpoints."""

    nat_gb_per_month: float | None = None
    endpoint_gb_per_month: float | None = None


class ResolvedCdnUsage(Resolved):
    """Requests a month, and gigabytes answered."""

    requests_per_month: float | None = None
    data_gb_per_month: float | None = None


class ResolvedBalancerUsage(Resolved):
    """Capacity units on average."""

    average_lcu: float | None = None


class ResolvedIdentityUsage(Resolved):
    """Users of a pool who sign in within a month."""

    active_users_per_month: float | None = None


class ResolvedUsage(Resolved):
    """How much the whole system is used; functions by address, the rest by name."""

    requests_per_month: float | None = None
    functions: Mapping[str, ResolvedFunctionUsage] = {}
    tables: Mapping[str, ResolvedTableUsage] = {}
    buckets: Mapping[str, ResolvedBucketUsage] = {}
    queues: Mapping[str, ResolvedMessageUsage] = {}
    topics: Mapping[str, ResolvedMessageUsage] = {}
    buses: Mapping[str, ResolvedBusUsage] = {}
    streams: Mapping[str, ResolvedStreamUsage] = {}
    databases: Mapping[str, ResolvedDatabaseUsage] = {}
    networks: Mapping[str, ResolvedNetworkUsage] = {}
    identity: Mapping[str, ResolvedIdentityUsage] = {}
    cdns: Mapping[str, ResolvedCdnUsage] = {}
    load_balancers: Mapping[str, ResolvedBalancerUsage] = {}
