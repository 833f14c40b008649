"""Flags, with and without an agent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from servicekit.environment import MissingVariable
from servicekit.flags import Flags, agent_at

PATH = "/applications/shop/environments/dev/configurations/flags"


@pytest.fixture
def agent() -> Iterator[int]:
    """A server that answers as the agent does; user `u2` gets another variant."""

    class Agent(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            on = "user_id=u2" in (self.headers.get_all("Context") or [])
            body = json.dumps({"fast": {"enabled": on, "limit": 7}, "odd": {"enabled": "yes"}}).encode()
            self.send_response(200 if self.path == PATH else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Agent)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_the_agent_decides_by_the_context(agent: int) -> None:
    flags = Flags(PATH, agent_at(agent))
    assert flags.enabled("fast") is False
    assert flags.enabled("fast", context={"country": "IE", "user_id": "u2"}) is True


def test_an_attribute_is_given_only_while_the_flag_is_on(agent: int) -> None:
    flags = Flags(PATH, agent_at(agent))
    assert flags.attribute("fast", "limit", 1) == 1
    assert flags.attribute("fast", "limit", 1, context={"user_id": "u2"}) == 7


def test_rules_are_told_the_time_unless_the_caller_says_another() -> None:
    asked: list[Mapping[str, str]] = []

    def fetch(path: str, context: Mapping[str, str]) -> dict[str, Any]:
        asked.append(context)
        return {}

    flags = Flags(PATH, fetch, clock=lambda: datetime(2026, 12, 24, 8, tzinfo=UTC))
    flags.enabled("fast", context={"plan": "pro"})
    flags.enabled("fast", context={"now": "2030-01-01T00:00:00Z"})
    assert asked == [{"now": "2026-12-24T08:00:00.000Z", "plan": "pro"}, {"now": "2030-01-01T00:00:00Z"}]


def test_a_missing_flag_and_a_strange_value_have_the_default(agent: int) -> None:
    flags = Flags(PATH, agent_at(agent))
    assert flags.enabled("unknown", default=True) is True
    assert flags.enabled("odd", default=True) is True


def test_a_profile_that_the_agent_does_not_know_has_the_default(agent: int) -> None:
    assert Flags("/other", agent_at(agent)).enabled("fast", default=True) is True


def test_a_missing_agent_is_asked_again_only_after_a_pause(ticks) -> None:
    asked: list[str] = []

    def refuse(path: str, context: object) -> dict[str, Any]:
        asked.append(path)
        raise ConnectionRefusedError

    flags = Flags(PATH, refuse, pause_seconds=30, monotonic=ticks)
    assert [flags.enabled("fast"), flags.enabled("fast", default=True)] == [False, True]
    assert len(asked) == 1
    ticks.now = 31.0
    flags.enabled("fast")
    assert len(asked) == 2


def test_the_path_comes_from_the_environment(agent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAGS_APPLICATION", "shop")
    monkeypatch.setenv("FLAGS_ENVIRONMENT", "dev")
    monkeypatch.setenv("FLAGS_PROFILE", "flags")
    monkeypatch.setenv("AWS_APPCONFIG_EXTENSION_HTTP_PORT", str(agent))
    assert Flags.from_environment().enabled("fast", context={"user_id": "u2"}) is True


def test_without_access_to_any_flag_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLAGS_APPLICATION", raising=False)
    with pytest.raises(MissingVariable, match="FLAGS_APPLICATION"):
        Flags.from_environment()
