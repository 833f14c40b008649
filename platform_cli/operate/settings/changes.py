"""Changes of settings: planned against what is stored, then written one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedSetting
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.settings.drift import SettingDrift
from platform_cli.operate.settings.store import (
    SettingVersion,
    StoredSetting,
    read_setting,
    read_versions,
    write_setting,
)
from platform_cli.operate.settings.values import check_value, same


@dataclass(frozen=True)
class SettingChange:
    """A value to store.

    Attributes:
        setting: Which.
        value: The new value; never in a representation.
        before: What is stored now, or None.
        words: What is done, for the record; without the value of a secure setting.
    """

    setting: ResolvedSetting
    value: str = field(repr=False)
    before: StoredSetting | None = field(repr=False)
    words: str

    @property
    def address(self) -> str:
        """`orders/max-items`."""
        return f"{self.setting.group}/{self.setting.key}"


@dataclass(frozen=True)
class WrittenSetting:
    """What became of a change.

    Attributes:
        change: Which.
        version: That the value is now.
        between: Versions that somebody else wrote after it was looked at and before this one.
    """

    change: SettingChange
    version: int
    between: tuple[int, ...]


def plan_set(setting: ResolvedSetting, value: str, clients: Clients) -> SettingChange | None:
    """What `set` would do; None if the value is so already.

    Raises:
        PlatformError: `invalid-setting`, `encryption-fixed`, or what AWS refuses.
    """
    check_value(setting, value)
    before = read_setting(setting, clients, reveal=True)
    _check_encryption(setting, before)
    if before is not None and before.value == value:
        return None
    return SettingChange(setting, value, before, _words(setting, value, before))


def plan_push(
    declared: Iterable[ResolvedSetting], stored: Iterable[StoredSetting], drift: Iterable[SettingDrift]
) -> tuple[SettingChange, ...]:
    """What makes the store say what the blueprint says.

    A secure value that is stored stays: the blueprint has only the one that it was created with. So does
    one that is not encrypted as declared, since Parameter Store cannot change that.
    """
    there = {setting.address: setting for setting in stored}
    wanted = {f"{setting.group}/{setting.key}": setting for setting in declared}
    changes = []
    for found in drift:
        setting = wanted.get(found.address)
        if setting is None or found.kind == "encryption" or (setting.secure and found.kind != "missing"):
            continue
        check_value(setting, setting.value)
        before = there.get(found.address)
        changes.append(SettingChange(setting, setting.value, before, _words(setting, setting.value, before)))
    return tuple(changes)


def plan_rollback(setting: ResolvedSetting, version: int | None, clients: Clients) -> SettingChange:
    """What returns a setting to an earlier value.

    Args:
        setting: Which.
        version: To which; None means the last one with another value.
        clients: Of the environment.

    Raises:
        PlatformError: `unknown-version`, `nothing-to-roll-back`, or `encryption-fixed`.
    """
    versions = read_versions(setting, clients, reveal=True)
    chosen = _chosen(setting, versions, version)
    value = chosen.value or ""
    check_value(setting, value)
    before = read_setting(setting, clients, reveal=True)
    _check_encryption(setting, before)
    shown = "" if setting.secure else f" ({value})"
    return SettingChange(setting, value, before, f"as in version {chosen.version}{shown}")


def execute_changes(
    changes: Iterable[SettingChange],
    clients: Clients,
    written: Callable[[WrittenSetting], None] = lambda _written: None,
) -> tuple[WrittenSetting, ...]:
    """Write values one by one; `written` is told of each as soon as it holds.

    Raises:
        PlatformError: What AWS refuses; those before it are written, and were told.
    """
    done = []
    for change in changes:
        version = write_setting(change.setting, change.value, clients)
        seen = change.before.version if change.before is not None else 0
        between = tuple(range(seen + 1, version))
        outcome = WrittenSetting(change, version, between)
        written(outcome)
        done.append(outcome)
    return tuple(done)


def _chosen(
    setting: ResolvedSetting, versions: tuple[SettingVersion, ...], wanted: int | None
) -> SettingVersion:
    address = f"{setting.group}/{setting.key}"
    if wanted is not None:
        found = next((v for v in versions if v.version == wanted), None)
        if found is None:
            raise PlatformError(
                f"{address} has no version {wanted}",
                hint=f"`platform config history {address}` lists those that are kept",
                code="unknown-version",
                exit_code=ExitCode.USAGE,
            )
        return found
    current = versions[0].value if versions else None
    for version in versions[1:]:
        if version.value is not None and not same(setting.type, version.value, current or ""):
            return version
    raise PlatformError(
        f"{address} never had another value that is kept",
        hint=f"`platform config history {address}` lists what is kept",
        code="nothing-to-roll-back",
    )


def _check_encryption(setting: ResolvedSetting, before: StoredSetting | None) -> None:
    """Parameter Store refuses to make a plain parameter a secure one, and the other way round."""
    if before is not None and before.secure != setting.secure:
        are = "encrypted, and the blueprint says plain" if before.secure else "plain, and shall be encrypted"
        raise PlatformError(
            f"{setting.group}/{setting.key} is stored {are}; Parameter Store cannot change that",
            hint="declare it under another key; or delete the parameter, then run `platform config push`",
            code="encryption-fixed",
        )


def _words(setting: ResolvedSetting, value: str, before: StoredSetting | None) -> str:
    if setting.secure:
        return "a new value" if before is not None else "created"
    was = f" (was {before.value})" if before is not None and before.value is not None else " (new)"
    return f"{value}{was}"
