"""One function from the first call to the answer; and a copy for another architecture."""

from __future__ import annotations

from typing import Any

import pytest

from platform_cli.errors import PlatformError
from platform_cli.operate.tuning.observations import Variant
from platform_cli.operate.tuning.payloads import Payload
from platform_cli.operate.tuning.planning import sizes_to_try
from platform_cli.operate.tuning.tuning import tune
from platform_cli.operate.tuning.workloads import Workload, constant, processor


@pytest.fixture
def run(function, around, settings_of):
    def call(client, variants, *, payload=b"{}", lanes=1, surroundings=None, **more):
        return tune(
            function,
            settings_of(variants, **more),
            [Payload(payload)],
            around(client, **(surroundings or {})),
            lanes=lanes,
        )

    return call


def test_the_answer_holds_choice_present_size_cold_starts_and_timeout(run, client_of, mixed, sizes):
    events: list[Any] = []
    client = client_of(mixed, timeout_seconds=30)
    found = run(client, sizes(256, 512, 1024, 2048), surroundings={"report": events.append})
    assert found.chosen.variant.memory_mb == 1024
    assert found.present.variant.memory_mb == 512
    assert {c.variant.memory_mb for c in found.cold} >= {256, 512, 1024, 2048}
    assert all(c.init_ms > 100 for c in found.cold)
    assert (found.timeout_seconds, found.recommended_timeout_seconds) == (30, 1)
    assert [type(e).__name__ for e in (events[0], events[-1])] == ["SizesPublished", "PuttingBack"]


def test_the_recommended_timeout_is_above_the_slowest_cold_call(run, client_of, sizes):
    slow = Workload("slow", processor(60.0), constant(80.0), cold_ms=2500.0)
    found = run(client_of(slow), sizes(512, 1024, 2048))
    assert found.recommended_timeout_seconds >= 4


def test_it_works_on_what_is_deployed_and_not_on_what_the_blueprint_says(run, client_of, mixed, sizes):
    found = run(client_of(mixed, memory_mb=256), sizes(256, 512, 1024))
    assert found.settings.present == Variant("arm64", 256)


def test_a_function_that_is_not_deployed_is_told(run, client_of, mixed, sizes):
    with pytest.raises(PlatformError) as error:
        run(client_of(mixed, name="another"), sizes(512, 1024))
    assert error.value.code == "not-deployed"


def test_a_payload_that_the_function_refuses_everywhere_is_told_with_what_it_said(run, client_of, sizes):
    failing = Workload("failing", processor(10.0), error_share=1.0)
    with pytest.raises(PlatformError) as error:
        run(client_of(failing), sizes(512, 1024))
    assert error.value.code == "tuning-failed"
    assert "ValueError: a simulated mistake" in error.value.message
    assert "--payload" in error.value.hint


def test_both_architectures_are_compared_on_a_copy_that_is_gone_afterwards(
    run, client_of, mixed, sizes, function
):
    client = client_of(mixed)
    both = (*sizes(512, 1024, 2048), *sizes(512, 1024, 2048, architecture="x86_64"))
    found = run(client, both)
    assert {c.variant.architecture for c in found.race.choice.candidates} == {"arm64", "x86_64"}
    assert found.chosen.variant.architecture == "arm64", "cheaper, and a little faster in the simulation"
    assert list(client.functions) == [function.physical_name]
    assert client.functions[function.physical_name].latest.architecture == "arm64"


class WithLayer:
    """A Lambda whose function has layers, and that takes layers."""

    def __init__(self, client: Any, *layers: str) -> None:
        self._client = client
        self._has = layers
        self.published: dict[str, bytes] = {}
        self.layers: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_function(self, **arguments: Any) -> Any:
        told = self._client.get_function(**arguments)
        told["Configuration"]["Layers"] = [
            {"Arn": f"arn:aws:lambda:eu-west-1:1:layer:{layer}:3"} for layer in self._has
        ]
        return told

    def create_function(self, *, Layers: list[str], **arguments: Any) -> Any:
        self.layers += Layers
        return self._client.create_function(**arguments)

    def publish_layer_version(self, *, LayerName: str, Content: Any, **_: Any) -> Any:
        self.published[LayerName] = Content["ZipFile"]
        return {"LayerVersionArn": f"arn:{LayerName}:1"}

    def list_layer_versions(self, *, LayerName: str, **_: Any) -> Any:
        return {"LayerVersions": [{"Version": 1}] if LayerName in self.published else []}

    def delete_layer_version(self, *, LayerName: str, VersionNumber: int) -> None:
        del self.published[LayerName]


def test_the_copy_gets_the_dependencies_of_its_own_architecture_and_they_are_gone_afterwards(
    run, client_of, mixed, sizes
):
    asked: list[str] = []

    def layer_of(architecture: str) -> bytes:
        asked.append(architecture)
        return b"zip"

    client = WithLayer(client_of(mixed), "deps")
    run(
        client,
        (*sizes(512, 1024), *sizes(512, 1024, architecture="x86_64")),
        surroundings={"layer_of": layer_of, "own_layer": "deps"},
    )
    assert asked == ["x86_64"]
    assert client.layers[0].startswith("arn:deps-tune-")
    assert client.published == {}


def test_a_copy_of_a_function_that_reads_flags_gets_the_agent_of_its_own_architecture(
    run, client_of, mixed, sizes
):
    agents = {
        "arm64": "arn:aws:lambda:eu-west-1:1:layer:AWS-AppConfig-Extension-Arm64:99",
        "x86_64": "arn:aws:lambda:eu-west-1:1:layer:AWS-AppConfig-Extension:120",
    }
    client = WithLayer(client_of(mixed), "deps", "AWS-AppConfig-Extension-Arm64")
    run(
        client,
        (*sizes(512, 1024), *sizes(512, 1024, architecture="x86_64")),
        surroundings={
            "layer_of": lambda _: b"zip",
            "own_layer": "deps",
            "agent_of": agents.__getitem__,
        },
    )
    assert client.layers[0].startswith("arn:deps-tune-"), "in the order of the function"
    assert client.layers[1] == agents["x86_64"]


def test_a_function_with_somebody_elses_layer_cannot_be_compared_and_nothing_is_left(
    run, client_of, mixed, sizes, function
):
    client = client_of(mixed)
    with pytest.raises(PlatformError) as error:
        run(
            WithLayer(client, "insights"),
            (*sizes(512, 1024), *sizes(512, 1024, architecture="x86_64")),
            surroundings={"own_layer": "deps"},
        )
    assert error.value.code == "not-comparable"
    assert "it has the layer arn:aws:lambda:eu-west-1:1:layer:insights:3" in error.value.message
    assert client.functions[function.physical_name].aliases == {}


def test_sizes_that_lambda_does_not_have_are_refused():
    assert sizes_to_try((1024, 128), 512) == (128, 512, 1024)
    with pytest.raises(PlatformError) as error:
        sizes_to_try((64,), 512)
    assert error.value.code == "invalid-size"
