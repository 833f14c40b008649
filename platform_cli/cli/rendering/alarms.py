"""What `platform alarms check` and `coverage` show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.sparkline import sparkline
from platform_cli.cli.rendering.words import duration, fitted, moment, number

if TYPE_CHECKING:
    from rich.text import Text

    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.alarms.coverage import Coverage
    from platform_cli.operate.alarms.metrics import Series
    from platform_cli.operate.alarms.reading import AlarmStatus

_HEAD = 19
"""Columns before the name of an alarm: state and severity."""
_STATES = {"ALARM": ("on", "bold red"), "OK": ("ok", "green"), "INSUFFICIENT_DATA": ("no data", "dim")}
_TROUBLES = {
    "alarms-unwatched": "nothing is watched",
    "alarm-missing": "missing",
    "alarm-without-action": "tells nobody",
    "alarm-actions-disabled": "switched off by hand",
    "alarm-unheard": "nobody hears it",
    "alarm-constant": "would be on all the time",
    "alarm-switched-off": "switched off in the blueprint",
    "alarm-without-data": "without data",
    "alarm-far": "could hardly go on",
    "alarm-silenced": "silenced for a while",
    "alarm-undeclared": "not in the blueprint",
}


@dataclass(frozen=True)
class WaitingForQuiet:
    """Alarms are on, and the command waits."""

    count: int
    seconds_left: float


def render_alarms(
    terminal: Terminal,
    alarms: Sequence[AlarmStatus],
    shown: Sequence[AlarmStatus],
    series: Mapping[str, Series],
) -> None:
    """Show alarms by service; a sentence on the whole."""
    if terminal.json:
        terminal.data([_alarm_data(alarm, series) for alarm in alarms])
        return
    from rich.text import Text

    now = datetime.now(UTC)
    for service in sorted({alarm.service for alarm in shown}, key=lambda name: (name == "other", name)):
        terminal.result(Text(service, style="bold"))
        for alarm in shown:
            if alarm.service != service:
                continue
            drawn = sparkline([*series[alarm.name].values.values()]) if alarm.name in series else ""
            terminal.result(*_alarm_lines(alarm, drawn, now, terminal.out.width))
    fires = sum(alarm.fires for alarm in alarms)
    if not alarms:
        terminal.result("there is no alarm")
        return
    blind = sum(alarm.state == "INSUFFICIENT_DATA" for alarm in alarms)
    without = f", {blind} without data" if blind else ""
    silent = sum(alarm.silent_until is not None for alarm in alarms)
    quiet = f"; {silent} silenced" if silent else ""
    counts = f"{number(len(alarms), 'alarm')}: {fires} on, {len(alarms) - fires - blind} ok{without}{quiet}"
    terminal.result(*fitted(counts, terminal.out.width))


def _alarm_lines(alarm: AlarmStatus, drawn: str, now: datetime, width: int) -> Iterator[Text]:
    """An alarm in a line, or in several where the terminal is narrow; why, if it is on."""
    from rich.text import Text

    word, style = _STATES.get(alarm.state, (alarm.state, ""))
    head = Text("  ").append(word.ljust(8), style=style).append((alarm.severity or "-").ljust(9))
    since = duration((now - alarm.since).total_seconds())
    parts = [(f"{alarm.kind} {alarm.subject} {alarm.rule}".replace("  ", " "), ""), (since, "dim")]
    line, begun = head, False
    if alarm.silent_until is not None:
        parts.append((f"silent until {moment(alarm.silent_until)}", "yellow"))
    for text, look in [*parts, *([(drawn, "cyan")] if drawn else [])]:
        if begun and line.cell_len + 2 + len(text) > width:
            yield line
            line = Text(" " * _HEAD)
        elif begun:
            line.append("  ")
        line.append(text, style=look)
        begun = True
    yield line
    if alarm.fires:
        yield from (Text(row, style="dim") for row in fitted(alarm.reason, width, "    "))
        yield from (Text(row) for row in fitted(alarm.description, width, "    "))


def render_coverage(terminal: Terminal, coverage: Coverage) -> None:
    """Show what is wrong with alarms, the grave first."""
    if terminal.json:
        terminal.data(coverage)
        return
    from rich.text import Text

    last = ""
    for finding in coverage.findings:
        if finding.trouble != last:
            last = finding.trouble
            style = "bold red" if finding.grave else "bold yellow"
            of_it = sum(other.trouble == last for other in coverage.findings)
            head = Text(f"{_TROUBLES[last]} ({of_it})", style=style)
            terminal.result(head.append(f"  [{last}]", style="not bold dim"))
        terminal.result(Text(f"  {finding.alarm}"))
        lines = fitted(f"{finding.evidence}; {finding.mend}", terminal.out.width, "    ")
        terminal.result(*(Text(line, style="dim") for line in lines))
    grave = sum(finding.grave for finding in coverage.findings)
    whole = f"{coverage.present} of {coverage.wanted} alarms are there; {grave} to mend, "
    terminal.result(*fitted(f"{whole}{len(coverage.findings) - grave} to know of", terminal.out.width))
    if last:
        terminal.say(f"`platform explain {last}` says more", style="dim")


def _alarm_data(alarm: AlarmStatus, series: Mapping[str, Series]) -> dict[str, Any]:
    values = series[alarm.name].values if alarm.name in series else {}
    return {
        "name": alarm.name,
        "kind": alarm.kind,
        "subject": alarm.subject,
        "rule": alarm.rule,
        "service": alarm.service,
        "severity": alarm.severity or None,
        "state": alarm.state,
        "since": alarm.since,
        "reason": alarm.reason,
        "description": alarm.description,
        "actions_enabled": alarm.actions_enabled,
        "silent_until": alarm.silent_until,
        "values": [{"time": at, "value": value} for at, value in values.items()],
    }
