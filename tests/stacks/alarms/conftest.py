"""CloudWatch as its documentation describes it: metrics, metric math, missing data, M of N, percentiles.

Sources, all of the CloudWatch user guide, 2026-11: «Alarm evaluation», «Configuring how CloudWatch alarms
treat missing data», «Percentile-based alarms and low data samples», «Using math expressions with CloudWatch
metrics».
The evaluator reads the properties of a template, not our model of them, so that a mistake of rendering shows.
"""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedAlarmChange, ResolvedAlarms, ResolvedEnvironment
from platform_cli.blueprint.resolving import resolve

Properties = Mapping[str, Any]
Series = dict[int, float]
Key = tuple[str, str, tuple[tuple[str, str], ...]]
SPARE_PERIODS = 2
"""Points that are fetched beyond those that are evaluated, as in the guide's tables: five for three."""


def text(value: Any) -> str:
    """A dimension's value; what only AWS can compute stands for itself."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def key_of(metric: Properties) -> Key:
    dimensions = {d["Name"]: text(d["Value"]) for d in metric.get("Dimensions", ())}
    return metric["Namespace"], metric["MetricName"], tuple(sorted(dimensions.items()))


@dataclass
class CloudWatch:
    """Samples of metrics, and the state that an alarm has on them. Time is in seconds."""

    samples: dict[Key, list[tuple[int, float]]] = field(default_factory=dict)
    expected: tuple[float, float] = (0, 0)
    """What anomaly detection has learned: the mean and the standard deviation of what an alarm looks at."""

    def put(self, key: Key, time: int, *values: float) -> None:
        self.samples.setdefault(key, []).extend((time, value) for value in values)

    def state(self, alarm: Properties, now: int, before: str = "INSUFFICIENT_DATA") -> str:
        """The state at the end of a period."""
        period, wanted = period_of(alarm), alarm["EvaluationPeriods"]
        times = [now - period * back for back in range(wanted + SPARE_PERIODS, 0, -1)]
        points = self._points(alarm, times, period)
        if not points and self._has_few(alarm, times, period):
            return before
        return decide(
            [points.get(time) for time in times],
            alarm.get("TreatMissingData", "missing"),
            wanted,
            alarm.get("DatapointsToAlarm", wanted),
            lambda value: breaches(alarm, value, self.expected),
            before,
        )

    def _points(self, alarm: Properties, times: Sequence[int], period: int) -> Series:
        if "Metrics" not in alarm:
            stat = alarm.get("ExtendedStatistic") or alarm["Statistic"]
            few = alarm.get("EvaluateLowSampleCountPercentile") == "ignore"
            return self._aggregate(key_of(alarm), stat, times, period, drop_few=few)
        series = {
            query["Id"]: self._aggregate(
                key_of(query["MetricStat"]["Metric"]), query["MetricStat"]["Stat"], times, period
            )
            for query in alarm["Metrics"]
            if "MetricStat" in query
        }
        (returned,) = [
            query
            for query in alarm["Metrics"]
            if query.get("ReturnData", True) and query["Id"] != alarm.get("ThresholdMetricId")
        ]
        if "Expression" not in returned:
            return series[returned["Id"]]
        found = calculate(returned["Expression"], series, times, period)
        assert isinstance(found, dict)
        return found

    def _aggregate(
        self, key: Key, stat: str, times: Sequence[int], period: int, *, drop_few: bool = False
    ) -> Series:
        found: Series = {}
        for start in times:
            values = [value for time, value in self.samples.get(key, ()) if start <= time < start + period]
            if values and not (drop_few and len(values) < fewest(stat)):
                found[start] = statistic(stat, values)
        return found

    def _has_few(self, alarm: Properties, times: Sequence[int], period: int) -> bool:
        """Whether there are samples, and in no period enough of them for the percentile."""
        if alarm.get("EvaluateLowSampleCountPercentile") != "ignore":
            return False
        return bool(self._aggregate(key_of(alarm), "SampleCount", times, period))


def period_of(alarm: Properties) -> int:
    if "Metrics" not in alarm:
        return int(alarm["Period"])
    (period,) = {query["MetricStat"]["Period"] for query in alarm["Metrics"] if "MetricStat" in query}
    return int(period)


def fewest(stat: str) -> float:
    """Samples below which a percentile says nothing: ten divided by the share of the rarer side."""
    share = float(stat[1:]) / 100
    return round(10 / min(1 - share, share))


def statistic(stat: str, values: Sequence[float]) -> float:
    match stat:
        case "Sum":
            return math.fsum(values)
        case "Average":
            return math.fsum(values) / len(values)
        case "Maximum":
            return max(values)
        case "Minimum":
            return min(values)
        case "SampleCount":
            return float(len(values))
    place = math.ceil(float(stat.removeprefix("p")) / 100 * len(values))
    return sorted(values)[max(place, 1) - 1]


def breaches(alarm: Properties, value: float, expected: tuple[float, float]) -> bool:
    if "ThresholdMetricId" in alarm:
        (band,) = [query for query in alarm["Metrics"] if query["Id"] == alarm["ThresholdMetricId"]]
        width = float(band["Expression"].removesuffix(")").rpartition(",")[2])
        lower, upper = (expected[0] + side * width * expected[1] for side in (-1, 1))
        return {
            "GreaterThanUpperThreshold": value > upper,
            "LessThanLowerThreshold": value < lower,
        }[alarm["ComparisonOperator"]]
    threshold = alarm["Threshold"]
    return {
        "GreaterThanThreshold": value > threshold,
        "GreaterThanOrEqualToThreshold": value >= threshold,
        "LessThanThreshold": value < threshold,
        "LessThanOrEqualToThreshold": value <= threshold,
    }[alarm["ComparisonOperator"]]


def decide(
    points: Sequence[float | None],
    missing: str,
    wanted: int,
    needed: int,
    is_bad: Callable[[float], bool],
    before: str,
) -> str:
    """The state from the points of the evaluation range, oldest first; None is a missing point.

    With enough real points, the latest of those decide, however old; else the gaps are filled as few times as
    possible, and every real point of the range counts.
    """
    real = [is_bad(point) for point in points if point is not None]
    if len(real) >= wanted:
        return "ALARM" if sum(real[-wanted:]) >= needed else "OK"
    if not real and missing == "missing":
        return "INSUFFICIENT_DATA"
    if missing in ("missing", "ignore") and (not real or all(real)) and sum(real) < needed:
        # Nothing but bad points, and too few of them: an alarm on what is there, or as it was.
        return "ALARM" if missing == "missing" else before
    filled = sum(real) + (wanted - len(real) if missing == "breaching" else 0)
    return "ALARM" if filled >= needed else "OK"


def calculate(
    expression: str, series: Mapping[str, Series], times: Sequence[int], period: int = 300
) -> Series | float:
    """Metric math, as far as our alarms use it."""

    def walk(node: ast.expr) -> Series | float:
        match node:
            case ast.Constant(value=int() | float() as value):
                return float(value)
            case ast.Name(id=name):
                return series[name]
            case ast.BinOp(left=left, op=op, right=right):
                return combine(type(op).__name__, walk(left), walk(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return combine(type(op).__name__, walk(left), walk(right))
            case ast.Call(func=ast.Name(id="FILL"), args=[filled, value]):
                known, by = walk(filled), walk(value)
                assert isinstance(known, dict)
                assert isinstance(by, float)
                return {time: known.get(time, by) for time in times}
            case ast.Call(func=ast.Name(id="DIFF"), args=[inner]):
                known = walk(inner)
                assert isinstance(known, dict)
                order = sorted(known)
                return {time: known[time] - known[before] for before, time in pairwise(order)}
            case ast.Call(func=ast.Name(id="MAX"), args=[ast.List(elts=elements)]):
                # Of several series: the largest of each time.
                all_of = [walk(element) for element in elements]
                return {
                    time: max(one[time] for one in all_of if isinstance(one, dict) and time in one)
                    for time in times
                    if any(isinstance(one, dict) and time in one for one in all_of)
                }
            case ast.Call(func=ast.Name(id="PERIOD"), args=[ast.Name()]):
                return float(period)
            case ast.Call(func=ast.Name(id="IF"), args=[condition, yes, no]):
                return choose(walk(condition), walk(yes), walk(no))
        raise ValueError(f"no such metric math here: {ast.dump(node)}")

    return walk(ast.parse(expression, mode="eval").body)


def combine(operator: str, left: Series | float, right: Series | float) -> Series | float:
    """Two series meet where both have a point; where one divides by nothing, there is none."""
    if isinstance(left, float) and isinstance(right, float):
        raise ValueError("an expression over numbers alone is no series")
    pairs = {time: (at(left, time), at(right, time)) for time in shared(left, right)}
    if operator == "Div":
        pairs = {time: pair for time, pair in pairs.items() if pair[1] != 0}
    apply: dict[str, Callable[[float, float], float]] = {
        "Add": lambda a, b: a + b,
        "Sub": lambda a, b: a - b,
        "Mult": lambda a, b: a * b,
        "Div": lambda a, b: a / b,
        "Gt": lambda a, b: float(a > b),
        "GtE": lambda a, b: float(a >= b),
        "Lt": lambda a, b: float(a < b),
    }
    return {time: apply[operator](*pair) for time, pair in pairs.items()}


def choose(condition: Series | float, yes: Series | float, no: Series | float) -> Series:
    assert isinstance(condition, dict)
    found: Series = {}
    for time, holds in condition.items():
        chosen = yes if holds else no
        if isinstance(chosen, float) or time in chosen:
            found[time] = at(chosen, time)
    return found


def at(value: Series | float, time: int) -> float:
    return value if isinstance(value, float) else value[time]


def shared(left: Series | float, right: Series | float) -> Iterator[int]:
    known = [set(side) for side in (left, right) if isinstance(side, dict)]
    yield from sorted(set.intersection(*known))


# --- what tests take ------------------------------------------------------------------------------


@pytest.fixture
def cloudwatch() -> Callable[[], CloudWatch]:
    return CloudWatch


@pytest.fixture
def state_of() -> Callable[..., str]:
    return decide


@pytest.fixture
def metric_math() -> Callable[..., Series | float]:
    return calculate


@pytest.fixture
def metric_key() -> Callable[[Properties], Key]:
    return key_of


@pytest.fixture
def period_seconds() -> Callable[[Properties], int]:
    return period_of


@pytest.fixture
def fewest_samples() -> Callable[[str], float]:
    return fewest


CONTACTS = {"critical": ("oncall@example.com",), "warning": ("https://chat.example.com/hook",)}


@pytest.fixture(scope="session")
def watched(full: Callable[..., ResolvedEnvironment]) -> Callable[..., ResolvedEnvironment]:
    """The system with one of each, with contacts, and whatever else of alarms is given."""

    def make(**alarms: Any) -> ResolvedEnvironment:
        return full().model_copy(update={"alarms": ResolvedAlarms(**(CONTACTS | alarms))})

    return make


Templates = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def resources_of() -> Callable[[Templates, str], dict[str, Properties]]:
    """The properties of all resources of a type, by stack and logical id."""

    def find(templates: Templates, kind: str) -> dict[str, Properties]:
        return {
            f"{stack}/{logical_id}": resource["Properties"]
            for stack, template in templates.items()
            for logical_id, resource in template["Resources"].items()
            if resource["Type"] == kind
        }

    return find


@pytest.fixture(scope="session")
def watched_templates(
    watched: Callable[..., ResolvedEnvironment], templates_of: Callable[[ResolvedEnvironment], Templates]
) -> Templates:
    asked_for = {key: ResolvedAlarmChange(enabled=True) for key in ("tables.latency", "apis.client_errors")}
    return templates_of(watched(changes=asked_for))


@pytest.fixture(scope="session")
def edge_templates(templates_of: Callable[[ResolvedEnvironment], Templates]) -> Mapping[str, Templates]:
    """A system behind a CDN and a load balancer, away from us-east-1 (`dev`) and there (`home`)."""
    inspection = inspect_blueprint(Path(__file__).parent / "edge" / "blueprint.yaml")
    assert inspection.errors == ()
    return {name: templates_of(resolve(inspection, name)) for name in ("dev", "home")}


@pytest.fixture(scope="session")
def watched_systems(
    every_assembly: Mapping[str, Path],
    watched_templates: Templates,
    edge_templates: Mapping[str, Templates],
) -> Mapping[str, Templates]:
    """All systems there are in tests, in all of their environments, by system and environment."""
    assemblies = {
        system: {
            path.name.removesuffix(".template.json"): json.loads(path.read_text())
            for path in sorted(folder.glob("*.template.json"))
        }
        for system, folder in every_assembly.items()
    }
    edge = {f"edge {name}": templates for name, templates in edge_templates.items()}
    return assemblies | edge | {"one-of-each dev": watched_templates}
