"""Metrics that metric filters read from the lines of a log.

Source: CloudWatch Logs user guide, «Creating metrics from log events using filters», 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_cli.blueprint.filter_patterns import FilterPattern, PatternError, parse_pattern
from platform_cli.blueprint.pattern_matching import Line, matches
from platform_cli.local.metric_data import Datum, Metric, is_number


@dataclass(frozen=True)
class Transformation:
    """What a filter makes of a line.

    Attributes:
        namespace: Of the metric.
        name: Of the metric.
        value: A number, or a field of the line.
        unit: As CloudWatch calls it.
        otherwise: The value of a minute with lines of which none counts; None for no value.
        dimensions: Fields of the line by the names of dimensions.
    """

    namespace: str
    name: str
    value: str
    unit: str = "None"
    otherwise: float | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)

    def datum(self, line: Line, at_ms: int) -> Datum | None:
        """What a line that counts is worth; None where it lacks the number, or a dimension."""
        value = _number(_field(line, self.value))
        dimensions = {name: _field(line, selector) for name, selector in self.dimensions.items()}
        if value is None or any(found is None for found in dimensions.values()):
            return None
        named = tuple(sorted((name, _text(found)) for name, found in dimensions.items()))
        return Datum(Metric(self.namespace, self.name, named, self.unit), at_ms, (value,))

    def silence(self, at_ms: int) -> Datum | None:
        """What a minute is worth in which lines came and none counted."""
        if self.otherwise is None or self.dimensions:
            return None
        return Datum(Metric(self.namespace, self.name, (), self.unit), at_ms, (self.otherwise,))


@dataclass(frozen=True)
class MetricFilter:
    """A filter of a log group.

    Attributes:
        name: Of the filter.
        pattern: Which lines count.
        transformations: What becomes of them.
        created_ms: Since when it counts, in milliseconds since the epoch.
    """

    name: str
    pattern: FilterPattern
    transformations: tuple[Transformation, ...]
    created_ms: int


def read_filter(told: Mapping[str, Any]) -> MetricFilter | None:
    """A filter as DescribeMetricFilters tells of it; None if its pattern cannot be read."""
    try:
        pattern = parse_pattern(told.get("filterPattern") or "")
    except PatternError:
        return None
    made = tuple(
        Transformation(
            each["metricNamespace"],
            each["metricName"],
            str(each["metricValue"]),
            each.get("unit") or "None",
            each.get("defaultValue"),
            each.get("dimensions") or {},
        )
        for each in told.get("metricTransformations") or ()
    )
    return MetricFilter(told["filterName"], pattern, made, int(told.get("creationTime") or 0))


def counts_here(metric_filter: MetricFilter) -> bool:
    """Whether there are such lines here: those of Lambda itself are text, without memory and cold starts."""
    asked = metric_filter.pattern.conditions
    return not any(each.selector == "$.type" and (each.text or "").startswith("platform.") for each in asked)


def read_filtered(metric_filter: MetricFilter, line: Line, at_ms: int) -> Iterator[Datum] | None:
    """What a filter makes of a line; None if the line does not count.

    Args:
        metric_filter: The filter.
        line: The line.
        at_ms: When it was written, in milliseconds since the epoch.
    """
    if not matches(metric_filter.pattern, line):
        return None
    found = (made.datum(line, at_ms) for made in metric_filter.transformations)
    return (datum for datum in found if datum is not None)


def _field(line: Line, text: str) -> Any:
    """A field that is named, the first of several; any other text as it is."""
    return next(iter(line.values(text)), None) if text.startswith("$") else text


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if is_number(number) else None


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
