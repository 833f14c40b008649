"""The edge of the web blueprint: CDN, load balancer, guard, names, as `platform init` makes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.stacks.edge import priorities

GOLDEN = Path(__file__).parent / "golden" / "web"
EDGE = ("cdn-site", "edge", "global", "balancer-hooks", "firewalls", "network")
Template = dict[str, Any]


@pytest.fixture(scope="module")
def web(starter_assemblies: Mapping[str, Mapping[str, Path]]) -> Callable[[str, str], Template]:
    """The template of a stack in an environment."""

    def read(environment: str, stack: str) -> Template:
        folder = starter_assemblies["web"][environment]
        template: Template = json.loads((folder / f"shop-{environment}-{stack}.template.json").read_text())
        return template

    return read


def resources(template: Template, kind: str) -> list[dict[str, Any]]:
    return [r["Properties"] for r in template["Resources"].values() if r["Type"] == kind]


def the(template: Template, kind: str) -> dict[str, Any]:
    (only,) = resources(template, kind)
    return only


def distribution(template: Template) -> dict[str, Any]:
    config: dict[str, Any] = the(template, "AWS::CloudFront::Distribution")["DistributionConfig"]
    return config


def statements(template: Template, bucket: str) -> Iterator[dict[str, Any]]:
    for policy in resources(template, "AWS::S3::BucketPolicy"):
        if policy["Bucket"] == bucket:
            yield from policy["PolicyDocument"]["Statement"]


@pytest.mark.parametrize("stack", EDGE)
def test_the_edge_is_what_it_was(
    stack: str, web: Callable[[str, str], Template], golden: Callable[[Path, str], None]
) -> None:
    template = {key: value for key, value in web("prod", stack).items() if key not in ("Parameters", "Rules")}
    golden(GOLDEN / f"{stack}.json", json.dumps(template, indent=2) + "\n")


def test_the_global_stack_and_what_watches_cdns_alone_are_in_us_east_1(
    starter_assemblies: Mapping[str, Mapping[str, Path]],
) -> None:
    manifest = json.loads((starter_assemblies["web"]["prod"] / "manifest.json").read_text())
    stacks = {
        name: artifact["environment"].rsplit("/", 1)[1]
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    there = {name for name, region in stacks.items() if region == "us-east-1"}
    assert there == {"shop-prod-edge", "shop-prod-global"}
    assert "shop-prod-cdn-site" in manifest["artifacts"]["shop-prod-edge"]["dependencies"]
    assert "shop-prod-global" in manifest["artifacts"]["shop-prod-cdn-site"]["dependencies"]


def test_only_this_distribution_reads_the_files(web: Callable[[str, str], Template]) -> None:
    template = web("prod", "cdn-site")
    bucket = "shop-prod-cdn-site-222222222222-eu-west-1"
    allowed = [s for s in statements(template, bucket) if s["Effect"] == "Allow"]
    assert {s["Action"] for s in allowed} == {"s3:GetObject", "s3:ListBucket"}
    assert all(s["Principal"] == {"Service": "cloudfront.amazonaws.com"} for s in allowed)
    arns = [s["Condition"]["StringEquals"]["aws:SourceArn"] for s in allowed]
    assert all(arn["Fn::Join"][1][-1] == {"Ref": "Distribution"} for arn in arns)
    files = next(origin for origin in distribution(template)["Origins"] if origin["Id"] == "files")
    assert files["OriginAccessControlId"] == {"Fn::GetAtt": ["AssetsAccess", "Id"]}


def test_the_firewall_and_the_certificate_of_a_cdn_come_from_the_global_stack(
    web: Callable[[str, str], Template],
) -> None:
    config = distribution(web("prod", "cdn-site"))
    read = {"StackName": "shop-prod-global", "Region": "us-east-1"}
    assert config["WebACLId"] == {"Fn::GetStackOutput": {**read, "OutputName": "CdnFirewallStandardArn"}}
    assert config["ViewerCertificate"]["AcmCertificateArn"] == {
        "Fn::GetStackOutput": {**read, "OutputName": "CdnSiteCertificateArn"}
    }
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    acl = the(web("prod", "global"), "AWS::WAFv2::WebACL")
    assert (acl["Scope"], acl["Name"]) == ("CLOUDFRONT", "shop-prod-standard-cdn")
    made = the(web("prod", "global"), "AWS::CertificateManager::Certificate")
    assert made["DomainValidationOptions"] == [
        {"DomainName": "www.shop.example", "HostedZoneId": "Z0123456789EXAMPLE"}
    ]


def test_an_api_behind_a_cdn_gets_no_host_header_and_nothing_is_kept(
    web: Callable[[str, str], Template],
) -> None:
    behaviors = distribution(web("prod", "cdn-site"))["CacheBehaviors"]
    assert [behavior["PathPattern"] for behavior in behaviors] == ["/api", "/api/*"]
    for behavior in behaviors:
        assert behavior["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
        assert behavior["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
        assert behavior["ViewerProtocolPolicy"] == "https-only"


def test_an_api_behind_a_cdn_refuses_what_lacks_the_secret_header(
    web: Callable[[str, str], Template],
) -> None:
    origins = distribution(web("prod", "cdn-site"))["Origins"]
    (header,) = next(o for o in origins if o["Id"] == "api-public")["OriginCustomHeaders"]
    assert header["HeaderName"] == "x-origin-verify"
    assert header["HeaderValue"] == "{{resolve:secretsmanager:shop/prod/api-public-origin:SecretString}}"
    guards = {acl["Name"]: acl for acl in resources(web("prod", "firewalls"), "AWS::WAFv2::WebACL")}
    guard = guards["shop-prod-public-origin"]
    assert guard["DefaultAction"] == {"Block": {}}
    match = guard["Rules"][0]["Statement"]["ByteMatchStatement"]
    assert match["FieldToMatch"] == {"SingleHeader": {"Name": "x-origin-verify"}}
    assert "resolve:secretsmanager" in json.dumps(match["SearchString"])
    association = the(web("prod", "api-public"), "AWS::WAFv2::WebACLAssociation")
    assert association["WebACLArn"]["Fn::GetStackOutput"]["OutputName"] == "GuardPublicArn"


def test_answers_leave_with_security_headers(web: Callable[[str, str], Template]) -> None:
    template = web("prod", "cdn-site")
    config = the(template, "AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
    headers = config["SecurityHeadersConfig"]
    assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 63072000
    assert "frame-ancestors 'none'" in headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert headers["ContentTypeOptions"] == {"Override": True}
    removed = {item["Header"].lower() for item in config["RemoveHeadersConfig"]["Items"]}
    assert removed >= {"server", "x-powered-by", "x-amz-apigw-id", "apigw-requestid"}
    assert not removed & {"x-amzn-requestid", "x-amzn-errortype", "via"}, "CloudFront refuses such a policy"
    whole = distribution(template)
    used = {b["ResponseHeadersPolicyId"]["Fn::GetAtt"][0] for b in whole["CacheBehaviors"]}
    assert used | {whole["DefaultCacheBehavior"]["ResponseHeadersPolicyId"]["Fn::GetAtt"][0]} == {
        "HeadersPolicy"
    }


def test_http_is_led_to_https_and_https_has_a_certificate(web: Callable[[str, str], Template]) -> None:
    listeners = {
        listener["Port"]: listener
        for listener in resources(web("prod", "balancer-hooks"), "AWS::ElasticLoadBalancingV2::Listener")
    }
    assert set(listeners) == {80, 443}
    redirect = listeners[80]["DefaultActions"][0]
    assert redirect["RedirectConfig"] == {"Port": "443", "Protocol": "HTTPS", "StatusCode": "HTTP_301"}
    assert listeners[443]["Certificates"] == [{"CertificateArn": {"Ref": "Certificate"}}]
    assert listeners[443]["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-2021-06"


def test_a_load_balancer_stands_in_public_subnets_of_two_zones_whatever_the_nat_gateways(
    web: Callable[[str, str], Template],
) -> None:
    (balancer,) = resources(web("dev", "balancer-hooks"), "AWS::ElasticLoadBalancingV2::LoadBalancer")
    read = [subnet["Fn::GetStackOutput"]["OutputName"] for subnet in balancer["Subnets"]]
    assert read == ["NetworkMainPublicSubnet1Id", "NetworkMainPublicSubnet2Id"]
    network = web("dev", "network")
    assert set(read) <= set(network["Outputs"])
    assert len(resources(network, "AWS::EC2::NatGateway")) == 1
    assert len(resources(web("prod", "network"), "AWS::EC2::NatGateway")) == 2


@pytest.mark.parametrize(("environment", "protected"), [("dev", "false"), ("prod", "true")])
def test_a_load_balancer_is_logged_and_in_production_protected_from_deletion(
    environment: str, protected: str, web: Callable[[str, str], Template]
) -> None:
    (balancer,) = resources(web(environment, "balancer-hooks"), "AWS::ElasticLoadBalancingV2::LoadBalancer")
    attributes = {a["Key"]: a["Value"] for a in balancer["LoadBalancerAttributes"]}
    assert attributes["deletion_protection.enabled"] == protected
    assert attributes["access_logs.s3.enabled"] == "true"


def test_only_the_load_balancer_of_its_name_calls_its_function(web: Callable[[str, str], Template]) -> None:
    permission = the(web("prod", "balancer-hooks"), "AWS::Lambda::Permission")
    group = the(web("prod", "balancer-hooks"), "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert permission["SourceArn"].endswith(f":targetgroup/{group['Name']}/*")
    assert len(group["Name"]) <= 32
    assert group["Targets"] == [{"Id": permission["FunctionName"]}]


def test_names_lead_to_the_edge_by_ipv4_and_to_a_cdn_by_ipv6_too(
    web: Callable[[str, str], Template],
) -> None:
    kinds = {
        stack: sorted(record["Type"] for record in resources(web("prod", stack), "AWS::Route53::RecordSet"))
        for stack in ("cdn-site", "balancer-hooks")
    }
    assert kinds == {"cdn-site": ["A", "AAAA"], "balancer-hooks": ["A"]}


def test_the_longest_pattern_comes_first_and_none_moves_when_another_comes() -> None:
    digests = {"/": 7, "/hooks/*": 5, "/hooks/orders": 5, "/*": 9, "/hooks/orders/*": 3, "/tasks/*": 5}
    few = priorities(["/hooks/*", "/hooks/orders", "/*"], digests)
    many = priorities(list(digests), digests)
    assert sorted(many, key=lambda pattern: many[pattern])[:2] == ["/hooks/orders/*", "/hooks/orders"]
    assert max(many, key=lambda pattern: many[pattern]) in ("/", "/*")
    assert {pattern: many[pattern] for pattern in few} == few
    assert len(set(many.values())) == len(many)
    assert all(1 <= priority <= 50_000 for priority in many.values())


def test_of_two_patterns_with_one_digest_the_second_takes_the_next_priority() -> None:
    found = priorities(["/hooks/*", "/tasks/*"], {"/hooks/*": 5, "/tasks/*": 5})
    assert found["/tasks/*"] == found["/hooks/*"] + 1
