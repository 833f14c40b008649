"""Read a `requirements.lock`: exact versions with hashes, and no address of any kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from platform_cli.errors import Place, PlatformError

LOCK_NAME = "requirements.lock"
_RELOCK = "write it anew with `platform lock {}`"
_ADDRESS = re.compile(r"://|^-e\b|^--|\s@\s|^\.{0,2}/|^file:")
_HASH = re.compile(r"\s--hash=sha\d+:[0-9a-f]+")


@dataclass(frozen=True)
class Pin:
    """One locked distribution; where versions differ by platform, one of several for a name."""

    name: str
    version: Version
    extras: frozenset[str]
    marker: str
    line: int


@dataclass(frozen=True)
class Lock:
    """A lock file; without one, `text` is empty and nothing is pinned."""

    path: Path
    text: str
    pins: tuple[Pin, ...]

    def pins_of(self, name: str) -> tuple[Pin, ...]:
        """All pins of a distribution, by its canonical name."""
        return tuple(pin for pin in self.pins if pin.name == name)


def read_lock(service_dir: Path) -> Lock:
    """The lock of a service; an empty one if there is no file.

    Raises:
        PlatformError: `invalid-lock`, with the line.
    """
    path = service_dir / LOCK_NAME
    if not path.is_file():
        return Lock(path, "", ())
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise invalid_lock(f"cannot be read: {error}", path) from error
    return Lock(path, text, tuple(_pin(line, number, path) for number, line in _logical_lines(text)))


def relock_hint(path: Path) -> str:
    """What to do about a lock that will not do."""
    return _RELOCK.format(path.parent.name)


def invalid_lock(message: str, path: Path, line: int | None = None) -> PlatformError:
    """The error for a lock that is not what this tool writes."""
    return PlatformError(
        f"{path.parent.name}/{path.name} {message}",
        hint=relock_hint(path),
        code="invalid-lock",
        where=Place(str(path), line),
    )


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their continuations, without comments; each with the number of its first."""
    start, parts = 0, list[str]()
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line.startswith("#"):
            continue
        start = start if parts else number
        parts.append(line.removesuffix("\\").strip())
        if not line.endswith("\\"):
            joined = " ".join(part for part in parts if part)
            if joined:
                yield start, joined
            parts = []
    if parts:
        yield start, " ".join(parts)


def _pin(line: str, number: int, path: Path) -> Pin:
    if _ADDRESS.search(line):
        raise invalid_lock("holds an address or an option, where only pins belong", path, number)
    requirement_text = _HASH.sub("", line).split(" #")[0].strip()
    try:
        requirement = Requirement(requirement_text)
        (specifier,) = requirement.specifier
        version = Version(specifier.version)
    except (InvalidRequirement, InvalidVersion, ValueError) as error:
        raise invalid_lock(f'has "{requirement_text}", which is not a pin', path, number) from error
    if specifier.operator != "==":
        raise invalid_lock(f'has "{requirement_text}", which is not an exact version', path, number)
    if not _HASH.search(line):
        raise invalid_lock(f"has no hash for {requirement.name}", path, number)
    return Pin(
        name=canonicalize_name(requirement.name),
        version=version,
        extras=frozenset(requirement.extras),
        marker=str(requirement.marker or ""),
        line=number,
    )
