"""CDNs and load balancers of a template, made to answer on this machine."""

from __future__ import annotations

from typing import Any

import pytest

from platform_cli.local.edge import open_edge
from platform_cli.local.server import LocalAws


@pytest.fixture
def template() -> dict[str, Any]:
    api = {"Fn::Join": ["", [{"Ref": "Api"}, ".execute-api.eu-west-1.amazonaws.com"]]}
    https = {"OriginProtocolPolicy": "https-only"}
    origins = [
        {
            "Id": "api",
            "DomainName": api,
            "OriginPath": "/prod",
            "CustomOriginConfig": https,
            "OriginCustomHeaders": [{"HeaderName": "x-origin", "HeaderValue": "y"}],
        },
        {"Id": "balancer-web", "DomainName": {"Fn::GetAtt": ["Web", "DNSName"]}, "CustomOriginConfig": https},
        {"Id": "files", "DomainName": {"Fn::GetAtt": ["Files", "DomainName"]}},
    ]
    config = {
        "Aliases": ["shop.example"],
        "WebACLId": "arn",
        "DefaultCacheBehavior": {"ViewerProtocolPolicy": "redirect-to-https"},
        "CacheBehaviors": [{"ViewerProtocolPolicy": "https-only"}],
        "Origins": origins,
    }
    return {
        "Resources": {
            "Cdn": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}},
            "Web": {
                "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
                "Properties": {"Name": "shop-local-web"},
            },
            "Plain": {
                "Type": "AWS::ElasticLoadBalancingV2::Listener",
                "Properties": {"DefaultActions": [{"Type": "redirect"}], "Protocol": "HTTP"},
            },
            "Secure": {
                "Type": "AWS::ElasticLoadBalancingV2::Listener",
                "Properties": {
                    "DefaultActions": [{"Type": "forward"}],
                    "Protocol": "HTTPS",
                    "Certificates": [{"CertificateArn": "arn"}],
                },
            },
            "Name": {"Type": "AWS::Route53::RecordSet", "Properties": {}},
        },
        "Outputs": {"Url": {"Value": "https://shop.example"}, "DomainUrl": {"Value": "https://shop.example"}},
    }


def test_origins_are_reached_on_the_port_of_the_local_aws(template: dict[str, Any], local: LocalAws) -> None:
    told = dict(open_edge(template, local))

    assert set(told) == {"Cdn", "Web"}
    config = template["Resources"]["Cdn"]["Properties"]["DistributionConfig"]
    api, balancer, files = config["Origins"]
    here = {"OriginProtocolPolicy": "http-only", "HTTPPort": local.port}
    assert api["OriginPath"] == {"Fn::Join": ["", ["/_aws/execute-api/", {"Ref": "Api"}, "/prod"]]}
    assert balancer["OriginPath"] == "/_alb/web"
    assert [origin["CustomOriginConfig"] for origin in (api, balancer)] == [here, here]
    assert [origin["DomainName"] for origin in (api, balancer)] == ["127.0.0.1", "127.0.0.1"]
    assert "OriginCustomHeaders" not in api
    # A bucket is reached as on AWS.
    assert files == {"Id": "files", "DomainName": {"Fn::GetAtt": ["Files", "DomainName"]}}
    behaviors = (config["DefaultCacheBehavior"], *config["CacheBehaviors"])
    assert {behavior["ViewerProtocolPolicy"] for behavior in behaviors} == {"allow-all"}
    assert not {"Aliases", "WebACLId"} & set(config)


def test_listeners_answer_over_http_and_names_of_ones_own_go(
    template: dict[str, Any], local: LocalAws
) -> None:
    list(open_edge(template, local))

    assert set(template["Resources"]) == {"Cdn", "Web", "Secure"}
    assert template["Resources"]["Secure"]["Properties"] == {
        "DefaultActions": [{"Type": "forward"}],
        "Protocol": "HTTP",
    }
    assert set(template["Outputs"]) == {"Url"}


def test_a_new_port_shows_as_a_change_of_the_resource(template: dict[str, Any], local: LocalAws) -> None:
    list(open_edge(template, local))

    for logical_id in ("Cdn", "Web"):
        metadata = template["Resources"][logical_id]["Metadata"]
        assert list(metadata.values()) == [local.endpoint_url]


def test_the_address_of_a_load_balancer_is_its_path(template: dict[str, Any], local: LocalAws) -> None:
    del template["Resources"]["Cdn"]
    list(open_edge(template, local))

    assert template["Outputs"]["Url"]["Value"] == f"{local.endpoint_url}/_alb/shop-local-web"


def test_the_address_of_a_cdn_is_its_label_below_localhost(template: dict[str, Any], local: LocalAws) -> None:
    del template["Resources"]["Web"]
    domain = {"Fn::GetAtt": ["Cdn", "DomainName"]}
    template["Outputs"]["Url"]["Value"] = {"Fn::Join": ["", ["https://", domain]]}
    list(open_edge(template, local))

    label = {"Fn::Select": [0, {"Fn::Split": [".", domain]}]}
    here = ["http://", label, f".cloudfront.localhost:{local.port}"]
    assert template["Outputs"]["Url"]["Value"] == {"Fn::Join": ["", here]}


@pytest.mark.parametrize("outputs", [None, {}])
def test_without_an_address_to_tell_none_is_made_up(
    template: dict[str, Any], local: LocalAws, outputs: Any
) -> None:
    template["Outputs"] = outputs
    list(open_edge(template, local))

    assert not template["Outputs"]


def test_a_template_without_either_stays_as_it_is(local: LocalAws) -> None:
    named = {"Resources": {"Name": {"Type": "AWS::Route53::RecordSet", "Properties": {}}}}
    assert list(open_edge(named, local)) == []
    assert "Name" in named["Resources"]
