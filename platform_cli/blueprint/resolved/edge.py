"""What stands before the system in one environment: CDNs and load balancers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from platform_cli.blueprint.resolved.apis import ResolvedDomain
from platform_cli.blueprint.resolved.base import Resolved

GLOBAL_REGION = "us-east-1"
"""Where CloudFront takes its certificates and firewalls from (CloudFront developer guide, 2026-11)."""


class ResolvedAssets(Resolved):
    """Files of the workspace that a CDN serves.

    `folder` is a POSIX path relative to the workspace; `immutable` are patterns of `fnmatch` for paths below
    it.
    """

    folder: str
    bucket_name: str
    index: str
    single_page: bool
    immutable: tuple[str, ...]


class ResolvedApiAnswers(Resolved):
    """How long a CDN keeps answers of an API, and what they depend on."""

    ttl_seconds: int
    query: tuple[str, ...]
    headers: tuple[str, ...]


class ResolvedCdnApi(Resolved):
    """An API behind a CDN.

    `guarded`: the API refuses calls without the header that only the CDN knows.
    """

    prefix: str
    api: str
    keep_prefix: bool
    guarded: bool
    cache: ResolvedApiAnswers | None


class ResolvedCdnBalancer(Resolved):
    """A load balancer behind a CDN."""

    prefix: str
    load_balancer: str
    keep_prefix: bool
    guarded: bool
    cache: ResolvedApiAnswers | None


class ResolvedCdn(Resolved):
    """A CloudFront distribution."""

    name: str
    physical_name: str
    log_bucket_name: str
    assets: ResolvedAssets | None
    apis: Mapping[str, ResolvedCdnApi]
    """By prefix."""
    domain: ResolvedDomain | None
    firewall: str | None
    content_security_policy: str
    edges: Literal["europe_north_america", "most", "all"]
    access_log_retention_days: int
    load_balancers: Mapping[str, ResolvedCdnBalancer] = {}
    """By prefix."""
    allowed_ips: tuple[str, ...] = ()
    """CIDR blocks that may call it; empty for all."""

    @property
    def needs_global(self) -> bool:
        """Whether something of it must be made in us-east-1: its firewall, or its certificate."""
        return self.firewall is not None or (self.domain is not None and self.domain.certificate_arn is None)


class ResolvedLoadBalancer(Resolved):
    """An application load balancer; `functions` are addresses by pattern of the path."""

    name: str
    physical_name: str
    log_bucket_name: str
    network: str
    domain: ResolvedDomain
    functions: Mapping[str, str]
    firewall: str | None
    access_log_retention_days: int
    guarded: bool = False
    """Whether it refuses calls without the header that only CDNs know."""
    allowed_ips: tuple[str, ...] = ()
    """CIDR blocks that may call it; empty for all."""
