"""Metrics that handlers write into their log in the embedded metric format.

Source: CloudWatch user guide, «Specification: Embedded metric format», 2026-11. What is not as specified is
passed over, and the rest of the line counts: how much CloudWatch takes of a faulty line is not said there.
No library serves: those for the format write it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from platform_cli.local.metric_data import MOST_DIMENSIONS, UNITS, Datum, Metric, is_in_time, is_number

MOST_METRICS = 100
"""Metrics of one directive."""
MOST_VALUES = 100
"""Values of one metric."""
LONGEST_VALUE = 1024
"""Characters of a dimension's value, and of a metric's name."""
LONGEST_NAME = 250
"""Characters of a dimension's name."""
MARK = '"_aws"'
"""What each line in the format has; others need not be parsed for it."""

Dimensions = tuple[tuple[str, str], ...]


def read_embedded(root: Mapping[str, Any] | None, now_ms: int) -> Iterator[Datum]:
    """The values in a line of a log; none for a line that is not in the format.

    Args:
        root: What the line is in JSON; None if it is no object.
        now_ms: Milliseconds since the epoch: values of long ago are refused.
    """
    if root is None:
        return
    about = root.get("_aws")
    directives = about.get("CloudWatchMetrics") if isinstance(about, dict) else None
    at = about.get("Timestamp") if isinstance(about, dict) else None
    if not isinstance(directives, list) or not is_number(at) or not is_in_time(at, now_ms):
        return
    for directive in directives:
        if isinstance(directive, dict):
            yield from _of_directive(directive, root, int(at))


def _of_directive(directive: Mapping[str, Any], root: Mapping[str, Any], at_ms: int) -> Iterator[Datum]:
    namespace, named = directive.get("Namespace"), directive.get("Dimensions")
    metrics = directive.get("Metrics")
    if not _is_text(namespace, 255) or not isinstance(named, list) or not isinstance(metrics, list):
        return
    # AWS keeps these to itself, and PutMetricData refuses them.
    if namespace.startswith("AWS/") or len(metrics) > MOST_METRICS:
        return
    sets = [found for found in (_dimensions(keys, root) for keys in named) if found is not None]
    for metric in metrics:
        if not isinstance(metric, dict) or not _is_text(metric.get("Name"), LONGEST_VALUE):
            continue
        values = _numbers(root.get(metric["Name"]))
        unit, resolution = metric.get("Unit", "None"), metric.get("StorageResolution", 60)
        if not values or not isinstance(unit, str) or unit not in UNITS or resolution not in (1, 60):
            continue
        for dimensions in sets:
            yield Datum(Metric(namespace, metric["Name"], dimensions, unit, int(resolution)), at_ms, values)


def _dimensions(keys: Any, root: Mapping[str, Any]) -> Dimensions | None:
    """A set of dimensions with their values; None where it is not as it should be."""
    if not isinstance(keys, list) or len(keys) > MOST_DIMENSIONS:
        return None
    if not all(_is_text(key, LONGEST_NAME) and _is_text(root.get(key), LONGEST_VALUE) for key in keys):
        return None
    return tuple(sorted((key, root[key]) for key in set(keys)))


def _numbers(value: Any) -> tuple[float, ...]:
    """One number or up to a hundred; nothing for anything else."""
    several = value if isinstance(value, list) else [value]
    return tuple(several) if len(several) <= MOST_VALUES and all(map(is_number, several)) else ()


def _is_text(value: Any, longest: int) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= longest
