"""A function, a simulated Lambda that has it, and what a run works with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFunction
from platform_cli.operate.tuning.choosing import Aim
from platform_cli.operate.tuning.observations import Observation, Variant
from platform_cli.operate.tuning.pricing import LambdaPrice
from platform_cli.operate.tuning.racing import RaceSettings
from platform_cli.operate.tuning.simulator import SimulatedLambda
from platform_cli.operate.tuning.tuning import Surroundings
from platform_cli.operate.tuning.workloads import Noise, Workload, constant, processor

PRICES = {
    "arm64": LambdaPrice(0.0000133334, 0.0000002, "test", "2024"),
    "x86_64": LambdaPrice(0.0000166667, 0.0000002, "test", "2024"),
}
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def prices() -> dict[str, LambdaPrice]:
    return dict(PRICES)


@pytest.fixture
def function(environment: ResolvedEnvironment) -> ResolvedFunction:
    """`orders.create`, of 512 MB."""
    return environment.services["orders"].functions["create"].model_copy(update={"memory_mb": 512})


@pytest.fixture
def mixed() -> Workload:
    """60 ms of one processor, and 80 ms of waiting."""
    return Workload("mixed", processor(60.0), constant(80.0), waiting_noise=Noise(0.15))


@pytest.fixture
def sizes() -> Callable[..., tuple[Variant, ...]]:
    return lambda *mb, architecture="arm64": tuple(Variant(architecture, size) for size in mb)


@pytest.fixture
def client_of(function: ResolvedFunction) -> Callable[..., SimulatedLambda]:
    """`client_of(workload, seed=…)`: a Lambda that has the function."""

    def make(workload: Workload, seed: int = 1, **settings: Any) -> SimulatedLambda:
        return SimulatedLambda(workload, seed, **{"name": function.physical_name, **settings})

    return make


@pytest.fixture
def around(tmp_path: Path) -> Callable[..., Surroundings]:
    """`around(client)`: surroundings that neither wait nor know another time than eight o'clock."""

    def make(client: Any, **more: Any) -> Surroundings:
        return Surroundings(
            client, tmp_path, "dev", lambda _seconds: None, lambda: NOW, **{"guard": nullcontext, **more}
        )

    return make


@pytest.fixture
def settings_of() -> Callable[..., RaceSettings]:
    def make(variants: Sequence[Variant], **more: Any) -> RaceSettings:
        return RaceSettings(tuple(variants), **{"aim": Aim(), "prices": PRICES, **more})

    return make


@pytest.fixture
def calls_of() -> Callable[..., list[Observation]]:
    """`calls_of(1024, [10.0, 11.0], max_memory_mb=60)`: warm calls of a size, from their durations."""

    def make(memory_mb: int, durations: Sequence[float], first: int = 0, **more: Any) -> list[Observation]:
        variant = Variant(more.pop("architecture", "arm64"), memory_mb)
        return [
            Observation(
                variant,
                more.get("kind", "warm"),
                first + i,
                duration,
                float(int(duration) + 1),
                max_memory_mb=more.get("max_memory_mb", 50),
                payload=more.get("payload", 0),
                error=more.get("error", ""),
            )
            for i, duration in enumerate(durations)
        ]

    return make
