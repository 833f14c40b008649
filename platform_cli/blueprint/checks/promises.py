"""Objectives, and the metrics that handlers write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model.objectives import MetricAlarm, Objectives
from platform_cli.blueprint.nodes import Path

_FIXED = ("POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME")
_LIBRARIES = "libs"
DAY_HOURS = 24
_OF_REQUESTS = ("availability_percent", "error_percent", "p99_ms")
"""Objectives of the system that are measured at its APIs; starts are measured at functions."""


def check_objectives(context: Context) -> None:
    """Objectives do not contradict each other, and somebody hears of them."""
    blueprint = context.blueprint
    stated: list[tuple[Path, Objectives]] = [(("objectives",), blueprint.objectives)]
    for name, service in blueprint.services.items():
        stated.append((("services", name, "objectives"), service.objectives))
    told = any(getattr(blueprint.alarms.contacts, severity) for severity in ("critical", "warning", "info"))
    for path, objectives in stated:
        available, errors = objectives.availability_percent, objectives.error_percent
        if available is not None and errors is not None and errors > round(100 - available, 9):
            context.report(
                "contradictory-objectives",
                f"error_percent allows {errors:g} %, and availability_percent leaves {100 - available:g} %",
                (*path, "error_percent"),
                hint=f"write error_percent: {100 - available:g}, or leave one of the two out",
            )
        if not told and any(value is not None for value in objectives.model_dump().values()):
            _report_silence(context, path)
    measured = [key for key in _OF_REQUESTS if getattr(blueprint.objectives, key) is not None]
    if measured and not any(function.routes for *_, function, _ in context.functions()):
        context.report(
            "promise-without-requests",
            f"{measured[0]} is promised for the system, and no API has a route: there is nothing to measure",
            ("objectives", measured[0]),
            key=True,
            hint="write it under `objectives` of a service, whose calls are measured",
        )


def check_metrics(context: Context) -> None:
    """Metrics are written by some code, where alarms look for them, and their alarms have a limit."""
    told = any(getattr(context.blueprint.alarms.contacts, s) for s in ("critical", "warning", "info"))
    for name, service in context.blueprint.services.items():
        path: Path = ("services", name, "metrics")
        if not service.metrics:
            continue
        written = WrittenCode(context.root, service.path or f"services/{name}")
        for metric, said in service.metrics.items():
            if said.alarm:
                _check_limit(context, f"metric {metric} of service {name}", said.alarm, (*path, metric), told)
            if not said.logs and not written.names(metric):
                context.report(
                    "metric-never-written",
                    f'no code of service {name} writes the metric "{metric}"',
                    (*path, metric),
                    key=True,
                    hint=f'a handler writes it with observability.count("{metric}")',
                )
        _check_variables(context, name)
    for name, api in context.blueprint.apis.items():
        for metric, read in api.metrics.items():
            if read.alarm:
                path = ("apis", name, "metrics", metric)
                _check_limit(context, f"metric {metric} of API {name}", read.alarm, path, told)


def _check_limit(context: Context, what: str, alarm: MetricAlarm, path: Path, told: bool) -> None:
    at = (*path, "alarm")
    if alarm.drop_percent is None and alarm.above is None and alarm.anomaly is None:
        context.report(
            "metric-alarm-without-limit",
            f"the alarm of {what} does not say what is bad",
            at,
            key=True,
            hint="write `drop_percent: 20`, `above: 5`, or `anomaly: below`",
        )
    if alarm.anomaly and alarm.drop_percent is not None:
        context.report(
            "invalid-alarm",
            f"the alarm of {what} compares with the window before, and with what is usual",
            (*at, "drop_percent"),
            hint="leave `drop_percent` out, or `anomaly`; `deviations` says how far off is bad",
        )
    if alarm.deviations is not None and not alarm.anomaly:
        context.report(
            "invalid-alarm",
            "`deviations` is for alarms on anomalies, and this one has a limit",
            (*at, "deviations"),
            hint="write `anomaly: below` too, or leave `deviations` out",
        )
    hours = alarm.window_hours
    if alarm.drop_percent is not None and not alarm.anomaly and hours and hours % DAY_HOURS:
        context.report(
            "drop-by-hours",
            f"the alarm of {what} compares {hours} hours with the {hours} before, so each night is a drop",
            (*at, "window_hours"),
            hint="write 24, 48 or 72, or `anomaly: below`, which knows the hour and the day of the week",
        )
    if not told:
        _report_silence(context, at)


def _check_variables(context: Context, service: str) -> None:
    for name, function in context.blueprint.services[service].functions.items():
        for variable in _FIXED:
            if variable in function.environment:
                context.report(
                    "metric-elsewhere",
                    f"function {service}.{name} sets {variable}, so its metrics are not those of the service",
                    ("services", service, "functions", name, "environment", variable),
                    key=True,
                    hint="leave it out: it is set already",
                )


def _report_silence(context: Context, path: Path) -> None:
    context.report(
        "promise-without-alarm",
        "`alarms.contacts` names nobody, so there is no alarm",
        path,
        key=True,
        hint="name a contact: alarms: { contacts: { critical: [oncall@example.com] } }",
    )


class WrittenCode:
    """The Python of a service and of the shared libraries, read at most once."""

    def __init__(self, root: FilePath, folder: str) -> None:
        self._folder = root / folder
        self._libraries = root / _LIBRARIES
        self._texts: list[str] | None = None

    def names(self, metric: str) -> bool:
        """Whether a text in quotes is the name; true where there is no folder, which is said elsewhere."""
        if not self._folder.is_dir():
            return True
        if self._texts is None:
            sources = [self._folder / "src", *sorted(self._libraries.glob("*/src"))]
            self._texts = [text for folder in sources for text in _texts(folder)]
        quoted = re.compile(rf"""["']{re.escape(metric)}["']""")
        return any(quoted.search(text) for text in self._texts)


def _texts(folder: FilePath) -> Iterator[str]:
    for path in sorted(folder.rglob("*.py")):
        try:
            yield path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
