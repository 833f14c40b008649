"""What is asked, and with which defaults."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import get_type_hints

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.cli.commands import init, new_service
from platform_cli.errors import PlatformError
from platform_cli.scaffold.catalog import blueprint_names, service_kinds
from platform_cli.scaffold.questions import Question, every_question, questions, workspace_questions


def defaults(kind: str, blueprint: Path) -> dict[str, str]:
    return {q.name: q.default for q in questions(kind, inspect_blueprint(blueprint), "orders")}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("api", {"api": "public", "route": "/orders", "table": "orders"}),
        ("worker", {"queue": "orders", "table": "orders"}),
        ("stream", {"follow": "streams.orders", "table": "orders"}),
        (
            "analytics",
            {"follow": "streams.orders", "api": "public", "route": "/orders", "table": "orders"},
        ),
        ("schedule", {"schedule": "rate(1 day)", "table": "orders"}),
    ],
)
def test_every_question_has_a_default(workspace, kind: str, expected: dict[str, str]) -> None:
    asked = defaults(kind, workspace.blueprint)

    assert asked.pop("description").startswith("A service that ")
    assert asked == expected


def test_the_first_http_api_is_the_default_and_a_rest_api_is_not_offered(workspace) -> None:
    text = workspace.blueprint.read_text(encoding="utf-8")
    apis = "apis:\n  partner: { kind: rest }\n  shopfront: {}\n  inner: {}\n"
    workspace.blueprint.write_text(text + apis, encoding="utf-8")

    asked = {q.name: q for q in questions("api", inspect_blueprint(workspace.blueprint), "orders")}

    assert asked["api"].default == "shopfront"
    assert asked["api"].suggestions == ("shopfront", "inner")


def test_what_is_there_is_suggested(workspace) -> None:
    asked = {q.name: q for q in questions("worker", inspect_blueprint(workspace.blueprint), "orders")}

    assert asked["queue"].suggestions == ("orders", "mail")
    assert asked["table"].suggestions == ("orders", "main", "counted", "named", "plain")


def test_windows_are_offered_streams_and_no_tables(workspace) -> None:
    text = workspace.blueprint.read_text(encoding="utf-8")
    workspace.blueprint.write_text(text + "streams:\n  clicks: {}\n", encoding="utf-8")

    asked = {q.name: q for q in questions("analytics", inspect_blueprint(workspace.blueprint), "sales")}

    assert asked["follow"].suggestions == ("streams.sales", "streams.clicks")


def test_every_question_is_asked_for_by_one_flag() -> None:
    names = [question.name for question in every_question()]

    assert len(names) == len(set(names))


def test_every_question_is_a_flag_of_the_command(tmp_path: Path) -> None:
    asked_of_a_service = {question.name for question in every_question()}
    asked_of_a_workspace = {question.name for question in workspace_questions(tmp_path)}

    assert asked_of_a_service <= set(inspect.signature(new_service.command).parameters)
    assert asked_of_a_workspace <= set(inspect.signature(init.command).parameters)


def test_every_blueprint_is_named_in_the_help() -> None:
    option = get_type_hints(init.command, include_extras=True)["start_from"].__metadata__[0]
    assert [name for name in blueprint_names() if name not in option.help] == []


def test_every_question_of_a_kind_is_among_all_of_them(workspace) -> None:
    inspection = inspect_blueprint(workspace.blueprint)
    names = {question.name for question in every_question()}

    for kind in service_kinds():
        assert {question.name for question in questions(kind, inspection, "orders")} <= names


def test_an_unknown_kind_names_the_nearest(workspace) -> None:
    with pytest.raises(PlatformError, match='no template "shedule"') as caught:
        questions("shedule", inspect_blueprint(workspace.blueprint), "orders")

    assert caught.value.hint == 'did you mean "schedule"?'


def test_a_flag_has_hyphens() -> None:
    assert Question("dev_account", "", "").flag == "--dev-account"
