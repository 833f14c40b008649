"""Every key that an override can write either protects, and is compared, or may differ, for a reason."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from platform_cli.blueprint.checks.protection_free import FREE, LOOKED_INTO, NOT_BELOW
from platform_cli.blueprint.checks.protection_rules import RULES
from platform_cli.blueprint.model import Blueprint

Keys = tuple[str, ...]


def keys(kind: Any, path: Keys = ()) -> Iterator[tuple[Keys, bool]]:
    """Each key below, and whether something can be lost at it: not where only what is below can change."""
    origin = get_origin(kind)
    if origin is Annotated:
        yield from keys(get_args(kind)[0], path)
    elif origin in (Union, UnionType):
        for member in get_args(kind):
            yield from keys(member, path)
    elif origin is dict:
        yield from keys(get_args(kind)[1], (*path, "*"))
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            below = (*path, field.alias or name)
            yield below, not _is_container(field.annotation)
            yield from keys(field.annotation, below)


def _is_container(kind: Any) -> bool:
    """A mapping of fixed keys that is always there."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def fits(pattern: Keys, path: Keys) -> bool:
    return len(pattern) == len(path) and all(
        want in ("*", got) for want, got in zip(pattern, path, strict=True)
    )


COMPARED = [rule.path for rule in RULES] + [tuple(key.split(".")) for key in LOOKED_INTO]
MAY_DIFFER = {tuple(key.split(".")): key not in NOT_BELOW for key in FREE}


def is_compared(path: Keys) -> bool:
    return any(fits(pattern, path) for pattern in COMPARED)


def may_differ(path: Keys) -> bool:
    return any(
        fits(pattern, path) or (speaks_for_all and fits(pattern, path[: len(pattern)]))
        for pattern, speaks_for_all in MAY_DIFFER.items()
    )


ALL = dict(keys(Blueprint))


def test_every_key_of_the_language_is_decided() -> None:
    losing = [path for path, can_lose in ALL.items() if can_lose]
    assert [".".join(path) for path in losing if not (is_compared(path) or may_differ(path))] == []


def test_no_key_is_decided_twice() -> None:
    assert [".".join(path) for path in ALL if is_compared(path) and may_differ(path)] == []


def test_no_decision_is_about_a_key_that_is_not_there() -> None:
    known = {path[:length] for path in ALL for length in range(1, len(path) + 1)}
    decided = [*COMPARED, *MAY_DIFFER]
    assert [".".join(one) for one in decided if not any(fits(one, path) for path in known)] == []


def test_what_is_looked_into_has_a_row_above_it() -> None:
    rows = {".".join(rule.path) for rule in RULES}
    assert set(LOOKED_INTO.values()) <= rows
