"""What an API answers, whatever happens behind it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie
from pydantic import Field

from servicekit.api import Api, answer, api_handler
from servicekit.models import RequestModel
from servicekit.problems import Conflict, Unavailable
from servicekit.testing import Context, api_event, balancer_event, rest_event


class Greeting(RequestModel):
    name: str = Field(min_length=1)


def greeter(module: str = "greeter.handlers.greet") -> Api:
    api = Api(module)

    @api.post("/greetings")
    def greet() -> Any:
        return answer(201, {"text": f"Hello {api.body(Greeting).name}"})

    @api.get("/me")
    def me() -> Any:
        return answer(200, {"id": api.caller.user_id, "groups": sorted(api.caller.groups)})

    @api.put("/taken")
    def taken() -> Any:
        raise Conflict("It is taken", code="taken")

    @api.put("/away")
    def away() -> Any:
        raise Unavailable("The store does not answer", code="away")

    @api.delete("/gone")
    def gone() -> Any:
        return answer(502, {"text": "of the handler's own"})

    @api.delete("/bug")
    def bug() -> Any:
        raise ZeroDivisionError("secret detail")

    return api


def call(route: str, **request: Any) -> tuple[int, Any, dict[str, str]]:
    answered = api_handler(greeter())(api_event(route, **request), Context())
    headers = answered.get("headers", {})
    return answered["statusCode"], json.loads(answered["body"]), headers


def test_an_answer_is_json_and_is_not_cached() -> None:
    status, body, headers = call("POST /greetings", body={"name": "Ada"})
    assert (status, body) == (201, {"text": "Hello Ada"})
    assert headers["Content-Type"] == "application/json"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("text", ["{", "", "not json", '{"name": '])
def test_a_body_that_is_not_json_is_a_bad_request(text: str) -> None:
    status, body, headers = call("POST /greetings", body=text)
    assert (status, body["code"]) == (400, "invalid-json")
    assert headers["Content-Type"] == "application/problem+json"


def test_a_body_in_broken_base64_is_a_bad_request() -> None:
    event = api_event("POST /greetings", body="%%%") | {"isBase64Encoded": True}
    assert api_handler(greeter())(event, Context())["statusCode"] == 400


def test_a_body_of_another_shape_names_each_field_and_no_value() -> None:
    status, body, _ = call("POST /greetings", body={"name": "", "card": "4111"})
    assert status == 400
    assert {error["field"] for error in body["errors"]} == {"name", "card"}
    assert "4111" not in json.dumps(body)


def test_a_body_that_is_no_object_is_a_bad_request() -> None:
    assert call("POST /greetings", body=[1])[0] == 400


def test_the_caller_comes_from_the_verified_token() -> None:
    assert call("GET /me", user_id="u1", groups="[staff admin]")[1] == {
        "id": "u1",
        "groups": ["admin", "staff"],
    }


def test_without_a_token_the_caller_is_unauthorized() -> None:
    assert call("GET /me")[0] == 401


def test_a_problem_is_answered_with_its_status_code_and_the_request_id() -> None:
    status, body, _ = call("PUT /taken")
    assert status == 409
    assert body == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "It is taken",
        "code": "taken",
        "instance": "urn:request:request-1",
    }


def test_an_unexpected_failure_tells_the_caller_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    status, body, _ = call("DELETE /bug")
    assert status == 500
    assert "secret detail" not in json.dumps(body)
    assert "ZeroDivisionError" not in json.dumps(body)


@pytest.mark.parametrize(
    ("route", "status", "counted"),
    [
        ("DELETE /bug", 500, True),
        ("PUT /away", 503, True),
        ("DELETE /gone", 502, True),
        ("PUT /taken", 409, False),
        ("GET /nowhere", 404, False),
    ],
)
def test_whatever_is_answered_as_our_fault_is_counted(
    route: str, status: int, counted: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(route)[0] == status
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["UnexpectedFailures"] for line in lines if "_aws" in line] == ([[1.0]] if counted else [])


def test_an_unknown_route_is_not_found() -> None:
    status, body, _ = call("GET /nowhere")
    assert (status, body["code"]) == (404, "unknown-route")


def test_log_lines_carry_the_request_id_and_never_the_body(capsys: pytest.CaptureFixture[str]) -> None:
    # A service of its own: a logger writes to the stdout of the moment when it was made.
    handler = api_handler(greeter("logged.handlers.greet"))
    handler(api_event("POST /greetings", body={"name": "Ada Lovelace"}), Context())
    handler(api_event("POST /greetings", body={"name": 7, "email": "ada@example.com"}), Context())
    output = capsys.readouterr().out
    lines = [json.loads(line) for line in output.splitlines()]
    assert {line["status"] for line in lines} == {201, 400}
    assert {line["correlation_id"] for line in lines} == {"request-1"}
    assert "Ada Lovelace" not in output
    assert "ada@example.com" not in output


def greeter_by_rest(route: str, **request: Any) -> tuple[int, Any, dict[str, Any]]:
    answered = api_handler(greeter())(rest_event(route, **request), Context())
    return answered["statusCode"], json.loads(answered["body"]), answered


def test_the_same_routes_serve_a_rest_api() -> None:
    assert greeter_by_rest("POST /greetings", body={"name": "Ada"})[:2] == (201, {"text": "Hello Ada"})
    assert greeter_by_rest("GET /me", user_id="u1", groups="[staff]")[1] == {"id": "u1", "groups": ["staff"]}
    assert greeter_by_rest("GET /nowhere")[0] == 404
    assert greeter_by_rest("POST /greetings", body="{")[1]["code"] == "invalid-json"


def test_an_answer_to_a_rest_api_keeps_each_cookie() -> None:
    api = Api("greeter.handlers.cookies")

    @api.get("/cookies")
    def cookies() -> Any:
        return Response(204, cookies=[Cookie("a", "1"), Cookie("b", "2")])

    answered = api_handler(api)(rest_event("GET /cookies"), Context())
    assert [cookie.split(";")[0] for cookie in answered["multiValueHeaders"]["Set-Cookie"]] == ["a=1", "b=2"]
    assert "cookies" not in answered


@pytest.mark.parametrize("route", ["POST /greetings", "GET /me", "PUT /taken", "DELETE /bug", "GET /nowhere"])
@pytest.mark.parametrize("event", [api_event, rest_event])
def test_every_answer_has_the_security_headers(route: str, event: Any) -> None:
    headers = api_handler(greeter())(event(route), Context())["headers"]
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_an_answer_names_no_software_and_may_have_headers_of_its_own() -> None:
    api = Api("greeter.handlers.own")

    @api.get("/own")
    def own() -> Any:
        return answer(200, {}, headers={"Server": "greeter/1", "cache-control": "private"})

    headers = api_handler(api)(api_event("GET /own"), Context())["headers"]
    assert headers["cache-control"] == "private"
    assert not {"Server", "Cache-Control"} & set(headers)


def test_a_load_balancer_gets_lists_of_headers_and_gives_queries_as_they_were_sent() -> None:
    seen: dict[str, Any] = {}
    api = Api("greeter")

    @api.get("/hooks/greeting")
    def greet() -> Response[str]:
        seen.update(api.current_event.query_string_parameters)
        seen["from"] = api.current_event.request_context.http.source_ip
        return answer(200, {"id": api.request_id})

    event = balancer_event(
        "GET", "/hooks/greeting", query={"who": "Ada%20L"}, headers={"x-forwarded-for": "10.9.9.9, 192.0.2.7"}
    )
    answered = api_handler(api)(event, Context())
    assert seen == {"who": "Ada L", "from": "192.0.2.7"}
    assert json.loads(answered["body"]) == {"id": "Root=1-0"}
    assert "headers" not in answered
    assert answered["multiValueHeaders"]["Cache-Control"] == ["no-store"]
