"""How long the last incidents took to be seen and to be over."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any

from platform_cli.operate.doctor.model import REMOTE, Check, Result, ok, skipped, warning

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

_SHOWN = 5
_BREACHES: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": gt,
    "GreaterThanOrEqualToThreshold": ge,
    "LessThanThreshold": lt,
    "LessThanOrEqualToThreshold": le,
}
"""Comparisons with a fixed threshold; those with a band have a threshold of their own for each point."""
KEPT_DAYS = 30
"""For so long CloudWatch keeps the history of alarms (DescribeAlarmHistory, November 2026)."""


@dataclass(frozen=True)
class Incident:
    """A time in which an alarm was on.

    Attributes:
        alarm: Its name.
        began: The first data that was bad; None where the history does not say.
        detected: When the alarm went on.
        recovered: When it went off, be it for want of data; None while it is on.
    """

    alarm: str
    began: datetime | None
    detected: datetime
    recovered: datetime | None

    @property
    def to_detect(self) -> timedelta | None:
        """From the first bad data to the alarm."""
        return self.detected - self.began if self.began is not None else None

    @property
    def to_recover(self) -> timedelta | None:
        """From the alarm to its end."""
        return self.recovered - self.detected if self.recovered is not None else None


def incidents_of(
    alarm: str, items: Iterable[Mapping[str, Any]], comparison: str | None = None
) -> tuple[Incident, ...]:
    """The incidents that the history of an alarm tells of, the oldest first; `alarms test` is none.

    Args:
        alarm: Its name.
        items: Of the type StateUpdate, in any order.
        comparison: Its `ComparisonOperator`; a composite alarm has none.
    """
    from platform_cli.operate.alarms.leftovers import REASON

    found: list[Incident] = []
    for item in sorted(items, key=lambda item: item["Timestamp"]):
        try:
            told = json.loads(item.get("HistoryData") or "{}").get("newState") or {}
        except (ValueError, AttributeError):
            continue
        if str(told.get("stateReason") or "").startswith(REASON):
            continue
        state, when = told.get("stateValue"), item["Timestamp"]
        opened = bool(found) and found[-1].recovered is None
        if state == "ALARM" and not opened:
            found.append(Incident(alarm, _began(told, comparison), when, None))
        elif state in ("OK", "INSUFFICIENT_DATA") and opened:
            last = found[-1]
            found[-1] = Incident(alarm, last.began, last.detected, when)
    return tuple(found)


def _began(state: Mapping[str, Any], comparison: str | None) -> datetime | None:
    """The first of the points looked at that was bad; where none can be told to be, the first of all.

    Of an alarm that asks for some bad points of many, the others were good. One that takes missing data for
    bad may have nothing but points without a value.
    """
    data = state.get("stateReasonData")
    if not isinstance(data, Mapping):
        return None
    told = data.get("evaluatedDatapoints")
    points = [point for point in told if isinstance(point, Mapping)] if isinstance(told, list) else []
    is_bad = _BREACHES.get(comparison or "")
    limit = data.get("threshold")
    bad = [
        point
        for point in points
        if is_bad is not None
        and isinstance(limit, int | float)
        and isinstance(value := point.get("value"), int | float)
        and is_bad(value, limit)
    ]
    moments = [_moment(point.get("timestamp")) for point in bad or points]
    known = [moment for moment in moments if moment is not None]
    return min(known) if known else _moment(data.get("startDate"))


def _moment(said: object) -> datetime | None:
    try:
        moment = datetime.strptime(str(said), "%Y-%m-%dT%H:%M:%S.%f%z")
    except ValueError:
        return None
    return moment.astimezone(UTC)


def read_incidents(context: Context) -> tuple[Incident, ...]:
    """The incidents of all alarms of the system in the window, the latest first.

    Raises:
        PlatformError: AWS refuses.
    """
    from platform_cli.aws.errors import aws_errors
    from platform_cli.deploy.answers import pages
    from platform_cli.operate.doctor.resources import ALARMS, alarms_everywhere, regions_of

    compared = {alarm["AlarmName"]: alarm.get("ComparisonOperator") for alarm in alarms_everywhere(context)}
    histories: dict[str, list[Mapping[str, Any]]] = {}
    days = min(context.surroundings.days, KEPT_DAYS)
    for region in regions_of(context, *ALARMS):
        clients = context.clients.elsewhere(region)
        with aws_errors("reading the history of alarms", target=clients.target):
            # One walk through the history of all alarms: a call for each would be throttled.
            for item in pages(
                clients.client("cloudwatch").describe_alarm_history,
                "AlarmHistoryItems",
                AlarmTypes=["MetricAlarm", "CompositeAlarm"],
                HistoryItemType="StateUpdate",
                StartDate=context.now - timedelta(days=days),
                EndDate=context.now,
            ):
                if item["AlarmName"] in compared:
                    histories.setdefault(item["AlarmName"], []).append(item)
    found = [
        incident
        for name, items in histories.items()
        for incident in incidents_of(name, items, compared[name])
    ]
    return tuple(sorted(found, key=lambda incident: incident.detected, reverse=True))


def check_incidents(context: Context) -> Result:
    """Say how long it took to see them and to be rid of them."""
    from platform_cli.operate.doctor.resources import alarms_everywhere

    if not alarms_everywhere(context):
        return skipped("there are no alarms; `alarms.contacts` in the blueprint makes them")
    found = read_incidents(context)
    days = min(context.surroundings.days, KEPT_DAYS)
    if not found:
        return ok(f"no alarm went on in {days} days")
    lines = [_line(incident) for incident in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(f"and {len(found) - _SHOWN} before")
    summary = (
        f"{len(found)} incident{'s' if len(found) > 1 else ''} in {days} days: seen after "
        f"{_mean([i.to_detect for i in found])}, over after {_mean([i.to_recover for i in found])}"
    )
    going_on = [incident for incident in found if incident.recovered is None]
    if going_on:
        return warning(
            summary,
            *lines,
            consequence=f"{going_on[0].alarm} is still on",
            mend=f"see `platform doctor --only alarms-firing {context.option}`",
        )
    return ok(summary, *lines)


def _line(incident: Incident) -> str:
    seen = f"seen after {_said(incident.to_detect)}" if incident.to_detect is not None else "seen"
    over = f"over after {_said(incident.to_recover)}" if incident.to_recover is not None else "still on"
    return f"{incident.detected:%Y-%m-%d %H:%M} UTC {incident.alarm}: {seen}, {over}"


def _mean(times: list[timedelta | None]) -> str:
    known = [time for time in times if time is not None]
    return _said(sum(known, timedelta()) / len(known)) if known else "an unknown time"


def _said(time: timedelta) -> str:
    minutes = time.total_seconds() / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"


CHECKS = (
    Check(
        "incidents",
        "goals",
        "time to detect and to recover",
        "Reads from the history of the alarms when each went on and off in the window: the time to detect "
        "counts from the first data that was bad, of those that the alarm looked at, the time to recover "
        "until the alarm went off, also for want of data. An incident that goes on is a warning. "
        "CloudWatch keeps the history for 30 days.",
        check_incidents,
        REMOTE,
    ),
)
