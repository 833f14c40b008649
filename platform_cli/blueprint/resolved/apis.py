"""APIs in one environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from platform_cli.blueprint.resolved.base import Resolved
from platform_cli.blueprint.resolved.objectives import ResolvedBusinessMetric


class ResolvedCors(Resolved):
    """Cross-origin rules of an API."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    max_age_seconds: int
    credentials: bool
    exposed_headers: tuple[str, ...] = ()


class ResolvedThrottle(Resolved):
    """Requests a second in the long run, and at once."""

    rate: int
    burst: int


class ResolvedQuota(Resolved):
    """Requests that a key has in a time."""

    requests: int
    per: Literal["day", "week", "month"]


class ResolvedUsagePlan(Resolved):
    """What the callers with some API keys may use."""

    name: str
    keys: tuple[str, ...]
    throttle: ResolvedThrottle | None
    quota: ResolvedQuota | None


class ResolvedHostName(Resolved):
    """A host name and its zone; without `hosted_zone_id`, somebody else points the name there."""

    name: str
    hosted_zone_id: str | None


class ResolvedDomain(Resolved):
    """A host name of one's own; without `hosted_zone_id`, somebody else points the name there.

    Without `certificate_arn`, a certificate is made and proven in the zone. `further` names lead to the same
    and stand on the same certificate.
    """

    name: str
    certificate_arn: str | None
    hosted_zone_id: str | None
    further: tuple[ResolvedHostName, ...] = ()

    @property
    def names(self) -> tuple[ResolvedHostName, ...]:
        """All names, the first one first."""
        return (ResolvedHostName(name=self.name, hosted_zone_id=self.hosted_zone_id), *self.further)


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
    domain: ResolvedDomain | None
    access_log_retention_days: int
    cache_size_gb: float = 0.5
    models: Mapping[str, str] = {}
    """JSON Schemas as texts."""
    usage_plans: Mapping[str, ResolvedUsagePlan] = {}
    security_stream: str | None = None
    """The stream that gets what the API refused."""
    metrics: Mapping[str, ResolvedBusinessMetric] = {}
    """What is read from its access log, by name."""
