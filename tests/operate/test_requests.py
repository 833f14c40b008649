"""The events of requests are those of API Gateway, for the routes that a function has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.blueprint.resolving import resolve
from platform_cli.errors import PlatformError
from platform_cli.operate.functions import find_function
from platform_cli.operate.requests import request_event

BLUEPRINT = """\
blueprint: 1
system: bank
owner: team
environments: { local: { target: local } }
apis: { public: { kind: KIND } }
services:
  books:
    path: services/books
    functions:
      look:
        handler: books.look.handler
        routes: [GET /books/mine, "GET /books/{id}", "GET /files/{path+}"]
      add: { handler: books.add.handler, routes: [POST /books] }
      well: { handler: books.well.handler, routes: [GET /well] }
      job: { handler: books.job.handler }
"""


@pytest.fixture(params=["http", "rest"])
def bank(request: pytest.FixtureRequest, tmp_path: Path) -> ResolvedEnvironment:
    path = tmp_path / "blueprint.yaml"
    path.write_text(BLUEPRINT.replace("KIND", request.param))
    return resolve(inspect_blueprint(path), "local")


def _event(bank: ResolvedEnvironment, address: str, request: str | None, **options: Any) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(request_event(bank, find_function(bank, address), request, **options))
    return event


def test_a_request_carries_path_query_body_and_claims(bank: ResolvedEnvironment) -> None:
    event = _event(bank, "books.look", "get /books/a%20b?page=2", body='{"x": 1}', claims={"sub": "ada"})

    assert event["pathParameters"] == {"id": "a b"}
    assert event["queryStringParameters"] == {"page": "2"}
    assert event["body"] == '{"x": 1}'
    assert event["headers"]["content-type"] == "application/json"
    if event["version"] == "2.0":
        assert event["routeKey"] == "GET /books/{id}"
        assert event["rawQueryString"] == "page=2"
        assert event["requestContext"]["http"]["method"] == "GET"
        assert event["requestContext"]["authorizer"]["jwt"]["claims"] == {"sub": "ada"}
    else:
        assert (event["resource"], event["httpMethod"]) == ("/books/{id}", "GET")
        assert event["requestContext"]["authorizer"]["claims"] == {"sub": "ada"}


def test_the_payload_format_follows_the_kind_of_api(bank: ResolvedEnvironment) -> None:
    version = {"http": "2.0", "rest": "1.0"}[bank.apis["public"].kind]

    assert _event(bank, "books.well", None)["version"] == version


@pytest.mark.parametrize(
    ("request_line", "parameters"),
    [("GET /books/mine", None), ("GET /files/a/b.txt", {"path": "a/b.txt"}), ("GET /books/7", {"id": "7"})],
)
def test_a_literal_route_wins_and_a_greedy_one_takes_the_rest(
    bank: ResolvedEnvironment, request_line: str, parameters: dict[str, str] | None
) -> None:
    assert _event(bank, "books.look", request_line).get("pathParameters") == parameters


@pytest.mark.parametrize(
    ("address", "request_line", "message"),
    [
        ("books.look", "GET /books", "books.look does not serve GET /books"),
        ("books.look", "POST /books/7", "books.look does not serve POST /books/7"),
        ("books.look", "books", '"books" is no request'),
        ("books.look", None, "books.look answers requests, and none was given"),
        ("books.add", None, "books.add answers requests, and none was given"),
        ("books.job", "GET /", "books.job does not serve GET /"),
    ],
)
def test_a_request_that_no_route_serves_is_refused(
    bank: ResolvedEnvironment, address: str, request_line: str | None, message: str
) -> None:
    with pytest.raises(PlatformError) as refused:
        _event(bank, address, request_line)

    assert (refused.value.code, refused.value.message) == ("invalid-request", message)
