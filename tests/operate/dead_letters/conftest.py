"""A queue with its dead-letter queue, and a function that keeps what it failed on, at moto's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from platform_cli.aws.clients import Clients, Target
from platform_cli.blueprint.resolved import ResolvedEnvironment


class WatchedClients(Clients):
    """The real ones; `before` is called with the name of every operation that changes something."""

    before: Callable[[str], None] = staticmethod(lambda _operation: None)  # type: ignore[assignment]
    invoked: list[dict[str, Any]]

    def client(self, name: str) -> Any:
        real = super().client(name)
        if name == "lambda":
            return _Lambda(self)
        return _Watched(real, self)


class _Watched:
    def __init__(self, real: Any, clients: WatchedClients) -> None:
        self._real, self._clients = real, clients

    def __getattr__(self, operation: str) -> Any:
        def call(**arguments: Any) -> Any:
            self._clients.before(operation)
            if operation == "receive_message":
                # In memory nothing is still on its way.
                arguments["WaitTimeSeconds"] = 0
            return getattr(self._real, operation)(**arguments)

        return call


class _Lambda:
    def __init__(self, clients: WatchedClients) -> None:
        self._clients = clients

    def invoke(self, **arguments: Any) -> dict[str, Any]:
        self._clients.before("invoke")
        self._clients.invoked.append(arguments)
        return {"StatusCode": 202}


@pytest.fixture
def clients() -> Iterator[WatchedClients]:
    with mock_aws():
        found = WatchedClients(Target("123456789012", "us-east-1"))
        found.invoked = []
        yield found


@pytest.fixture
def system(environment: ResolvedEnvironment) -> ResolvedEnvironment:
    """`orders` (standard) and `payments` (FIFO), both with a dead-letter queue."""
    told = environment.model_dump(by_alias=True)
    prefix = f"{environment.system}-dev"
    told["queues"] = {
        name: {
            "name": name,
            "physical_name": f"{prefix}-{name}{suffix}",
            "fifo": bool(suffix),
            "visibility_timeout_seconds": 30,
            "retention_days": 4,
            "delay_seconds": 0,
            "subscription": None,
            "dead_letter": {
                "physical_name": f"{prefix}-{name}-dead{suffix}",
                "max_receives": 3,
                "retention_days": 14,
            },
        }
        for name, suffix in (("orders", ""), ("payments", ".fifo"))
    }
    return ResolvedEnvironment.model_validate(told)


@pytest.fixture
def urls(system: ResolvedEnvironment, clients: WatchedClients) -> dict[str, str]:
    """Addresses of the queues by their names; `orders.create` has one with failures, `orders.list` none."""
    sqs = clients.client("sqs")
    made = {}
    for name, queue in system.queues.items():
        more = {"Attributes": {"FifoQueue": "true"}} if queue.fifo else {}
        made[name] = sqs.create_queue(QueueName=queue.physical_name, **more)["QueueUrl"]
        assert queue.dead_letter is not None
        dead = sqs.create_queue(QueueName=queue.dead_letter.physical_name, **more)
        made[f"{name} dead"] = dead["QueueUrl"]
    failed = f"{system.system}-dev-orders-create-failed"
    made["orders.create"] = sqs.create_queue(QueueName=failed)["QueueUrl"]
    return made


@pytest.fixture
def later() -> Callable[[], datetime]:
    """A clock behind everything that was sent in the test."""
    return lambda: datetime.now(UTC) + timedelta(seconds=5)


@pytest.fixture
def wrapped() -> Callable[..., str]:
    """What Lambda sends to a queue of failures."""

    def make(function_arn: str, event: Any) -> str:
        return json.dumps(
            {
                "version": "1.0",
                "requestContext": {
                    "requestId": "r",
                    "functionArn": function_arn,
                    "condition": "RetriesExhausted",
                    "approximateInvokeCount": 3,
                },
                "requestPayload": event,
                "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
                "responsePayload": {"errorType": "KeyError", "errorMessage": "'total'"},
            }
        )

    return make
