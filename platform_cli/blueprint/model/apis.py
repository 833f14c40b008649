"""APIs and firewalls."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from platform_cli.blueprint.model.alarm_kinds import ApiAlarms, FirewallAlarms
from platform_cli.blueprint.model.base import Items, Name, Named, Source, Text, ThingsMayBeEmpty
from platform_cli.blueprint.model.objectives import ApiMetric
from platform_cli.blueprint.model.services import LogRetention
from platform_cli.blueprint.resolved.firewalls import CountedRule, ManagedRules

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
    exposed_headers: Items[Text] = ()
    """Headers of answers that pages may read, beside those that they always may."""
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
    size_gb: float = Field(default=0.5, ge=0.5, le=237)
    """Gigabytes; each size costs by the hour."""


HostName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$")]


class Domain(Source):
    """A host name of one's own."""

    name: HostName
    """The host name, such as `api.shop.example`."""
    certificate: Name | None = None
    """The certificate under `external` that proves it; without it, one is made, and proven in the zone."""
    hosted_zone: Name | None = None
    """The hosted zone under `external` that gets the name; without it, you point the name there yourself."""


class SecurityEvents(Source):
    """Where refused requests go, one by one."""

    stream: Name
    """The stream that gets them: those answered with 401, 403 or 429."""


class Quota(Source):
    """How many requests a key has."""

    requests: int = Field(ge=1)
    """Requests."""
    per: Literal["day", "week", "month"] = "month"
    """The time that they are for."""


class UsagePlan(Source):
    """What the callers with some API keys may use."""

    keys: Annotated[Items[Name], Field(min_length=1)]
    """Names of the keys; AWS makes their values."""
    throttle: Throttle | None = None
    """Requests that each key has."""
    quota: Quota | None = None
    """Requests that each key has in a day, week or month."""


Model = dict[str, Any]
ModelName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]*$")]


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
    """The cache of answers to routes that say `cache`; kind `rest` only."""
    models: Annotated[dict[ModelName, Model], ThingsMayBeEmpty] = Field(default_factory=dict)
    """JSON Schemas (draft 4) by name, for the bodies of requests; kind `rest` only."""
    usage_plans: Named[UsagePlan] = Field(default_factory=dict)
    """Plans for callers with an API key; with one, routes ask for a key. Kind `rest` only."""
    domain: Domain | None = None
    """The API's own host name."""
    access_log_retention_days: LogRetention | None = None
    """Days that access logs are kept; without it, `log_retention_days` of the defaults."""
    security_events: SecurityEvents | None = None
    """Where refused requests go, one by one; alarms count them without it."""
    metrics: Named[ApiMetric] = Field(default_factory=dict)
    """Metrics that are read from its access log, by name."""
    alarms: ApiAlarms = ApiAlarms.model_construct()
    """What is different from the alarms of other APIs."""


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class Firewall(Source):
    """A web ACL of AWS WAF."""

    mode: Literal["block", "count"] = "block"
    """Whether its rules block, or only count what they would block."""
    count: Items[CountedRule] = ()
    """Rules that only count, in a firewall that blocks."""
    rate_limit_per_5_minutes: int | None = Field(default=2000, ge=10, le=2_000_000_000)
    """Requests from one address within five minutes before it is blocked; `null` for any number."""
    sql_injection: Literal["block", "count"] | None = "block"
    """What happens to requests that look like SQL injection; `null` for nothing."""
    cross_site_scripting: Literal["block", "count"] | None = "block"
    """What happens to requests that look like cross-site scripting; `null` for nothing."""
    managed: Items[ManagedRules] = ("core", "known_bad_inputs", "ip_reputation")
    """AWS's own groups of rules."""
    blocked_countries: Items[Country] = ()
    """Countries (ISO 3166, two letters) that are blocked."""
    allow_ips: Items[Text] = ()
    """CIDR blocks that pass without any other rule."""
    block_ips: Items[Text] = ()
    """CIDR blocks that are blocked."""
    log_retention_days: LogRetention | None = None
    """Days that its log is kept; without it, `log_retention_days` of the defaults."""
    alarms: FirewallAlarms = FirewallAlarms.model_construct()
    """What is different from the alarms of other firewalls."""
