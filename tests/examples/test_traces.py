"""A trace crosses the bus: what a handler publishes bears the trace of the request that it answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

SERVICEKIT = Path(__file__).parents[2] / "examples" / "shop" / "libs" / "servicekit" / "src"
ROOT = "1-5759e988-bd862e3fe1be46a994272793"
# As Lambda runs it: the tracer is the real one, and so is the client of the bus.
HANDLER = """
import sys
from datetime import UTC, datetime

import boto3
from servicekit.events import Event, EventBridgePublisher
from servicekit.observability import observability

tools = observability("orders.handlers.create")


class Context:
    function_name, memory_limit_in_mb = "shop-prod-orders-create", 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:111111111111:function:shop-prod-orders-create"
    aws_request_id = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


@tools.watch
def handler(event, context):
    client = boto3.client("events", endpoint_url=sys.argv[1], region_name="eu-west-1")
    created = Event(type="OrderCreated", event_id="1", occurred_at=datetime.now(UTC), data={})
    EventBridgePublisher(client, "shop-prod-events", "orders").publish(created)


handler({}, Context())
"""


class Bus(BaseHTTPRequestHandler):
    """Takes every event, and keeps the headers of the requests."""

    headers_seen: list[dict[str, str]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        type(self).headers_seen.append({name.lower(): value for name, value in self.headers.items()})
        body = json.dumps({"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: pytest shows what fails."""


@pytest.fixture
def bus() -> Iterator[tuple[str, list[dict[str, str]]]]:
    seen: list[dict[str, str]] = []
    server = HTTPServer(("127.0.0.1", 0), type("ThisBus", (Bus,), {"headers_seen": seen}))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


def test_what_a_handler_publishes_bears_the_trace_of_its_request(
    bus: tuple[str, list[dict[str, str]]],
) -> None:
    """EventBridge hands the header on to its targets (EventBridge guide, «AWS X-Ray», 2026-11)."""
    address, seen = bus
    # Tracing patches boto3 for the whole process, so it gets one of its own.
    environment = {
        **{name: value for name, value in os.environ.items() if name != "POWERTOOLS_TRACE_DISABLED"},
        "PYTHONPATH": str(SERVICEKIT),
        "LAMBDA_TASK_ROOT": str(SERVICEKIT),
        "_X_AMZN_TRACE_ID": f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "POWERTOOLS_SERVICE_NAME": "orders",
    }
    done = subprocess.run(
        [sys.executable, "-c", HANDLER, address], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (request,) = seen
    trace = dict(part.split("=", 1) for part in request["x-amzn-trace-id"].split(";"))
    assert (trace["Root"], trace["Sampled"]) == (ROOT, "1")
    # The part of the trace that the events hang on is the call of the bus itself.
    assert trace["Parent"] != "53995c3f42cd8ad8"
