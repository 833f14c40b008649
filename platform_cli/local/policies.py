"""Policies as the local AWS can take them: without a demand for TLS, and with reads of settings by path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platform_cli.local.templates import properties, replaced, resources

Told = tuple[str, str]
"""Logical id, and what differs."""

_READS_OF_MANY_SETTINGS = ("ssm:GetParameters", "ssm:GetParametersByPath")
_POLICY_TYPES = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role")


def allow_plain_http(template: dict[str, Any]) -> None:
    """Take out of all policies what denies calls without TLS, in place; a policy of nothing else goes."""

    def strip(value: dict[str, Any]) -> dict[str, Any]:
        statements = value.get("Statement")
        if isinstance(statements, list):
            return {**value, "Statement": [item for item in statements if not demands_tls(item)]}
        return value

    for logical_id, resource in resources(template).items():
        before = properties(resource)
        after = replaced(before, strip)
        if after == before:
            continue
        resource["Properties"] = after
        document = after.get("PolicyDocument")
        if (
            resource["Type"].endswith("Policy")
            and isinstance(document, Mapping)
            and not document["Statement"]
        ):
            del template["Resources"][logical_id]


def admit_reads_of_settings(template: dict[str, Any]) -> Iterator[Told]:
    """Let who may read settings below a path read them at all, in place; tell which policies differ."""

    def admit(value: dict[str, Any]) -> dict[str, Any]:
        statements = value.get("Statement")
        if not isinstance(statements, list):
            return value
        granted = sorted({action for item in statements for action in _reads_of_many_settings(item)})
        if not granted:
            return value
        return {**value, "Statement": [*statements, {"Effect": "Allow", "Action": granted, "Resource": "*"}]}

    for logical_id, resource in resources(template, *_POLICY_TYPES).items():
        before = properties(resource)
        after = replaced(before, admit)
        if after != before:
            resource["Properties"] = after
            yield logical_id, "may read settings of any path, of which only the call is checked"


def demands_tls(statement: Any) -> bool:
    """Whether a policy's statement denies calls because they come without TLS."""
    if not isinstance(statement, Mapping) or statement.get("Effect") != "Deny":
        return False
    conditions = statement.get("Condition")
    if not isinstance(conditions, Mapping):
        return False
    keys = {
        str(key).lower()
        for operator in conditions.values()
        if isinstance(operator, Mapping)
        for key in operator
    }
    return bool(keys) and keys <= {"aws:securetransport", "s3:tlsversion"}


def _reads_of_many_settings(statement: Any) -> list[str]:
    if not isinstance(statement, Mapping) or statement.get("Effect") != "Allow":
        return []
    actions = statement.get("Action")
    given = [actions] if isinstance(actions, str) else actions if isinstance(actions, list) else []
    return [action for action in given if action in _READS_OF_MANY_SETTINGS]
