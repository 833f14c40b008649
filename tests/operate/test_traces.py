"""Traces of X-Ray as trees."""

from __future__ import annotations

import json
from typing import Any

import pytest

from platform_cli.aws.clients import Target
from platform_cli.errors import PlatformError
from platform_cli.operate.traces import read_trace, trace_id

ID = "1-5759e988-bd862e3fe1be46a994272793"


class FakeXRay:
    """Answers with documents of segments; a page a trace."""

    target = Target("123456789012", "eu-west-1")

    def __init__(self, *segments: dict[str, Any]) -> None:
        self.segments = segments

    def client(self, name: str) -> FakeXRay:
        assert name == "xray"
        return self

    def batch_get_traces(self, TraceIds: list[str], **_: Any) -> dict[str, Any]:
        documents = [{"Id": s["id"], "Document": json.dumps(s)} for s in self.segments]
        return {"Traces": [{"Id": TraceIds[0], "Segments": documents}] if documents else []}


def test_segments_stand_below_the_call_that_made_them_in_the_order_of_their_times() -> None:
    call = {
        "id": "c1",
        "name": "shop-dev-orders-create",
        "start_time": 100.1,
        "end_time": 100.4,
        "namespace": "aws",
    }
    table = {"id": "d1", "name": "DynamoDB", "start_time": 100.2, "end_time": 100.3}
    table |= {"namespace": "aws", "aws": {"operation": "PutItem", "table_name": "shop-main"}}
    boom = {"exceptions": [{"type": "KeyError", "message": "'total'"}]}
    aws = FakeXRay(
        {
            "id": "f1",
            "parent_id": "c1",
            "name": "create",
            "origin": "AWS::Lambda::Function",
            "start_time": 100.15,
            "end_time": 100.35,
            "fault": True,
            "cause": boom,
            "annotations": {"ColdStart": True},
            "subsegments": [table],
        },
        {"id": "a1", "name": "api", "start_time": 100.0, "end_time": 100.5, "subsegments": [call]},
        {"id": "x1", "parent_id": "not-here", "name": "later", "start_time": 100.6},
    )
    trace = read_trace(aws, ID)  # type: ignore[arg-type]
    assert [(span.depth, span.name, round(span.offset_ms)) for span in trace.spans] == [
        (0, "api", 0),
        (1, "shop-dev-orders-create", 100),
        (2, "create", 150),
        (3, "DynamoDB PutItem", 200),
        (0, "later", 600),
    ]
    create, later = trace.spans[2], trace.spans[4]
    assert (create.trouble, create.message, create.annotations) == (
        "fault",
        "KeyError: 'total'",
        {"ColdStart": True},
    )
    assert later.duration_ms is None
    assert round(trace.duration_ms) == 600


@pytest.mark.parametrize(
    "typed",
    [ID, f"Root={ID};Parent=53995c3f42cd8ad8;Sampled=1", "5759e988bd862e3fe1be46a994272793"],
)
def test_an_id_is_taken_as_logs_headers_and_opentelemetry_write_it(typed: str) -> None:
    assert trace_id(typed) == ID


@pytest.mark.parametrize(
    ("aws", "typed", "code", "status"),
    [
        (FakeXRay(), "nonsense", "invalid-trace", 2),
        (FakeXRay(), ID, "no-trace", 1),
    ],
)
def test_what_is_no_trace_or_not_there_is_said(aws: Any, typed: str, code: str, status: int) -> None:
    with pytest.raises(PlatformError) as raised:
        read_trace(aws, typed)
    assert (raised.value.code, raised.value.exit_code) == (code, status)
