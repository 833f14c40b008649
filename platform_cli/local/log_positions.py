"""How far the logs of the local AWS are counted: kept beside its state, so that a restart goes on there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

_FORMAT = 1


@dataclass(frozen=True)
class GroupPosition:
    """How far a log group is counted.

    Attributes:
        created_ms: When the group was made: another one of its name begins anew.
        stored_bytes: Of its lines, when it was read.
        read_ms: When it was read, in milliseconds since the epoch.
        seen: Ids of the lines around that time that are counted.
        minutes: By filter the minutes, since the epoch, in which lines came, and whether any counted; those
            that may still get lines.
    """

    created_ms: int
    stored_bytes: int
    read_ms: int
    seen: frozenset[str] = frozenset()
    minutes: Mapping[str, Mapping[int, bool]] = field(default_factory=dict)


@dataclass(frozen=True)
class Positions:
    """How far everything is counted.

    Attributes:
        began_ms: Lines of before that are none of ours: nobody counted then.
        groups: By name.
    """

    began_ms: int
    groups: Mapping[str, GroupPosition] = field(default_factory=dict)


def read_positions(path: Path) -> Positions | None:
    """What was kept; None if that is nothing that can be understood."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != _FORMAT:
            return None
        groups = {name: _group(told) for name, told in document["groups"].items()}
        return Positions(int(document["began_ms"]), groups)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def write_positions(path: Path, positions: Positions) -> None:
    """Replace the file in one step. Its folder is not made: one that is gone was deleted on purpose."""
    groups = {
        name: {**asdict(position), "seen": sorted(position.seen)}
        for name, position in positions.groups.items()
    }
    temporary = path.with_suffix(".tmp")
    temporary.write_text(
        json.dumps({"format": _FORMAT, "began_ms": positions.began_ms, "groups": groups}), encoding="utf-8"
    )
    temporary.replace(path)


def _group(told: Mapping[str, object]) -> GroupPosition:
    values = {each.name: told[each.name] for each in fields(GroupPosition)}
    seen, minutes = values.pop("seen"), values.pop("minutes")
    assert isinstance(seen, list)
    assert isinstance(minutes, dict)
    return GroupPosition(
        **{name: int(str(value)) for name, value in values.items()},
        seen=frozenset(map(str, seen)),
        minutes={
            name: {int(minute): bool(counted) for minute, counted in of.items()}
            for name, of in minutes.items()
        },
    )
