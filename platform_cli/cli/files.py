"""Files that commands write for the user: whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, TextIO

from platform_cli.errors import PlatformError


def write_json(path: Path, value: Any) -> None:
    """Write JSON to a file, by way of a temporary one beside it.

    Raises:
        PlatformError: The file cannot be written.
    """
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write text to a file, by way of a temporary one beside it.

    Raises:
        PlatformError: The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        # mkstemp makes files that only their owner may read.
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise PlatformError(
            f"cannot write {path}: {error.strerror or error}",
            hint="name a file in a folder that you may write to",
            code="cannot-write",
        ) from error


def read_bytes(path: Path) -> bytes:
    """Read a file that the user named.

    Raises:
        PlatformError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise PlatformError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path", code="cannot-read"
        ) from error


def read_payload(typed: str, stdin: TextIO) -> bytes:
    """Return a payload: what was typed, the content of `@FILE`, or with `-` what comes in.

    Raises:
        PlatformError: The file cannot be read.
    """
    if typed == "-":
        return stdin.read().encode()
    if typed.startswith("@"):
        return read_bytes(Path(typed[1:]).expanduser())
    return typed.encode()
