"""The body of a REST API becomes the resources that it stands for; what guards it on AWS is told."""

from __future__ import annotations

from typing import Any

import pytest

from platform_cli.local.adapting import adapt_template
from platform_cli.local.rest_bodies import expand_rest_bodies
from platform_cli.local.server import LocalAws

ANY = "x-amazon-apigateway-any-method"
INTEGRATION = {"type": "aws_proxy", "httpMethod": "POST", "uri": "arn:uri", "credentials": "arn:role"}
POOL = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": ["arn:pool"]},
}


def operation(**more: Any) -> dict[str, Any]:
    return {"x-amazon-apigateway-integration": INTEGRATION, **more}


def expanded(body: dict[str, Any], **resources: Any) -> dict[str, Any]:
    api = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}}
    template = {"Resources": {"Api": api, **resources}}
    expand_rest_bodies(template)
    return template["Resources"]


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    found = {key: r["Properties"] for key, r in resources.items() if r["Type"] == f"AWS::ApiGateway::{kind}"}
    for described in found.values():
        if kind != "RestApi":
            assert described["RestApiId"] == {"Ref": "Api"}
    return found


def only(resources: dict[str, Any], kind: str) -> Any:
    (found,) = of_type(resources, kind).values()
    return found


def preflight(**more: Any) -> dict[str, Any]:
    header = "method.response.header.Access-Control-Allow-Origin"
    answer = {"statusCode": "204", "responseParameters": {header: "'https://a.example'"}, **more}
    integration = {"type": "mock", "requestTemplates": {}, "responses": {"default": answer}}
    return {"x-amazon-apigateway-integration": integration}


def test_preflights_of_one_origin_are_answered_without_a_function() -> None:
    made = expanded({"paths": {"/a": {"options": preflight()}}})
    integration = only(made, "Method")["Integration"]
    assert integration["Type"] == "MOCK"
    assert integration["IntegrationResponses"][0]["StatusCode"] == "204"
    assert not [r for r in made.values() if r["Type"] == "AWS::Lambda::Function"]


def test_preflights_of_several_origins_are_answered_by_the_one_that_asks() -> None:
    chosen = preflight(responseTemplates={"application/json": "#if(…)#end"})
    made = expanded({"paths": {"/a/{id}": {"options": chosen}, "/": {"options": chosen}}})
    methods = of_type(made, "Method").values()
    assert {method["Integration"]["Type"] for method in methods} == {"AWS_PROXY"}
    (function,) = (r["Properties"] for r in made.values() if r["Type"] == "AWS::Lambda::Function")
    code: dict[str, Any] = {}
    exec(function["Code"]["ZipFile"], code)

    def answered(path: str, origin: str) -> str:
        event = {
            "resource": path,
            "headers": {"Origin": origin},
            "stageVariables": {"CorsOrigins": "https://a.example,https://b.example"},
        }
        found = code["handler"](event, None)
        assert found["statusCode"] == 204
        return str(found["headers"]["Access-Control-Allow-Origin"])

    assert answered("/a/{id}", "https://b.example") == "https://b.example"
    assert answered("/", "https://evil.example") == "https://a.example"


def test_paths_share_the_resources_above_them() -> None:
    made = expanded({"paths": {"/a/{id}": {"get": operation()}, "/a/b": {"get": operation()}, "/": {}}})
    found = {r["PathPart"]: (key, r["ParentId"]) for key, r in of_type(made, "Resource").items()}
    assert set(found) == {"a", "{id}", "b"}
    assert found["a"][1] == {"Fn::GetAtt": ["Api", "RootResourceId"]}
    assert found["b"][1] == found["{id}"][1] == {"Ref": found["a"][0]}


def test_a_method_keeps_its_integration_with_the_role_and_every_verb() -> None:
    method = only(expanded({"paths": {"/a": {ANY: operation()}}}), "Method")
    assert method["HttpMethod"] == "ANY"
    assert method["AuthorizationType"] == "NONE"
    assert method["Integration"] == {
        "Type": "AWS_PROXY",
        "IntegrationHttpMethod": "POST",
        "Uri": "arn:uri",
        "Credentials": "arn:role",
    }


def test_a_method_demands_token_scopes_and_key() -> None:
    body = {
        "paths": {"/a": {"get": operation(security=[{"users": ["a/b"]}, {"key": []}])}},
        "components": {
            "securitySchemes": {"users": POOL, "key": {"type": "apiKey", "name": "x-api-key", "in": "header"}}
        },
    }
    made = expanded(body)
    (authorizer,) = of_type(made, "Authorizer")
    method = only(made, "Method")
    assert method["AuthorizationType"] == "COGNITO_USER_POOLS"
    assert method["AuthorizerId"] == {"Ref": authorizer}
    assert method["AuthorizationScopes"] == ["a/b"]
    assert method["ApiKeyRequired"] is True
    assert only(made, "Authorizer")["ProviderARNs"] == ["arn:pool"]


def test_a_method_names_its_model_its_parameters_and_its_validator() -> None:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Offer"}}}
    parameters = [
        {"name": "id", "in": "path", "required": True},
        {"name": "page", "in": "query", "required": False},
        {"name": "x-tenant", "in": "header", "required": True},
    ]
    body = {
        "paths": {
            "/a/{id}": {
                "post": operation(
                    parameters=parameters,
                    requestBody={"content": content},
                    **{"x-amazon-apigateway-request-validator": "all"},
                )
            }
        },
        "components": {"schemas": {"Offer": {"type": "object"}}},
        "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": True}},
    }
    made = expanded(body)
    method = only(made, "Method")
    assert method["RequestModels"] == {"application/json": "Offer"}
    assert method["RequestParameters"] == {
        "method.request.path.id": True,
        "method.request.querystring.page": False,
        "method.request.header.x-tenant": True,
    }
    (validator,) = of_type(made, "RequestValidator")
    assert method["RequestValidatorId"] == {"Ref": validator}
    assert only(made, "RequestValidator")["ValidateRequestParameters"] is False
    assert only(made, "Model")["Schema"] == {"type": "object"}


@pytest.mark.parametrize("before", [None, "Log", ["Log"]])
def test_a_deployment_waits_for_all_of_it(before: Any) -> None:
    deployment: dict[str, Any] = {
        "Type": "AWS::ApiGateway::Deployment",
        "Properties": {"RestApiId": {"Ref": "Api"}},
    }
    if before:
        deployment["DependsOn"] = before
    answers = {"UNAUTHORIZED": {"statusCode": 401, "responseTemplates": {"application/json": "{}"}}}
    body = {"paths": {"/a": {"get": operation()}}, "x-amazon-apigateway-gateway-responses": answers}
    made = expanded(body, Deployment=deployment)
    waits = set(made["Deployment"]["DependsOn"])
    assert waits - {"Log"} == set(made) - {"Api", "Deployment"}
    assert ("Log" in waits) == bool(before)
    assert only(made, "GatewayResponse")["StatusCode"] == "401"


def test_what_guards_an_api_on_aws_is_left_out_and_told(local: LocalAws) -> None:
    domain = {"Type": "AWS::ApiGatewayV2::DomainName", "Properties": {"DomainName": "api.shop.example"}}
    mapping = {"Type": "AWS::ApiGatewayV2::ApiMapping", "Properties": {"DomainName": {"Ref": "Domain"}}}
    record = {"Type": "AWS::Route53::RecordSet", "Properties": {"Name": {"Ref": "Domain"}}}
    other = {"Type": "AWS::Route53::RecordSet", "Properties": {"Name": "mail.shop.example"}}
    api = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Policy": {"Statement": []}, "Name": "a"}}
    stage = {"Type": "AWS::ApiGateway::Stage", "Properties": {"CacheClusterEnabled": True}}
    template = {
        "Resources": {
            "Domain": domain, "Mapping": mapping, "Record": record, "Other": other, "Api": api,
            "Stage": stage, "Wall": {"Type": "AWS::WAFv2::WebACL", "Properties": {}},
        },
        "Outputs": {
            "DomainUrl": {"Value": "https://api.shop.example"},
            "DomainTarget": {"Value": {"Fn::GetAtt": ["Domain", "RegionalDomainName"]}},
            "Kept": {"Value": "https://shop.example"},
        },
    }  # fmt: skip
    kinds = {resource["Type"] for resource in template["Resources"].values()}
    adapted, notices, omitted = adapt_template(template, local, "shop", kinds)
    assert set(adapted["Resources"]) == {"Other", "Api", "Stage", "Wall"}
    assert adapted["Resources"]["Api"]["Properties"] == {"Name": "a"}
    assert set(adapted["Outputs"]) == {"Kept"}
    assert {notice.logical_id for notice in notices} == {"Domain", "Api", "Stage", "Wall"}
    assert omitted == ()
