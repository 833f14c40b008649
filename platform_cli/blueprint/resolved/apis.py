"""APIs in one environment."""

from __future__ import annotations

from typing import Literal

from platform_cli.blueprint.resolved.base import Resolved


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
