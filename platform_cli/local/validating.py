"""Let a REST API check its requests, once a deployment is done.

MiniStack 1.5.33 checks requests, but forgets the validators that a template makes, and which method has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platform_cli.assembly.model import StackArtifact
from platform_cli.aws.clients import Clients
from platform_cli.local.templates import properties, resources


def set_validators(
    stack: StackArtifact, physical_names: Mapping[str, str], clients: Clients
) -> Iterator[str]:
    """Give the methods of a deployed stack the validators that its template names.

    Args:
        stack: As it was deployed.
        physical_names: Of its resources, by logical id.
        clients: Of the local AWS.

    Yields:
        Logical ids of the methods that had none.
    """
    api = clients.client("apigateway")
    wanted = resources(stack.template, "AWS::ApiGateway::RequestValidator")
    known: dict[tuple[str, str], str] = {}
    for logical_id, method in resources(stack.template, "AWS::ApiGateway::Method").items():
        validator = (properties(method).get("RequestValidatorId") or {}).get("Ref")
        place = physical_names.get(logical_id, "").split("-", 2)
        if validator not in wanted or len(place) != 3:
            continue
        api_id, resource_id, verb = place
        key = (api_id, validator)
        if key not in known:
            known[key] = _validator(api, api_id, properties(wanted[validator]))
        at = {"restApiId": api_id, "resourceId": resource_id, "httpMethod": verb}
        if api.get_method(**at).get("requestValidatorId") != known[key]:
            change = {"op": "replace", "path": "/requestValidatorId", "value": known[key]}
            api.update_method(**at, patchOperations=[change])
            yield logical_id


def _validator(api: Any, api_id: str, described: Mapping[str, Any]) -> str:
    """Id of the validator with this name; made if there is none."""
    for validator in api.get_request_validators(restApiId=api_id).get("items", []):
        if validator.get("name") == described["Name"]:
            return str(validator["id"])
    made = api.create_request_validator(
        restApiId=api_id,
        name=described["Name"],
        validateRequestBody=described["ValidateRequestBody"],
        validateRequestParameters=described["ValidateRequestParameters"],
    )
    return str(made["id"])
