"""How the stored settings differ from the blueprint, or from those of another environment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from platform_cli.blueprint.resolved import ResolvedSetting
from platform_cli.operate.settings.store import StoredSetting, by_address
from platform_cli.operate.settings.values import same, value_problem

Kind = Literal["missing", "value", "encryption", "type", "undeclared"]


@dataclass(frozen=True)
class SettingDrift:
    """A setting that is otherwise than declared.

    Attributes:
        address: `orders/max-items`.
        kind: `missing` in the store; another `value`; wrong `encryption`; a value that is not of its
            `type`; or `undeclared`.
        declared: The blueprint's value, or None where it must not show or is not there.
        stored: The store's value, likewise.
        remark: What is wrong, in words.
    """

    address: str
    kind: Kind
    declared: str | None = field(repr=False)
    stored: str | None = field(repr=False)
    remark: str


@dataclass(frozen=True)
class SettingDifference:
    """A setting that two environments have otherwise; None where it is not there, or must not show."""

    address: str
    first: str | None = field(repr=False)
    second: str | None = field(repr=False)
    remark: str


def find_drift(
    declared: Iterable[ResolvedSetting], stored: Iterable[StoredSetting]
) -> tuple[SettingDrift, ...]:
    """Compare the blueprint with the store; values of secure settings are never compared."""
    there = by_address(stored)
    wanted = {f"{setting.group}/{setting.key}": setting for setting in declared}
    found = []
    for address, setting in wanted.items():
        drift = _drift(address, setting, there.get(address))
        if drift is not None:
            found.append(drift)
    found += [
        SettingDrift(address, "undeclared", None, setting.value, "is not declared in the blueprint")
        for address, setting in there.items()
        if address not in wanted
    ]
    return tuple(sorted(found, key=lambda drift: drift.address))


def find_differences(
    first: Iterable[StoredSetting], second: Iterable[StoredSetting]
) -> tuple[SettingDifference, ...]:
    """Compare two environments; of secure settings, only whether they are there."""
    one, other = by_address(first), by_address(second)
    found = []
    for address in sorted({*one, *other}):
        a, b = one.get(address), other.get(address)
        if a is None or b is None:
            missing = "first" if a is None else "second"
            found.append(
                SettingDifference(
                    address, a.value if a else None, b.value if b else None, f"missing in the {missing}"
                )
            )
        elif a.secure != b.secure:
            found.append(SettingDifference(address, a.value, b.value, "encrypted in one of them"))
        elif not a.secure and a.value != b.value:
            found.append(SettingDifference(address, a.value, b.value, "other values"))
    return tuple(found)


def _drift(address: str, setting: ResolvedSetting, stored: StoredSetting | None) -> SettingDrift | None:
    shown = None if setting.secure else setting.value
    if stored is None:
        return SettingDrift(address, "missing", shown, None, "is missing in Parameter Store")
    if stored.secure != setting.secure:
        wrong = "is encrypted, and the blueprint says plain" if stored.secure else "is not encrypted"
        return SettingDrift(address, "encryption", shown, None, wrong)
    if setting.secure or stored.value is None:
        return None
    problem = value_problem(setting.type, stored.value)
    if problem is not None:
        return SettingDrift(address, "type", shown, stored.value, f"is no {setting.type}: it {problem}")
    if not same(setting.type, setting.value, stored.value):
        return SettingDrift(address, "value", shown, stored.value, "has another value than declared")
    return None
