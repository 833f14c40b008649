"""Metrics that are read from logs: their patterns, what a line counts, and CloudWatch's limits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.checks.promises import WrittenCode
from platform_cli.blueprint.filter_patterns import FilterPattern, PatternError, is_selector, parse_pattern
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.log_metrics import (
    ACCESS_LOG_FIELDS,
    MOST_DIMENSIONS,
    MOST_FILTERS,
    MOST_REGEX_FILTERS,
    MOST_VALUE_CHARACTERS,
    OF_APIS,
    OF_FUNCTIONS,
)
from platform_cli.blueprint.model.objectives import ApiMetric, BusinessMetric, FunctionLogLines, LogLines
from platform_cli.blueprint.nodes import Path

_SPOKEN = "$.message"
"""Where Powertools' logger puts the text of a line."""
_ORDERED = ("<", ">", "<=", ">=")


@dataclass(frozen=True)
class _Metric:
    """A metric from logs, and where it stands."""

    name: str
    owner: str
    lines: LogLines
    path: Path
    has_alarm: bool

    @property
    def what(self) -> str:
        return f"metric {self.name} of {self.owner}"


def check_log_metrics(context: Context) -> None:
    """Patterns are such as CloudWatch Logs takes, and ask for what the logs have."""
    for name, service in context.blueprint.services.items():
        owner, path = f"service {name}", ("services", name, "metrics")
        code = WrittenCode(context.root, service.path or f"services/{name}")
        regexes: Counter[str] = Counter()
        filters: Counter[str] = Counter(dict.fromkeys(service.functions, len(OF_FUNCTIONS)))
        for metric in _from_logs(owner, service.metrics, path):
            pattern = _check_metric(context, metric, OF_FUNCTIONS)
            if pattern:
                _check_spoken(context, metric, pattern, code, name)
            assert isinstance(metric.lines, FunctionLogLines)
            read = _check_functions(context, metric, metric.lines, service.functions)
            filters.update(read)
            regexes.update(read if pattern and pattern.regexes else ())
        for function in service.functions:
            _check_numbers(context, f"function {name}.{function}", filters[function], regexes[function], path)
    for name, api in context.blueprint.apis.items():
        owner, path = f"API {name}", ("apis", name, "metrics")
        with_regex = 0
        for metric in _from_logs(owner, api.metrics, path):
            pattern = _check_metric(context, metric, OF_APIS)
            if pattern:
                _check_fields(context, metric, pattern, ACCESS_LOG_FIELDS[api.kind])
                with_regex += bool(pattern.regexes)
        _check_numbers(context, owner, len(OF_APIS) + len(api.metrics), with_regex, path)


def _from_logs(
    owner: str, metrics: dict[str, BusinessMetric] | dict[str, ApiMetric], path: Path
) -> Iterator[_Metric]:
    for name, metric in metrics.items():
        if metric.logs:
            yield _Metric(name, owner, metric.logs, (*path, name), metric.alarm is not None)


def _check_metric(context: Context, metric: _Metric, taken: Collection[str]) -> FilterPattern | None:
    """The pattern, if it can be read."""
    lines, path = metric.lines, (*metric.path, "logs")
    if metric.name in taken:
        context.report(
            "invalid-log-metric",
            f"{metric.what} has the name of a metric that is there already",
            metric.path,
            key=True,
            hint=f"taken are: {', '.join(taken)}",
        )
    try:
        pattern = parse_pattern(lines.pattern)
    except PatternError as error:
        at = (*path, "pattern") if lines.model_fields_set - {"pattern"} else path
        context.report("invalid-log-pattern", f"the pattern of {metric.what}: {error}", at, hint=error.hint)
        return None
    _check_value(context, metric, pattern)
    _check_dimensions(context, metric, pattern)
    return pattern


def _check_value(context: Context, metric: _Metric, pattern: FilterPattern) -> None:
    value, path = metric.lines.value, (*metric.path, "logs", "value")
    if not isinstance(value, str):
        return
    if not is_selector(value) or len(value) > MOST_VALUE_CHARACTERS:
        context.report(
            "invalid-log-metric",
            f'a line of {metric.what} counts "{value}", which is neither a number nor a field',
            path,
            hint="write a number, or a field such as $.amount",
        )
    elif not pattern.is_json:
        context.report(
            "invalid-log-metric",
            f"a line of {metric.what} counts a field, and its pattern looks for words, not for JSON",
            path,
            hint=f"write the pattern as {{ {value} = * }}",
        )


def _check_dimensions(context: Context, metric: _Metric, pattern: FilterPattern) -> None:
    dimensions, path = metric.lines.dimensions, (*metric.path, "logs", "dimensions")
    if not dimensions:
        return
    if len(dimensions) > MOST_DIMENSIONS:
        context.report(
            "invalid-log-metric",
            f"{metric.what} has {len(dimensions)} dimensions, and CloudWatch Logs takes {MOST_DIMENSIONS}",
            path,
            key=True,
        )
    if not pattern.is_json:
        context.report(
            "invalid-log-metric",
            f"{metric.what} has dimensions, and its pattern looks for words, not for JSON",
            path,
            key=True,
            hint="write a pattern for JSON: { $.field = * }",
        )
    for name, field in dimensions.items():
        if not is_selector(field):
            context.report(
                "invalid-log-metric",
                f'dimension {name} of {metric.what} is "{field}", which is no field',
                (*path, name),
                hint="write a field such as $.provider",
            )
    if metric.has_alarm:
        context.report(
            "invalid-log-metric",
            f"{metric.what} has an alarm, and dimensions whose values nobody knows before",
            (*metric.path, "alarm"),
            key=True,
            hint="give the alarm to a second metric with the same pattern and no dimensions",
        )


def _check_functions(
    context: Context, metric: _Metric, lines: FunctionLogLines, functions: Collection[str]
) -> Collection[str]:
    """The functions whose logs are read."""
    for index, function in enumerate(lines.functions):
        if function not in functions:
            context.report(
                "unknown-function",
                f'{metric.what} reads the logs of function "{function}", which the service does not have',
                (*metric.path, "logs", "functions", index),
                hint=nearest_hint(function, functions, otherwise="name functions of the same service"),
            )
    return [name for name in functions if not lines.functions or name in lines.functions]


def _check_spoken(
    context: Context, metric: _Metric, pattern: FilterPattern, code: WrittenCode, service: str
) -> None:
    for condition in pattern.conditions:
        if condition.selector == _SPOKEN and condition.text and not code.names(condition.text):
            context.report(
                "log-metric-without-effect",
                f'{metric.what} counts lines with the message "{condition.text}", and no code of service '
                f"{service} has that text",
                metric.path,
                key=True,
                hint=f'a handler writes it with logger.info("{condition.text}")',
            )


def _check_fields(context: Context, metric: _Metric, pattern: FilterPattern, fields: Collection[str]) -> None:
    lines = metric.lines
    asked = [condition.selector for condition in pattern.conditions]
    asked += [text for text in (lines.value, *lines.dimensions.values()) if isinstance(text, str)]
    for selector in dict.fromkeys(asked):
        name = selector.removeprefix("$.")
        if is_selector(selector) and name not in fields:
            context.report(
                "log-metric-without-effect",
                f"{metric.what} asks for {selector}, which its access log does not have",
                metric.path,
                key=True,
                hint=nearest_hint(name, fields, otherwise=f"it has {', '.join(sorted(fields))}"),
            )
    for condition in pattern.conditions:
        if condition.operator in _ORDERED:
            context.report(
                "log-metric-without-effect",
                f"{metric.what} asks for {condition.selector} {condition.operator} {condition.value}, and "
                "access logs have texts, which are neither more nor less than a number",
                metric.path,
                key=True,
                hint=f'compare texts: {{ {condition.selector} = "5*" }}',
            )


def _check_numbers(context: Context, what: str, filters: int, regexes: int, path: Path) -> None:
    if filters > MOST_FILTERS:
        context.report(
            "invalid-log-metric",
            f"{filters} metrics are read from the log of {what}, and CloudWatch Logs takes {MOST_FILTERS}",
            path,
            key=True,
            hint="name `functions`, or let handlers write the metrics",
        )
    if regexes > MOST_REGEX_FILTERS:
        context.report(
            "invalid-log-metric",
            f"{regexes} patterns with regular expressions read the log of {what}, and CloudWatch Logs takes "
            f"{MOST_REGEX_FILTERS}",
            path,
            key=True,
            hint="write texts with * in the place of regular expressions",
        )
