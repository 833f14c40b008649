"""What all templates are held to: the example's, each blueprint's and those of the systems of these tests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from platform_cli.assembly.reading import read_assembly
from platform_cli.stacks.linting import lint_templates
from platform_cli.stacks.wildcards import UNRESTRICTABLE, WILDCARDS

pytest.importorskip("cdk_nag")

SYSTEMS = ("exchange", "ledger", "partner", "released", "shop", "starter", "streaming", "warehouse", "web")


def files(assemblies: Mapping[str, Path]) -> list[Path]:
    return [path for folder in assemblies.values() for path in sorted(folder.glob("*.template.json"))]


def by_region(assemblies: Mapping[str, Path]) -> dict[str, list[Path]]:
    """The same files by the region that each stack is deployed to."""
    found: dict[str, list[Path]] = {}
    for folder in assemblies.values():
        for stack in read_assembly(folder).stacks:
            found.setdefault(stack.region, []).append(stack.template_path)
    return found


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


def text_of(value: Any) -> str:
    """A text as CloudFormation would make it, with `<…>` in the places of what only it knows."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator.join(text_of(part) for part in parts))
    return "<" + json.dumps(value).replace("*", "") + ">" if "Fn::Sub" not in value else str(value["Fn::Sub"])


def wildcards(
    statements: list[tuple[str, str, dict[str, Any]]],
) -> Iterator[tuple[str, str, str, str, tuple[str, ...]]]:
    """Each `*` that is allowed: where, type of the resource, `Action` or `Resource`, text, all actions."""
    for where, kind, statement in statements:
        if statement["Effect"] != "Allow":
            continue
        actions = tuple(as_list(statement["Action"]))
        for part in ("Action", "Resource"):
            for text in map(text_of, as_list(statement.get(part, []))):
                if "*" in text:
                    yield where, kind, part, text, actions


@pytest.mark.parametrize("system", SYSTEMS)
def test_cfn_lint_has_neither_errors_nor_warnings(
    system: str, every_system: Mapping[str, Mapping[str, Path]]
) -> None:
    found = [
        finding
        for region, paths in by_region(every_system[system]).items()
        for finding in lint_templates(paths, region, ("error", "warning"))
    ]
    assert [str(finding) for finding in found] == []


def test_each_stack_is_linted_for_its_own_region(every_system: Mapping[str, Mapping[str, Path]]) -> None:
    shop = by_region({name: every_system["shop"][name] for name in ("local", "prod")})
    assert {region: {path.parent for path in paths} for region, paths in shop.items()} == {
        "us-east-1": {every_system["shop"]["local"]},
        "eu-west-1": {every_system["shop"]["prod"]},
        "eu-central-1": {every_system["shop"]["prod"]},
    }
    assert sum(map(len, shop.values())) == len(files({n: every_system["shop"][n] for n in ("local", "prod")}))


def test_every_system_is_linted(every_system: Mapping[str, Mapping[str, Path]]) -> None:
    assert set(SYSTEMS) == set(every_system)


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


def test_every_wildcard_that_is_allowed_is_in_the_list(
    statements: list[tuple[str, str, dict[str, Any]]],
) -> None:
    unlisted = {
        (where, part, text)
        for where, kind, part, text, actions in wildcards(statements)
        if not any(known.covers(part, text, kind, actions) for known in WILDCARDS)
    }
    assert unlisted == set()


def test_every_line_of_the_list_of_wildcards_is_needed(
    statements: list[tuple[str, str, dict[str, Any]]],
) -> None:
    every = {found[1:] for found in wildcards(statements)}
    for known in WILDCARDS:
        alone = [replace(known, roles=(), policies=frozenset({kind})) for kind in known.policies]
        alone += [replace(known, policies=frozenset())] if known.roles else []
        for line in alone:
            assert any(line.covers(part, text, kind, actions) for kind, part, text, actions in every), line
        assert known.reason.endswith(".")
    used = {
        action
        for kind, part, text, actions in every
        if part == "Resource" and text == "*" and kind == "AWS::IAM::Role"
        for action in actions
    }
    assert used == UNRESTRICTABLE


def test_a_wildcard_that_is_not_in_the_list_would_be_seen() -> None:
    def covered(part: str, text: str, kind: str, *actions: str) -> bool:
        return any(known.covers(part, text, kind, actions) for known in WILDCARDS)

    role = "AWS::IAM::Role"
    table = "arn:aws:dynamodb:eu-west-1:111111111111:table"
    assert covered("Resource", "*", role, "xray:PutTraceSegments")
    assert not covered("Resource", "*", role, "xray:PutTraceSegments", "dynamodb:GetItem")
    assert covered("Resource", f"{table}/main/index/*", role, "dynamodb:Query")
    assert not covered("Resource", f"{table}/*", role, "dynamodb:Query")
    assert covered("Resource", "arn:aws:s3:::papers/in/*", role, "s3:PutObject")
    assert not covered("Resource", "arn:aws:s3:::*/in/*", role, "s3:PutObject")
    assert not covered("Resource", f"{table}/main/index/*", "AWS::SQS::QueuePolicy", "dynamodb:Query")
    assert not covered("Action", "dynamodb:*", role, "dynamodb:*")
    assert not covered("Action", "kms:ReEncrypt*", "AWS::SQS::QueuePolicy", "kms:ReEncrypt*")


def test_nobody_but_the_denial_of_something_is_told_to_everybody(
    statements: list[tuple[str, str, dict[str, Any]]],
) -> None:
    public = {
        (kind, tuple(as_list(statement["Action"])))
        for _, kind, statement in statements
        if statement["Effect"] == "Allow"
        and statement.get("Principal") in ("*", {"AWS": "*"})
        # A gateway endpoint takes no role as its principal: the condition says which ones.
        and "aws:PrincipalArn" not in statement.get("Condition", {}).get("ArnLike", {})
    }
    # An API that is open but for the addresses that its next statement denies.
    assert public == {("AWS::ApiGateway::RestApi", ("execute-api:Invoke",))}
