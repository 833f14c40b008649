"""Expand the OpenAPI body of an HTTP API into the resources that MiniStack understands.

MiniStack 1.5.33 takes `AWS::ApiGatewayV2::Api` without its `Body`, and knows no
`AWS::ApiGatewayV2::Deployment`. So, in the local copy only, a body becomes authorizers, integrations
and routes beside the API, with logical ids made of the API's and the route's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from platform_cli.local.templates import drop_dependencies, properties, resources

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_ANY = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"
_INTEGRATIONS = "x-amazon-apigateway-integrations"
_AUTHORIZER = "x-amazon-apigateway-authorizer"
_AUTHORIZERS = "x-amazon-apigateway-authorizers"
_DEFAULT_IDENTITY = "$request.header.Authorization"


def expand_bodies(template: dict[str, Any]) -> None:
    """Expand every HTTP API's body in a template, in place, and let its stages deploy by themselves."""
    for api_id, api in resources(template, "AWS::ApiGatewayV2::Api").items():
        described = properties(api)
        body = described.pop("Body", None)
        described.pop("FailOnWarnings", None)
        described.setdefault("ProtocolType", "HTTP")
        if isinstance(body, Mapping):
            title = (body.get("info") or {}).get("title")
            if title is not None:
                described.setdefault("Name", title)
            if "x-amazon-apigateway-cors" in body:
                described.setdefault("CorsConfiguration", body["x-amazon-apigateway-cors"])
            template["Resources"].update(_children(api_id, body))
        # The emulator stores this one as it is, and reads it as the API spells it, not the template.
        if isinstance(described.get("CorsConfiguration"), Mapping):
            described["CorsConfiguration"] = {
                key[:1].lower() + key[1:]: value for key, value in described["CorsConfiguration"].items()
            }
    _drop_deployments(template)


def _drop_deployments(template: dict[str, Any]) -> None:
    deployments = resources(template, "AWS::ApiGatewayV2::Deployment")
    for logical_id in deployments:
        del template["Resources"][logical_id]
    for stage in resources(template, "AWS::ApiGatewayV2::Stage").values():
        described = properties(stage)
        if described.pop("DeploymentId", None) is not None:
            described["AutoDeploy"] = True
    for resource in resources(template).values():
        drop_dependencies(resource, deployments)


def _children(api_id: str, body: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    components = body.get("components") or {}
    schemes: dict[str, Any] = dict(components.get("securitySchemes") or body.get("securityDefinitions") or {})
    shared = body.get(_AUTHORIZERS) or components.get(_AUTHORIZERS) or {}
    made: dict[str, dict[str, Any]] = {}
    authorizers: dict[str, tuple[str, str]] = {}
    for name, scheme in schemes.items():
        authorizer = _followed(scheme.get(_AUTHORIZER), shared) if isinstance(scheme, Mapping) else None
        if authorizer is not None:
            logical_id = f"{api_id}Authorizer{slug(name)}"
            resource, route_type = _authorizer(api_id, name, authorizer)
            made[logical_id] = resource
            authorizers[name] = (logical_id, route_type)
    for route_key, operation in _operations(body):
        integration = _followed(operation.get(_INTEGRATION), components.get(_INTEGRATIONS) or {})
        short = slug(route_key)
        if integration is not None:
            made[f"{api_id}Integration{short}"] = _integration(api_id, integration)
            security = operation.get("security", body.get("security")) or []
            made[f"{api_id}Route{short}"] = _route(
                api_id, route_key, short, _demand(operation, security, authorizers)
            )
    return made


def _operations(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Route key and operation of each route."""
    for path, item in (body.get("paths") or {}).items():
        if not isinstance(item, Mapping):
            continue
        for method, operation in item.items():
            if not isinstance(operation, Mapping):
                continue
            if path == "/$default" and method == _ANY:
                yield "$default", operation
            elif method == _ANY:
                yield f"ANY {path}", operation
            elif method.lower() in _METHODS:
                yield f"{method.upper()} {path}", operation


def _followed(value: Any, shared: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """A part of the body, where it stands or where its `$ref` leads."""
    if not isinstance(value, Mapping):
        return None
    if isinstance(value.get("$ref"), str):
        target = shared.get(value["$ref"].rsplit("/", 1)[-1])
        return target if isinstance(target, Mapping) else None
    return value


def _authorizer(api_id: str, name: str, authorizer: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The resource, and what a route that uses it calls its type."""
    identity = authorizer.get("identitySource", _DEFAULT_IDENTITY)
    sources = [part.strip() for part in identity.split(",")] if isinstance(identity, str) else identity
    described: dict[str, Any] = {"ApiId": {"Ref": api_id}, "Name": name, "IdentitySource": sources}
    if str(authorizer.get("type", "")).lower() == "jwt":
        token = authorizer.get("jwtConfiguration") or {}
        audience = token.get("audience", [])
        described |= {
            "AuthorizerType": "JWT",
            "JwtConfiguration": {
                "Issuer": token.get("issuer", ""),
                "Audience": audience if isinstance(audience, list) else [audience],
            },
        }
        return {"Type": "AWS::ApiGatewayV2::Authorizer", "Properties": described}, "JWT"
    described |= {
        "AuthorizerType": "REQUEST",
        "AuthorizerUri": authorizer.get("authorizerUri", ""),
        "AuthorizerPayloadFormatVersion": authorizer.get("authorizerPayloadFormatVersion", "2.0"),
        "AuthorizerResultTtlInSeconds": authorizer.get("authorizerResultTtlInSeconds", 0),
        "EnableSimpleResponses": authorizer.get("enableSimpleResponses", False),
    }
    return {"Type": "AWS::ApiGatewayV2::Authorizer", "Properties": described}, "CUSTOM"


def _integration(api_id: str, integration: Mapping[str, Any]) -> dict[str, Any]:
    described = {
        "ApiId": {"Ref": api_id},
        "IntegrationType": str(integration.get("type", "aws_proxy")).upper(),
        "IntegrationUri": integration.get("uri", ""),
        "IntegrationMethod": integration.get("httpMethod", "POST"),
        "PayloadFormatVersion": integration.get("payloadFormatVersion", "1.0"),
    }
    for name, source in (("TimeoutInMillis", "timeoutInMillis"), ("RequestParameters", "requestParameters")):
        if source in integration:
            described[name] = integration[source]
    return {"Type": "AWS::ApiGatewayV2::Integration", "Properties": described}


def _route(api_id: str, route_key: str, short: str, demand: Mapping[str, Any]) -> dict[str, Any]:
    target = {"Fn::Join": ["", ["integrations/", {"Ref": f"{api_id}Integration{short}"}]]}
    described = {"ApiId": {"Ref": api_id}, "RouteKey": route_key, "Target": target, **demand}
    return {"Type": "AWS::ApiGatewayV2::Route", "Properties": described}


def _demand(
    operation: Mapping[str, Any], security: list[Any], authorizers: Mapping[str, tuple[str, str]]
) -> dict[str, Any]:
    """What a route demands of its caller."""
    if (operation.get("x-amazon-apigateway-auth") or {}).get("type") == "AWS_IAM":
        return {"AuthorizationType": "AWS_IAM"}
    for requirement in security:
        for name, scopes in requirement.items():
            if name in authorizers:
                logical_id, route_type = authorizers[name]
                demand = {"AuthorizationType": route_type, "AuthorizerId": {"Ref": logical_id}}
                return demand | ({"AuthorizationScopes": scopes} if scopes else {})
    return {"AuthorizationType": "NONE"}


def slug(text: str) -> str:
    """A piece of a logical id: readable, and different for different texts."""
    readable = "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", text))
    return f"{readable[:40]}{hashlib.sha256(text.encode()).hexdigest()[:6]}"
