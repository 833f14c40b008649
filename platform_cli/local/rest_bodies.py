"""Expand the OpenAPI body of a REST API into the resources that MiniStack understands.

MiniStack 1.5.33 reads of a REST API's body the paths, the integrations without their roles, and the
authorizers; it leaves out methods for every verb, models, validators and gateway responses, and gives the
API a new id whenever the body changes. So, in the local copy only, a body becomes resources beside the API.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platform_cli.local.openapi import slug
from platform_cli.local.preflights import choose_origins
from platform_cli.local.templates import properties, resources

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
_ANY = "x-amazon-apigateway-any-method"
_AUTHORIZER = "x-amazon-apigateway-authorizer"
_INTEGRATION = "x-amazon-apigateway-integration"
_PLACES = {"path": "path", "query": "querystring", "header": "header"}

Resources = dict[str, dict[str, Any]]


def expand_rest_bodies(template: dict[str, Any], python_version: str = "") -> None:
    """Expand every REST API's body in a template, in place; its deployments wait for all of it.

    Args:
        template: Parsed.
        python_version: What functions run on here.
    """
    runtime = "python" + ".".join((python_version or "3.13").split(".")[:2])
    for api_id, api in resources(template, "AWS::ApiGateway::RestApi").items():
        described = properties(api)
        body = described.pop("Body", None)
        if not isinstance(body, Mapping):
            continue
        for name in ("FailOnWarnings", "Mode"):
            described.pop(name, None)
        described.setdefault("Name", (body.get("info") or {}).get("title", api_id))
        made = _Body(api_id, body).resources()
        made |= choose_origins(api_id, made, runtime)
        template["Resources"].update(made)
        for deployment in resources(template, "AWS::ApiGateway::Deployment").values():
            if properties(deployment).get("RestApiId") == {"Ref": api_id}:
                before = deployment.get("DependsOn", [])
                deployment["DependsOn"] = [*([before] if isinstance(before, str) else before), *sorted(made)]


class _Body:
    """A body, and what it becomes beside its API."""

    def __init__(self, api_id: str, body: Mapping[str, Any]) -> None:
        self._api_id = api_id
        self._body = body
        self._components: Mapping[str, Any] = body.get("components") or {}
        self._made: Resources = {}

    def resources(self) -> Resources:
        """All of them, by logical id."""
        schemes = self._components.get("securitySchemes") or {}
        self._keys = {name for name, scheme in schemes.items() if _is_api_key(scheme)}
        self._authorizers = {
            name: self._authorizer(name, scheme[_AUTHORIZER])
            for name, scheme in schemes.items()
            if isinstance(scheme.get(_AUTHORIZER), Mapping)
        }
        for name, schema in (self._components.get("schemas") or {}).items():
            self._add("Model", name, Name=name, ContentType="application/json", Schema=schema)
        for name, checks in (self._body.get("x-amazon-apigateway-request-validators") or {}).items():
            self._add(
                "RequestValidator",
                name,
                Name=name,
                ValidateRequestBody=bool(checks.get("validateRequestBody")),
                ValidateRequestParameters=bool(checks.get("validateRequestParameters")),
            )
        for kind, answer in (self._body.get("x-amazon-apigateway-gateway-responses") or {}).items():
            status = {"StatusCode": str(answer["statusCode"])} if "statusCode" in answer else {}
            self._add(
                "GatewayResponse",
                kind,
                ResponseType=kind,
                ResponseParameters=answer.get("responseParameters", {}),
                ResponseTemplates=answer.get("responseTemplates", {}),
                **status,
            )
        for path, method, operation in self._operations():
            self._method(path, method, operation)
        return self._made

    def _add(self, kind: str, name: str, **described: Any) -> str:
        logical_id = f"{self._api_id}{kind}{slug(name)}"
        self._made[logical_id] = {
            "Type": f"AWS::ApiGateway::{kind}",
            "Properties": {"RestApiId": {"Ref": self._api_id}, **described},
        }
        return logical_id

    def _authorizer(self, name: str, authorizer: Mapping[str, Any]) -> tuple[str, str]:
        """Logical id, and what a method that uses it calls its kind."""
        kind = str(authorizer.get("type", "")).upper()
        described: dict[str, Any] = {"Name": name, "Type": kind}
        for key, source in (
            ("ProviderARNs", "providerARNs"),
            ("AuthorizerUri", "authorizerUri"),
            ("AuthorizerCredentials", "authorizerCredentials"),
            ("AuthorizerResultTtlInSeconds", "authorizerResultTtlInSeconds"),
            ("IdentitySource", "identitySource"),
        ):
            if source in authorizer:
                described[key] = authorizer[source]
        logical_id = self._add("Authorizer", name, **described)
        return logical_id, "COGNITO_USER_POOLS" if kind == "COGNITO_USER_POOLS" else "CUSTOM"

    def _operations(self) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        for path, item in (self._body.get("paths") or {}).items():
            for method, operation in item.items():
                if method == _ANY:
                    yield path, "ANY", operation
                elif method.lower() in _METHODS:
                    yield path, method.upper(), operation

    def _path(self, path: str) -> dict[str, Any]:
        """The resource of a path, with those above it."""
        if path in ("", "/"):
            return {"Fn::GetAtt": [self._api_id, "RootResourceId"]}
        parent, _, part = path.rstrip("/").rpartition("/")
        return {"Ref": self._add("Resource", path.rstrip("/"), ParentId=self._path(parent), PathPart=part)}

    def _method(self, path: str, method: str, operation: Mapping[str, Any]) -> None:
        described: dict[str, Any] = {
            "ResourceId": self._path(path),
            "HttpMethod": method,
            "RequestParameters": {
                f"method.request.{_PLACES[one['in']]}.{one['name']}": bool(one.get("required"))
                for one in operation.get("parameters", [])
                if one.get("in") in _PLACES
            },
            **self._demand(operation.get("security", self._body.get("security")) or []),
        }
        content = (operation.get("requestBody") or {}).get("content") or {}
        if models := {kind: _model(media) for kind, media in content.items() if _model(media)}:
            described["RequestModels"] = models
        validator = operation.get(
            "x-amazon-apigateway-request-validator", self._body.get("x-amazon-apigateway-request-validator")
        )
        if validator:
            described["RequestValidatorId"] = {"Ref": f"{self._api_id}RequestValidator{slug(validator)}"}
        if isinstance(operation.get(_INTEGRATION), Mapping):
            described["Integration"] = _integration(operation[_INTEGRATION])
        self._add("Method", f"{method} {path}", **described)

    def _demand(self, security: list[Any]) -> dict[str, Any]:
        demand: dict[str, Any] = {"AuthorizationType": "NONE"}
        for requirement in security:
            for name, scopes in requirement.items():
                if name in self._keys:
                    demand["ApiKeyRequired"] = True
                elif name in self._authorizers:
                    logical_id, kind = self._authorizers[name]
                    demand |= {"AuthorizationType": kind, "AuthorizerId": {"Ref": logical_id}}
                    if scopes:
                        demand["AuthorizationScopes"] = scopes
        return demand


def _is_api_key(scheme: Mapping[str, Any]) -> bool:
    return _AUTHORIZER not in scheme and str(scheme.get("name", "")).lower() == "x-api-key"


def _model(media: Mapping[str, Any]) -> str:
    """The name of the model that a body must match."""
    return str((media.get("schema") or {}).get("$ref", "")).rpartition("/")[2]


def _integration(integration: Mapping[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"Type": str(integration.get("type", "aws_proxy")).upper()}
    for key, source in (
        ("IntegrationHttpMethod", "httpMethod"),
        ("Uri", "uri"),
        ("Credentials", "credentials"),
        ("TimeoutInMillis", "timeoutInMillis"),
        ("CacheKeyParameters", "cacheKeyParameters"),
        ("RequestParameters", "requestParameters"),
        ("RequestTemplates", "requestTemplates"),
    ):
        if source in integration:
            described[key] = integration[source]
    if isinstance(integration.get("responses"), Mapping):
        described["IntegrationResponses"] = [
            {
                "StatusCode": answer["statusCode"],
                "ResponseParameters": answer.get("responseParameters", {}),
                "ResponseTemplates": answer.get("responseTemplates", {}),
                **({} if pattern == "default" else {"SelectionPattern": pattern}),
            }
            for pattern, answer in integration["responses"].items()
        ]
    return described
