"""A comparison of architectures makes a copy and a layer; a kill at any of its steps is put back."""

from __future__ import annotations

import os
import pickle
import signal
from typing import Any

import pytest

from platform_cli.operate.tuning.cleaning import clean_up
from platform_cli.operate.tuning.journal import journal_folder, read_journals
from platform_cli.operate.tuning.payloads import Payload
from platform_cli.operate.tuning.simulator import SimulatedLambda
from platform_cli.operate.tuning.tuning import tune

CHANGES = 20
"""Of a run with two sizes on each of two architectures; held by a test."""
CHANGING = (
    *("update_function_configuration", "publish_version", "create_alias", "delete_alias"),
    *("delete_function", "create_function", "publish_layer_version", "delete_layer_version"),
)


class WithLayers:
    """A Lambda with layers, that lets something happen before or after the change with a number."""

    def __init__(self, client: SimulatedLambda, at: int = 0, happens: Any = None, after: bool = False):
        self._client, self._at, self._happens, self._after = client, at, happens, after
        self.layers: dict[str, str] = {}
        self.changes = 0

    @property
    def kept(self) -> Any:
        return self._client.functions, self.layers

    def __getattr__(self, name: str) -> Any:
        mine = type(self).__dict__.get(f"_{name}")
        call = mine.__get__(self) if mine is not None else getattr(self._client, name)
        if name not in CHANGING:
            return call

        def watched(**arguments: Any) -> Any:
            self.changes += 1
            now = self.changes == self._at
            if now and not self._after:
                self._happens(self)
            answer = call(**arguments)
            if now and self._after:
                self._happens(self)
            return answer

        return watched

    def get_function(self, **arguments: Any) -> Any:
        told = self._client.get_function(**arguments)
        told["Configuration"]["Layers"] = [{"Arn": "arn:aws:lambda:eu-west-1:1:layer:deps:3"}]
        return told

    def list_layers(self, **_: Any) -> Any:
        return {
            "Layers": [
                {"LayerName": name, "LatestMatchingVersion": {"Version": 1, "Description": said}}
                for name, said in self.layers.items()
            ]
        }

    def list_layer_versions(self, *, LayerName: str, **_: Any) -> Any:
        return {"LayerVersions": [{"Version": 1}] if LayerName in self.layers else []}

    def _publish_layer_version(self, *, LayerName: str, Description: str, **_: Any) -> Any:
        self.layers[LayerName] = Description
        return {"LayerVersionArn": f"arn:{LayerName}:1"}

    def _delete_layer_version(self, *, LayerName: str, VersionNumber: int) -> None:
        del self.layers[LayerName]


@pytest.fixture
def lambda_(client_of, mixed) -> SimulatedLambda:
    client = client_of(mixed, memory_mb=512)
    (name,) = client.functions
    client.publish_version(FunctionName=name, Description="release 12")
    client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    return client


@pytest.fixture
def run(function, around, settings_of, sizes):
    def call(client: Any) -> Any:
        variants = (*sizes(256, 512), *sizes(256, 512, architecture="x86_64"))
        made = around(client, layer_of=lambda _: b"zip", own_layer="deps")
        return tune(function, settings_of(variants, max_invocations=20), [Payload(b"{}")], made, lanes=1)

    return call


def state(client: SimulatedLambda) -> Any:
    return {
        name: (f.latest.memory_mb, sorted(f.versions), sorted(f.aliases))
        for name, f in client.functions.items()
    }


@pytest.fixture
def kill(run, lambda_, tmp_path):
    """Kill a run before or after a change; gives what Lambda has by then."""

    def do(at: int, *, after: bool) -> WithLayers:
        kept = tmp_path / "lambda.pickle"
        child = os.fork()
        if child == 0:

            def die(client: WithLayers) -> None:
                kept.write_bytes(pickle.dumps(client.kept))
                os.kill(os.getpid(), signal.SIGKILL)

            try:
                run(WithLayers(lambda_, at, die, after))
            finally:
                os._exit(0)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL, "there are fewer changes than this test counts"
        left = WithLayers(lambda_)
        lambda_.functions, left.layers = pickle.loads(kept.read_bytes())
        return left

    return do


def test_a_run_on_two_architectures_makes_as_many_changes_as_are_tried_below(run, lambda_):
    before, client = state(lambda_), WithLayers(lambda_)
    run(client)
    assert client.changes == CHANGES
    assert (state(lambda_), client.layers) == (before, {})


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, CHANGES + 1))
def test_a_kill_before_or_after_any_change_is_put_back_by_cleanup(
    kill, lambda_, function, tmp_path, at, after
):
    before = state(lambda_)
    left = kill(at, after=after)
    assert len(read_journals(tmp_path, "dev")) == 1
    clean_up(left, tmp_path, "dev", (function,), sleep=lambda _: None)
    assert (state(lambda_), left.layers) == (before, {})
    assert read_journals(tmp_path, "dev") == ()


@pytest.mark.parametrize("at", range(1, CHANGES + 1))
def test_without_the_journal_all_but_the_size_of_latest_is_found_by_names_and_descriptions(
    kill, lambda_, function, tmp_path, at
):
    before = state(lambda_)
    left = kill(at, after=True)
    for journal in journal_folder(tmp_path).iterdir():
        journal.unlink()
    clean_up(left, tmp_path, "dev", (function,), sleep=lambda _: None)
    assert left.layers == {}
    assert {name: rest[1:] for name, rest in state(lambda_).items()} == {
        name: rest[1:] for name, rest in before.items()
    }


def test_a_function_of_another_system_is_no_copy_though_it_is_named_like_one(lambda_, function, tmp_path):
    name = f"{function.physical_name}-tune-0a1b2c3d"
    lambda_.create_function(FunctionName=name, MemorySize=128, Timeout=3, Architectures=["arm64"])
    done = clean_up(lambda_, tmp_path, "dev", (function,), sleep=lambda _: None)
    assert done.copies == ()
    assert name in lambda_.functions
