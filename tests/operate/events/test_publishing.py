"""Only what the bus carries is published."""

from __future__ import annotations

import json
from typing import Any

import pytest

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.errors import PlatformError
from platform_cli.operate.events.publishing import check_event, publish


def test_an_event_that_fits_is_published(
    environment: ResolvedEnvironment, clients: Clients, events: Any
) -> None:
    event = check_event(environment, "events", "OrderCreated", b'{"order_id": "1"}', "test")
    assert event.checked
    assert publish(event, clients).id == "e-1"
    (entry,) = events.entries
    assert (entry["EventBusName"], entry["DetailType"]) == ("shop-dev-events", "OrderCreated")
    assert json.loads(entry["Detail"]) == {"order_id": "1"}


@pytest.mark.parametrize(
    ("bus", "detail_type", "detail", "code"),
    [
        ("event", "OrderCreated", b"{}", "unknown-bus"),
        ("events", "OrderCreate", b"{}", "unknown-event-type"),
        ("events", "OrderCreated", b"{}", "invalid-event"),
        ("events", "OrderCreated", b"{", "invalid-event"),
        ("new", "Anything", b"[]", "invalid-event"),
    ],
)
def test_an_event_that_does_not_fit_is_refused(
    bus: str, detail_type: str, detail: bytes, code: str, environment: ResolvedEnvironment
) -> None:
    with pytest.raises(PlatformError) as caught:
        check_event(environment, bus, detail_type, detail, "test")
    assert caught.value.code == code


def test_a_bus_that_declares_no_events_takes_any_object(environment: ResolvedEnvironment) -> None:
    assert not check_event(environment, "buses.new", "Anything", b"{}", "test").checked


def test_an_event_that_aws_refuses_is_an_error(
    environment: ResolvedEnvironment, clients: Clients, events: Any
) -> None:
    events.refuse = "InternalFailure"
    event = check_event(environment, "events", "OrderCreated", b'{"order_id": "1"}', "test")
    with pytest.raises(PlatformError, match="InternalFailure") as caught:
        publish(event, clients)
    assert caught.value.code == "publishing-failed"
