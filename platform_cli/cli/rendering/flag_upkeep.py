"""What the commands of `platform flags` show that look back, or at two places: history, stale, diff, sync."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from platform_cli.cli.rendering.flags import differences_text
from platform_cli.cli.rendering.words import moment, number

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.flags.differences import FlagDifference
    from platform_cli.operate.flags.parity import Parity
    from platform_cli.operate.flags.past import PastDeployment
    from platform_cli.operate.flags.stale import StaleFlag
    from platform_cli.operate.history import HistoryEntry


def render_differences(
    terminal: Terminal, differences: Sequence[FlagDifference], first: str, second: str
) -> None:
    """Show how two environments differ."""
    if terminal.json:
        terminal.data({"from": first, "to": second, "differences": list(differences)})
    elif not differences:
        terminal.result(f"the flags of {first} and {second} are the same")
    else:
        terminal.result(f"{number(len(differences), 'flag')} differ (- {first}, + {second}):")
        terminal.result(differences_text(differences).plain.rstrip("\n"))


def render_past(
    terminal: Terminal, past: Sequence[PastDeployment], entries: Sequence[HistoryEntry], name: str | None
) -> None:
    """Show deployments, the latest first, with who and why where it is recorded."""
    told: dict[str, list[HistoryEntry]] = {}
    for entry in entries:
        told.setdefault(entry.details.get("deployment", ""), []).append(entry)
    shown = [p for p in past if name is None or any(change.name == name for change in p.changes)]
    if terminal.json:
        terminal.data(
            [
                {
                    "deployment": p.number,
                    "version": p.version,
                    "state": p.state,
                    "started": p.started,
                    "completed": p.completed,
                    "cause": p.cause,
                    "alarms": list(p.alarms),
                    "changes": [c for c in p.changes if name is None or c.name == name],
                    "who": _each(entry.who for entry in told.get(str(p.number), ())),
                    "reasons": _each(entry.reason for entry in told.get(str(p.number), ())),
                }
                for p in shown
            ]
        )
        return
    if not shown:
        terminal.result("no deployment is kept" if name is None else f"no deployment changed {name}")
    for p in shown:
        recorded = told.get(str(p.number), [])
        who = f"  {', '.join(_each(entry.who for entry in recorded))}" if recorded else ""
        reasons = _each(entry.reason for entry in recorded)
        why = f": {'; '.join(reasons)}" if reasons else ""
        when = moment(p.started) if isinstance(p.started, datetime) else str(p.started or "-")
        back = f" by {', '.join(p.alarms)}" if p.alarms else ""
        state = p.state.lower().replace("_", " ")
        terminal.result(f"{when}  version {p.version}  {state}{back}{who}{why}")
        for difference in p.changes:
            if name is None or difference.name == name:
                before = f"{difference.before} → " if difference.before else ""
                terminal.result(f"    {difference.name}: {before}{difference.after or 'removed'}")


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
