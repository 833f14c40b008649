"""Write the values of an environment into the blueprint, comments and all the rest untouched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_cli.blueprint.editing import set_value
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.errors import PlatformError
from platform_cli.operate.settings.drift import SettingDrift
from platform_cli.operate.settings.values import typed


@dataclass(frozen=True)
class Edit:
    """A value of the blueprint that changes.

    Attributes:
        address: `orders/max-items`.
        keys: Where it stands.
        value: What is written.
        before: What the blueprint says now.
    """

    address: str
    keys: tuple[str, ...]
    value: Any
    before: str | None


def plan_pull(
    environment: ResolvedEnvironment,
    written: Mapping[str, Any],
    drift: Iterable[SettingDrift],
    *,
    everywhere: bool,
) -> tuple[Edit, ...]:
    """What makes the blueprint say what the store says.

    Secure values never come into a file. What the blueprint does not declare is not added, since nobody
    would read it.

    Args:
        environment: Whose values.
        written: The blueprint's `config` section, as it is written.
        drift: What differs.
        everywhere: Whether the value is for all environments; else it goes into this one's overrides.
    """
    types = {f"{setting.group}/{setting.key}": setting.type for setting in environment.settings}
    edits = []
    for found in drift:
        if found.kind != "value" or found.stored is None:
            continue
        group, _, key = found.address.partition("/")
        place = ("config", group, key)
        if not everywhere:
            place = ("environments", environment.environment, "overrides", *place)  # type: ignore[assignment]
        there = (written.get(group) or {}).get(key)
        explicit = isinstance(there, Mapping) and "value" in there
        keys: tuple[str, ...] = (*place, "value") if explicit else place
        edits.append(Edit(found.address, keys, typed(types[found.address], found.stored), found.declared))
    return tuple(edits)


def execute_pull(
    path: Path, edits: Iterable[Edit], done: Callable[[Edit], None] = lambda _edit: None
) -> None:
    """Change the blueprint's file, one value after the other, each at once or not at all.

    Args:
        path: The file.
        edits: What changes.
        done: Is told each that is written.

    Raises:
        BlueprintInvalid: The file is no valid YAML.
        PlatformError: `cannot-edit` where a value cannot be changed alone.
    """
    edits = tuple(edits)
    for number, edit in enumerate(edits):
        try:
            set_value(path, edit.keys, edit.value)
        except PlatformError as error:
            if error.code != "cannot-edit":
                raise
            raise _stopped_at(number, edits, error) from error
        done(edit)


def _stopped_at(number: int, edits: Sequence[Edit], error: PlatformError) -> PlatformError:
    """The error, with what to do: some values are written by then, and some may be left."""
    edit, left = edits[number], len(edits) - number - 1
    again = ", and pull again for the rest" if left else ""
    before = f"; {number} of {len(edits)} values were written before it" if number else ""
    return PlatformError(
        error.message,
        hint=f"set {edit.address} to {edit.value} by hand{again}{before}",
        code=error.code,
        where=error.where,
    )
