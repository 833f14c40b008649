"""Invoking: real functions on the local AWS, and answers as AWS gives them."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.aws.clients import Clients, Target
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedRelease
from platform_cli.errors import PlatformError
from platform_cli.operate.invoking import FunctionError, invoke

CODE = """
def handler(event, context):
    print("got", sorted(event))
    if event.get("fail"):
        raise ValueError("no such order")
    return {"echo": event}
"""
REPORT = (
    "REPORT RequestId: r-1\tDuration: 1.50 ms\tBilled Duration: 2 ms\t"
    "Memory Size: 128 MB\tMax Memory Used: 40 MB"
)


class FakeLambda:
    """Answers once, as AWS does: with the tail of the log."""

    def __init__(self, payload: Any, *, error: str | None = None, tail: str = REPORT) -> None:
        self.target = Target("000000000000", "us-east-1")
        self.sent: list[bytes] = []
        self.called: list[str] = []
        self._answer: dict[str, Any] = {
            "ResponseMetadata": {"RequestId": "r-1"},
            "Payload": io.BytesIO(payload if isinstance(payload, bytes) else json.dumps(payload).encode()),
            "LogResult": base64.b64encode(tail.encode()).decode(),
            "ExecutedVersion": "3",
            **({"FunctionError": error} if error else {}),
        }

    def client(self, name: str) -> FakeLambda:
        assert name == "lambda", "the tail had the report: the log group need not be read"
        return self

    def invoke(self, *, FunctionName: str, Payload: bytes, **_: Any) -> Any:
        self.called.append(FunctionName)
        self.sent.append(Payload)
        return self._answer


def call(environment: ResolvedEnvironment, clients: Any, payload: bytes = b"{}", **more: Any) -> Any:
    return invoke(environment, "orders.create", payload, clients, **more)


def test_the_answer_the_tail_and_the_figures_come_back(environment: ResolvedEnvironment) -> None:
    told = call(environment, FakeLambda({"id": 1}, tail=f"START\nhello\n\n{REPORT}\n"), b'{"a": 1}')
    assert json.loads(told.payload) == {"id": 1}
    assert told.log == ("START", "hello", REPORT)
    assert (told.error, told.version, told.request_id) == (None, "3", "r-1")
    assert told.report.max_memory_mb == 40


def test_a_released_function_is_called_as_its_callers_call_it(environment: ResolvedEnvironment) -> None:
    plain, released = FakeLambda({}), FakeLambda({})
    call(environment, plain)
    function = environment.services["orders"].functions["create"]
    own = function.model_copy(update={"release": ResolvedRelease(strategy="all_at_once", alarms=())})
    service = environment.services["orders"].model_copy(update={"functions": {"create": own}})
    call(environment.model_copy(update={"services": {"orders": service}}), released)
    assert released.called == [f"{plain.called[0]}:live"]


def test_what_a_handler_raised_is_told_with_its_trace(environment: ResolvedEnvironment) -> None:
    raised = {
        "errorType": "ValueError",
        "errorMessage": "no",
        "stackTrace": ['  File "/var/task/a.py", line 3, in handler\n    raise ValueError("no")\n'],
    }
    told = call(environment, FakeLambda(raised, error="Unhandled"))
    assert told.error == FunctionError(
        "ValueError", "no", ('  File "/var/task/a.py", line 3, in handler', '    raise ValueError("no")')
    )


def test_an_error_that_is_no_object_is_told_as_it_is(environment: ResolvedEnvironment) -> None:
    assert call(environment, FakeLambda(b"boom", error="Unhandled")).error == FunctionError("Unknown", "boom")


def test_nothing_as_payload_is_an_empty_object(environment: ResolvedEnvironment) -> None:
    fake = FakeLambda({})
    call(environment, fake, b" \n")
    assert fake.sent == [b"{}"]


@pytest.mark.parametrize("payload", [b"{'a': 1}", b"\xff\xfe", b"[1,"])
def test_a_payload_that_is_not_json_is_refused_before_it_is_sent(
    payload: bytes, environment: ResolvedEnvironment
) -> None:
    fake = FakeLambda({})
    with pytest.raises(PlatformError, match="not JSON") as caught:
        call(environment, fake, payload)
    assert (caught.value.code, caught.value.exit_code) == ("invalid-payload", 2)
    assert fake.sent == []


def test_a_function_that_is_not_deployed_is_said_so(environment: ResolvedEnvironment) -> None:
    class Missing(FakeLambda):
        def invoke(self, **_: Any) -> Any:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "x"}}, "Invoke")

    with pytest.raises(PlatformError) as caught:
        call(environment, Missing({}))
    assert caught.value.code == "not-deployed"
    assert "platform deploy --env dev" in (caught.value.hint or "")


@pytest.mark.e2e
def test_a_real_function_answers_fails_and_leaves_its_log(
    environment: ResolvedEnvironment, local_clients: Clients
) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", CODE)
    name = environment.functions[0].physical_name
    role = local_clients.client("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "lambda.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
    )["Role"]["Arn"]
    local_clients.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.handler",
        Role=role,
        Timeout=30,
        Code={"ZipFile": code.getvalue()},
    )
    told = call(environment, local_clients, b'{"a": 1}')
    assert told.error is None
    assert json.loads(told.payload) == {"echo": {"a": 1}}
    assert any("got ['a']" in line for line in told.log)
    assert told.report is not None
    assert told.report.memory_mb == 128
    failed = call(environment, local_clients, b'{"fail": true}')
    assert failed.error is not None
    assert failed.error.message == "no such order"
