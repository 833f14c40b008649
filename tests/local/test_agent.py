"""The stand-in for the AppConfig Agent, against a fake of AppConfigData."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import pytest

from platform_cli.local.agent import create_server, read_context
from platform_cli.local.flags import Agent, AgentError, AppConfigData, Configuration, Name

NAME = ("shop", "local", "flags")
PATH = "/applications/shop/environments/local/configurations/flags"


class FakeAppConfigData:
    """Sessions with tokens that are good for one call, and an empty answer where nothing changed."""

    def __init__(self) -> None:
        self.deployed: dict[Name, Configuration] = {}
        self.tokens: dict[str, tuple[Name, Configuration | None]] = {}
        self.calls: list[str] = []
        self.down = False
        self.count = 0

    def deploy(self, document: Any, content_type: str = "application/json", label: str | None = None) -> None:
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.deployed[NAME] = Configuration(content, content_type, label)

    def open(self, name: Name) -> str:
        self._check("open")
        if name not in {*self.deployed, NAME}:
            raise AgentError(HTTPStatus.NOT_FOUND, {"Message": f"Application {name[0]} not found"})
        return self._token(name, None)

    def read(self, token: str) -> tuple[str, Configuration | None]:
        self._check("read")
        if token not in self.tokens:
            raise AgentError(HTTPStatus.BAD_REQUEST, {"Message": "Invalid or expired configuration token"})
        name, seen = self.tokens.pop(token)
        now = self.deployed.get(name)
        return self._token(name, now), (None if now == seen else now)

    def _token(self, name: Name, seen: Configuration | None) -> str:
        self.count += 1
        self.tokens[f"token-{self.count}"] = (name, seen)
        return f"token-{self.count}"

    def _check(self, call: str) -> None:
        self.calls.append(call)
        if self.down:
            raise AgentError(HTTPStatus.BAD_GATEWAY, {"Message": "the local AWS does not answer"})


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def backend() -> FakeAppConfigData:
    return FakeAppConfigData()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def agent(backend: FakeAppConfigData, clock: Clock) -> Agent:
    return Agent(backend, clock)


@pytest.fixture
def base(agent: Agent) -> Iterator[str]:
    server = create_server("127.0.0.1", 0, agent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


FLAGS = {
    "new-checkout": {"enabled": True, "limit": 5},
    "themes": {
        "enabled": True,
        "_variants": [
            {
                "name": "dark",
                "enabled": True,
                "rule": '(eq $plan "pro")',
                "attributeValues": {"colour": "black"},
            },
            {"name": "default", "enabled": False},
        ],
    },
}


# --- over HTTP -----------------------------------------------------------------------------------


def test_all_flags_come_by_key_with_variants_evaluated(
    backend: FakeAppConfigData, base: str, fetch: Callable[..., Any]
) -> None:
    backend.deploy(FLAGS, label="v7")
    answer = fetch(base + PATH, headers={"Context": "plan=pro"})
    assert answer.status == 200
    assert answer.json == {
        "new-checkout": {"enabled": True, "limit": 5},
        "themes": {"_variant": "dark", "enabled": True, "colour": "black"},
    }
    assert (answer.headers["Content-Type"], answer.headers["Version-Label"]) == ("application/json", "v7")


def test_one_flag_comes_alone_and_two_by_key(
    backend: FakeAppConfigData, base: str, fetch: Callable[..., Any]
) -> None:
    backend.deploy(FLAGS)
    assert fetch(f"{base}{PATH}?flag=new-checkout").json == {"enabled": True, "limit": 5}
    both = fetch(f"{base}{PATH}?flag=new-checkout&flag=themes").json
    assert both == {
        "new-checkout": {"enabled": True, "limit": 5},
        "themes": {"_variant": "default", "enabled": False},
    }


def test_an_unknown_flag_is_a_bad_request_that_names_it(
    backend: FakeAppConfigData, base: str, fetch: Callable[..., Any]
) -> None:
    backend.deploy(FLAGS)
    answer = fetch(f"{base}{PATH}?flag=nope")
    assert answer.status == 400
    assert answer.json["Details"] == {"InvalidParameters": {"nope": {"Problem": "NoSuchFlag"}}}


def test_an_unknown_application_is_not_found(base: str, fetch: Callable[..., Any]) -> None:
    answer = fetch(f"{base}/applications/nope/environments/local/configurations/flags")
    assert (answer.status, answer.json) == (404, {"Message": "Application nope not found"})


def test_a_configuration_that_was_never_deployed_is_not_found(base: str, fetch: Callable[..., Any]) -> None:
    assert fetch(base + PATH).status == 404


@pytest.mark.parametrize("path", ["/", "/applications/shop", PATH + "/more"])
def test_any_other_path_is_not_found(path: str, base: str, fetch: Callable[..., Any]) -> None:
    assert fetch(base + path).status == 404


def test_other_configurations_are_given_as_they_are(
    backend: FakeAppConfigData, base: str, fetch: Callable[..., Any]
) -> None:
    backend.deploy(b"level: debug\n", content_type="application/x-yaml")
    answer = fetch(base + PATH)
    assert (answer.text, answer.headers["Content-Type"]) == ("level: debug\n", "application/x-yaml")
    assert fetch(f"{base}{PATH}?flag=level").status == 400


def test_names_may_be_quoted(backend: FakeAppConfigData, base: str, fetch: Callable[..., Any]) -> None:
    backend.deployed[("a/b", "local", "flags")] = Configuration(
        b'{"x": {"enabled": true}}', "application/json"
    )
    answer = fetch(f"{base}/applications/a%2Fb/environments/local/configurations/flags")
    assert answer.json == {"x": {"enabled": True}}


# --- freshness -----------------------------------------------------------------------------------


def test_a_change_shows_after_a_second_and_costs_one_call_a_second(
    backend: FakeAppConfigData, agent: Agent, clock: Clock
) -> None:
    backend.deploy({"a": {"enabled": False}})
    for _ in range(5):
        assert answered(agent) == {"a": {"enabled": False}}
    assert backend.calls == ["open", "read"]
    backend.deploy({"a": {"enabled": True}})
    assert answered(agent) == {"a": {"enabled": False}}
    clock.now += 1.1
    assert answered(agent) == {"a": {"enabled": True}}
    clock.now += 1.1
    assert answered(agent) == {"a": {"enabled": True}}
    assert backend.calls == ["open", "read", "read", "read"]


def test_a_server_that_was_started_anew_is_asked_with_a_new_session(
    backend: FakeAppConfigData, agent: Agent, clock: Clock
) -> None:
    backend.deploy({"a": {"enabled": False}})
    answered(agent)
    backend.tokens.clear()
    backend.deploy({"a": {"enabled": True}})
    clock.now += 1.1
    assert answered(agent) == {"a": {"enabled": True}}


def test_while_the_server_is_away_the_last_answer_holds(
    backend: FakeAppConfigData, agent: Agent, clock: Clock
) -> None:
    backend.deploy({"a": {"enabled": True}})
    answered(agent)
    backend.down = True
    clock.now += 1.1
    assert answered(agent) == {"a": {"enabled": True}}
    backend.down = False
    backend.deploy({"a": {"enabled": False}})
    assert answered(agent) == {"a": {"enabled": False}}


def test_a_server_that_was_never_there_is_said(backend: FakeAppConfigData, agent: Agent) -> None:
    backend.down = True
    with pytest.raises(AgentError) as raised:
        agent.answer(NAME, [], {})
    assert raised.value.status == 502


def test_an_application_that_is_destroyed_is_gone(
    backend: FakeAppConfigData, agent: Agent, clock: Clock
) -> None:
    backend.deployed[("other", "local", "flags")] = Configuration(
        b'{"a": {"enabled": true}}', "application/json"
    )
    agent.answer(("other", "local", "flags"), [], {})
    backend.deployed.clear()
    backend.tokens.clear()
    clock.now += 1.1
    with pytest.raises(AgentError) as raised:
        agent.answer(("other", "local", "flags"), [], {})
    assert raised.value.status == 404


def test_nobody_listening_is_a_bad_gateway(free_port: int) -> None:
    with pytest.raises(AgentError) as raised:
        AppConfigData("127.0.0.1", free_port).open(NAME)
    assert raised.value.status == 502


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([], {}),
        (["plan=pro"], {"plan": "pro"}),
        (["plan=pro, country=DE", "age=42"], {"plan": "pro", "country": "DE", "age": "42"}),
        (["query=a=b", "broken", "=x", "empty="], {"query": "a=b", "empty": ""}),
    ],
)
def test_the_context_is_read_from_headers(headers: list[str], expected: Mapping[str, str]) -> None:
    assert read_context(headers) == expected


def answered(agent: Agent) -> Any:
    return json.loads(agent.answer(NAME, [], {}).content)
