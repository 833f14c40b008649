"""What the calls of a run send: one payload, many with weights, or the service's own test events."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_cli.blueprint.resolved import ResolvedFunction, ResolvedSecret
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.invoking import checked_payload

_WRITING = {
    "tables": ("write", "read_write"),
    "event_stores": ("append",),
    "buckets": ("write", "read_write"),
    "buses": ("publish",),
    "topics": ("publish",),
    "queues": ("send",),
    "streams": ("put",),
    "databases": ("connect", "log_in"),
    "caches": ("connect",),
    "functions": ("invoke",),
    "hosts": ("call",),
    "identity": ("sign_in", "administer"),
}
"""Verbs of `access` by which a call may leave something behind."""


@dataclass(frozen=True)
class Payload:
    """A payload, how often it is sent in proportion to the others, and where it is from."""

    content: bytes
    weight: float = 1.0
    origin: str = ""


def writes_of(function: ResolvedFunction, secrets: Iterable[ResolvedSecret]) -> tuple[str, ...]:
    """By what repeated calls may leave something behind: `access`, secrets that it rotates, `permissions`.

    Args:
        function: That is called.
        secrets: Of its environment.
    """
    found = [
        f"{access.kind}.{access.name}: {access.verb}"
        for access in function.access
        if access.verb in _WRITING.get(access.kind, ())
    ]
    found += [f"secrets.{s.name}: rotate" for s in secrets if s.rotation_function == function.address]
    return (*found, *(f"permissions: {', '.join(p.actions)}" for p in function.permissions))


def read_payloads(path: Path) -> tuple[Payload, ...]:
    """Payloads from a file or a folder.

    A folder holds a `.json` file a payload; `weights.json` in it may give `{"file name": weight}`. A file
    holds one payload; or, under the key `payloads`, a list of `{"payload": …, "weight": …}`; or, with the
    ending `.jsonl`, a payload a line.

    Raises:
        PlatformError: `cannot-read`, `invalid-payload`.
    """
    if path.is_dir():
        return _from_folder(path)
    text = _read(path)
    if path.suffix == ".jsonl":
        lines = [line for line in text.splitlines() if line.strip()]
        found = tuple(Payload(checked_payload(line.encode()), 1.0, path.name) for line in lines)
    else:
        told = _parsed(text, path)
        listed = told.get("payloads") if isinstance(told, dict) and set(told) == {"payloads"} else None
        if listed is None:
            return (Payload(checked_payload(text.encode()), 1.0, path.name),)
        found = _weighted(listed, path)
    return _some(found, path)


def own_test_events(root: Path, service_path: str, function: str) -> tuple[Payload, ...]:
    """The service's own test events for a function.

    They are in the service's folder: `tests/events/<function>.json`, or a folder `tests/events/<function>/`.

    Raises:
        PlatformError: `no-test-events`.
    """
    folder = root / service_path / "tests" / "events"
    # A function is called with dashes in the blueprint, and often with underscores in files.
    for name in dict.fromkeys((function, function.replace("-", "_"))):
        for path in (folder / name, folder / f"{name}.json", folder / f"{name}.jsonl"):
            if path.exists():
                return read_payloads(path)
    raise PlatformError(
        f"there are no test events for {function} in {service_path}/tests/events",
        hint=f"write one to {service_path}/tests/events/{function}.json, or give one with `--payload`",
        code="no-test-events",
        exit_code=ExitCode.USAGE,
    )


def _from_folder(path: Path) -> tuple[Payload, ...]:
    weights: dict[str, Any] = {}
    given = path / "weights.json"
    if given.is_file():
        told = _parsed(_read(given), given)
        if not isinstance(told, dict):
            raise _invalid(given, "it must be an object from file names to numbers")
        weights = told
    files = [file for file in sorted(path.glob("*.json")) if file != given]
    unknown = set(weights) - {file.name for file in files}
    if unknown:
        raise _invalid(given, f"there is no file {', '.join(sorted(unknown))}")
    found = tuple(
        Payload(checked_payload(_read(f).encode()), _weight(weights.get(f.name, 1), given), f.name)
        for f in files
    )
    return _some(found, path)


def _weighted(listed: object, path: Path) -> tuple[Payload, ...]:
    if not isinstance(listed, list):
        raise _invalid(path, "`payloads` must be a list")
    found = []
    for number, item in enumerate(listed, 1):
        if not isinstance(item, dict) or "payload" not in item or set(item) - {"payload", "weight"}:
            raise _invalid(
                path, f"item {number} must have `payload`, and may have `weight`, and nothing else"
            )
        content = checked_payload(json.dumps(item["payload"]).encode())
        found.append(Payload(content, _weight(item.get("weight", 1), path), f"{path.name}, item {number}"))
    return tuple(found)


def _weight(value: object, path: Path) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise _invalid(path, f"a weight is a number above 0, and not {value!r}")
    return float(value)


def _some(found: Sequence[Payload], path: Path) -> tuple[Payload, ...]:
    if not found:
        raise _invalid(path, "there is no payload in it")
    return tuple(found)


def _parsed(text: str, path: Path) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise _invalid(path, f"it is no JSON: {error}") from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise PlatformError(
            f"cannot read {path}: {reason}", hint="check the path", code="cannot-read"
        ) from error


def _invalid(path: Path, reason: str) -> PlatformError:
    return PlatformError(
        f"the payloads in {path} cannot be used: {reason}",
        code="invalid-payload",
        exit_code=ExitCode.USAGE,
    )
