"""What the calls of a run send."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from platform_cli.blueprint.access import KINDS
from platform_cli.blueprint.resolved import ResolvedAccess, ResolvedPermission, ResolvedSecret
from platform_cli.errors import PlatformError
from platform_cli.operate.tuning.payloads import own_test_events, read_payloads, writes_of


def files(folder: Path, content: dict[str, str]) -> Path:
    for name, text in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_a_folder_gives_a_payload_a_file_with_the_weights_beside_them(tmp_path):
    folder = files(
        tmp_path, {"a.json": '{"a": 1}', "b.json": "[]", "weights.json": '{"b.json": 3}', "x.txt": ""}
    )
    found = read_payloads(folder)
    assert [(p.origin, p.weight, json.loads(p.content)) for p in found] == [
        ("a.json", 1.0, {"a": 1}),
        ("b.json", 3.0, []),
    ]


def test_a_file_gives_one_payload_a_weighted_list_or_a_payload_a_line(tmp_path):
    files(
        tmp_path,
        {
            "one.json": '{"payloads": 1, "other": 2}',
            "many.json": '{"payloads": [{"payload": {"n": 1}, "weight": 2.5}, {"payload": null}]}',
            "lines.jsonl": '{"n": 1}\n\n{"n": 2}\n',
        },
    )
    assert [json.loads(p.content) for p in read_payloads(tmp_path / "one.json")] == [
        {"payloads": 1, "other": 2}
    ]
    assert [(json.loads(p.content), p.weight) for p in read_payloads(tmp_path / "many.json")] == [
        ({"n": 1}, 2.5),
        (None, 1.0),
    ]
    assert [json.loads(p.content) for p in read_payloads(tmp_path / "lines.jsonl")] == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"a.json": "{"}, "not JSON"),
        ({}, "there is no payload"),
        ({"a.json": "1", "weights.json": '{"b.json": 1}'}, "there is no file b.json"),
        ({"a.json": "1", "weights.json": '{"a.json": 0}'}, "above 0, and not 0"),
        ({"a.json": "1", "weights.json": '{"a.json": true}'}, "above 0, and not True"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path, content, said):
    with pytest.raises(PlatformError, match=said) as error:
        read_payloads(files(tmp_path, content))
    assert error.value.code == "invalid-payload"


@pytest.mark.parametrize("name", ["update-status.json", "update_status.json", "update-status/one.json"])
def test_the_services_own_test_events_are_found_by_the_functions_name(tmp_path, name):
    files(tmp_path, {f"services/orders/tests/events/{name}": '{"id": 7}'})
    (found,) = own_test_events(tmp_path, "services/orders", "update-status")
    assert json.loads(found.content) == {"id": 7}


def test_where_there_are_no_test_events_the_place_for_them_is_told(tmp_path):
    with pytest.raises(PlatformError) as error:
        own_test_events(tmp_path, "services/orders", "create")
    assert error.value.code == "no-test-events"
    assert "services/orders/tests/events/create.json" in error.value.hint


def test_only_what_may_leave_something_behind_is_warned_of(function):
    lines = (("tables", "main", "read"), ("tables", "log", "write"), ("buses", "events", "publish"))
    access = tuple(ResolvedAccess(kind=k, name=n, verb=v) for k, n, v in lines)
    raw = (ResolvedPermission(actions=("ses:SendEmail",), resources=("*",), reason="mail"),)
    assert writes_of(function.model_copy(update={"access": access[:1]}), ()) == ()
    assert writes_of(function.model_copy(update={"access": access, "permissions": raw}), ()) == (
        "tables.log: write",
        "buses.events: publish",
        "permissions: ses:SendEmail",
    )


def test_every_verb_but_those_that_only_read_is_warned_of(function):
    reading = {(kind, "read") for kind in ("tables", "event_stores", "buckets", "secrets", "config", "flags")}
    warned = {
        (kind, verb)
        for kind, row in KINDS.items()
        for verb in row.verbs
        if writes_of(
            function.model_copy(
                update={
                    "access": (ResolvedAccess(kind=kind, name="x", verb=verb),),
                    "permissions": (),
                }
            ),
            (),
        )
    }
    assert {(kind, verb) for kind, row in KINDS.items() for verb in row.verbs} - warned == reading


def test_a_function_that_rotates_a_secret_is_warned_of(function):
    secret = ResolvedSecret(
        name="login",
        physical_name="login",
        description="",
        generate_length=None,
        exclude_punctuation=False,
        database=None,
        replicas=(),
        rotation_days=30,
        rotation_strategy="generic",
        rotation_function=function.address,
    )
    other = secret.model_copy(update={"name": "other", "rotation_function": "orders.rotate"})
    bare = function.model_copy(update={"access": (), "permissions": ()})
    assert writes_of(bare, (secret, other)) == ("secrets.login: rotate",)
