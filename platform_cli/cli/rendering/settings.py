"""What the commands of `platform config` show; a secure value only where it was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.words import moment, number
from platform_cli.operate.settings.values import HIDDEN, typed

if TYPE_CHECKING:
    from rich.text import Text

    from platform_cli.blueprint.resolved import ResolvedSetting
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.settings.changes import SettingChange, WrittenSetting
    from platform_cli.operate.settings.drift import SettingDifference, SettingDrift
    from platform_cli.operate.settings.pulling import Edit
    from platform_cli.operate.settings.store import SettingVersion, StoredSetting


def render_settings(
    terminal: Terminal, stored: Sequence[StoredSetting], declared: Iterable[ResolvedSetting]
) -> None:
    """Show settings, a line each, and those that are missing."""
    there = {setting.address: setting for setting in stored}
    wanted = {f"{setting.group}/{setting.key}": setting for setting in declared}
    rows = [_row(address, there.get(address), wanted.get(address)) for address in sorted({*there, *wanted})]
    if terminal.json:
        terminal.data(rows)
        return
    if not rows:
        terminal.result("there are no settings")
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        remarks = [] if row["declared"] else ["not declared in the blueprint"]
        if row["version"] is None:
            shown, remarks = "", ["missing; `platform config push` or a deployment creates it"]
        else:
            shown = HIDDEN if row["hidden"] else there[row["name"]].value or ""
        remark = f"  ({'; '.join(remarks)})" if remarks else ""
        terminal.result(f"{row['name'].ljust(width)}  {shown}{remark}")


def render_setting(terminal: Terminal, stored: StoredSetting, setting: ResolvedSetting) -> None:
    """Show one setting: its value alone, for scripts."""
    if terminal.json:
        terminal.data(_row(stored.address, stored, setting))
    elif stored.value is None:
        terminal.result(HIDDEN)
        terminal.say("the setting is secure; --reveal shows it")
    else:
        terminal.result(stored.value)


def changes_text(changes: Sequence[SettingChange], environment: str) -> Text:
    """Draw what would change."""
    from rich.text import Text

    text = Text(f"{number(len(changes), 'setting')} to change in {environment}:", style="bold")
    for change in changes:
        text.append(f"\n  {change.address}", style="not bold")
        if change.before is not None:
            before = HIDDEN if change.before.secure or change.setting.secure else change.before.value
            text.append(f"\n    - {before}", style="not bold red")
        text.append(f"\n    + {HIDDEN if change.setting.secure else change.value}", style="not bold green")
    return text


def render_written(terminal: Terminal, written: Sequence[WrittenSetting], environment: str) -> None:
    """Say what became of changes."""
    if terminal.json:
        terminal.data(
            {
                "environment": environment,
                "changed": [
                    {
                        "name": done.change.address,
                        "version": done.version,
                        "versions_between": list(done.between),
                    }
                    for done in written
                ],
            }
        )
        return
    if not written:
        terminal.result(f"the settings in {environment} are so already; nothing was changed")
    for done in written:
        terminal.result(f"{done.change.address} is changed in {environment}: version {done.version}")
        if done.between:
            versions = ", ".join(map(str, done.between))
            terminal.say(
                f"warning: somebody else changed {done.change.address} meanwhile (version {versions}); "
                f"`platform config rollback {done.change.address} --to {done.between[-1]}` takes theirs",
                style="yellow",
            )


def render_drift(terminal: Terminal, drift: Sequence[SettingDrift], environment: str) -> None:
    """Show how the store differs from the blueprint."""
    if terminal.json:
        terminal.data({"environment": environment, "same": not drift, "drift": list(drift)})
        return
    for found in drift:
        terminal.result(f"{found.address} {found.remark}")
        if found.kind in ("value", "type"):
            terminal.result(f"    - {found.declared} (blueprint)", f"    + {found.stored} (Parameter Store)")
    if not drift:
        terminal.result(f"the settings in {environment} are those of the blueprint")
    else:
        terminal.say(
            "`platform config push` makes the store say what the blueprint says, `pull` the other way round"
        )


def render_differences(
    terminal: Terminal, differences: Sequence[SettingDifference], first: str, second: str
) -> None:
    """Show how two environments differ."""
    if terminal.json:
        terminal.data({"first": first, "second": second, "differences": list(differences)})
        return
    for found in differences:
        remark = found.remark.replace("the first", first).replace("the second", second)
        terminal.result(f"{found.address}: {remark}")
        if found.first is not None:
            terminal.result(f"    - {found.first} ({first})")
        if found.second is not None:
            terminal.result(f"    + {found.second} ({second})")
    if not differences:
        terminal.result(f"the settings of {first} and {second} are the same")


def render_versions(terminal: Terminal, versions: Sequence[SettingVersion], who: Mapping[int, Any]) -> None:
    """Show the values that a setting had, the latest first, with who and why where it is recorded."""
    if terminal.json:
        terminal.data(
            [
                {
                    "version": version.version,
                    "value": version.value,
                    "secure": version.secure,
                    "modified": version.modified,
                    "identity": version.identity,
                    "who": who[version.version].who if version.version in who else None,
                    "reason": who[version.version].reason if version.version in who else None,
                }
                for version in versions
            ]
        )
        return
    for version in versions:
        entry = who.get(version.version)
        by = f"  {entry.who}" if entry else f"  {version.identity}" if version.identity else ""
        why = f": {entry.reason}" if entry and entry.reason else ""
        shown = HIDDEN if version.value is None else version.value
        terminal.result(f"{moment(version.modified)}  version {version.version}  {shown}{by}{why}")


def edits_text(edits: Sequence[Edit], file: str) -> Text:
    """Draw what would change in the blueprint's file."""
    from rich.text import Text

    text = Text(f"{number(len(edits), 'value')} to change in {file}:", style="bold")
    for edit in edits:
        text.append(f"\n  {'.'.join(edit.keys)}", style="not bold")
        text.append(f"\n    - {edit.before}", style="not bold red")
        text.append(f"\n    + {edit.value}", style="not bold green")
    return text


def render_pulled(terminal: Terminal, edits: Sequence[Edit], file: str) -> None:
    """Say what was written into the blueprint."""
    if terminal.json:
        changed = [{"name": e.address, "path": ".".join(e.keys), "value": e.value} for e in edits]
        terminal.data({"file": file, "changed": changed})
    elif edits:
        terminal.result(f"{file} has {number(len(edits), 'value')} of the store now")
    else:
        terminal.result(f"{file} says what the store says already")


def _row(address: str, stored: StoredSetting | None, setting: ResolvedSetting | None) -> dict[str, Any]:
    kind = setting.type if setting is not None else "string"
    value = stored.value if stored is not None else None
    return {
        "name": address,
        "value": typed(kind, value) if value is not None else None,
        "type": kind if setting is not None else None,
        "secure": stored.secure if stored is not None else bool(setting and setting.secure),
        "hidden": stored is not None and stored.value is None,
        "version": stored.version if stored is not None else None,
        "modified": stored.modified if stored is not None else None,
        "declared": setting is not None,
    }
