"""What stands before the system: CDNs and load balancers."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from platform_cli.blueprint.model.alarm_kinds import CdnAlarms, LoadBalancerAlarms
from platform_cli.blueprint.model.apis import Domain, HostName
from platform_cli.blueprint.model.base import Items, Name, NothingIsEmpty, Shorthand, Source, Text
from platform_cli.blueprint.model.services import LogRetention

File = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._/-]*$")]
Prefix = Annotated[str, StringConstraints(pattern=r"^(/|(/[A-Za-z0-9._~-]+)+)$")]
PathPattern = Annotated[
    str, StringConstraints(pattern=r"^/[A-Za-z0-9_\-.$/~\"'@:+&*?]*$", min_length=1, max_length=128)
]
Header = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]+$")]


class Assets(Shorthand):
    """Files of the workspace that a CDN serves."""

    shorthand: ClassVar[str] = "folder"

    folder: Text
    """The folder with the files, relative to this file; `platform deploy` uploads what changed in it."""
    index: File = "index.html"
    """The file that answers for a folder, and for `/`."""
    single_page: bool = False
    """Whether every path without an extension is answered with the index of the whole site."""
    immutable: Items[Text] = ()
    """Patterns of files whose names change with their content, such as `assets/*`: browsers keep them."""


class ApiAnswers(Source):
    """Answers of an API that a CDN keeps, unless the function says `Cache-Control` itself."""

    ttl_seconds: int = Field(ge=1, le=86400)
    """Seconds that an answer is kept."""
    query: Items[Text] = ()
    """Query parameters that the answer depends on; the function gets the others too."""
    headers: Items[Header] = ()
    """Headers that the answer depends on, beside `Authorization`."""


class CdnApi(Shorthand):
    """An API behind a CDN."""

    shorthand: ClassVar[str] = "api"

    api: Name
    """The API."""
    keep_prefix: bool = False
    """Whether the API gets the path with the prefix; without it, its routes do not have the prefix."""
    direct_calls: Literal["refuse", "allow"] | None = None
    """Whether the API answers calls that do not come through the CDN; without it, refused where AWS can."""
    cache: ApiAnswers | None = None
    """Keeps answers to GET and HEAD; without it, none."""


class CdnBalancer(Shorthand):
    """A load balancer behind a CDN."""

    shorthand: ClassVar[str] = "load_balancer"

    load_balancer: Name
    """The load balancer, which is asked under its own host name."""
    keep_prefix: bool = False
    """Whether the load balancer gets the path with the prefix; without it, its patterns do not have it."""
    direct_calls: Literal["refuse", "allow"] = "refuse"
    """Whether the load balancer answers calls that do not come through the CDN."""
    cache: ApiAnswers | None = None
    """Keeps answers to GET and HEAD; without it, none."""


class FurtherName(Shorthand):
    """Another host name that leads to the same."""

    shorthand: ClassVar[str] = "name"

    name: HostName
    """The host name, such as `shop.example`."""
    hosted_zone: Name | None = None
    """The hosted zone under `external` that gets the name; without it, that of the first name."""


class EdgeDomain(Domain):
    """Host names of one's own, on one certificate."""

    names: Items[FurtherName] = ()
    """Further host names: `[shop.example, { name: shop.example.org, hosted_zone: org }]`."""


class Cdn(Source):
    """A CloudFront distribution: files of the workspace, APIs and load balancers, under one name."""

    assets: Assets | None = None
    """Files that it serves."""
    apis: Annotated[dict[Prefix, CdnApi], NothingIsEmpty] = Field(default_factory=dict)
    """APIs by the beginning of the path: `/api: public`."""
    load_balancers: Annotated[dict[Prefix, CdnBalancer], NothingIsEmpty] = Field(default_factory=dict)
    """Load balancers by the beginning of the path: `/hooks: hooks`."""
    domain: EdgeDomain | None = None
    """Its own host names; without it, AWS invents one."""
    firewall: Name | None = None
    """The firewall before it."""
    allowed_ips: Annotated[Items[Text], Field(max_length=100)] = ()
    """CIDR blocks that may call it; without it, all."""
    content_security_policy: Text = (
        "default-src 'self'; base-uri 'self'; frame-ancestors 'none'; object-src 'none'"
    )
    """The header `Content-Security-Policy` of answers that have none."""
    edges: Literal["europe_north_america", "most", "all"] = "europe_north_america"
    """Where AWS keeps copies; more places are nearer to more people, and cost more."""
    access_log_retention_days: LogRetention | None = None
    """Days that access logs are kept; without it, `log_retention_days` of the defaults."""
    alarms: CdnAlarms = CdnAlarms.model_construct()
    """What is different from the alarms of other CDNs."""


class LoadBalancer(Source):
    """An application load balancer before functions."""

    network: Name
    """Where it stands: in public subnets of two zones at least."""
    domain: EdgeDomain
    """Its own host names; a certificate is for names, so that none goes without."""
    functions: Annotated[dict[PathPattern, Text], Field(min_length=1)]
    """Functions by the pattern of the path: `/hooks/*: orders.hook`. The longest pattern that fits wins."""
    firewall: Name | None = None
    """The firewall before it."""
    allowed_ips: Annotated[Items[Text], Field(max_length=30)] = ()
    """CIDR blocks that may call it; without it, all."""
    access_log_retention_days: LogRetention | None = None
    """Days that access logs are kept; without it, `log_retention_days` of the defaults."""
    alarms: LoadBalancerAlarms = LoadBalancerAlarms.model_construct()
    """What is different from the alarms of other load balancers."""
