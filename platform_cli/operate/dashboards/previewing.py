"""Dashboards with their points, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.operate.dashboards.measuring import measure
from platform_cli.operate.dashboards.panels import Panel, panels_of
from platform_cli.operate.dashboards.sampling import sample

_NAMES_PER_CALL = 100


@dataclass(frozen=True)
class Sheet:
    """A dashboard to be drawn: its body, and whether the environment has it."""

    name: str
    physical_name: str
    body: Mapping[str, Any]
    made: bool


@dataclass(frozen=True)
class DrawnBoard:
    """A dashboard with its points."""

    name: str
    physical_name: str
    made: bool
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Preview:
    """Dashboards of an environment at a time.

    Attributes:
        system: The system.
        environment: The environment's name.
        boards: In reading order.
        now: The end of the span.
        hours: Its length.
        measured: Whether CloudWatch said it; else it is made up.
        states: Of alarms, by name, where they were asked for.
    """

    system: str
    environment: str
    boards: tuple[DrawnBoard, ...]
    now: datetime
    hours: int
    measured: bool
    states: Mapping[str, str] = field(default_factory=dict)


def preview(
    system: str,
    environment: str,
    sheets: Sequence[Sheet],
    now: datetime,
    hours: int,
    clients: Clients | None = None,
) -> Preview:
    """Dashboards with points.

    Args:
        system: The system.
        environment: The environment's name.
        sheets: What to draw.
        now: The end of the span.
        hours: Its length.
        clients: Where points come from; None makes them up.

    Raises:
        PlatformError: AWS refuses or does not answer.
    """
    boards, names = [], []
    for sheet in sheets:
        panels = panels_of(sheet.body)
        names += [name for panel in panels for name in panel.alarms]
        drawn = sample(panels, now, hours) if clients is None else measure(panels, clients, now, hours)
        boards.append(DrawnBoard(sheet.name, sheet.physical_name, sheet.made, drawn))
    states = {} if clients is None else alarm_states(sorted(set(names)), clients)
    return Preview(system, environment, tuple(boards), now, hours, clients is not None, states)


def alarm_states(names: Sequence[str], clients: Clients) -> dict[str, str]:
    """The states of alarms; `INSUFFICIENT_DATA` for one that is not there."""
    found = dict.fromkeys(names, "INSUFFICIENT_DATA")
    for start in range(0, len(names), _NAMES_PER_CALL):
        with aws_errors("reading the alarms", target=clients.target):
            answer = clients.client("cloudwatch").describe_alarms(
                AlarmNames=list(names[start : start + _NAMES_PER_CALL]),
                AlarmTypes=["MetricAlarm", "CompositeAlarm"],
            )
        for kind in ("MetricAlarms", "CompositeAlarms"):
            found |= {alarm["AlarmName"]: alarm["StateValue"] for alarm in answer.get(kind, ())}
    return found
