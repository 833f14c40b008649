"""Where the services' code names a flag: files and lines, found in the syntax tree, not in comments."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from platform_cli.errors import PlatformError

_SKIPPED = frozenset({"__pycache__", "node_modules", "build", "dist"})
_LARGEST_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, order=True)
class Reference:
    """A line that names a flag; `file` is relative to the workspace, POSIX."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def find_references(
    root: Path, folders: Iterable[str], names: Iterable[str]
) -> Mapping[str, tuple[Reference, ...]]:
    """Lines of Python code, outside tests, with a text that is the name of a flag.

    Args:
        root: The workspace.
        folders: Of services and libraries, relative to the workspace.
        names: The flags.

    Raises:
        PlatformError: `unreadable-code` if a file is no Python, so that its references are unknown.
    """
    wanted = frozenset(names)
    found: dict[str, list[Reference]] = defaultdict(list)
    for path in sorted({file for folder in folders for file in _files(root / folder)}):
        relative = path.relative_to(root).as_posix()
        for name, line in _texts(path, relative):
            if name in wanted:
                found[name].append(Reference(relative, line))
    return {name: tuple(sorted(set(found[name]))) for name in wanted}


def _files(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in folder.rglob("*.py"):
        parts = path.relative_to(folder).parts
        hidden = any(part in _SKIPPED or part.startswith(".") for part in parts)
        if not hidden and "tests" not in parts[:-1] and path.is_file():
            yield path


def _texts(path: Path, relative: str) -> Iterator[tuple[str, int]]:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            return
        tree = ast.parse(path.read_bytes(), filename=relative)
    except (SyntaxError, ValueError, OSError) as error:
        raise PlatformError(
            f"{relative} cannot be read as Python, so nobody knows which flags it uses: {error}",
            hint="mend the file, and run the command again",
            code="unreadable-code",
            where=relative,
        ) from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno
