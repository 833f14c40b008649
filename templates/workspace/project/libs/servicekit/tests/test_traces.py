"""What a trace says of a request: enough to find it, nothing of the person."""

from __future__ import annotations

from typing import Any

import pytest
from aws_lambda_powertools.event_handler import Response

from servicekit.api import Api, answer, api_handler
from servicekit.queues import queue_handler
from servicekit.testing import Context, api_event, queue_event


class Recorded:
    """Stands for the tracer: keeps annotations, lets handlers through."""

    def __init__(self) -> None:
        self.annotations: dict[str, str] = {}

    def put_annotation(self, key: str, value: str) -> None:
        self.annotations[key] = value


def traced(monkeypatch: pytest.MonkeyPatch, user_id: str, namespace: str = "shop/dev") -> dict[str, str]:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", namespace)
    api = Api(__name__)

    @api.get("/orders/<order_id>")
    def get(order_id: str) -> Response[str]:
        return answer(200, {"id": order_id})

    recorded = Recorded()
    monkeypatch.setattr(api.observability.tracer, "put_annotation", recorded.put_annotation)
    event = api_event("GET /orders/{order_id}", path="/orders/o-1", user_id=user_id)
    api_handler(api)(event, Context())
    return recorded.annotations


def test_a_request_is_found_by_route_ids_and_a_pseudonym(monkeypatch: pytest.MonkeyPatch) -> None:
    told = traced(monkeypatch, "ann-1234")
    assert told["route"] == "GET /orders/{order_id}"
    assert told["request_id"] == Context().aws_request_id
    assert told.keys() == {"route", "request_id", "api_request_id", "user"}
    assert "ann" not in str(told)
    assert len(told["user"]) == 16


def test_one_user_has_one_pseudonym_an_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    first = traced(monkeypatch, "ann")["user"]
    assert traced(monkeypatch, "ann")["user"] == first
    assert traced(monkeypatch, "bob")["user"] != first
    assert traced(monkeypatch, "ann", "shop/prod")["user"] != first


def test_a_batch_is_found_by_the_id_of_its_invocation(monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = Recorded()

    def take(_record: Any) -> None: ...

    from servicekit.observability import observability

    monkeypatch.setattr(observability(take.__module__).tracer, "put_annotation", recorded.put_annotation)
    queue_handler(take)(queue_event("a"), Context())
    assert recorded.annotations == {"request_id": Context().aws_request_id}


class Subsegments:
    """Stands for the SDK of X-Ray: keeps what Powertools adds to the part of a handler."""

    def __init__(self) -> None:
        self.metadata: dict[str, Any] = {}

    def in_subsegment(self, **_: Any) -> Subsegments:
        return self

    def __enter__(self) -> Subsegments:
        return self

    def __exit__(self, *_: object) -> None: ...

    def put_annotation(self, **_: Any) -> None: ...

    def put_metadata(self, key: str, value: Any, **_: Any) -> None:
        self.metadata[key] = value


def test_neither_answers_nor_exceptions_are_added_to_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    from servicekit.observability import observability

    tools, recorded = observability(__name__), Subsegments()
    monkeypatch.setattr(tools.tracer, "provider", recorded)

    def greet(event: dict[str, Any], _context: Any) -> str:
        if "name" not in event:
            raise LookupError("nobody called ann@example.com")
        return f"hello {event['name']}"

    assert tools.watch(greet)({"name": "Ann"}, Context()) == "hello Ann"
    with pytest.raises(LookupError):
        tools.watch(greet)({}, Context())
    assert recorded.metadata == {}
