"""Answer preflights of REST APIs with several origins, where a template would choose.

MiniStack 1.5.33 gives an answer of type `mock` its fixed headers and does not evaluate its templates, so
every page would be told of the first origin. In the local copy a small function chooses instead, by the
stage's variable as the functions behind the API do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from platform_cli.local.templates import properties, resources

_ORIGIN = "Access-Control-Allow-Origin"
_HEADER = "method.response.header."
_CODE = """\
import json

FIXED = json.loads('''{fixed}''')


def handler(event, context):
    asks = {{name.lower(): value for name, value in (event.get("headers") or {{}}).items()}}.get("origin")
    origins = ((event.get("stageVariables") or {{}}).get("CorsOrigins") or "").split(",")
    headers = dict(FIXED[event["resource"]])
    if asks in origins:
        headers["{origin}"] = asks
    return {{"statusCode": 204, "headers": headers}}
"""

Resources = dict[str, dict[str, Any]]


def choose_origins(api_id: str, made: Resources, runtime: str) -> Resources:
    """Let a function answer the preflights among an API's methods that a template would; what that adds.

    Args:
        api_id: Logical id of the API.
        made: The resources that its body became; methods are changed in place.
        runtime: What functions run on here.
    """
    choosing = dict(_choosing(made))
    if not choosing:
        return {}
    function_id, role_id = f"{api_id}Preflights", f"{api_id}PreflightsRole"
    fixed = {path: _fixed(properties(method)["Integration"]) for path, method in choosing.items()}
    for method in choosing.values():
        properties(method)["Integration"] = {
            "Type": "AWS_PROXY",
            "IntegrationHttpMethod": "POST",
            "Uri": {
                "Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
                f"${{{function_id}.Arn}}/invocations"
            },
        }
    return {
        role_id: {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": _trust()}},
        function_id: {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": {"ZipFile": _CODE.format(fixed=json.dumps(fixed, sort_keys=True), origin=_ORIGIN)},
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": [role_id, "Arn"]},
                "Runtime": runtime,
            },
        },
    }


def _choosing(made: Resources) -> Iterator[tuple[str, dict[str, Any]]]:
    """Methods whose answer a template makes, by the path that they are of."""
    for method in resources({"Resources": made}, "AWS::ApiGateway::Method").values():
        integration = properties(method).get("Integration") or {}
        answers = integration.get("IntegrationResponses") or []
        if integration.get("Type") == "MOCK" and any(answer.get("ResponseTemplates") for answer in answers):
            yield _path(properties(method)["ResourceId"], made), method


def _path(resource: Mapping[str, Any], made: Resources) -> str:
    logical_id = resource.get("Ref")
    if logical_id is None:
        return "/"
    described = properties(made[str(logical_id)])
    return f"{_path(described['ParentId'], made).rstrip('/')}/{described['PathPart']}"


def _fixed(integration: Mapping[str, Any]) -> dict[str, str]:
    (answer,) = integration["IntegrationResponses"]
    return {
        name.removeprefix(_HEADER): str(value).strip("'")
        for name, value in answer.get("ResponseParameters", {}).items()
    }


def _trust() -> dict[str, Any]:
    allowed = {"Service": "lambda.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": allowed, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}
