"""Settings from the command line: values read unseen, changes shown, approved, written, recorded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_cli.cli.changing import Change
from platform_cli.cli.deploying import declined, reach
from platform_cli.cli.flags import in_environment
from platform_cli.cli.session import Session
from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from platform_cli.blueprint.resolved import ResolvedSetting
    from platform_cli.operate.history import HistoryEntry
    from platform_cli.operate.settings.changes import SettingChange, WrittenSetting
    from platform_cli.operate.settings.drift import SettingDrift
    from platform_cli.operate.settings.pulling import Edit
    from platform_cli.operate.settings.store import SettingVersion, StoredSetting


def new_value(session: Session, setting: ResolvedSetting, given: str | None) -> str:
    """Return the value to set: the argument, or for a secure setting what stdin or a prompt gives.

    Raises:
        PlatformError: A secure value was given as an argument, or there is none.
    """
    terminal = session.terminal
    if setting.secure and given is not None and given != "-":
        raise PlatformError(
            f"{setting.group}/{setting.key} is secure, so its value is no argument, which others could see",
            hint="pipe it in, or run the command without a value and type it",
            code="secret-as-argument",
            exit_code=ExitCode.USAGE,
        )
    if given is not None and given != "-":
        return given
    if given == "-" or (setting.secure and not terminal.interactive):
        return terminal.stdin.read().removesuffix("\n").removesuffix("\r")
    if setting.secure:
        return terminal.ask_secret(f"New value of {setting.group}/{setting.key}", flag="a value on stdin")
    return terminal.ask(f"New value of {setting.group}/{setting.key}", flag="VALUE")


def carry_out(session: Session, changes: Sequence[SettingChange], reason: str) -> None:
    """Show changes, ask, write and record them one by one, and say what became of each.

    Raises:
        PlatformError: Declined, refused, or written and not recorded.
    """
    from platform_cli.cli.rendering.settings import changes_text, render_written
    from platform_cli.operate.settings.changes import execute_changes

    where = session.environment.environment
    change = Change(session, "config", reason)
    if changes:
        change.approve(f"Change this in {where}?", changes_text(changes, where))
    session.work.plan(one.address for one in changes)

    def recorded(written: WrittenSetting) -> None:
        session.work.finish(written.change.address)
        change.record(written.change.address, written.change.words, version=str(written.version))

    with change.underway("settings"):
        done = execute_changes(changes, reach(session), recorded)
    render_written(session.terminal, done, where)


def set_setting(session: Session, address: str, given: str | None, reason: str) -> None:
    """Set one setting."""
    from platform_cli.operate.settings.changes import plan_set
    from platform_cli.operate.settings.store import find_setting
    from platform_cli.operate.settings.values import check_value

    setting = find_setting(session.environment, address)
    value = new_value(session, setting, given)
    check_value(setting, value)  # before AWS is asked for anything
    change = plan_set(setting, value, reach(session))
    carry_out(session, [change] if change is not None else [], reason)


def roll_back(session: Session, address: str, version: int | None, reason: str) -> None:
    """Return one setting to an earlier value."""
    from platform_cli.operate.settings.changes import plan_rollback
    from platform_cli.operate.settings.store import find_setting

    setting = find_setting(session.environment, address)
    carry_out(session, [plan_rollback(setting, version, reach(session))], reason)


def observed(
    session: Session, group: str | None = None, *, reveal: bool = False
) -> tuple[StoredSetting, ...]:
    """Return the settings that are stored.

    Raises:
        PlatformError: There is no such group, or what AWS refuses.
    """
    from platform_cli.blueprint.findings import known_hint
    from platform_cli.operate.settings.store import read_settings

    found = read_settings(session.environment, reach(session), group=group, reveal=reveal)
    groups = sorted({setting.group for setting in session.environment.settings})
    if group is not None and group not in groups and not found:
        raise PlatformError(
            f'there is no group of settings "{group}"',
            hint=known_hint(group, groups),
            code="unknown-setting",
            exit_code=ExitCode.USAGE,
        )
    return found


def drift_of(session: Session, group: str | None = None) -> tuple[SettingDrift, ...]:
    """Return how the store differs from the blueprint."""
    from platform_cli.operate.settings.drift import find_drift
    from platform_cli.operate.settings.store import declared

    return find_drift(declared(session.environment, group), observed(session, group))


def push(session: Session, group: str | None, reason: str) -> None:
    """Make the store say what the blueprint says."""
    from platform_cli.operate.settings.changes import plan_push
    from platform_cli.operate.settings.drift import find_drift
    from platform_cli.operate.settings.store import declared

    stored = observed(session, group)
    wanted = list(declared(session.environment, group))
    drift = find_drift(wanted, stored)
    changes = plan_push(wanted, stored, drift)
    pushed = {change.address for change in changes}
    for left in drift:
        if left.address not in pushed:
            session.terminal.say(f"{left.address} {left.remark}; left as it is")
    carry_out(session, changes, reason)


def pull(session: Session, group: str | None, reason: str, *, everywhere: bool) -> None:
    """Make the blueprint say what the store says, and record each value that it takes, where that is allowed.

    Raises:
        PlatformError: Declined, the file cannot be changed, or it was and that is not recorded.
    """
    from platform_cli.cli.rendering.settings import edits_text, render_pulled
    from platform_cli.cli.rendering.words import few
    from platform_cli.operate.settings.pulling import execute_pull, plan_pull

    environment = session.environment
    everywhere = everywhere or len(_environments(session)) == 1
    edits = plan_pull(environment, _written(session), drift_of(session, group), everywhere=everywhere)
    path: Path = session.inspection.path
    if edits:
        session.terminal.say(edits_text(edits, path.name))
        if not session.options.yes and not session.terminal.confirm(f"Change {path.name}?"):
            raise declined()
    change = Change(session, "config", reason)
    session.work.plan(edit.address for edit in edits)

    unrecorded: list[str] = []

    def recorded(edit: Edit) -> None:
        session.work.finish(edit.address)
        try:
            change.record(edit.address, f"pulled into {path.name}: {edit.before} → {edit.value}")
        except PlatformError as error:
            # It changes a file of one's own: who may only look into the environment may pull from it.
            if getattr(error.__cause__, "code", None) != "access-denied":
                raise
            unrecorded.append(edit.address)

    with change.underway("settings"):
        execute_pull(path, edits, recorded)
    render_pulled(session.terminal, edits, path.name)
    if unrecorded:
        where = f"{environment.system}-{environment.environment}"
        session.terminal.say(
            f"not recorded in the history of {where}, which you may not write: {', '.join(few(unrecorded))}",
            style="yellow",
        )


def run_with_settings(session: Session, words: Sequence[str], group: str | None) -> int:
    """Run a program with the settings as environment variables; return its exit code.

    Raises:
        PlatformError: `command-not-found`, or two settings would have one name.
    """
    import os

    from platform_cli.cli.programs import run_program
    from platform_cli.operate.settings.exporting import environment_variables

    variables = environment_variables(observed(session, group, reveal=True))
    return run_program(words, {**os.environ, **variables})


def differ(session: Session, names: Sequence[str]) -> bool:
    """Show how the settings of two environments differ; whether they do.

    Raises:
        PlatformError: Not two were named.
    """
    from platform_cli.cli.change_options import require_two
    from platform_cli.cli.rendering.settings import render_differences
    from platform_cli.operate.settings.drift import find_differences

    if len(names) != 2:
        raise PlatformError(
            f"{len(names)} environments were named instead of two",
            hint="write `platform config diff dev prod`, or `--env dev` for blueprint and store",
            code="usage",
            exit_code=ExitCode.USAGE,
        )
    require_two(*names)
    first, second = (observed(in_environment(session, name)) for name in names)
    differences = find_differences(first, second)
    render_differences(session.terminal, differences, names[0], names[1])
    return bool(differences)


def versions_of(session: Session, setting: ResolvedSetting, *, reveal: bool) -> tuple[SettingVersion, ...]:
    """Return the values that a setting had.

    Raises:
        PlatformError: `setting-missing` if it is not stored.
    """
    from platform_cli.operate.settings.store import read_versions

    versions = read_versions(setting, reach(session), reveal=reveal)
    if not versions:
        raise missing(session, setting)
    return versions


def writers_of(session: Session, setting: ResolvedSetting) -> dict[int, HistoryEntry]:
    """Return what is recorded about the versions of a setting."""
    from platform_cli.operate.history import read_history

    address = f"{setting.group}/{setting.key}"
    entries = read_history(reach(session), session.environment, kind="config", subject=address)
    return {int(e.details["version"]): e for e in entries if e.details.get("version", "").isdigit()}


def missing(session: Session, setting: ResolvedSetting) -> PlatformError:
    """Make the error for a setting that is declared and not stored."""
    environment = session.environment.environment
    return PlatformError(
        f'{setting.group}/{setting.key} is not stored in "{environment}"',
        hint=f"`platform config push --env {environment}` or a deployment creates it",
        code="setting-missing",
    )


def _environments(session: Session) -> Sequence[str]:
    blueprint = session.inspection.blueprint
    return list(blueprint.environments) if blueprint is not None else []


def _written(session: Session) -> dict[str, Any]:
    """The blueprint's `config` section as it is written."""
    from platform_cli.blueprint.nodes import plain_data

    tree = session.inspection.tree
    data = plain_data(tree) if tree is not None else {}
    config = data.get("config") if isinstance(data, dict) else None
    return config if isinstance(config, dict) else {}
