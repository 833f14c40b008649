"""Questions to logs: found by name, asked of the groups that are there, waited for, stopped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.aws.clients import Target
from platform_cli.blueprint.log_queries import saved_queries
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.errors import PlatformError
from platform_cli.operate.queries import find_queries, query_of_text, run_query

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class FakeInsights:
    """Log groups, and one answer that takes some looks to come."""

    target = Target("123456789012", "eu-west-1")

    def __init__(self, *groups: str, answers: list[dict[str, Any]] | None = None) -> None:
        self.groups = groups
        self.answers = answers or [{"status": "Complete", "results": []}]
        self.started: list[dict[str, Any]] = []
        self.stopped: list[str] = []
        self.refuses = ""
        self.further: dict[str | None, dict[str, Any]] | None = None

    def client(self, name: str) -> FakeInsights:
        assert name == "logs"
        return self

    def describe_log_groups(self, logGroupNamePrefix: str, **_: Any) -> dict[str, Any]:
        found = [g for g in self.groups if g.startswith(logGroupNamePrefix)]
        return {"logGroups": [{"logGroupName": name} for name in found]}

    def start_query(self, **request: Any) -> dict[str, Any]:
        if self.refuses:
            raise ClientError({"Error": {"Code": self.refuses, "Message": "at |"}}, "StartQuery")
        assert set(request["logGroupNames"]) <= set(self.groups)
        self.started.append(request)
        return {"queryId": "q1"}

    def get_query_results(self, queryId: str, nextToken: str | None = None) -> dict[str, Any]:
        assert queryId == "q1"
        if self.further is None:
            return self.answers.pop(0)
        return self.further[nextToken]

    def stop_query(self, queryId: str) -> None:
        self.stopped.append(queryId)


def groups_of(environment: ResolvedEnvironment) -> list[str]:
    prefix = f"/aws/lambda/{environment.system}-dev-"
    return [prefix + name for name in ("orders-create", "orders-list", "users-get")]


def test_a_query_is_found_by_its_name_or_the_end_of_it(environment: ResolvedEnvironment) -> None:
    assert [q.name for q in find_queries(environment, "orders/cold-starts")] == ["orders/cold-starts"]
    assert [q.name for q in find_queries(environment, "errors")] == ["orders/errors", "users/errors"]
    assert [q.name for q in find_queries(environment, "cold-starts")] == ["cold-starts"]
    with pytest.raises(PlatformError) as raised:
        find_queries(environment, "error-by-service")
    assert (raised.value.code, raised.value.hint) == ("unknown-query", 'did you mean "errors-by-service"?')
    with pytest.raises(PlatformError) as unlike:
        find_queries(environment, "zzz")
    names = str(unlike.value.hint).removeprefix("there are: ").partition(";")[0].split(", ")
    assert "cold-starts" in names
    assert not any("/" in name for name in names)


def test_all_parts_of_a_query_are_asked_under_its_name(environment: ResolvedEnvironment) -> None:
    orders = environment.services["orders"]
    create = orders.functions["create"]
    many = {f"f{n}": create.model_copy(update={"name": f"f{n}", "physical_name": f"f{n}"}) for n in range(60)}
    large = environment.model_copy(
        update={"services": {"orders": orders.model_copy(update={"functions": many})}}
    )
    for name in ("errors-by-service", "orders/errors", "errors"):
        found = find_queries(large, name)
        assert [len(query.log_groups) for query in found] == [50, 10], name
    assert [len(query.log_groups) for query in find_queries(large, "orders/errors-2")] == [10]


def test_an_answer_is_waited_for_and_its_columns_keep_their_order(environment: ResolvedEnvironment) -> None:
    row = [{"field": "service", "value": "orders"}, {"field": "errors", "value": "3"}]
    aws: Any = FakeInsights(
        *groups_of(environment)[:2],
        answers=[
            {"status": "Scheduled", "results": []},
            {"status": "Running", "results": [], "statistics": {"recordsScanned": 5.0}},
            {
                "status": "Complete",
                "results": [[*row, {"field": "@ptr", "value": "x"}], row[:1]],
                "statistics": {"recordsScanned": 9.0, "recordsMatched": 2.0, "bytesScanned": 100.0},
            },
        ],
    )
    seen: list[Any] = []
    (query,) = find_queries(environment, "errors-by-service")
    result = run_query(
        query, aws, since=NOON - timedelta(hours=1), until=NOON, report=seen.append, sleep=lambda _: None
    )
    assert (result.columns, result.rows) == (("service", "errors"), (("orders", "3"), ("orders", "")))
    assert (result.scanned_records, result.matched_records, result.scanned_bytes) == (9, 2, 100)
    assert result.missing == (groups_of(environment)[2],)
    assert [event.scanned_records for event in seen] == [0, 5]
    assert aws.started[0]["endTime"] - aws.started[0]["startTime"] == 3600


def test_more_rows_than_an_answer_holds_are_all_read(environment: ResolvedEnvironment) -> None:
    aws: Any = FakeInsights(*groups_of(environment))
    complete = {"status": "Complete", "statistics": {"recordsScanned": 3.0}}
    row = {at: [[{"field": "n", "value": at}]] for at in "123"}
    aws.further = {
        None: {**complete, "results": row["1"], "nextToken": "b"},
        "b": {**complete, "results": row["2"], "nextToken": "c"},
        "c": {**complete, "results": row["3"]},
    }
    (query,) = query_of_text(environment, "mine", "fields n | limit 30000", "users")
    result = run_query(query, aws, since=NOON, until=NOON)
    assert (result.rows, result.scanned_records) == ((("1",), ("2",), ("3",)), 3)


def test_where_nothing_ever_logged_nothing_is_asked(environment: ResolvedEnvironment) -> None:
    aws: Any = FakeInsights()
    (query,) = find_queries(environment, "errors-by-service")
    assert run_query(query, aws, since=NOON, until=NOON).rows == ()
    assert aws.started == []


def test_who_interrupts_stops_the_query(environment: ResolvedEnvironment) -> None:
    aws: Any = FakeInsights(*groups_of(environment), answers=[{"status": "Running", "results": []}])

    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    (query,) = query_of_text(environment, "mine", "fields @message", "users")
    with pytest.raises(KeyboardInterrupt):
        run_query(query, aws, since=NOON, until=NOON, sleep=interrupt)
    assert aws.stopped == ["q1"]
    assert aws.started[0]["logGroupNames"] == groups_of(environment)[2:]


@pytest.mark.parametrize(
    ("refuses", "status", "code"),
    [("MalformedQueryException", "", "invalid-query"), ("", "Timeout", "query-failed")],
)
def test_what_cannot_be_answered_is_said(
    environment: ResolvedEnvironment, refuses: str, status: str, code: str
) -> None:
    aws: Any = FakeInsights(*groups_of(environment), answers=[{"status": status, "results": []}])
    aws.refuses = refuses
    with pytest.raises(PlatformError) as raised:
        run_query(saved_queries(environment)[0], aws, since=NOON, until=NOON)
    assert raised.value.code == code
