"""What stands before an API on AWS and not on the local AWS: names, firewalls, address rules, caches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from platform_cli.local.templates import properties, references, resources

Told = tuple[str, str]
"""Logical id, and what differs."""

_OF_DOMAINS = ("AWS::ApiGatewayV2::ApiMapping", "AWS::Route53::RecordSet")


def open_apis(template: dict[str, Any]) -> Iterator[Told]:
    """Take out of a template, in place, what would refuse all calls here; tell what does nothing here."""
    yield from _drop_domains(template)
    for logical_id, api in resources(template, "AWS::ApiGateway::RestApi").items():
        if properties(api).pop("Policy", None) is not None:
            yield logical_id, "is open to every address: the local AWS does not see where a call comes from"
    for logical_id, stage in resources(template, "AWS::ApiGateway::Stage").items():
        if properties(stage).get("CacheClusterEnabled"):
            yield logical_id, "keeps no answers: the local AWS has no cache of APIs"
    for logical_id in resources(template, "AWS::WAFv2::WebACL"):
        yield logical_id, "a firewall stops nothing: the local AWS has no firewall in the way of a request"


def _drop_domains(template: dict[str, Any]) -> Iterator[Told]:
    domains = resources(template, "AWS::ApiGatewayV2::DomainName")
    if not domains:
        return
    for logical_id, resource in resources(template, *_OF_DOMAINS).items():
        if any(name in domains for name, _ in references(properties(resource))):
            del template["Resources"][logical_id]
    addresses = {f"https://{properties(domain).get('DomainName')}" for domain in domains.values()}
    for name, output in list((template.get("Outputs") or {}).items()):
        value = output.get("Value")
        if value in addresses if isinstance(value, str) else any(d in domains for d, _ in references(value)):
            del template["Outputs"][name]
    for logical_id, domain in domains.items():
        del template["Resources"][logical_id]
        name = properties(domain).get("DomainName")
        yield logical_id, f"is left out: {name} needs a certificate and a name server of AWS"
