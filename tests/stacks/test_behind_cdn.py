"""A load balancer behind a CDN, and several names of one CDN."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.prefix_lists import PREFIX_LISTS
from platform_cli.blueprint.resolved import (
    ResolvedAssets,
    ResolvedCdn,
    ResolvedCdnBalancer,
    ResolvedDomain,
    ResolvedEnvironment,
    ResolvedHostName,
    ResolvedLoadBalancer,
    ResolvedNetwork,
    ResolvedPermission,
)

Templates = dict[str, dict[str, Any]]
GOLDEN = Path(__file__).parent / "golden" / "behind-cdn"
SECRET = "{{resolve:secretsmanager:shop/dev/balancer-hooks-origin:SecretString}}"
ALLOWED = ("198.51.100.16/28", "203.0.113.0/24")
OWN_LIST = "pl-0123456789abcdef0"
ZONE, OTHER = "Z0123456789EXAMPLE", "Z9876543210EXAMPLE"


def domain(name: str, *further: ResolvedHostName) -> ResolvedDomain:
    return ResolvedDomain(name=name, certificate_arn=None, hosted_zone_id=ZONE, further=further)


def cdn(balancer: ResolvedCdnBalancer, **values: Any) -> ResolvedCdn:
    defaults: dict[str, Any] = {
        "physical_name": "shop-dev-site",
        "log_bucket_name": "shop-dev-cdn-site-log",
        "assets": ResolvedAssets(
            folder="web", bucket_name="shop-dev-cdn-site", index="index.html", single_page=False, immutable=()
        ),
        "apis": {},
        "load_balancers": {balancer.prefix: balancer},
        "domain": domain(
            "www.shop.example",
            ResolvedHostName(name="shop.example", hosted_zone_id=ZONE),
            ResolvedHostName(name="shop.test", hosted_zone_id=OTHER),
        ),
        "firewall": None,
        "content_security_policy": "default-src 'self'",
        "edges": "all",
        "access_log_retention_days": 30,
    }
    return ResolvedCdn(name="site", **(defaults | values))


@pytest.fixture(scope="session")
def behind(
    factory: Callable[..., Any], templates_of: Callable[[ResolvedEnvironment], Templates]
) -> Callable[[bool], Templates]:
    """The templates of a system whose load balancer answers to a CDN alone, or to some addresses."""

    def made(guarded: bool) -> Templates:
        make = factory()
        network = ResolvedNetwork(
            name="corp",
            physical_name="shop-dev-corp",
            cidr=None,
            availability_zones=0,
            nat_gateways=0,
            flow_logs=False,
            endpoints=("dynamodb", "s3"),
            prefix_lists={"s3": OWN_LIST},
            external=True,
            vpc_id="vpc-0123456789abcdef0",
            subnet_ids=("subnet-0123456789abcdef1", "subnet-0123456789abcdef2"),
            security_group_ids=(),
            public_subnet_ids=("subnet-0123456789abcdef3", "subnet-0123456789abcdef4"),
        )
        balancer = ResolvedLoadBalancer(
            name="hooks",
            physical_name="shop-dev-hooks",
            log_bucket_name="shop-dev-balancer-hooks-log",
            network="corp",
            domain=domain("hooks.shop.example"),
            functions={"/orders/*": "orders.hook"},
            firewall=None,
            access_log_retention_days=30,
            guarded=guarded,
            allowed_ips=() if guarded else ALLOWED,
        )
        way = ResolvedCdnBalancer(
            prefix="/hooks", load_balancer="hooks", keep_prefix=False, guarded=guarded, cache=None
        )
        reads = ResolvedPermission(
            actions=("s3:GetObject", "dynamodb:GetItem"),
            resources=("arn:aws:s3:::theirs/in/one",),
            reason="theirs",
        )
        inside = {"network": "corp", "permissions": (reads,)}
        system = make.environment(
            networks=make.named(network),
            load_balancers=make.named(balancer),
            cdns=make.named(cdn(way, allowed_ips=() if guarded else ALLOWED)),
            services=make.named(
                make.service(
                    "orders", make.function("orders", "hook"), make.function("orders", "copy", **inside)
                )
            ),
        )
        return templates_of(system)

    return made


def of_type(template: Mapping[str, Any], kind: str) -> dict[str, Any]:
    return {name: one["Properties"] for name, one in template["Resources"].items() if one["Type"] == kind}


@pytest.mark.parametrize("stack", ["balancer-hooks", "cdn-site", "global"])
def test_a_load_balancer_behind_a_cdn_is_what_it_was(
    stack: str, behind: Callable[[bool], Templates], golden: Callable[[Path, str], None]
) -> None:
    template = behind(True)[f"shop-dev-{stack}"]
    kept = {key: value for key, value in template.items() if key not in ("Parameters", "Rules")}
    golden(GOLDEN / f"{stack}.json", json.dumps(kept, indent=2) + "\n")


@pytest.mark.parametrize("stack", ["balancer-hooks", "cdn-site"])
def test_what_is_open_to_some_addresses_alone_is_what_it_was(
    stack: str, behind: Callable[[bool], Templates], golden: Callable[[Path, str], None]
) -> None:
    template = behind(False)[f"shop-dev-{stack}"]
    kept = {key: value for key, value in template.items() if key not in ("Parameters", "Rules")}
    golden(GOLDEN / f"{stack}-allowed.json", json.dumps(kept, indent=2) + "\n")


def test_a_list_that_the_blueprint_names_is_the_way_to_a_gateway_endpoint(
    behind: Callable[[bool], Templates],
) -> None:
    (group,) = of_type(behind(True)["shop-dev-service-orders"], "AWS::EC2::SecurityGroup").values()
    ways = {rule["Description"]: rule for rule in group["SecurityGroupEgress"]}
    named, known = (
        ways[f"to {service}, by its gateway endpoint"]["DestinationPrefixListId"]
        for service in ("s3", "dynamodb")
    )
    assert (named, known) == (OWN_LIST, PREFIX_LISTS["eu-west-1"]["dynamodb"])
    assert not any("CidrIp" in rule for rule in ways.values())


def test_calls_past_the_cdn_are_refused(behind: Callable[[bool], Templates]) -> None:
    template = behind(True)["shop-dev-balancer-hooks"]
    rules = of_type(template, "AWS::ElasticLoadBalancingV2::ListenerRule")
    assert len(rules) == 2
    for rule in rules.values():
        header = next(c["HttpHeaderConfig"] for c in rule["Conditions"] if c["Field"] == "http-header")
        assert header["HttpHeaderName"] == "x-origin-verify"
        assert "resolve:secretsmanager:${Secret}" in json.dumps(header["Values"])
    listeners = of_type(template, "AWS::ElasticLoadBalancingV2::Listener")
    (https,) = (listener for listener in listeners.values() if listener["Port"] == 443)
    assert [a["FixedResponseConfig"]["StatusCode"] for a in https["DefaultActions"]] == ["403"]
    last = rules["RuleNothing"]
    assert last["Priority"] > max(rule["Priority"] for name, rule in rules.items() if name != "RuleNothing")
    assert last["Actions"][0]["FixedResponseConfig"]["StatusCode"] == "404"


def test_the_cdn_shows_its_header_by_https_to_the_name_on_the_certificate(
    behind: Callable[[bool], Templates],
) -> None:
    (made,) = of_type(behind(True)["shop-dev-cdn-site"], "AWS::CloudFront::Distribution").values()
    config = made["DistributionConfig"]
    (origin,) = (one for one in config["Origins"] if one["Id"] == "balancer-shop-dev-hooks")
    assert origin["DomainName"] == "hooks.shop.example"
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origin["OriginCustomHeaders"] == [{"HeaderName": "x-origin-verify", "HeaderValue": SECRET}]
    secrets = of_type(behind(True)["shop-dev-balancer-hooks"], "AWS::SecretsManager::Secret")
    assert [secret["Name"] for secret in secrets.values()] == ["shop/dev/balancer-hooks-origin"]
    paths = [behavior["PathPattern"] for behavior in config["CacheBehaviors"]]
    assert paths == ["/hooks", "/hooks/*"]


def test_a_load_balancer_that_is_called_beside_the_cdn_has_no_secret(
    behind: Callable[[bool], Templates],
) -> None:
    templates = behind(False)
    assert not of_type(templates["shop-dev-balancer-hooks"], "AWS::SecretsManager::Secret")
    assert "x-origin-verify" not in json.dumps(templates)


def test_a_load_balancer_lets_in_named_addresses_alone(behind: Callable[[bool], Templates]) -> None:
    def let_in(guarded: bool) -> set[tuple[int, str]]:
        template = behind(guarded)["shop-dev-balancer-hooks"]
        (group,) = of_type(template, "AWS::EC2::SecurityGroup").values()
        return {(rule["FromPort"], rule["CidrIp"]) for rule in group["SecurityGroupIngress"]}

    assert let_in(False) == {(port, block) for port in (80, 443) for block in ALLOWED}
    assert let_in(True) == {(80, "0.0.0.0/0"), (443, "0.0.0.0/0")}


def test_every_path_of_a_cdn_asks_where_a_call_comes_from(behind: Callable[[bool], Templates]) -> None:
    template = behind(False)["shop-dev-cdn-site"]
    functions = of_type(template, "AWS::CloudFront::Function").values()
    assert all("admitted(event.viewer.ip)" in function["FunctionCode"] for function in functions)
    (made,) = of_type(template, "AWS::CloudFront::Distribution").values()
    config = made["DistributionConfig"]
    for behavior in (config["DefaultCacheBehavior"], *config["CacheBehaviors"]):
        (association,) = behavior["FunctionAssociations"]
        assert association["EventType"] == "viewer-request"
    assert "admitted" not in json.dumps(behind(True))


def test_all_names_are_on_one_certificate_and_lead_to_the_cdn(behind: Callable[[bool], Templates]) -> None:
    names = ["www.shop.example", "shop.example", "shop.test"]
    (certificate,) = of_type(behind(True)["shop-dev-global"], "AWS::CertificateManager::Certificate").values()
    assert [certificate["DomainName"], *certificate["SubjectAlternativeNames"]] == names
    proofs = {one["DomainName"]: one["HostedZoneId"] for one in certificate["DomainValidationOptions"]}
    assert proofs == dict(zip(names, (ZONE, ZONE, OTHER), strict=True))
    site = behind(True)["shop-dev-cdn-site"]
    (made,) = of_type(site, "AWS::CloudFront::Distribution").values()
    assert made["DistributionConfig"]["Aliases"] == names
    records = of_type(site, "AWS::Route53::RecordSet").values()
    assert {(record["Name"], record["Type"], record["HostedZoneId"]) for record in records} == {
        (name, kind, zone) for name, zone in proofs.items() for kind in ("A", "AAAA")
    }


def test_cfn_lint_finds_nothing(
    behind: Callable[[bool], Templates], lint: Callable[[Templates], list[str]]
) -> None:
    assert lint(behind(True)) == []
