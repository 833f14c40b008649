"""What the commands of `platform flags` show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.words import few, moment, number
from platform_cli.operate.flags.differences import state_lines, state_words

if TYPE_CHECKING:
    from rich.text import Text

    from platform_cli.blueprint.resolved import ResolvedFlag
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.flags.differences import FlagDifference
    from platform_cli.operate.flags.publishing import FlagsChange
    from platform_cli.operate.flags.standing import Standing
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
    from difflib import SequenceMatcher

    if list(before) == list(after):
        return
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, start, end, start_after, end_after in matcher.get_opcodes():
        if what == "equal":
            yield from ((" ", "dim", line) for line in before[start:end])
            continue
        # What goes stands before what comes, as everywhere; ndiff turns them round where that is shorter.
        yield from (("-", "red", line) for line in before[start:end])
        yield from (("+", "green", line) for line in after[start_after:end_after])


def render_change(
    terminal: Terminal, change: FlagsChange, environment: str, others: Sequence[str] = ()
) -> None:
    """Show what became of a change; a rollback is for the error to say.

    Args:
        terminal: Where to.
        change: The change.
        environment: Its environment.
        others: Flags that somebody else changed in the same deployment.
    """
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
                "others": list(others),
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
            which = f": {', '.join(few(others))}" if others else ""
            with_others = "" if change.ours else f", together with changes of others{which}"
            terminal.result(f"{names} changed in {environment}: {where}{with_others}")
        case "pending":
            terminal.result(
                f"{names}: version {change.version} is written, and not deployed; the next change deploys it "
                "too, and so does `platform flags sync`"
            )
        case _:
            terminal.result(f"{names} is on its way in {environment}: {where}")
            terminal.say("`platform flags history` shows how far it is")


def pending_words(standing: Standing, name: str) -> str:
    """Say that a flag's state is written and not deployed, and which one everybody has; else nothing."""
    if name not in standing.waiting:
        return ""
    before = standing.waiting[name].before
    still = f"still {before}" if before else "not there yet"
    return f"written in version {standing.version}, not deployed: {still}"


def render_list(
    terminal: Terminal,
    standing: Standing,
    declared: Mapping[str, ResolvedFlag],
    freeform: Sequence[Profile],
    environment: str,
) -> None:
    """Show all flags, a line each."""
    document = standing.document
    rows = [
        {
            "name": name,
            "state": state_words(document.value(name)) if name in document.flags else None,
            "enabled": document.value(name).default.enabled if name in document.flags else None,
            "pending": name in standing.waiting,
            "deployed_state": _deployed_state(standing, name),
            "owner": declared[name].owner if name in declared else None,
            "remove_after": declared[name].remove_after if name in declared else None,
            "declared": name in declared,
        }
        for name in sorted({*document.flags, *declared, *standing.waiting})
    ]
    if terminal.json:
        whole = {"environment": environment, "version": standing.version, "pending": standing.pending}
        terminal.data({**whole, "flags": rows, "freeform_profiles": [p.name for p in freeform]})
        return
    if not rows:
        terminal.result(f"there are no flags in {environment}")
    width = max((len(str(row["name"])) for row in rows), default=0)
    for row in rows:
        remark = "" if row["declared"] else "  (not declared in the blueprint)"
        pending = pending_words(standing, str(row["name"]))
        missing = "removed" if pending else "missing; `platform flags sync` creates it"
        mark = f"  ({pending})" if pending else ""
        terminal.result(f"{str(row['name']).ljust(width)}  {row['state'] or missing}{mark}{remark}")
    if standing.pending is not None:
        terminal.say(
            f"version {standing.pending} is written, and not deployed; the next change deploys it too, and "
            "so does `platform flags sync`"
        )
    for profile in freeform:
        terminal.say(f"the profile {profile.name} is freeform, and left alone")


def _deployed_state(standing: Standing, name: str) -> str | None:
    return state_words(standing.deployed.value(name)) if name in standing.deployed.flags else None


def render_flag(
    terminal: Terminal,
    name: str,
    standing: Standing,
    flag: ResolvedFlag | None,
    references: Sequence[Any],
    entries: Sequence[HistoryEntry],
    environment: str,
) -> None:
    """Show all that is known about a flag."""
    definition, value = standing.document.flags[name], standing.document.value(name)
    pending = pending_words(standing, name)
    if terminal.json:
        terminal.data(
            {
                "environment": environment,
                "name": name,
                "state": list(state_lines(value)),
                "pending": bool(pending),
                "deployed_state": _deployed_state(standing, name),
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
        # The owner, which a deployment writes behind it, has a line of its own.
        owner = f"(owner: {flag.owner})" if flag else ""
        terminal.result(f"  {definition.description.removesuffix(owner).rstrip()}")
    for line in state_lines(value):
        terminal.result(f"  {line}")
    if pending:
        terminal.result(f"  {pending}", style="yellow")
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
