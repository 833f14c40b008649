"""What `platform alarms` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.sparkline import sparkline
from platform_cli.cli.rendering.words import duration, moment, number

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.alarms.coverage import Coverage
    from platform_cli.operate.alarms.metrics import Series
    from platform_cli.operate.alarms.proving import AlarmProof
    from platform_cli.operate.alarms.reading import AlarmStatus
    from platform_cli.operate.alarms.silencing import Silence

_STATES = {"ALARM": ("on", "bold red"), "OK": ("ok", "green"), "INSUFFICIENT_DATA": ("no data", "dim")}
_TROUBLES = {
    "unwatched": "nothing is watched",
    "missing": "missing",
    "no-action": "tells nobody",
    "actions-disabled": "switched off by hand",
    "nobody-told": "nobody hears it",
    "constant": "would be on all the time",
    "switched-off": "switched off in the blueprint",
    "no-data": "never had data",
    "far": "could hardly go on",
    "unknown": "not in the blueprint",
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
            word, style = _STATES.get(alarm.state, (alarm.state, ""))
            line = Text("  ").append(word.ljust(8), style=style).append((alarm.severity or "-").ljust(9))
            line.append(f"{alarm.kind} {alarm.subject} {alarm.rule}".replace("  ", " "))
            line.append(f"  {duration((now - alarm.since).total_seconds())}", style="dim")
            drawn = sparkline([*series[alarm.name].values.values()]) if alarm.name in series else ""
            terminal.result(line.append(f"  {drawn}" if drawn else "", style="cyan"))
            if alarm.fires:
                terminal.result(Text(f"    {alarm.reason}", style="dim"))
                terminal.result(Text(f"    {alarm.description}"))
    fires = sum(alarm.fires for alarm in alarms)
    if not alarms:
        terminal.result("there is no alarm")
        return
    blind = sum(alarm.state == "INSUFFICIENT_DATA" for alarm in alarms)
    without = f", {blind} without data" if blind else ""
    terminal.result(f"{number(len(alarms), 'alarm')}: {fires} on, {len(alarms) - fires - blind} ok{without}")


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
            terminal.result(Text(f"{_TROUBLES[last]} ({of_it})", style=style))
        terminal.result(Text(f"  {finding.alarm}"))
        terminal.result(Text(f"    {finding.evidence}; {finding.mend}", style="dim"))
    grave = sum(finding.grave for finding in coverage.findings)
    terminal.result(
        f"{coverage.present} of {coverage.wanted} alarms are there; {grave} to mend, "
        f"{len(coverage.findings) - grave} to know of"
    )


def render_proofs(terminal: Terminal, proofs: Sequence[AlarmProof]) -> None:
    """Say of each alarm what was proven, and what cannot be."""
    if terminal.json:
        terminal.data(list(proofs))
        return
    from rich.text import Text

    for proof in proofs:
        mark, style = ("heard", "bold green") if proof.well else ("NOT HEARD", "bold red")
        line = Text(mark.ljust(10), style=style).append(proof.alarm, style="not bold default")
        terminal.result(line)
        for remark in _remarks(proof):
            terminal.result(Text(f"          {remark}", style="dim"))
    well = sum(proof.well for proof in proofs)
    terminal.result(f"{well} of {number(len(proofs), 'alarm')} were heard; all were put back")
    if proofs:
        terminal.say("that somebody read a mail cannot be proven from here", style="dim")


def _remarks(proof: AlarmProof) -> list[str]:
    remarks = []
    if not proof.changed:
        remarks.append("its history does not say that it went on")
    if proof.published == "missing":
        remarks.append("its notice did not come: are its actions switched off, or its topic's key closed?")
    if proof.published == "none":
        remarks.append("it has no topic to tell")
    for protocol, endpoint, confirmed in proof.subscribers:
        remarks.append(f"{protocol} {endpoint}{'' if confirmed else ' has not confirmed, and gets nothing'}")
    if proof.published == "proven" and not any(confirmed for *_, confirmed in proof.subscribers):
        remarks.append("the notice was sent, and nobody is subscribed who could get it")
    if not proof.restored:
        remarks.append("it was deleted meanwhile")
    return remarks


def render_silences(terminal: Terminal, silences: Sequence[Silence]) -> None:
    """Show what is silenced, until when."""
    if terminal.json:
        terminal.data(list(silences))
        return
    if not silences:
        terminal.result("no alarm is silenced")
    for rule in silences:
        why = f" - {rule.reason}" if rule.reason else ""
        terminal.result(
            f"{number(len(rule.alarms), 'alarm')} silent from {moment(rule.begin)} to {moment(rule.end)}{why}"
        )


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
        "values": [{"time": at, "value": value} for at, value in values.items()],
    }
