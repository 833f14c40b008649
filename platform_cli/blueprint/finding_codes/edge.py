"""The codes of findings about what stands before APIs: CDNs, host names, firewalls."""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.finding_codes.kinds import FindingCode
from platform_cli.blueprint.finding_codes.kinds import error as _error
from platform_cli.blueprint.finding_codes.kinds import notice as _notice
from platform_cli.blueprint.finding_codes.kinds import warning as _warning

EDGE_CODES: Mapping[str, FindingCode] = {
    "certificate-elsewhere": _error(
        "The certificate of a host name has to be in the region of what answers there: that of the "
        "environment for APIs and load balancers, us-east-1 for a CDN, wherever the rest of the system is."
    ),
    "certificate-missing": _error(
        "A host name needs a certificate. Either one under `external` is named, or the zone of the name is "
        "(`hosted_zone`): then a certificate is made, and proven by a record in that zone."
    ),
    "cdn-without-content": _error(
        "A CDN has to know what answers a path that no API of it begins with: its `assets`, or what "
        "is at / under `apis` or `load_balancers`."
    ),
    "cdn-conflict": _error(
        "The files of a CDN answer every path that none of its APIs and load balancers begins with, and so "
        "/; and one path leads to one place."
    ),
    "cdn-without-routes": _error(
        "A CDN leads to an API that no function serves, so that there is no such API."
    ),
    "cdn-open-beside": _notice(
        "An API behind a CDN has an address of its own, at which neither the CDN's firewall nor its cache is "
        "in the way. A REST API without a firewall can refuse such calls: a web ACL before it looks for a "
        "header that the CDN alone knows. HTTP APIs take no web ACL, and a REST API takes one only. "
        "Authorizers check tokens either way; `direct_calls: allow` says that it is meant, and silences this."
    ),
    "cdn-cannot-guard": _error("`direct_calls: refuse` needs a REST API without a firewall of its own."),
    "missing-assets-folder": _warning(
        "The folder with a CDN's files does not exist. A build may make it; deploying needs it."
    ),
    "too-many-paths": _error("A CDN has at most 25 patterns of paths, and an API needs two of them."),
    "addresses-behind-cdn": _warning(
        "An API or a load balancer behind a CDN is called by CloudFront, so that `allowed_ips` there sees "
        "its addresses and refuses everybody. Before the CDN the list sees those of callers."
    ),
    "firewall-behind-cdn": _warning(
        "A firewall before a load balancer that answers to a CDN alone counts, lets through and blocks the "
        "addresses of CloudFront. Before the CDN it sees those of callers, and stops them earlier."
    ),
    "duplicate-host-name": _error(
        "A host name leads to one place: CloudFront takes it for one distribution, API Gateway for one API, "
        "and a zone has one record of it."
    ),
    "shared-host-name": _error(
        "Two environments on AWS have the same host name. CloudFront knows a name once in the whole world, "
        "API Gateway once in a region, and a hosted zone has one record of it: the environment that is "
        "deployed second fails. Each environment overrides names with its own: "
        "`overrides: { cdns: { site: { domain: { name: dev.shop.example } } } }`."
    ),
    "too-many-names": _error(
        "A certificate that we make has at most ten host names (Certificate Manager's quota without an "
        "increase). One under `external` may have more."
    ),
    "domain-outside-zone": _error("A hosted zone takes only names that end with its own domain."),
    "firewall-does-nothing": _warning(
        "A firewall without any rule lets everything pass, and costs by the month."
    ),
    "without-firewall": _notice(
        "An environment is protected, and a REST API, a CDN or a load balancer stands before everybody "
        "without a firewall. `firewalls: { standard: {} }` has a limit for each address, AWS's groups of "
        "rules, and rules against SQL injection and cross-site scripting. `firewall: null` says that none is "
        "wanted."
    ),
    "count-without-rule": _warning("`count` names a rule that the firewall does not have."),
}
