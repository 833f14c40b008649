"""`--before` and `--after`: functions of the same environment that are called around each call."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from platform_cli.aws.clients import Target
from platform_cli.cli.tuning.surroundings import processor_of
from platform_cli.errors import PlatformError
from platform_cli.operate.tuning.payloads import Payload
from platform_cli.operate.tuning.tuning import tune

REPORT = "REPORT RequestId: r1\tDuration: 1.00 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\t"


class Answering:
    """Clients whose Lambda answers every function with the same text, and keeps what it was sent."""

    target = Target("111111111111", "eu-west-1")

    def __init__(self, answer: bytes, error: str = "") -> None:
        self._answer, self._error = answer, error
        self.sent: list[tuple[str, Any]] = []

    def client(self, _name: str) -> Any:
        return self

    def invoke(self, *, FunctionName: str, Payload: bytes, LogType: str) -> Any:
        import base64

        assert LogType == "Tail"
        self.sent.append((FunctionName, json.loads(Payload)))
        told = {
            "Payload": io.BytesIO(self._answer),
            "ResponseMetadata": {"RequestId": "r1"},
            "LogResult": base64.b64encode(REPORT.encode()).decode(),
        }
        return {**told, "FunctionError": self._error} if self._error else told


class Recording:
    """A Lambda that keeps the payloads of the sizes' calls."""

    def __init__(self, client: Any) -> None:
        self._client, self.sent = client, list[Any]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def invoke(self, *, Payload: bytes, **arguments: Any) -> Any:
        self.sent.append(json.loads(Payload))
        return self._client.invoke(**arguments)


@pytest.fixture
def recording(client_of, mixed) -> Recording:
    return Recording(client_of(mixed))


@pytest.fixture
def run(environment, function, around, recording, settings_of, sizes):
    """Tune with processors; gives what sizes were sent."""

    def call(*, before: Answering | None = None, after: Answering | None = None) -> list[Any]:

        def made(answering: Answering | None) -> Any:
            return answering and processor_of(environment, function.address, answering)

        surroundings = around(recording, before=made(before), after=made(after))
        settings = settings_of(sizes(512, 1024), max_invocations=16)
        tune(function, settings, [Payload(b'{"n": 1}')], surroundings, lanes=1)
        sent: list[Any] = recording.sent
        return sent

    return call


def test_what_the_function_before_answers_is_the_payload_of_the_call(run, function):
    before = Answering(b'{"order": 7}')
    assert run(before=before) == [{"order": 7}] * 16
    assert before.sent == [(function.physical_name, {"n": 1})] * 16


def test_a_function_before_that_answers_nothing_leaves_the_payload(run):
    assert run(before=Answering(b"null")) == [{"n": 1}] * 16


def test_the_function_after_gets_every_answer(run):
    after = Answering(b"null")
    run(after=after)
    assert [payload for _, payload in after.sent] == [{"ok": True}] * 16


@pytest.mark.parametrize("which", ["before", "after"])
def test_a_processor_that_fails_ends_the_run_and_everything_is_put_back(run, recording, which):
    failing = Answering(b'{"errorType": "KeyError", "errorMessage": "no order"}', "Unhandled")
    with pytest.raises(PlatformError) as error:
        run(**{which: failing})
    assert error.value.code == "processor-failed"
    assert "KeyError: no order" in error.value.message
    (left,) = recording.functions.values()
    assert (left.versions, left.aliases, left.latest.memory_mb) == ({}, {}, 512)


def test_a_processor_that_does_not_exist_is_told_before_any_call(environment):
    with pytest.raises(PlatformError) as error:
        processor_of(environment, "orders.nobody", Answering(b""))
    assert error.value.code == "unknown-function"
