"""What the commands of `platform flags` show that look back, or at two places: history, stale, diff, sync."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.flags import differences_text, pending_words
from platform_cli.cli.rendering.words import moment, number

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.flags.differences import FlagDifference
    from platform_cli.operate.flags.parity import Parity
    from platform_cli.operate.flags.past import PastDeployment
    from platform_cli.operate.flags.stale import StaleFlag
    from platform_cli.operate.flags.standing import Standing
    from platform_cli.operate.history import HistoryEntry


def render_differences(
    terminal: Terminal, differences: Sequence[FlagDifference], stands: Mapping[str, Standing]
) -> None:
    """Show how two environments differ, and what is not deployed of it.

    Args:
        terminal: Where to.
        differences: From the first to the second.
        stands: The two environments by name.
    """
    first, second = stands
    if terminal.json:
        pending = {name: sorted(standing.waiting) for name, standing in stands.items()}
        terminal.data({"from": first, "to": second, "differences": list(differences), "pending": pending})
        return
    if not differences:
        terminal.result(f"the flags of {first} and {second} are the same")
    else:
        terminal.result(f"{number(len(differences), 'flag')} differ (- {first}, + {second}):")
        terminal.result(differences_text(differences).plain.rstrip("\n"))
    for name, standing in stands.items():
        for flag in sorted(standing.waiting):
            terminal.result(f"  {flag} in {name} is {pending_words(standing, flag)}", style="yellow")


@dataclass(frozen=True)
class _Row:
    """A deployment, or the version that waits for one, with what is recorded about it."""

    deployment: int | None
    version: int | None
    state: str
    past: PastDeployment | None
    changes: Sequence[FlagDifference]
    entries: Sequence[HistoryEntry]

    @property
    def who(self) -> list[str]:
        return _each(entry.who for entry in self.entries)

    @property
    def reasons(self) -> list[str]:
        return _each(entry.reason for entry in self.entries)

    def of(self, flag: str) -> str:
        """Who changed one of several flags, and why, where they were not all changed together."""
        told = {(entry.who, entry.reason) for entry in self.entries}
        mine = [entry for entry in self.entries if entry.subject == flag]
        if len(told) < 2 or not mine:
            return ""
        return f"  ({mine[0].who}{f': {mine[0].reason}' if mine[0].reason else ''})"


def render_past(
    terminal: Terminal,
    standing: Standing,
    past: Sequence[PastDeployment],
    entries: Sequence[HistoryEntry],
    name: str | None,
) -> None:
    """Show deployments, the latest first, with who and why where it is recorded; what waits stands before."""
    rows = [_row_of(p, entries) for p in past]
    if standing.pending is not None:
        told = [e for e in entries if _undeployed(e) and e.details.get("version") == str(standing.pending)]
        waiting = tuple(standing.waiting.values())
        rows.insert(0, _Row(None, standing.pending, "WRITTEN", None, waiting, told))
    shown = [row for row in rows if name is None or any(change.name == name for change in row.changes)]
    if terminal.json:
        terminal.data([_row_data(row, name) for row in shown])
        return
    if not shown:
        terminal.result("no deployment is kept" if name is None else f"no deployment changed {name}")
    for row in shown:
        _show_row(terminal, row, name)


def _row_of(past: PastDeployment, entries: Sequence[HistoryEntry]) -> _Row:
    """A deployment with what is recorded of it, and of versions that waited and that it brought along."""
    brought = {str(version) for version in past.brought}
    told = [
        entry
        for entry in entries
        if entry.details.get("deployment") == str(past.number)
        or (_undeployed(entry) and entry.details.get("version") in brought)
    ]
    return _Row(past.number, past.version, past.state, past, past.changes, told)


def _undeployed(entry: HistoryEntry) -> bool:
    """Whether a change was only written when it was recorded."""
    return not entry.details.get("deployment")


def _row_data(row: _Row, name: str | None) -> dict[str, Any]:
    return {
        "deployment": row.deployment,
        "version": row.version,
        "state": row.state,
        "started": row.past.started if row.past else None,
        "completed": row.past.completed if row.past else None,
        "cause": row.past.cause if row.past else "",
        "alarms": list(row.past.alarms) if row.past else [],
        "changes": [c for c in row.changes if name is None or c.name == name],
        "who": row.who,
        "reasons": row.reasons,
        "records": [
            {"flag": e.subject, "who": e.who, "what": e.what, "reason": e.reason} for e in row.entries
        ],
    }


def _show_row(terminal: Terminal, row: _Row, name: str | None) -> None:
    who = f"  {', '.join(row.who)}" if row.who else ""
    why = f": {'; '.join(row.reasons)}" if row.reasons else ""
    if row.past is None:
        when, state = "waiting", "written, not deployed"
    else:
        started = row.past.started
        when = moment(started) if isinstance(started, datetime) else str(started or "-")
        back = f" by {', '.join(row.past.alarms)}" if row.past.alarms else ""
        state = f"{row.state.lower().replace('_', ' ')}{back}"
    terminal.result(f"{when}  version {row.version}  {state}{who}{why}")
    for difference in row.changes:
        if name is None or difference.name == name:
            before = f"{difference.before} → " if difference.before else ""
            after = difference.after or "removed"
            terminal.result(f"    {difference.name}: {before}{after}{row.of(difference.name)}")


def _each(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def render_stale(terminal: Terminal, flags: Sequence[StaleFlag]) -> None:
    """Show flags that should go first, then the others with where they are used."""
    stale = [flag for flag in flags if flag.stale]
    if terminal.json:
        terminal.data(
            {
                "stale": len(stale),
                "flags": [
                    {
                        "name": flag.name,
                        "stale": flag.stale,
                        "owner": flag.owner,
                        "reasons": list(flag.reasons),
                        "constant_since": flag.constant_since,
                        "references": [str(reference) for reference in flag.references],
                    }
                    for flag in flags
                ],
            }
        )
        return
    for flag in [*stale, *(f for f in flags if not f.stale)]:
        owner = f" ({flag.owner})" if flag.owner else ""
        terminal.result(f"{flag.name}{owner}: {'; '.join(flag.reasons) or 'in use'}")
        for reference in flag.references:
            terminal.result(f"    {reference}")
    terminal.say(f"{number(len(stale), 'flag')} of {len(flags)} should go")


def parity_lines(parity: Parity, environment: str) -> list[str]:
    """Say how blueprint and environment stand to each other."""
    lines = [f"{name} is declared, and missing in {environment}" for name in parity.missing]
    lines += [f"{name} is described otherwise than declared" for name in parity.differing]
    lines += [f"{name} is not declared in the blueprint; `--prune` removes it" for name in parity.undeclared]
    return lines


def render_parity(terminal: Terminal, parity: Parity, environment: str) -> None:
    """Show how blueprint and environment stand to each other."""
    if terminal.json:
        terminal.data(
            {
                "environment": environment,
                "same": parity.holds,
                "missing": list(parity.missing),
                "differing": list(parity.differing),
                "undeclared": list(parity.undeclared),
            }
        )
        return
    for line in parity_lines(parity, environment):
        terminal.result(line)
    if parity.holds:
        terminal.result(f"the flags in {environment} are those of the blueprint")
