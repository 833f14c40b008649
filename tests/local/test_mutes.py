"""Mutes of alarms on the local AWS: always with an end, and never more switched on than was switched off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from platform_cli.aws.clients import Target
from platform_cli.local.mutes import Mute, end_mute, keep, put_mute, tend, unmuted

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Killed(BaseException):
    """The process ends here."""


class FakeAws:
    """Alarms and parameters in memory.

    Attributes:
        on: Whether the actions of each alarm are.
        before: Called with the name of each call that changes something.
    """

    target = Target("000000000000", "us-east-1", endpoint_url="http://127.0.0.1:4566")

    def __init__(self) -> None:
        self.on = {"a": True, "b": True, "off-before": False}
        self.parameters: dict[str, str] = {}
        self.before: Callable[[str], None] = lambda _call: None

    def client(self, name: str) -> FakeAws:
        return self

    def get_paginator(self, operation: str) -> FakeAws:
        return self

    def paginate(self, Path: str) -> Iterator[dict[str, Any]]:
        yield {"Parameters": [{"Name": name, "Value": text} for name, text in self.parameters.items()]}

    def put_parameter(self, Name: str, Value: str, **_: Any) -> None:
        self.before("put_parameter")
        self.parameters[Name] = Value

    def delete_parameters(self, Names: list[str]) -> None:
        self.before("delete_parameters")
        for name in Names:
            self.parameters.pop(name, None)

    def describe_alarms(self, AlarmNames: list[str], **_: Any) -> dict[str, Any]:
        assert 1 <= len(AlarmNames) <= 100
        found = [{"AlarmName": n, "ActionsEnabled": self.on[n]} for n in AlarmNames if n in self.on]
        return {"MetricAlarms": found, "CompositeAlarms": []}

    def enable_alarm_actions(self, AlarmNames: list[str]) -> None:
        self.before("enable_alarm_actions")
        self.on |= dict.fromkeys(set(AlarmNames) & set(self.on), True)

    def disable_alarm_actions(self, AlarmNames: list[str]) -> None:
        self.before("disable_alarm_actions")
        self.on |= dict.fromkeys(set(AlarmNames) & set(self.on), False)


@pytest.fixture
def aws() -> Any:
    return FakeAws()


def mute(name: str = "m", *alarms: str, lasting: timedelta = HOUR) -> Mute:
    return Mute(name, NOW, NOW + lasting, alarms or ("a", "off-before"), "moving {{x}}")


def after(time: timedelta) -> Callable[[], datetime]:
    return lambda: NOW + time


def test_actions_are_off_until_the_end_and_what_was_off_before_stays_off(aws: Any) -> None:
    made = put_mute(mute(), aws)
    assert (made.switched_off, aws.on) == (("a",), {"a": False, "b": True, "off-before": False})

    (held,) = tend(aws, clock=after(HOUR - timedelta(seconds=1)))
    assert (held.alarms, held.end, held.reason) == (("a", "off-before"), made.end, "moving { {x}}")
    assert aws.on["a"] is False

    assert tend(aws, clock=after(HOUR)) == ()
    assert (aws.on, aws.parameters) == ({"a": True, "b": True, "off-before": False}, {})


def test_an_alarm_of_two_mutes_tells_again_after_the_last(aws: Any) -> None:
    put_mute(mute("short", "a", "b", "off-before"), aws)
    put_mute(mute("long", "a", "off-before", lasting=2 * HOUR), aws)

    tend(aws, clock=after(HOUR))
    assert aws.on == {"a": False, "b": True, "off-before": False}
    end_mute("long", aws, clock=after(HOUR))
    assert (aws.on, aws.parameters) == ({"a": True, "b": True, "off-before": False}, {})


def test_an_alarm_that_a_deployment_makes_anew_or_takes_away_is_muted_all_the_same(aws: Any) -> None:
    put_mute(mute("m", "a", "b"), aws)
    aws.on["a"] = True
    del aws.on["b"]

    tend(aws, clock=after(timedelta()))
    assert aws.on["a"] is False
    tend(aws, clock=after(HOUR))
    assert (aws.on["a"], aws.parameters) == (True, {})


def test_a_muted_alarm_is_shown_as_cloudwatch_shows_it(aws: Any) -> None:
    put_mute(mute(), aws)
    shown = unmuted(aws.describe_alarms([*aws.on])["MetricAlarms"], aws, clock=after(timedelta()))
    assert {alarm["AlarmName"]: alarm["ActionsEnabled"] for alarm in shown} == {
        "a": True,
        "b": True,
        "off-before": False,
    }


@pytest.mark.parametrize("killed_in", range(5))
def test_a_kill_at_any_call_leaves_nothing_off_beyond_the_end(aws: Any, killed_in: int) -> None:
    calls: list[str] = []

    def kill(call: str) -> None:
        calls.append(call)
        if len(calls) > killed_in:
            raise Killed

    def mute_and_end() -> None:
        put_mute(mute(), aws)
        end_mute("m", aws, clock=after(timedelta(minutes=5)))

    aws.before = kill
    with pytest.raises(Killed):
        mute_and_end()
    aws.before = lambda _call: None
    tend(aws, clock=after(HOUR))
    assert (aws.on, aws.parameters) == ({"a": True, "b": True, "off-before": False}, {})


def test_who_ends_a_mute_while_another_keeps_it_up_leaves_no_alarm_off(aws: Any) -> None:
    put_mute(mute(), aws)
    aws.on["a"] = True  # by a deployment

    def end(call: str) -> None:
        aws.before = lambda _call: None
        assert call == "disable_alarm_actions"
        end_mute("m", aws, clock=after(timedelta(minutes=5)))

    aws.before = end
    tend(aws, clock=after(timedelta(minutes=5)))
    assert (aws.on["a"], aws.parameters) == (True, {})


class OneParameter(BaseHTTPRequestHandler):
    """There is a mute."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"Parameters": [{}]}')

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


def test_a_mute_that_cannot_be_read_does_not_end_the_looking(
    aws: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.on["a"] = False
    aws.parameters = {"/local-aws/mutes/m": "null"}
    looks: list[float] = []

    def pause(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 2:
            aws.parameters, aws.on["a"] = {}, True
            put_mute(Mute("m", NOW - 9000 * HOUR, NOW - 8000 * HOUR, ("a",)), aws)
        if len(looks) == 3:
            raise Killed

    server = HTTPServer(("127.0.0.1", 0), OneParameter)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    with pytest.raises(Killed):
        keep("127.0.0.1", server.server_port, lambda: aws, pause=pause)
    server.shutdown()
    server.server_close()
    assert capsys.readouterr().err.startswith("muted alarms were not looked after: TypeError")
    assert (aws.on["a"], aws.parameters) == (True, {})
