"""Edits of a blueprint's file that keep comments, order and style.

In: a path, keys and a value. Out: the file with the one change, replaced at once. Never: a change that
touches more than it should; before the file is replaced, the new text is read again and compared.
"""

from __future__ import annotations

import copy
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from platform_cli.blueprint.collecting import Collector
from platform_cli.blueprint.findings import BlueprintInvalid
from platform_cli.blueprint.nodes import MappingNode, plain_data
from platform_cli.blueprint.parsing import parse
from platform_cli.blueprint.splicing import CannotSplice, comments_of, set_in_text
from platform_cli.errors import ExitCode, Place, PlatformError


def set_value(path: Path, keys: tuple[str, ...], value: Any) -> None:
    """Set one value of a blueprint; keys that are missing on the way are made.

    Args:
        path: The file.
        keys: From the top, such as `("services", "orders", "functions", "create", "memory_mb")`.
        value: Plain data: mappings, lists, texts, numbers, booleans, None.

    Raises:
        BlueprintInvalid: The file is no valid YAML; it is not touched.
        PlatformError: The file cannot be changed at that spot alone (code `cannot-edit`).
    """
    text, data = _read(path)
    expected = _with_value(copy.deepcopy(data), keys, value)
    if expected is None:
        raise _cannot_edit(path, keys, "a key on the way leads into a list or a text")
    if expected == data and _same_order(expected, data) and _get(data, keys) is not _MISSING:
        return
    _write(path, text, keys, value, expected)


def add_service(path: Path, name: str, service: Mapping[str, Any]) -> None:
    """Add a service at the end of `services`.

    Args:
        path: The file.
        name: The service's name.
        service: What stands under it.

    Raises:
        BlueprintInvalid: The file is no valid YAML; it is not touched.
        PlatformError: There is such a service (code `service-exists`), or the file cannot be changed
            at that spot alone (code `cannot-edit`).
    """
    _, data = _read(path)
    services = data.get("services") or {}
    if isinstance(services, Mapping) and name in services:
        raise PlatformError(
            f'{path.name} has a service "{name}" already',
            hint="choose another name, or change the service that is there",
            code="service-exists",
            where=Place(path.name),
            exit_code=ExitCode.USAGE,
        )
    set_value(path, ("services", name), service)


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        raw = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise PlatformError(
            f"{path} does not exist", code="no-blueprint", where=path.name, exit_code=ExitCode.USAGE
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise PlatformError(
            f"{path} cannot be read: {error}", code="unreadable-file", exit_code=ExitCode.USAGE
        ) from error
    collector = Collector()
    tree = parse(raw.removeprefix("\ufeff"), path.name, collector)
    if collector.has_errors or tree is None:
        raise BlueprintInvalid(collector.sorted())
    if not isinstance(tree, MappingNode):
        raise _cannot_edit(path, (), "the file is no mapping of keys to values")
    data: dict[str, Any] = plain_data(tree)
    return raw, data


_MISSING = object()


def _get(data: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        if not isinstance(data, dict) or key not in data:
            return _MISSING
        data = data[key]
    return data


def _with_value(data: dict[str, Any], keys: tuple[str, ...], value: Any) -> dict[str, Any] | None:
    """The data that the edited file must have; None if a key on the way leads into something else."""
    inner: dict[str, Any] = data
    for key in keys[:-1]:
        following = inner.get(key)
        if following is None:
            following = inner[key] = {}
        if not isinstance(following, dict):
            return None
        inner = following
    inner[keys[-1]] = _plain(value)
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _same_order(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(_same_order(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same_order, one, other))
    return type(one) is type(other) and (one == other or one != one)


def _write(path: Path, text: str, keys: tuple[str, ...], value: Any, expected: dict[str, Any]) -> None:
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    try:
        edited = set_in_text(body, keys, _plain(value))
    except CannotSplice as error:
        raise _cannot_edit(path, keys, str(error)) from error
    collector = Collector()
    tree = parse(edited, path.name, collector)
    if tree is None or collector.has_errors or not _same_order(plain_data(tree), expected):
        raise _cannot_edit(path, keys, "the change would touch other values too")
    if comments_of(edited) != comments_of(body):
        raise _cannot_edit(path, keys, "comments would be lost")
    replace_file(path, mark + edited)


def _cannot_edit(path: Path, keys: tuple[str, ...], reason: str) -> PlatformError:
    return PlatformError(
        f"{path.name} cannot be changed at {'.'.join(keys) or 'the top'}: {reason}",
        hint="change it by hand; the file is as it was",
        code="cannot-edit",
        where=Place(path.name),
    )


def replace_file(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it; a link stays a link."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
