"""What the commands of `platform flags` show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.words import moment, number
from platform_cli.operate.flags.differences import state_lines, state_words

if TYPE_CHECKING:
    from rich.text import Text

    from platform_cli.blueprint.resolved import ResolvedFlag
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.flags.differences import FlagDifference
    from platform_cli.operate.flags.document import FlagsDocument
    from platform_cli.operate.flags.parity import Parity
    from platform_cli.operate.flags.past import PastDeployment
    from platform_cli.operate.flags.publishing import FlagsChange
    from platform_cli.operate.flags.stale import StaleFlag
    from platform_cli.operate.flags.store import Profile
    from platform_cli.operate.flags.strategies import Strategy
    from platform_cli.operate.history import HistoryEntry


def changes_text(
    differences: Sequence[FlagDifference], environment: str, strategy: Strategy, alarms: Sequence[str]
) -> Text:
    """Draw what a change would do, and how it would reach the hosts."""
    from rich.text import Text

    text = Text(f"{number(len(differences), 'flag')} to change in {environment}:\n", style="bold")
    text.append(differences_text(differences))
    pace = "at once" if not strategy.deploy_minutes else f"within {strategy.deploy_minutes} min"
    watched = f", watched by {', '.join(alarms)}" if alarms else ""
    bake = f", then {strategy.bake_minutes} min of observation" if strategy.bake_minutes else ""
    return text.append(f"{pace}{bake}{watched} ({strategy.name})", style="not bold dim")


def waiting_text(differences: Sequence[FlagDifference]) -> Text:
    """Draw what is written, and goes along with the next deployment."""
    from rich.text import Text

    text = Text("written already and not deployed yet, so it goes along:\n", style="bold")
    text.append(differences_text(differences))
    text.right_crop(1)
    return text


def differences_text(differences: Iterable[FlagDifference]) -> Text:
    """Draw differences, the lines of each flag's state that go and come."""
    from rich.text import Text

    text = Text(style="not bold")
    for difference in differences:
        text.append(f"  {difference.name}\n")
        if difference.before == difference.after:
            text.append("    ~ what is said about it\n", style="yellow")
        for sign, style, line in _line_changes(difference.before_lines, difference.after_lines):
            text.append(f"    {sign} {line}\n", style=style)
    return text


def _line_changes(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    from difflib import ndiff

    styles = {"-": "red", "+": "green", " ": "dim"}
    if list(before) == list(after):
        return
    for line in ndiff(list(before), list(after)):
        if line[0] in styles:
            yield line[0], styles[line[0]], line[2:]


def render_change(terminal: Terminal, change: FlagsChange, environment: str) -> None:
    """Show what became of a change; a rollback is for the error to say."""
    from platform_cli.operate.flags.differences import compare

    if change.result in ("rolled-back", "stopped"):
        return
    differences = compare(change.before, change.after)
    if terminal.json:
        terminal.data(
            {
                "environment": environment,
                "result": change.result,
                "version": change.version,
                "deployment": change.deployment,
                "ours": change.ours,
                "changes": list(differences),
            }
        )
        return
    names = ", ".join(difference.name for difference in differences) or "the flags"
    where = f"version {change.version}, deployment {change.deployment}"
    match change.result:
        case "unchanged":
            terminal.result(f"the flags in {environment} are so already; nothing was changed")
        case "done":
            with_others = "" if change.ours else ", together with changes of others"
            terminal.result(f"{names} changed in {environment}: {where}{with_others}")
        case "pending":
            terminal.result(
                f"{names}: version {change.version} is written, and not deployed; the next change deploys it "
                "too, and so does `platform flags sync`"
            )
        case _:
            terminal.result(f"{names} is on its way in {environment}: {where}")
            terminal.say("`platform flags history` shows how far it is")


def render_list(
    terminal: Terminal,
    document: FlagsDocument,
    declared: Mapping[str, ResolvedFlag],
    freeform: Sequence[Profile],
    environment: str,
) -> None:
    """Show all flags, a line each."""
    rows = [
        {
            "name": name,
            "state": state_words(document.value(name)) if name in document.flags else None,
            "enabled": document.value(name).default.enabled if name in document.flags else None,
            "owner": declared[name].owner if name in declared else None,
            "remove_after": declared[name].remove_after if name in declared else None,
            "declared": name in declared,
        }
        for name in sorted({*document.flags, *declared})
    ]
    if terminal.json:
        terminal.data(
            {"environment": environment, "flags": rows, "freeform_profiles": [p.name for p in freeform]}
        )
        return
    if not rows:
        terminal.result(f"there are no flags in {environment}")
    width = max((len(str(row["name"])) for row in rows), default=0)
    for row in rows:
        remark = "" if row["declared"] else "  (not declared in the blueprint)"
        state = row["state"] or "missing; `platform flags sync` creates it"
        terminal.result(f"{str(row['name']).ljust(width)}  {state}{remark}")
    for profile in freeform:
        terminal.say(f"the profile {profile.name} is freeform, and left alone")


def render_flag(
    terminal: Terminal,
    name: str,
    document: FlagsDocument,
    flag: ResolvedFlag | None,
    references: Sequence[Any],
    entries: Sequence[HistoryEntry],
    environment: str,
) -> None:
    """Show all that is known about a flag."""
    definition, value = document.flags[name], document.value(name)
    if terminal.json:
        terminal.data(
            {
                "environment": environment,
                "name": name,
                "state": list(state_lines(value)),
                "definition": definition.plain(),
                "value": value.plain(),
                "declared": flag is not None,
                "owner": flag.owner if flag else None,
                "remove_after": flag.remove_after if flag else None,
                "references": [str(reference) for reference in references],
                "history": list(entries),
            }
        )
        return
    terminal.result(f"{name} in {environment}")
    if definition.description:
        terminal.result(f"  {definition.description}")
    for line in state_lines(value):
        terminal.result(f"  {line}")
    if flag is not None:
        after = f", to be removed after {flag.remove_after}" if flag.remove_after else ""
        terminal.result(f"  owner {flag.owner}{after}")
    else:
        terminal.result("  not declared in the blueprint")
    for reference in references:
        terminal.result(f"  used at {reference}")
    for entry in entries[:5]:
        why = f": {entry.reason}" if entry.reason else ""
        terminal.result(f"  {moment(entry.when)}  {entry.who}  {entry.what}{why}")


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
        terminal.result(f"{when}  version {p.version}  {p.state.lower()}{who}{why}")
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
