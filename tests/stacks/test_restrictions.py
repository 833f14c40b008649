"""Lines of `access` that are narrowed: by keys, attributes, prefixes, types of events, versions."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import cfnlint
import pytest

from platform_cli.blueprint.access import KINDS, NARROWED_BY
from platform_cli.blueprint.model.services import AccessLine
from platform_cli.blueprint.resolved import ResolvedAccess, ResolvedEnvironment
from platform_cli.stacks.rights import Statement, statements_of

TABLE = "arn:aws:dynamodb:eu-west-1:111111111111:table/shop-dev-main"


@pytest.fixture
def rights(
    full: Callable[..., ResolvedEnvironment], factory: Callable[..., Any]
) -> Callable[..., dict[str, Statement]]:
    environment = full()

    def of(kind: str, name: str, verb: str, **narrowed: Any) -> dict[str, Statement]:
        line = ResolvedAccess(kind=kind, name=name, verb=verb, **narrowed)
        function = factory().function("orders", "probe", access=(line,))
        found = statements_of(function, environment, lambda concern, output: f"<{concern}.{output}>")
        return {str(s.sid): s for s in found if s.sid not in ("Log", "Tracing")}

    return of


def test_partition_keys_leave_no_call_that_names_none(rights: Callable[..., dict[str, Statement]]) -> None:
    found = rights("tables", "main", "read_write", partition_keys=("user#*",), indexes=())
    table = found["TablesMain"]
    assert table.conditions == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ("user#*",)}}
    # «For all values» holds where there is none.
    assert "dynamodb:Scan" not in table.actions
    assert "TablesMainIndexes" not in found


def test_partition_keys_hold_for_indexes_that_are_named(rights: Callable[..., dict[str, Statement]]) -> None:
    found = rights("tables", "main", "read", partition_keys=("mail#*",), indexes=("GSI1",))
    index = found["TablesMainIndexes"]
    assert index.resources == (f"{TABLE}/index/GSI1",)
    assert index.actions == ("dynamodb:Query",)
    assert index.conditions == found["TablesMain"].conditions


def test_attributes_go_with_those_of_the_keys_and_no_item_is_replaced(
    rights: Callable[..., dict[str, Statement]],
) -> None:
    found = rights("tables", "main", "read_write", attributes=("total",), indexes=("GSI1",))
    table = found["TablesMain"]
    assert table.conditions == {
        "ForAllValues:StringEquals": {
            "dynamodb:Attributes": ("GSI1PK", "GSI1SK", "PK", "SK", "total"),
        },
        "StringEqualsIfExists": {
            "dynamodb:ReturnValues": ("NONE", "UPDATED_NEW", "UPDATED_OLD"),
            "dynamodb:Select": "SPECIFIC_ATTRIBUTES",
        },
    }
    assert "dynamodb:UpdateItem" in table.actions
    assert not {"dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"} & set(table.actions)


def test_prefixes_narrow_objects_and_what_is_listed(rights: Callable[..., dict[str, Statement]]) -> None:
    found = rights("buckets", "receipts", "read_write", prefixes=("in/", "out/"))
    bucket = "arn:aws:s3:::shop-dev-receipts-111111111111-eu-west-1"
    assert found["BucketsReceiptsObjects"].resources == (f"{bucket}/in/*", f"{bucket}/out/*")
    assert found["BucketsReceipts"].conditions == {"StringLike": {"s3:prefix": ("in/*", "out/*")}}
    whole = rights("buckets", "receipts", "read_write")
    assert whole["BucketsReceiptsObjects"].resources == (f"{bucket}/*",)
    assert whole["BucketsReceipts"].conditions == {}


def test_events_are_published_in_named_types_and_sources(
    rights: Callable[..., dict[str, Statement]],
) -> None:
    found = rights("buses", "events", "publish", detail_types=("OrderCreated",), sources=("shop.orders",))
    assert found["BusesEvents"].conditions == {
        "StringEquals": {"events:detail-type": ("OrderCreated",)},
        "ForAllValues:StringEquals": {"events:source": ("shop.orders",)},
        "Null": {"events:source": "false"},
    }


def test_a_reader_of_the_current_secret_reads_no_pending_one(
    rights: Callable[..., dict[str, Statement]],
) -> None:
    found = rights("secrets", "payment", "read", stages=("AWSCURRENT",))
    assert found["SecretsPayment"].conditions == {
        "StringEqualsIfExists": {"secretsmanager:VersionStage": ("AWSCURRENT",)}
    }


def test_a_line_knows_each_key_that_narrows_a_kind() -> None:
    narrowing = {key for keys in NARROWED_BY.values() for key in keys}
    assert narrowing == set(AccessLine.model_fields) - {"verb"}
    assert narrowing == set(ResolvedAccess.model_fields) - {"kind", "name", "verb"}


@cache
def authorization() -> dict[str, Any]:
    """AWS's service authorization reference, as cfn-lint carries it."""
    path = Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "Policies.json"
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return known


def test_every_action_of_the_table_of_access_is_one_of_aws() -> None:
    wrong = []
    for kind in KINDS.values():
        for verb in kind.verbs.values():
            groups = (verb.actions, verb.index_actions, verb.object_actions, verb.key_actions)
            for action in (a for group in (*groups, verb.secret_actions) for a in group):
                service, _, name = action.partition(":")
                known = authorization()[service]["Actions"]
                plain = name.lower().rstrip("*")
                if not (plain in known or (name.endswith("*") and any(k.startswith(plain) for k in known))):
                    wrong.append(action)
    assert wrong == []


def test_no_action_of_the_table_of_access_lacks_a_resource() -> None:
    """What AWS can restrict to no resource would be allowed nowhere by a statement that names one."""
    without = []
    for kind in KINDS.values():
        for verb in kind.verbs.values():
            for action in (*verb.actions, *verb.index_actions, *verb.object_actions):
                service, _, name = action.partition(":")
                entry = authorization()[service]["Actions"].get(name.lower())
                if entry is not None and not entry.get("Resources"):
                    without.append(action)
    assert without == []
