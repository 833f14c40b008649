"""What the roles allow, in the templates and before them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from platform_cli.blueprint.access import KINDS
from platform_cli.blueprint.resolved import ResolvedAccess, ResolvedEnvironment, ResolvedPermission
from platform_cli.stacks.rights import Statement, policy, statements_of
from platform_cli.stacks.wildcards import UNRESTRICTABLE

Templates = dict[str, dict[str, Any]]


def lookup(concern: str, output: str) -> str:
    return f"<{concern}.{output}>"


def documents(templates: Templates) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every statement of every policy: stack and logical id, type of the resource, statement."""
    for stack, template in templates.items():
        for logical_id, resource in template["Resources"].items():
            for document in _policies(resource.get("Properties", {})):
                for statement in document["Statement"]:
                    yield f"{stack}.{logical_id}", resource["Type"], statement


def _policies(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "Statement" in value:
            yield value
        else:
            for part in value.values():
                yield from _policies(part)
    elif isinstance(value, list):
        for part in value:
            yield from _policies(part)


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def roles(templates: Templates) -> Iterator[tuple[str, dict[str, Any]]]:
    for template in templates.values():
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] == "AWS::IAM::Role":
                yield logical_id, resource["Properties"]


# --- the templates -------------------------------------------------------------------------------


def test_no_action_is_a_star(templates: Templates) -> None:
    actions = [a for _, _, statement in documents(templates) for a in as_list(statement["Action"])]
    assert len(actions) > 50
    assert not [action for action in actions if action == "*"]


def test_only_the_denial_of_plain_http_takes_all_actions_of_a_service(
    templates: Templates,
) -> None:
    broad = {
        (kind, action, statement["Effect"])
        for _, kind, statement in documents(templates)
        for action in as_list(statement["Action"])
        if action.endswith(":*")
    }
    assert broad == {("AWS::S3::BucketPolicy", "s3:*", "Deny")}


def test_no_resource_is_a_star_but_for_actions_that_have_no_other(templates: Templates) -> None:
    for where, kind, statement in documents(templates):
        if kind == "AWS::KMS::Key" or "*" not in as_list(statement.get("Resource", [])):
            continue
        assert set(as_list(statement["Action"])) <= UNRESTRICTABLE, where


def test_roles_say_resources_and_have_no_managed_policies(templates: Templates) -> None:
    found = list(roles(templates))
    assert len(found) >= 9
    assert not [logical_id for logical_id, properties in found if "ManagedPolicyArns" in properties]


def test_every_function_has_a_role_of_its_own_and_its_own_log(templates: Templates) -> None:
    used: list[tuple[str, str]] = []
    for stack, template in templates.items():
        for resource in template["Resources"].values():
            if resource["Type"] != "AWS::Lambda::Function":
                continue
            role = resource["Properties"]["Role"]["Fn::GetAtt"][0]
            used.append((stack, role))
            name = resource["Properties"]["FunctionName"]
            assert template["Resources"][role]["Properties"]["RoleName"] == name
            group = resource["Properties"]["LoggingConfig"]["LogGroup"]["Ref"]
            assert template["Resources"][group]["Properties"]["LogGroupName"] == f"/aws/lambda/{name}"
    assert len(used) == 7
    assert len(set(used)) == len(used)


def test_a_function_logs_to_its_own_group_alone(templates: Templates) -> None:
    for _, properties in roles(templates):
        for statement in properties["Policies"][0]["PolicyDocument"]["Statement"]:
            if any(action.startswith("logs:") for action in statement["Action"]):
                name = properties["RoleName"]
                assert statement["Resource"] == [
                    f"arn:aws:logs:eu-west-1:111111111111:log-group:/aws/lambda/{name}:*"
                ]


def test_an_api_calls_exactly_the_functions_behind_its_routes(templates: Templates) -> None:
    api = templates["shop-dev-api-public"]["Resources"]
    allowed = {
        arn.rsplit(":", 1)[1]
        for resource in api.values()
        if resource["Type"] == "AWS::IAM::Role"
        for arn in resource["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][0]["Resource"]
    }
    assert allowed == {"shop-dev-auth-login", "shop-dev-orders-create", "shop-dev-orders-health"}


def test_sids_are_what_iam_accepts_and_unique_in_their_policy(templates: Templates) -> None:
    for logical_id, properties in roles(templates):
        sids = [
            statement["Sid"]
            for statement in properties["Policies"][0]["PolicyDocument"]["Statement"]
            if "Sid" in statement
        ]
        assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)
        assert len(set(sids)) == len(sids), logical_id


# --- one access line at a time -------------------------------------------------------------------


@pytest.fixture
def rights(
    full: Callable[..., ResolvedEnvironment], factory: Callable[..., Any]
) -> Callable[..., dict[str, Statement]]:
    environment = full()

    def of(*access: ResolvedAccess, **values: Any) -> dict[str, Statement]:
        function = factory().function("orders", "probe", access=access, **values)
        statements = statements_of(function, environment, lookup)
        return {str(s.sid): s for s in statements if s.sid not in ("Log", "Tracing")}

    return of


def test_a_function_without_access_may_only_log_and_trace(
    full: Callable[..., ResolvedEnvironment], factory: Callable[..., Any]
) -> None:
    statements = statements_of(factory().function("orders", "probe"), full(), lookup)
    assert [s.sid for s in statements] == ["Log", "Tracing"]
    untraced = statements_of(factory().function("orders", "probe", tracing=False), full(), lookup)
    assert [s.sid for s in untraced] == ["Log"]


def test_read_gives_no_write(
    rights: Callable[..., dict[str, Statement]], lines: Callable[..., tuple[ResolvedAccess, ...]]
) -> None:
    found = rights(*lines("tables.main: read", "buckets.receipts: read"))
    actions = {action for statement in found.values() for action in statement.actions}
    writing = ("Put", "Update", "Delete", "Write", "Create", "Encrypt", "Generate", "ReEncrypt", "Abort")
    assert actions
    assert not [action for action in actions if action.split(":")[1].startswith(writing)]


def test_write_to_a_table_reads_nothing_from_it(
    rights: Callable[..., dict[str, Statement]], lines: Callable[..., tuple[ResolvedAccess, ...]]
) -> None:
    found = rights(*lines("tables.plain: write"))
    assert not {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"} & set(found["TablesPlain"].actions)
    assert set(found) == {"TablesPlain"}


def test_named_indexes_are_allowed_and_no_others(rights: Callable[..., dict[str, Statement]]) -> None:
    one = rights(ResolvedAccess(kind="tables", name="main", verb="read", indexes=("GSI1",)))
    none = rights(ResolvedAccess(kind="tables", name="main", verb="read", indexes=()))
    table = "arn:aws:dynamodb:eu-west-1:111111111111:table/shop-dev-main"
    assert one["TablesMainIndexes"].resources == (f"{table}/index/GSI1",)
    assert "TablesMainIndexes" not in none


def test_the_key_may_be_used_through_the_service_that_keeps_the_data_only(
    rights: Callable[..., dict[str, Statement]], lines: Callable[..., tuple[ResolvedAccess, ...]]
) -> None:
    found = rights(*lines("tables.main: read"))
    assert found["KeyDynamodb"].resources == ("<data.KeyArn>",)
    assert found["KeyDynamodb"].conditions == {
        "StringEquals": {"kms:ViaService": "dynamodb.eu-west-1.amazonaws.com"}
    }
    assert "KeyDynamodb" not in rights(*lines("tables.plain: read_write", "tables.legacy: read"))


def test_settings_are_read_below_their_group_only(
    rights: Callable[..., dict[str, Statement]], lines: Callable[..., tuple[ResolvedAccess, ...]]
) -> None:
    group = "arn:aws:ssm:eu-west-1:111111111111:parameter/shop/dev/api"
    assert rights(*lines("config.api: read"))["ConfigApi"].resources == (group, f"{group}/*")


def test_several_flags_are_one_statement_on_their_profile(
    rights: Callable[..., dict[str, Statement]], lines: Callable[..., tuple[ResolvedAccess, ...]]
) -> None:
    found = rights(*lines("flags.new-checkout: read", "flags.old-cart: read"))
    assert found["Flags"].resources == (
        "arn:aws:appconfig:eu-west-1:111111111111:application/<data.FlagsApplicationId>"
        "/environment/<data.FlagsEnvironmentId>/configuration/<data.FlagsProfileId>",
    )


def test_every_verb_of_the_table_of_access_gives_its_actions(
    rights: Callable[..., dict[str, Statement]],
) -> None:
    things = {
        "tables": "main",
        "buckets": "receipts",
        "buses": "events",
        "queues": "notifications",
        "topics": "news",
        "streams": "order-events",
        "secrets": "payment",
        "config": "api",
        "flags": "new-checkout",
        "identity": "users",
        "functions": "orders.create",
    }
    for kind, name in things.items():
        for verb, meant in KINDS[kind].verbs.items():
            found = rights(ResolvedAccess(kind=kind, name=name, verb=verb))
            actions = {action for statement in found.values() for action in statement.actions}
            assert {*meant.actions, *meant.index_actions, *meant.object_actions} <= actions, kind
            assert all("*" not in resource.split(":")[:5] for s in found.values() for resource in s.resources)


def test_raw_permissions_come_as_they_are_written(rights: Callable[..., dict[str, Statement]]) -> None:
    raw = ResolvedPermission(actions=("ses:SendEmail",), resources=("arn:aws:ses:::x",), reason="mail")
    statement = rights(permissions=(raw,))["None"]
    assert policy([statement]) == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["ses:SendEmail"], "Resource": ["arn:aws:ses:::x"]}],
    }


def test_only_who_reads_as_a_consumer_of_its_own_may_subscribe(templates: Templates) -> None:
    subscribing = {
        place.rpartition(".")[2]: as_list(statement["Resource"])
        for place, _, statement in documents(templates)
        if "kinesis:SubscribeToShard" in as_list(statement["Action"])
    }
    stream = "arn:aws:kinesis:eu-west-1:111111111111:stream/shop-dev-order-events"
    assert subscribing == {"RoleTally": [f"{stream}/consumer/shop-dev-workers-tally:*"]}
