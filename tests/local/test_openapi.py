"""An OpenAPI body becomes the resources that it stands for."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from platform_cli.local.openapi import expand_bodies

INTEGRATION = {
    "type": "aws_proxy",
    "httpMethod": "POST",
    "uri": {"Fn::GetAtt": ["Create", "Arn"]},
    "credentials": {"Fn::GetAtt": ["Role", "Arn"]},
    "payloadFormatVersion": "2.0",
    "timeoutInMillis": 11000,
}
JWT = {
    "type": "oauth2",
    "x-amazon-apigateway-authorizer": {
        "type": "jwt",
        "identitySource": "$request.header.Authorization",
        "jwtConfiguration": {"issuer": "https://issuer", "audience": ["client"]},
    },
}


def operation(**more: Any) -> dict[str, Any]:
    return {"x-amazon-apigateway-integration": INTEGRATION, **more}


def expanded(body: dict[str, Any], **resources: Any) -> dict[str, Any]:
    api = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": body, "FailOnWarnings": True}}
    template = {"Resources": {"Api": api, **resources}}
    expand_bodies(template)
    return template["Resources"]


def of_type(resources: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [item["Properties"] for item in resources.values() if item["Type"] == f"AWS::ApiGatewayV2::{kind}"]


def routes(resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {route["RouteKey"]: route for route in of_type(resources, "Route")}


def test_a_body_becomes_an_api_with_routes_and_integrations() -> None:
    paths = {"/orders/{id}": {"get": operation(), "x-amazon-apigateway-any-method": operation()}}
    found = expanded({"info": {"title": "shop"}, "paths": paths})
    assert found["Api"]["Properties"] == {"ProtocolType": "HTTP", "Name": "shop"}
    assert sorted(routes(found)) == ["ANY /orders/{id}", "GET /orders/{id}"]
    route = routes(found)["GET /orders/{id}"]
    assert route["AuthorizationType"] == "NONE"
    integration_id = route["Target"]["Fn::Join"][1][1]["Ref"]
    assert found[integration_id]["Properties"] == {
        "ApiId": {"Ref": "Api"},
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": {"Fn::GetAtt": ["Create", "Arn"]},
        "IntegrationMethod": "POST",
        "PayloadFormatVersion": "2.0",
        "TimeoutInMillis": 11000,
    }


def test_the_default_route_has_no_method() -> None:
    found = expanded(
        {"paths": {"/$default": {"x-amazon-apigateway-any-method": operation(isDefaultRoute=True)}}}
    )
    assert list(routes(found)) == ["$default"]


def test_a_route_demands_its_authorizer_and_scopes() -> None:
    paths = {
        "/a": {"get": operation(security=[{"users": ["orders.read"]}])},
        "/b": {"get": operation(security=[{"users": []}])},
        "/open": {"get": operation()},
        "/signed": {"get": operation(**{"x-amazon-apigateway-auth": {"type": "AWS_IAM"}})},
    }
    found = expanded({"paths": paths, "components": {"securitySchemes": {"users": JWT}}})
    (authorizer_id,) = (key for key, item in found.items() if item["Type"].endswith("Authorizer"))
    assert found[authorizer_id]["Properties"] == {
        "ApiId": {"Ref": "Api"},
        "Name": "users",
        "IdentitySource": ["$request.header.Authorization"],
        "AuthorizerType": "JWT",
        "JwtConfiguration": {"Issuer": "https://issuer", "Audience": ["client"]},
    }
    keys = ("AuthorizationType", "AuthorizerId", "AuthorizationScopes")
    assert {name: tuple(route.get(key) for key in keys) for name, route in routes(found).items()} == {
        "GET /a": ("JWT", {"Ref": authorizer_id}, ["orders.read"]),
        "GET /b": ("JWT", {"Ref": authorizer_id}, None),
        "GET /open": ("NONE", None, None),
        "GET /signed": ("AWS_IAM", None, None),
    }


def test_security_of_the_whole_body_holds_where_a_route_says_nothing() -> None:
    body = {
        "security": [{"users": []}],
        "components": {"securitySchemes": {"users": JWT}},
        "paths": {"/a": {"get": operation()}, "/b": {"get": operation(security=[])}},
    }
    found = routes(expanded(body))
    assert found["GET /a"]["AuthorizationType"] == "JWT"
    assert found["GET /b"]["AuthorizationType"] == "NONE"


def test_a_function_can_authorize() -> None:
    scheme = {
        "type": "apiKey",
        "x-amazon-apigateway-authorizer": {
            "type": "request",
            "identitySource": "$request.header.A, $request.header.B",
            "authorizerUri": {"Fn::GetAtt": ["Check", "Arn"]},
            "authorizerPayloadFormatVersion": "2.0",
            "enableSimpleResponses": True,
        },
    }
    paths = {"/a": {"get": operation(security=[{"own": []}])}}
    found = expanded({"paths": paths, "components": {"securitySchemes": {"own": scheme}}})
    (authorizer,) = of_type(found, "Authorizer")
    assert authorizer["AuthorizerType"] == "REQUEST"
    assert authorizer["IdentitySource"] == ["$request.header.A", "$request.header.B"]
    assert routes(found)["GET /a"]["AuthorizationType"] == "CUSTOM"


def test_integrations_and_authorizers_may_be_shared() -> None:
    components = {
        "x-amazon-apigateway-integrations": {"create": INTEGRATION},
        "x-amazon-apigateway-authorizers": {"users": JWT["x-amazon-apigateway-authorizer"]},
        "securitySchemes": {"users": {"x-amazon-apigateway-authorizer": {"$ref": "#/components/x/users"}}},
    }
    shared = {
        "x-amazon-apigateway-integration": {"$ref": "#/components/x-amazon-apigateway-integrations/create"}
    }
    found = expanded(
        {"paths": {"/a": {"get": shared | {"security": [{"users": []}]}}}, "components": components}
    )
    assert of_type(found, "Integration")[0]["IntegrationUri"] == {"Fn::GetAtt": ["Create", "Arn"]}
    assert of_type(found, "Authorizer")[0]["AuthorizerType"] == "JWT"


@pytest.mark.parametrize("key", ["CorsConfiguration", "Body"])
def test_cors_is_spelled_as_the_emulator_reads_it(key: str) -> None:
    spelled = {"allowOrigins": ["https://shop.example"], "maxAge": 300}
    if key == "Body":
        properties: dict[str, Any] = {"Body": {"paths": {}, "x-amazon-apigateway-cors": spelled}}
    else:
        properties = {"CorsConfiguration": {"AllowOrigins": ["https://shop.example"], "MaxAge": 300}}
    template = {"Resources": {"Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": properties}}}
    expand_bodies(template)
    assert template["Resources"]["Api"]["Properties"]["CorsConfiguration"] == spelled


def test_a_deployment_becomes_a_stage_that_deploys_by_itself() -> None:
    stage = {"ApiId": {"Ref": "Api"}, "StageName": "$default", "DeploymentId": {"Ref": "DeploymentAbc"}}
    found = expanded(
        {"paths": {}},
        DeploymentAbc={"Type": "AWS::ApiGatewayV2::Deployment", "Properties": {"ApiId": {"Ref": "Api"}}},
        Stage={"Type": "AWS::ApiGatewayV2::Stage", "Properties": stage, "DependsOn": ["DeploymentAbc"]},
    )
    assert "DeploymentAbc" not in found
    assert found["Stage"] == {
        "Type": "AWS::ApiGatewayV2::Stage",
        "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True},
    }


def test_logical_ids_do_not_depend_on_other_routes() -> None:
    paths = {"/a": {"get": operation()}, "/a-b": {"get": operation()}, "/a/b": {"get": operation()}}
    body = {"paths": paths}
    all_of_them = expanded(copy.deepcopy(body))
    del paths["/a"]
    fewer = expanded(body)
    assert len(routes(all_of_them)) == 3
    assert fewer.keys() < all_of_them.keys()
