"""Which files of a service, and of its libraries by path, go into its code zip."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from platform_cli.errors import Place, PlatformError
from platform_cli.package.archives import Entry, write_archive
from platform_cli.package.caching import Artifact, ArtifactCache
from platform_cli.package.project import Project

_RULES = "1"
"""Part of every key: to be raised when the rules of this module or of `archives.py` change."""

_LEFT_OUT_FOLDERS = frozenset({"__pycache__", "tests", "node_modules"})
_LEFT_OUT_ENDINGS = (".pyc", ".pyo", ".swp", "~")
_LEFT_OUT_FOLDER_ENDINGS = (".egg-info", ".dist-info")


def list_sources(projects: tuple[Project, ...]) -> tuple[Entry, ...]:
    """The files below `src/` of each project, sorted; without tests, caches, and hidden files.

    Raises:
        PlatformError: `missing-source-folder`, `unpackable-source`.
    """
    return tuple(sorted(entry for project in projects for entry in _files(project)))


def hash_sources(entries: tuple[Entry, ...]) -> str:
    """A hash of the names and contents, the same wherever the files are."""
    digest = hashlib.sha256(_RULES.encode())
    for entry in entries:
        content = entry.read()
        digest.update(f"\0{entry.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def build_code(service: str, entries: tuple[Entry, ...], cache: ArtifactCache) -> tuple[Artifact, bool]:
    """The code zip of a service, and whether the cache had it."""
    name = f"code-{service}-{hash_sources(entries)[:32]}"
    found = cache.find(name)
    if found is not None:
        return found, True
    return cache.build(name, lambda path: write_archive(entries, path, compressed=False)), False


def _files(project: Project) -> Iterator[Entry]:
    source = project.source
    if not source.is_dir():
        raise PlatformError(
            f"{project.name} has no folder src/ with its packages",
            hint=f"move the package to {source.name}/{project.name.replace('-', '_')}/",
            code="missing-source-folder",
            where=Place(str(project.folder)),
        )
    for folder, folders, files in os.walk(source):
        folders[:] = sorted(name for name in folders if _goes_in_folder(name))
        wanted = [name for name in files if not name.startswith(".") and not name.endswith(_LEFT_OUT_ENDINGS)]
        for path in (Path(folder, name) for name in (*folders, *wanted)):
            # `os.walk` does not follow links to folders, and what is left out in silence is missed on Lambda.
            if path.is_symlink() and not path.is_file():
                raise PlatformError(
                    f"{path} is a symbolic link that cannot be packed",
                    hint="make it a library that the service takes by path in `[tool.uv.sources]`",
                    code="unpackable-source",
                    where=Place(str(path)),
                )
        for name in wanted:
            path = Path(folder, name)
            yield Entry(path.relative_to(source).as_posix(), path)


def _goes_in_folder(name: str) -> bool:
    return not (name in _LEFT_OUT_FOLDERS or name.startswith(".") or name.endswith(_LEFT_OUT_FOLDER_ENDINGS))
