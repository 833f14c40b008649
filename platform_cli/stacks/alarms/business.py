"""Alarms on the metrics that a service's handlers write themselves."""

from __future__ import annotations

from collections.abc import Iterator

from platform_cli.blueprint.resolved import (
    ResolvedAlarmChange,
    ResolvedBusinessMetric,
    ResolvedEnvironment,
    ResolvedService,
)
from platform_cli.stacks.alarms.alarm import Alarm, Subject, alarm_of
from platform_cli.stacks.alarms.rule import AlarmRule, Measure

SERVICE = ("service",)
"""The one dimension of handlers' own metrics, as Powertools writes them."""
SECONDS_PER_HOUR = 3600

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
    for metric in service.metrics.values():
        subject = Subject(
            "metric",
            f"{service.name}.{metric.name}",
            f"services.{service.name}.metrics.{metric.name}",
            {"service": service.name},
        )
        for rule in _rules(metric):
            yield alarm_of(system, subject, rule, ResolvedAlarmChange())


def _rules(metric: ResolvedBusinessMetric) -> Iterator[AlarmRule]:
    alarm = metric.alarm
    if alarm is None:
        return
    measure = Measure("value", metric.name, statistic_of(metric), SERVICE)
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
