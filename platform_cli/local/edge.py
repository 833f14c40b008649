"""CDNs and load balancers on the local AWS: they answer there over http, at an address of this machine.

MiniStack 1.5.33 serves distributions by the name `LABEL.cloudfront.localhost`, with their functions, policies
and origins, and load balancers below `/_alb/NAME`, tried in November 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platform_cli.local.server import LocalAws
from platform_cli.local.templates import properties, references, resources

Told = tuple[str, str]
"""Logical id, and what differs."""

_DISTRIBUTION = "AWS::CloudFront::Distribution"
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
_CDN_DIFFERS = "a CDN answers over http, keeps nothing, writes no log, and has no firewall before it"
_BALANCER_DIFFERS = "a load balancer answers over http, writes no log, and has no firewall before it"
_BALANCER_ORIGIN = "balancer-"
"""What the ids of origins that are load balancers begin with; their names follow."""
_MARK = "platform:local-endpoint"


def open_edge(template: dict[str, Any], local: LocalAws) -> Iterator[Told]:
    """Let CDNs and load balancers of a template answer here, in place; tell what differs."""
    distributions, balancers = resources(template, _DISTRIBUTION), resources(template, _BALANCER)
    if not distributions and not balancers:
        return
    for logical_id, distribution in distributions.items():
        _open_distribution(properties(distribution)["DistributionConfig"], local)
        _mark(distribution, local)
        yield logical_id, _CDN_DIFFERS
    for logical_id, balancer in balancers.items():
        _mark(balancer, local)
        yield logical_id, _BALANCER_DIFFERS
    for logical_id, listener in resources(template, _LISTENER).items():
        described = properties(listener)
        if any(action.get("Type") == "redirect" for action in described.get("DefaultActions", [])):
            del template["Resources"][logical_id]
            continue
        described["Protocol"] = "HTTP"
        for name in ("Certificates", "SslPolicy"):
            described.pop(name, None)
    _drop_names(template)
    _address(template, distributions, balancers, local)


def _mark(resource: dict[str, Any], local: LocalAws) -> None:
    # An output alone is no change for CloudFormation: without this, a new port would not show.
    resource.setdefault("Metadata", {})[_MARK] = local.endpoint_url


def _open_distribution(config: dict[str, Any], local: LocalAws) -> None:
    for name in ("Aliases", "Logging", "ViewerCertificate", "WebACLId"):
        config.pop(name, None)
    for behavior in (config["DefaultCacheBehavior"], *config.get("CacheBehaviors", [])):
        behavior["ViewerProtocolPolicy"] = "allow-all"
    for origin in config["Origins"]:
        api = _api_of(origin.get("DomainName"))
        if api is not None:
            stage = origin.get("OriginPath", "")
            origin["OriginPath"] = {"Fn::Join": ["", ["/_aws/execute-api/", api, stage]]}
            # What it is for, a web ACL, stops nothing here; the rules of a load balancer do.
            origin.pop("OriginCustomHeaders", None)
        elif origin["Id"].startswith(_BALANCER_ORIGIN):
            origin["OriginPath"] = f"/_alb/{origin['Id'].removeprefix(_BALANCER_ORIGIN)}"
        else:
            continue
        origin["DomainName"] = local.endpoint_url.removeprefix("http://").split(":")[0]
        origin["CustomOriginConfig"] = {"OriginProtocolPolicy": "http-only", "HTTPPort": local.port}


def _api_of(name: Any) -> Any:
    """The id of the API whose address a host name is; None if it is none."""
    parts = name.get("Fn::Join", ["", []])[1] if isinstance(name, Mapping) else []
    return parts[0] if len(parts) > 1 and str(parts[1]).startswith(".execute-api.") else None


def _drop_names(template: dict[str, Any]) -> None:
    """Host names of one's own need a name server of AWS."""
    for logical_id in resources(template, "AWS::Route53::RecordSet"):
        del template["Resources"][logical_id]
    for name in ("DomainUrl", "DomainTarget"):
        (template.get("Outputs") or {}).pop(name, None)


def _address(
    template: dict[str, Any],
    distributions: Mapping[str, Any],
    balancers: Mapping[str, Any],
    local: LocalAws,
) -> None:
    url = (template.get("Outputs") or {}).get("Url")
    if url is None:
        return
    for balancer in balancers.values():
        url["Value"] = f"{local.endpoint_url}/_alb/{properties(balancer)['Name']}"
    named = {logical_id for logical_id, _ in references(url["Value"])} & set(distributions)
    for logical_id in named:
        label = {"Fn::Select": [0, {"Fn::Split": [".", {"Fn::GetAtt": [logical_id, "DomainName"]}]}]}
        parts = ["http://", label, f".cloudfront.localhost:{local.port}"]
        url["Value"] = {"Fn::Join": ["", parts]}
