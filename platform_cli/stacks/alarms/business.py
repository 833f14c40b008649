"""Alarms on the metrics that a service's handlers write themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from platform_cli.blueprint.resolved import (
    ResolvedAlarmChange,
    ResolvedApi,
    ResolvedBusinessMetric,
    ResolvedEnvironment,
    ResolvedService,
)
from platform_cli.stacks.alarms.alarm import Alarm, Subject, alarm_of
from platform_cli.stacks.alarms.rule import AlarmRule, Measure

SERVICE = ("service",)
"""The one dimension of what handlers write, as Powertools does it."""
SECONDS_PER_HOUR = 3600
UNUSUAL = "metrics.unusual"
"""The key of the alarm on what is not as CloudWatch learned to expect."""

# CloudWatch's expressions cannot look at another time: there is no function that shifts a series. But DIFF is
# the difference to the point before, so the point before is the value less the difference. The alarm asks
# for two points, so that CloudWatch fetches the point before in any case; the earlier one differs from none.
_DROP = (
    "IF(FILL(value, 0) - DIFF(FILL(value, 0)) > 0, "
    "0 - 100 * DIFF(FILL(value, 0)) / (FILL(value, 0) - DIFF(FILL(value, 0))), 0)"
)


def statistic_of(metric: ResolvedBusinessMetric) -> str:
    """What becomes of the values of a period: amounts are added, shares and times are not."""
    return "Average" if metric.unit in ("percent", "seconds", "milliseconds", "microseconds") else "Sum"


def business_alarms(system: ResolvedEnvironment, service: ResolvedService) -> Iterator[Alarm]:
    """The alarms on the metrics of a service, a metric after the other."""
    yield from _alarms(system, service.name, f"services.{service.name}", service.metrics.values())


def api_metric_alarms(system: ResolvedEnvironment, api: ResolvedApi) -> Iterator[Alarm]:
    """The alarms on the metrics from the access log of an API, a metric after the other."""
    yield from _alarms(system, api.name, f"apis.{api.name}", api.metrics.values())


def _alarms(
    system: ResolvedEnvironment, owner: str, origin: str, metrics: Iterable[ResolvedBusinessMetric]
) -> Iterator[Alarm]:
    for metric in metrics:
        subject = Subject(
            "metric", f"{owner}.{metric.name}", f"{origin}.metrics.{metric.name}", metric.dimensions
        )
        alarm = metric.alarm
        learned = ResolvedAlarmChange(anomaly=True, deviations=alarm.deviations) if alarm else None
        for rule in _rules(metric):
            change = learned if rule.key == UNUSUAL else None
            yield alarm_of(system, subject, rule, change or ResolvedAlarmChange())


def _rules(metric: ResolvedBusinessMetric) -> Iterator[AlarmRule]:
    alarm = metric.alarm
    if alarm is None:
        return
    statistic = statistic_of(metric)
    measure = Measure("value", metric.name, statistic, tuple(metric.dimensions))
    word = "" if metric.unit in ("count", "none") else f" {metric.unit}"
    if alarm.drop_percent is not None:
        hours = alarm.window_hours
        yield AlarmRule(
            "metrics.drop",
            metric.namespace,
            (measure,),
            _DROP,
            alarm.drop_percent,
            f"% less than in the {hours} hours before",
            alarm.severity,
            f"{metric.name} dropped",
            "a metric that was never written has not dropped; one that stops counts as 0",
            period_seconds=hours * SECONDS_PER_HOUR,
            evaluation_periods=2,
            datapoints=1,
        )
    if alarm.above is not None:
        yield AlarmRule(
            "metrics.above",
            metric.namespace,
            (measure,),
            None,
            alarm.above,
            f"{word.strip()} in {alarm.period_seconds} seconds".strip(),
            alarm.severity,
            f"{metric.name} is high",
            "handlers write the metric only when there is something to count",
            period_seconds=alarm.period_seconds,
        )
    if alarm.anomaly:
        hours = alarm.window_hours
        yield AlarmRule(
            UNUSUAL,
            metric.namespace,
            (measure,),
            # A sum that nobody adds to is a zero, which a night may expect and a noon not.
            "FILL(value, 0)" if statistic == "Sum" else None,
            0,
            f"{word.strip()} in {hours} hours".strip(),
            alarm.severity,
            f"{metric.name} is not as usual at this time",
            "a metric that was never written is as usual; one that stops counts as 0",
            period_seconds=hours * SECONDS_PER_HOUR,
            evaluation_periods=3,
            datapoints=2,
            bad=alarm.anomaly,
        )
