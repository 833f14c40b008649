"""For tests: events as Lambda gets them, a context, and clocks and ids that stand still."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from servicekit.event_store import StoredEvent
from servicekit.events import Event


class Context(LambdaContext):
    """What Lambda passes beside the event."""

    def __init__(self, function_name: str = "test") -> None:
        self._function_name = function_name
        self._memory_limit_in_mb = 512
        self._invoked_function_arn = f"arn:aws:lambda:eu-west-1:000000000000:function:{function_name}"
        self._aws_request_id = "00000000-0000-0000-0000-000000000000"


@dataclass
class StillClock:
    """Shows the same moment until it is moved."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))

    def __call__(self) -> datetime:
        """The moment."""
        return self.moment

    def move(self, **delta: float) -> None:
        """Forward, by the arguments of `timedelta`."""
        self.moment += timedelta(**delta)


def numbered_ids(prefix: str = "id") -> Callable[[], str]:
    """`id-1`, `id-2`, …"""
    numbers = itertools.count(1)
    return lambda: f"{prefix}-{next(numbers)}"


@dataclass
class RecordingPublisher:
    """Keeps what is published."""

    events: list[Event] = field(default_factory=list)

    def publish(self, event: Event) -> None:
        """Keep it."""
        self.events.append(event)


def api_event(
    route: str,
    *,
    path: str | None = None,
    body: object = None,
    user_id: str | None = None,
    groups: str | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A request as an HTTP API passes it on (payload format 2.0).

    Args:
        route: As in the blueprint: `GET /orders/{id}`.
        path: What was really asked for; the route's path if it has no parameter.
        body: Text as it is, anything else as JSON.
        user_id: The token's `sub`; None on a route without authorizer.
        groups: The claim `cognito:groups` as API Gateway writes it: `[staff]`.
    """
    method, template = route.split(" ", 1)
    context: dict[str, Any] = {
        "http": {"method": method, "path": path or template, "sourceIp": "127.0.0.1"},
        "requestId": "request-1",
        "routeKey": route,
        "stage": "$default",
    }
    if user_id is not None:
        claims = {"sub": user_id} | ({"cognito:groups": groups} if groups else {})
        context["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path or template,
        "rawQueryString": "",
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "requestContext": context,
        "isBase64Encoded": False,
    }
    if query:
        event["queryStringParameters"] = dict(query)
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    return event


def queue_event(*bodies: str, queue: str = "test") -> dict[str, Any]:
    """A batch of messages, named `message-0`, `message-1`, … by their place."""
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "receiptHandle": "handle",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": "group"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:eu-west-1:000000000000:{queue}",
                "awsRegion": "eu-west-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def bus_message(event: Event) -> str:
    """The body of a queue's message that a rule of the bus put there."""
    return json.dumps(
        {
            "version": "0",
            "id": "delivery-1",
            "detail-type": event.type,
            "source": "test",
            "detail": {
                "metadata": {
                    "event_id": event.event_id,
                    "occurred_at": event.occurred_at.isoformat(),
                    "correlation_id": event.correlation_id,
                },
                "data": event.data,
            },
        }
    )


def rest_event(
    route: str, *, stage_variables: Mapping[str, str] | None = None, **request: Any
) -> dict[str, Any]:
    """A request as a REST API passes it on (payload format 1.0); takes what `api_event` takes."""
    event = api_event(route, **request)
    context = event["requestContext"]
    claims = context.get("authorizer", {}).get("jwt", {}).get("claims")
    headers = event.get("headers") or {}
    query = event.get("queryStringParameters") or {}
    return {
        "resource": route.split(" ", 1)[1],
        "path": event["rawPath"],
        "httpMethod": context["http"]["method"],
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": event.get("pathParameters") or None,
        "stageVariables": dict(stage_variables) if stage_variables else None,
        "requestContext": {
            "requestId": context["requestId"],
            "stage": "live",
            "httpMethod": context["http"]["method"],
            "identity": {"sourceIp": "127.0.0.1"},
            **({"authorizer": {"claims": claims}} if claims else {}),
        },
        "body": event.get("body"),
        "isBase64Encoded": False,
    }


def change_event(*events: StoredEvent, replay: bool = False) -> dict[str, Any]:
    """A batch of an event store's stream, as a projection gets it; or of a replay."""
    records = [
        {
            "eventID": event.event_id,
            "eventName": "INSERT",
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "Keys": {"aggregate_id": {"S": event.aggregate_id}, "version": {"N": str(event.version)}},
                "NewImage": {
                    "aggregate_id": {"S": event.aggregate_id},
                    "version": {"N": str(event.version)},
                    "type": {"S": event.type},
                    "event_id": {"S": event.event_id},
                    "occurred_at": {"S": event.occurred_at.isoformat()},
                    "data": {"S": json.dumps(event.data)},
                },
                "SequenceNumber": str(number),
                "StreamViewType": "NEW_IMAGE",
            },
        }
        for number, event in enumerate(events, start=1)
    ]
    return {"Records": records, **({"replay": "test"} if replay else {})}


def stream_event(*records: object, arrived: datetime, first: int = 1, **window: Any) -> dict[str, Any]:
    """A batch of a Kinesis stream; `window`, `state` and the like as Lambda puts them beside the records."""
    return {
        "Records": [
            {
                "eventSource": "aws:kinesis",
                "eventID": f"shardId-000000000000:{number}",
                "kinesis": {
                    "partitionKey": "key",
                    "sequenceNumber": str(number),
                    "data": base64.b64encode(
                        (record if isinstance(record, str) else json.dumps(record)).encode()
                    ).decode(),
                    "approximateArrivalTimestamp": arrived.timestamp(),
                },
            }
            for number, record in enumerate(records, start=first)
        ],
        **window,
    }


def balancer_event(
    method: str,
    path: str,
    *,
    body: object = None,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """An event of a load balancer, with several values a header."""
    group = "arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/test/0"
    sent = {"x-amzn-trace-id": "Root=1-0", "x-forwarded-for": "192.0.2.1", **(headers or {})}
    return {
        "requestContext": {"elb": {"targetGroupArn": group}},
        "httpMethod": method,
        "path": path,
        "multiValueQueryStringParameters": {name: [value] for name, value in (query or {}).items()},
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "body": body if isinstance(body, str) else "" if body is None else json.dumps(body),
        "isBase64Encoded": False,
    }
