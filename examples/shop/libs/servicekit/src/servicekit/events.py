"""Events between services: published to an EventBridge bus, read back from a queue.

EventBridge gives each delivery an id of its own, so an event published twice by a retry would look
like two. Ours carry their id inside, and consumers go by that.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import Field
from pydantic_core import to_json

from servicekit.clock import timestamp
from servicekit.event_types import EventTypes
from servicekit.models import Model

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient


class Event(Model):
    """Something that happened.

    Attributes:
        type: In the past tense, `OrderCreated`: the bus's detail type.
        event_id: The same whenever the same happening is published again.
        data: JSON values.
        correlation_id: Of the request that caused it, so that logs can be followed across services.
    """

    type: str = Field(min_length=1, max_length=128)
    event_id: str = Field(min_length=1, max_length=128)
    occurred_at: datetime
    data: dict[str, Any]
    correlation_id: str | None = None


class Publisher(Protocol):
    """Where logic hands its events to."""

    def publish(self, event: Event) -> None:
        """Hand the event over, or raise `PublishingFailed`."""


class PublishingFailed(RuntimeError):
    """The bus did not take the event; publishing it again is safe."""


class EventBridgePublisher:
    """Publishes to an EventBridge bus.

    Args:
        bus_name: The bus's physical name.
        source: Who publishes: the service's name.
        types: What the bus carries; without it, anything.
    """

    def __init__(
        self, client: EventBridgeClient, bus_name: str, source: str, types: EventTypes | None = None
    ) -> None:
        self._client = client
        self._bus_name = bus_name
        self._source = source
        self._types = types or EventTypes({})

    def publish(self, event: Event) -> None:
        """Hand the event to the bus, if it is one that the bus carries.

        Raises:
            EventInvalid: It is not what the blueprint declares for the bus; nothing was published.
            PublishingFailed: The bus refused it.
        """
        metadata = {
            "event_id": event.event_id,
            "occurred_at": timestamp(event.occurred_at),
            "correlation_id": event.correlation_id,
        }
        detail = to_json({"metadata": metadata, "data": event.data}).decode()
        self._types.check(event.type, json.loads(detail))
        answer = self._client.put_events(
            Entries=[
                {
                    "EventBusName": self._bus_name,
                    "Source": self._source,
                    "DetailType": event.type,
                    "Detail": detail,
                }
            ]
        )
        if answer["FailedEntryCount"]:
            raise PublishingFailed(f"the bus refused the event: {answer['Entries'][0].get('ErrorCode')}")


class _Metadata(Model):
    event_id: str
    occurred_at: datetime
    correlation_id: str | None = None


class _Detail(Model):
    metadata: _Metadata
    data: dict[str, Any]


class _Envelope(Model):
    detail_type: str = Field(alias="detail-type")
    detail: _Detail


def read_event(body: str) -> Event:
    """The event in a queue's message, as a rule of the bus put it there.

    Raises:
        pydantic.ValidationError: The message holds no event of ours.
    """
    envelope = _Envelope.model_validate_json(body)
    metadata = envelope.detail.metadata
    return Event(
        type=envelope.detail_type,
        event_id=metadata.event_id,
        occurred_at=metadata.occurred_at,
        data=envelope.detail.data,
        correlation_id=metadata.correlation_id,
    )
