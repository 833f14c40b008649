"""Calls in turns, refusals, and processors."""

from __future__ import annotations

import io
import threading
from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError

from platform_cli.aws.clients import Clients, Target
from platform_cli.errors import PlatformError
from platform_cli.operate.reports import InvocationReport
from platform_cli.operate.tuning.measuring import Measurer, safe_lanes
from platform_cli.operate.tuning.observations import Variant, observe
from platform_cli.operate.tuning.rounds import Call
from platform_cli.operate.tuning.variants import Published
from platform_cli.operate.tuning.workloads import Workload, processor

SMALL, LARGE = Variant("arm64", 256), Variant("arm64", 1024)


@pytest.fixture
def measurer(client_of, function):
    def make(workload=None, *, client=None, **more):
        client = client or client_of(workload or Workload("w", processor(10.0)))
        places = {v: Published(function.physical_name, "$LATEST") for v in (SMALL, LARGE)}
        waits: list[float] = []
        made = Measurer(client, places, [b'{"n": 1}'], sleep=waits.append, **{"lanes": 1, **more})
        return made, client, waits

    return make


class Counting:
    """Counts how many calls of an alias run at a time; waits until two of them do, or a moment."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()
        self.running: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.most_together = 0
        self._meet = threading.Barrier(2)

    def invoke(self, *, Qualifier: str, **arguments: Any) -> Any:
        with self._lock:
            self.running[Qualifier] += 1
            self.most[Qualifier] = max(self.most[Qualifier], self.running[Qualifier])
            self.most_together = max(self.most_together, self.running.total())
        try:
            self._meet.wait(timeout=2)
            return self._client.invoke(**arguments)
        finally:
            with self._lock:
                self.running[Qualifier] -= 1


def test_sizes_are_called_at_the_same_time_but_never_two_calls_of_one(client_of, function):
    client = Counting(client_of(Workload("w", processor(10.0))))
    places = {
        SMALL: Published(function.physical_name, "small"),
        LARGE: Published(function.physical_name, "large"),
    }
    measurer = Measurer(client, places, [b"{}"], lanes=4, sleep=lambda _: None)
    measurer([Call(v, i) for i in range(4) for v in (SMALL, LARGE)])
    assert client.most == {"small": 1, "large": 1}
    assert client.most_together == 2


def test_a_refusal_for_lack_of_capacity_is_tried_again_ever_later_and_with_fewer_lanes(measurer):
    busy = Workload("w", processor(10.0), throttle_share=0.4)
    made, client, waits = measurer(busy, lanes=4)
    told = made([Call(SMALL, i) for i in range(12)])
    assert len(told) == 12
    assert made.throttled == client.throttled == len(waits) > 2
    assert made.lanes == 1
    assert max(waits) > min(waits)


def test_endless_refusals_end_the_run(measurer):
    made, client, waits = measurer(Workload("w", processor(10.0), throttle_share=1.0))
    with pytest.raises(PlatformError) as error:
        made([Call(SMALL, 0)])
    assert error.value.code == "no-capacity"
    assert client.calls == 0
    assert sum(waits) > 20


def test_what_comes_before_may_change_the_payload_and_what_comes_after_sees_the_answer(measurer, client_of):
    sent: list[bytes] = []
    seen: list[bytes] = []

    class Recording:
        def __init__(self, client: Any) -> None:
            self._client = client

        def invoke(self, *, Payload: bytes, **arguments: Any) -> Any:
            sent.append(Payload)
            return self._client.invoke(**arguments)

    client = Recording(client_of(Workload("w", processor(10.0))))
    made, _, _ = measurer(
        client=client, before=lambda payload: payload.replace(b"1", b"2"), after=lambda b: seen.append(b)
    )
    made([Call(SMALL, 0), Call(SMALL, 1)])
    assert sent == [b'{"n": 2}'] * 2
    assert seen == [b'{"ok": true}'] * 2


class Limits:
    def __init__(self, reserved: int | None, unreserved: int = 1000) -> None:
        self._reserved = reserved
        self._unreserved = unreserved

    def get_function_concurrency(self, **_: Any) -> Any:
        return {} if self._reserved is None else {"ReservedConcurrentExecutions": self._reserved}

    def get_account_settings(self) -> Any:
        return {"AccountLimit": {"UnreservedConcurrentExecutions": self._unreserved}}


@pytest.mark.parametrize(
    ("reserved", "unreserved", "lanes"),
    [(None, 1000, 8), (None, 10, 1), (None, 35, 3), (20, 1000, 5), (2, 1000, 1)],
)
def test_most_of_the_concurrency_is_left_to_users(reserved, unreserved, lanes):
    assert safe_lanes(Limits(reserved, unreserved), "f") == lanes


def test_a_function_that_is_switched_off_is_not_called():
    with pytest.raises(PlatformError, match="switched off"):
        safe_lanes(Limits(0), "f")


@pytest.mark.parametrize(
    ("report", "failure", "kind"),
    [
        (InvocationReport("r", 10.0, 11, 128, 60), None, "warm"),
        (InvocationReport("r", 10.0, 11, 128, 60, init_ms=90.0), None, "cold"),
        (InvocationReport("r", 10.0, 11, 128, 60, restore_ms=90.0), None, "cold"),
        (None, None, "missing"),
        (InvocationReport("r"), None, "missing"),
        (InvocationReport("r", 3000, 3000, 128, 60, status="timeout"), {"errorMessage": "x"}, "timeout"),
        (None, {"errorMessage": "2026-11-20 Task timed out after 3.00 seconds"}, "timeout"),
        (InvocationReport("r", 10, 10, 128, 128), {"errorType": "Runtime.ExitError"}, "out_of_memory"),
        (InvocationReport("r", 10, 10, 128, 60), {"errorType": "Runtime.ExitError"}, "failed"),
        (None, {"errorMessage": "Runtime exited with error: signal: killed"}, "out_of_memory"),
        (InvocationReport("r", 10, 10, 128, 60), {"errorType": "MemoryError"}, "out_of_memory"),
        (InvocationReport("r", 10, 10, 128, 60), {"errorType": "KeyError"}, "failed"),
    ],
)
def test_what_became_of_a_call_is_read_from_report_and_answer(report, failure, kind):
    assert observe(SMALL, 0, report, failure).kind == kind


class Wire:
    """What is under boto3's client: every request on its way to Lambda, answered in turn."""

    def __init__(self, client: Any, *answers: Any) -> None:
        self.answers, self.sent = list(answers), 0
        client.meta.events.register("before-send.lambda.Invoke", self)

    def __call__(self, request: Any, **_: Any) -> Any:
        from botocore.awsrequest import AWSResponse

        self.sent += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, code, body = answer
        headers = {"x-amzn-ErrorType": code} if code else {}

        class Raw(io.BytesIO):
            def stream(self, **_: Any) -> Any:
                yield self.read()

        return AWSResponse(request.url, status, headers, Raw(body))


OK = (200, "", b'{"ok": true}')
REFUSED = (
    429,
    "TooManyRequestsException",
    b'{"Reason": "ReservedFunctionConcurrentInvocationLimitExceeded"}',
)


@pytest.fixture
def lambda_client():
    clients = Clients(Target("111111111111", "eu-west-1", endpoint_url="http://127.0.0.1:9"))
    return clients.impatient("lambda")


def test_no_refusal_is_hidden_by_retries_of_boto3(measurer, lambda_client):
    wire = Wire(lambda_client, REFUSED, REFUSED, OK)
    made, _, waits = measurer(client=lambda_client, lanes=4)
    made([Call(SMALL, 0)])
    assert (wire.sent, made.throttled, len(waits), made.lanes) == (3, 2, 2, 1)


def test_a_fault_of_lambdas_own_passes_too(measurer, lambda_client):
    wire = Wire(lambda_client, (503, "", b""), OK)
    made, _, waits = measurer(client=lambda_client)
    made([Call(SMALL, 0)])
    assert (wire.sent, len(waits)) == (2, 1)


def test_another_refusal_ends_the_run_at_once(measurer, lambda_client):
    wire = Wire(lambda_client, (403, "AccessDeniedException", b"{}"), OK)
    made, _, waits = measurer(client=lambda_client)
    with pytest.raises(ClientError, match="AccessDenied"):
        made([Call(SMALL, 0)])
    assert (wire.sent, waits) == (1, [])


def test_a_call_that_never_reached_lambda_is_made_again(measurer, lambda_client):
    wire = Wire(lambda_client, EndpointConnectionError(endpoint_url="http://lambda"), OK)
    made, _, waits = measurer(client=lambda_client)
    made([Call(SMALL, 0)])
    assert (wire.sent, len(waits)) == (2, 1)


def test_a_call_whose_answer_was_lost_is_missing_and_not_made_twice(measurer, lambda_client):
    wire = Wire(lambda_client, ConnectionClosedError(endpoint_url="http://lambda"), OK)
    made, _, waits = measurer(client=lambda_client)
    (told,) = made([Call(SMALL, 0)])
    assert (told.kind, wire.sent, waits) == ("missing", 1, [])
    assert "http://lambda" in told.error
