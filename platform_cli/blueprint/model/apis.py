"""APIs and firewalls."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from platform_cli.blueprint.model.base import Items, Name, Source, Text
from platform_cli.blueprint.resolved.firewalls import ManagedRules

HttpMethod = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


class Cors(Source):
    """Which web pages may call the API from a browser."""

    origins: Items[Text] = Field(min_length=1)
    """Origins such as `https://shop.example`, or `*`."""
    methods: Items[HttpMethod | Literal["*"]] = ("*",)
    """Methods that are allowed; without it, all."""
    headers: Items[Text] = ("authorization", "content-type")
    """Headers that requests may carry."""
    max_age_seconds: int = Field(default=3600, ge=0, le=86400)
    """Seconds that a browser remembers the answer."""
    credentials: bool = False
    """Whether cookies go along; then `origins` cannot be `*`."""


class Throttle(Source):
    """How many requests the API takes."""

    rate: int = Field(ge=1)
    """Requests a second in the long run."""
    burst: int = Field(ge=1)
    """Requests at once."""


class ApiCache(Source):
    """The cache of a REST API."""

    ttl_seconds: int = Field(ge=1, le=3600)
    """Seconds that an answer is kept."""


class Api(Source):
    """An API Gateway API; its routes stand with the functions that serve them."""

    kind: Literal["http", "rest"] = "http"
    """`http` is cheaper and quicker; `rest` has firewalls, caches and address rules."""
    authorizer: Name | None = None
    """The identity that signs users in; without it, routes are open."""
    cors: Cors | None = None
    """Which web pages may call the API from a browser."""
    throttle: Throttle | None = None
    """How many requests the API takes."""
    firewall: Name | None = None
    """The firewall before the API; kind `rest` only."""
    allowed_ips: Items[Text] = ()
    """CIDR blocks that may call the API; without it, all. Kind `rest` only."""
    cache: ApiCache | None = None
    """How long answers are kept; kind `rest` only."""
    domain: Text | None = None
    """The API's own host name."""
    access_log_retention_days: int | None = None
    """Days that access logs are kept; without it, `log_retention_days` of the defaults."""


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class Firewall(Source):
    """A web ACL of AWS WAF."""

    rate_limit_per_5_minutes: int | None = Field(default=None, ge=10, le=2_000_000_000)
    """Requests from one address within five minutes before it is blocked."""
    sql_injection: Literal["block", "count"] | None = None
    """What happens to requests that look like SQL injection."""
    cross_site_scripting: Literal["block", "count"] | None = None
    """What happens to requests that look like cross-site scripting."""
    managed: Items[ManagedRules] = ()
    """AWS's own groups of rules."""
    blocked_countries: Items[Country] = ()
    """Countries (ISO 3166, two letters) that are blocked."""
    allow_ips: Items[Text] = ()
    """CIDR blocks that pass without any other rule."""
    block_ips: Items[Text] = ()
    """CIDR blocks that are blocked."""
