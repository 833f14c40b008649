"""What `logs`, `logs query` and `trace` show; AWS is not asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from platform_cli.blueprint.log_queries import SavedQuery
from platform_cli.cli.rendering.logs import render_logs
from platform_cli.cli.rendering.queries import render_queries, render_results
from platform_cli.cli.rendering.traces import render_trace
from platform_cli.cli.terminal import Terminal
from platform_cli.operate.logs import LogLine
from platform_cli.operate.queries import QueryResult
from platform_cli.operate.traces import Span, Trace

NOON = datetime(2026, 11, 20, 12, 0, 0, 250_000, tzinfo=UTC)
QUERY = SavedQuery("slowest", "calls that took longest", "fields @duration", ("/aws/lambda/shop-dev-a",))


@pytest.fixture
def terminal():
    return Terminal(interactive=False)


@pytest.fixture
def json_terminal():
    made = Terminal(interactive=False)
    made.json = True
    return made


def line(text="", *, platform=False, **fields):
    return LogLine("1", NOON, "orders.create", json.dumps(fields) if fields else text, fields, platform)


# --- logs ----------------------------------------------------------------------------------------


def test_a_structured_line_shows_its_level_its_text_and_what_the_function_added(terminal, capsys):
    known = {"timestamp": "2026", "service": "orders", "correlation_id": "c-1", "cold_start": False}
    render_logs(terminal, [line(level="ERROR", message="no stock", sku="desk-lamp", left={"a": 0}, **known)])

    assert capsys.readouterr().out == (
        '12:00:00.250 orders.create ERROR no stock sku=desk-lamp left={"a": 0}\n'
    )


def test_an_error_is_shown_with_its_trace_below_it(terminal, capsys):
    trace = "Traceback (most recent call last):\n  File x\nKeyError: 'a'\n"
    render_logs(terminal, [line(level="ERROR", message="it failed", exception=trace)])

    assert capsys.readouterr().out.splitlines() == [
        "12:00:00.250 orders.create ERROR it failed",
        "    Traceback (most recent call last):",
        "      File x",
        "    KeyError: 'a'",
    ]


def test_a_line_that_is_no_object_and_one_of_lambda_are_shown_as_they_are(terminal, capsys):
    render_logs(terminal, [line("[not markup]\n"), line("START RequestId: 1", platform=True)])

    assert capsys.readouterr().out.splitlines() == [
        "12:00:00.250 orders.create [not markup]",
        "12:00:00.250 orders.create START RequestId: 1",
    ]


def test_for_programs_each_line_is_a_document(json_terminal, capsys):
    render_logs(json_terminal, [line(level="INFO", message="a", correlation_id="c-1"), line("b")])

    first, second = (json.loads(text) for text in capsys.readouterr().out.splitlines())
    assert (first["function"], first["level"], first["message"]) == ("orders.create", "INFO", "a")
    assert (first["correlation_id"], second["correlation_id"]) == ("c-1", None)
    assert second == {
        "time": "2026-11-20T12:00:00.250000+00:00",
        "function": "orders.create",
        "level": "",
        "message": "b",
        "correlation_id": None,
        "fields": {},
        "platform": False,
    }


# --- queries -------------------------------------------------------------------------------------


def result(*rows, missing=()):
    return QueryResult(QUERY, ("function", "ms"), rows, 2_500_000, 1200, len(rows), missing)


def test_answers_are_a_table_with_what_was_looked_at(terminal, capsys):
    rows = (("123:/aws/lambda/shop-dev-orders-create", "1234.5678"), ("/aws/lambda/shop-dev-users-get", "7"))
    render_results(terminal, [result(*rows, missing=("/aws/lambda/shop-dev-new",))])

    shown = capsys.readouterr()
    assert [" ".join(text.split()) for text in shown.out.splitlines()] == [
        "slowest calls that took longest",
        "function ms",
        "shop-dev-orders-create 1,234.57",
        "shop-dev-users-get 7",
    ]
    # Numbers stand below each other.
    assert [len(text) for text in shown.out.splitlines()[1:]] == [len(shown.out.splitlines()[1])] * 3
    assert "2 of 1,200 lines, 2.5 MB looked at, 1 log group not there yet" in shown.err


def test_no_answer_is_said(terminal, capsys):
    render_results(terminal, [result()])
    assert capsys.readouterr().out.splitlines()[1] == "nothing was found"


def test_for_programs_answers_are_objects(json_terminal, capsys):
    render_results(json_terminal, [result(("a", "1"))])
    assert json.loads(capsys.readouterr().out) == [
        {
            "query": "slowest",
            "rows": [{"function": "a", "ms": "1"}],
            "scanned_bytes": 2_500_000,
            "scanned_records": 1200,
            "matched_records": 1,
            "missing_log_groups": [],
        }
    ]


def test_saved_queries_are_listed_with_what_they_answer(terminal, capsys):
    render_queries(terminal, [QUERY])
    assert capsys.readouterr().out.split(maxsplit=1) == ["slowest", "calls that took longest\n"]
    render_queries(terminal, [])
    assert capsys.readouterr().out == "no query is saved\n"


# --- traces --------------------------------------------------------------------------------------


def span(name, depth, offset, took, trouble="", kind="", message="", **annotations):
    return Span(name, kind, depth, NOON, offset, took, trouble, message, annotations)


def test_a_trace_is_a_tree_with_a_bar_for_when_each_part_ran(terminal, capsys):
    spans = (
        span("public", 0, 0, 300, kind="AWS::ApiGateway::Stage"),
        span("orders", 1, 100, 100, "fault", message="KeyError: a", order="o-1"),
        span("main", 2, 200, None),
    )
    render_trace(terminal, Trace("1-a-b", 300, spans, limited=True))

    shown = capsys.readouterr()
    header, public, orders, trouble, noted, main = shown.out.splitlines()
    assert header == "1-a-b  2026-11-20 12:00:00 UTC  300 ms"
    assert public.split() == ["public", "ApiGateway::Stage", "300", "ms", "█" * 30]
    assert orders.split() == ["orders", "100", "ms", "·" * 10 + "█" * 10 + "·" * 10, "fault"]
    assert orders.startswith("  orders")
    assert (trouble, noted) == ("    KeyError: a", "    order=o-1")
    assert main.split() == ["main", "running", "·" * 20 + "█" + "·" * 9]
    assert "X-Ray left parts of this trace away" in shown.err


def test_for_programs_a_trace_is_a_document(json_terminal, capsys):
    render_trace(json_terminal, Trace("1-a-b", 5, (span("orders", 0, 0, 5),)))
    told = json.loads(capsys.readouterr().out)
    assert (told["id"], told["limited"]) == ("1-a-b", False)
    assert [(one["name"], one["duration_ms"]) for one in told["spans"]] == [("orders", 5)]
