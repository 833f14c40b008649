"""What all templates are held to: the example's, each blueprint's and those of the systems of these tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.stacks.linting import lint_templates
from platform_cli.stacks.rights import UNRESTRICTABLE

pytest.importorskip("cdk_nag")
pytestmark = pytest.mark.xdist_group("every-assembly")

OWN_KEY = "AWS::KMS::Key"
"""In the policy of a key, the resource `*` is the key itself."""


def files(assemblies: Mapping[str, Path]) -> list[Path]:
    return [path for folder in assemblies.values() for path in sorted(folder.glob("*.template.json"))]


@pytest.fixture(scope="module")
def statements(every_assembly: Mapping[str, Path]) -> list[tuple[str, str, dict[str, Any]]]:
    """Every statement of every policy: where it is, type of the resource, statement."""
    return [
        (f"{path.name}: {logical_id}", resource["Type"], statement)
        for path in files(every_assembly)
        for logical_id, resource in json.loads(path.read_text())["Resources"].items()
        for statement in statements_in(resource.get("Properties", {}))
    ]


def statements_in(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "Effect" in value and ("Action" in value or "NotAction" in value):
            yield value
        for part in value.values():
            yield from statements_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from statements_in(part)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_cfn_lint_has_neither_errors_nor_warnings(every_assembly: Mapping[str, Path]) -> None:
    found = lint_templates(files(every_assembly), "eu-west-1", ("error", "warning"))
    assert [str(finding) for finding in found] == []


def test_no_statement_allows_every_action_or_all_but_some(
    statements: list[tuple[str, str, dict[str, Any]]],
) -> None:
    allowed = [(where, s) for where, _, s in statements if s["Effect"] == "Allow"]
    assert len(allowed) > 200
    assert not [
        where
        for where, statement in allowed
        if "NotAction" in statement
        or "NotResource" in statement
        or any(action == "*" or action.endswith(":*") for action in as_list(statement["Action"]))
    ]


def test_no_resource_is_a_star_but_for_actions_that_know_no_other(
    statements: list[tuple[str, str, dict[str, Any]]],
) -> None:
    assert {
        where: statement
        for where, kind, statement in statements
        if statement["Effect"] == "Allow"
        and kind != OWN_KEY
        and "*" in as_list(statement.get("Resource", []))
        and not set(as_list(statement["Action"])) <= UNRESTRICTABLE
    } == {}


def test_nobody_but_the_denial_of_something_is_told_to_everybody(
    statements: list[tuple[str, str, dict[str, Any]]],
) -> None:
    public = {
        (kind, tuple(as_list(statement["Action"])))
        for _, kind, statement in statements
        if statement["Effect"] == "Allow" and statement.get("Principal") in ("*", {"AWS": "*"})
    }
    # An API that is open but for the addresses that its next statement denies.
    assert public == {("AWS::ApiGateway::RestApi", ("execute-api:Invoke",))}
