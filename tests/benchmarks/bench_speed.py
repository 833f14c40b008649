"""How fast the command line is, as ratios measured in one run: `make bench`.

A ratio says the same on a slow machine as on a fast one; the budgets stand beside the measurements and
gate nothing. CPU seconds are those of the process and its children; where a server on this machine
takes part, elapsed seconds are compared instead. Each number is the best of several alternating runs.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import pytest

SHOP = Path(__file__).parents[2] / "examples" / "shop"
PLATFORM = (sys.executable, "-m", "platform_cli")
Measure = Callable[[Sequence[str], Path], float]


@dataclass(frozen=True)
class Ratio:
    """One row of the table."""

    what: str
    compared_with: str
    unit: str
    value: float
    budget: float


def cpu_seconds(command: Sequence[str], folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def elapsed_seconds(command: Sequence[str], folder: Path) -> float:
    started = perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return perf_counter() - started


def best(measure: Measure, folder: Path, first: Sequence[str], second: Sequence[str], runs: int = 7) -> float:
    """The ratio of two commands; they alternate, so that a busy moment hits both."""
    measure(first, folder), measure(second, folder)
    firsts, seconds = [], []
    for _ in range(runs):
        firsts.append(measure(first, folder))
        seconds.append(measure(second, folder))
    return min(firsts) / min(seconds)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "shop"
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns(".platform", "__pycache__"))
    return folder


@pytest.fixture(scope="module")
def table() -> Iterator[list[Ratio]]:
    rows: list[Ratio] = []
    yield rows
    print()
    for row in rows:
        verdict = "within" if row.value <= row.budget else "OVER"
        limits = f"({row.unit}; budget {row.budget:g} x: {verdict})"
        print(f"{row.what:<34} {row.value:5.2f} x {row.compared_with:<32} {limits}")


def test_version_against_importing_typer(table: list[Ratio], tmp_path: Path) -> None:
    typer = (sys.executable, "-c", "import typer")
    value = best(cpu_seconds, tmp_path, (*PLATFORM, "--version"), typer)
    table.append(Ratio("platform --version", 'python -c "import typer"', "CPU", value, 1.3))


def test_help_against_importing_typer(table: list[Ratio], tmp_path: Path) -> None:
    typer = (sys.executable, "-c", "import typer")
    value = best(cpu_seconds, tmp_path, (*PLATFORM, "--help"), typer)
    table.append(Ratio("platform --help", 'python -c "import typer"', "CPU", value, 3))


def test_second_synth_against_validate(table: list[Ratio], shop: Path) -> None:
    value = best(cpu_seconds, shop, (*PLATFORM, "synth", "--env", "dev"), (*PLATFORM, "validate"), runs=5)
    table.append(Ratio("platform synth, nothing changed", "platform validate", "CPU", value, 3))


def test_unchanged_local_deploy_against_status(table: list[Ratio], shop: Path) -> None:
    deploy = (*PLATFORM, "deploy", "--env", "local", "--yes")
    try:
        value = best(elapsed_seconds, shop, deploy, (*PLATFORM, "status", "--env", "local"), runs=3)
    finally:
        subprocess.run((*PLATFORM, "local", "stop"), cwd=shop, check=False, capture_output=True)
    table.append(Ratio("platform deploy, nothing changed", "platform status", "elapsed", value, 2))
