"""Install locked dependencies for a platform, and pack them as a Lambda layer."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from platform_cli.package.archives import Entry, write_archive
from platform_cli.package.caching import Artifact, ArtifactCache
from platform_cli.package.lock_file import Lock
from platform_cli.package.platforms import Platform
from platform_cli.package.uv_command import run_uv

_RULES = "1"
"""Part of every key: to be raised when the rules of this module or of `archives.py` change."""

_ROOT = "python"
"""The folder of a layer that Lambda puts on the path of Python."""

# Programs carry the path of the interpreter that installed them; the rest are notes of the installer
# about when, whence and where to.
_LEFT_OUT_FOLDERS = frozenset({"__pycache__", "bin"})
_LEFT_OUT_NOTES = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"})
_LEFT_OUT_ENDINGS = (".pyc", ".pyo")


def layer_name(lock: Lock, platform: Platform) -> str | None:
    """The cache's name for the layer of a lock on a platform; None if there is nothing to install."""
    if not lock.pins:
        return None
    digest = hashlib.sha256()
    for part in (_RULES, platform.label, platform.uv_name or "", _without_comments(lock.text)):
        digest.update(part.encode() + b"\0")
    return f"layer-{digest.hexdigest()[:32]}"


def build_layer(name: str, lock: Lock, platform: Platform, cache: ArtifactCache, root: Path) -> Artifact:
    """Install and pack; the only step of packaging that starts uv.

    Args:
        name: As `layer_name` gives it.
        lock: What to install; no more and no less.
        platform: For which to choose wheels.
        cache: Where the layer goes.
        root: The workspace, for uv's configuration.
    """
    with tempfile.TemporaryDirectory(prefix=".install-", dir=cache.folder) as scratch:
        target = Path(scratch).resolve() / _ROOT
        target.mkdir()
        run_uv(_install(lock, platform, target), folder=root, doing=f"installing for {platform.label}")
        entries = tuple(_files(target))
        return cache.build(name, lambda path: write_archive(entries, path, compressed=True))


def layer_modules(layer: Artifact) -> frozenset[str]:
    """The names that can be imported from a layer, top level."""
    with zipfile.ZipFile(layer.path) as archive:
        names = [name.split("/")[1:] for name in archive.namelist()]
    modules = set()
    for first, *rest in names:
        if rest and first.isidentifier():
            modules.add(first)
        elif not rest and first.endswith((".py", ".so")):
            modules.add(first.split(".")[0])
    return frozenset(modules)


def heaviest(layer: Artifact, count: int = 3) -> tuple[tuple[str, int], ...]:
    """The largest packages of a layer with their sizes unpacked, in bytes."""
    sizes: dict[str, int] = {}
    with zipfile.ZipFile(layer.path) as archive:
        for info in archive.infolist():
            package = info.filename.split("/")[1]
            sizes[package] = sizes.get(package, 0) + info.file_size
    return tuple(sorted(sizes.items(), key=lambda item: (-item[1], item[0]))[:count])


def _install(lock: Lock, platform: Platform, target: Path) -> list[str]:
    machine = ["--python-platform", platform.uv_name] if platform.uv_name else []
    return [
        "pip",
        "install",
        "--target",
        os.fspath(target),
        "--requirements",
        os.fspath(lock.path.resolve()),
        "--require-hashes",
        # The lock is complete, but for what Lambda brings and must not be installed.
        "--no-deps",
        "--only-binary",
        ":all:",
        "--python",
        sys.executable,
        "--python-version",
        platform.python_version,
        *machine,
    ]


def _files(target: Path) -> Iterator[Entry]:
    for folder, folders, files in os.walk(target):
        within = Path(folder).relative_to(target.parent)
        top = len(within.parts) == 1
        folders[:] = [
            name for name in folders if name != "__pycache__" and not (top and name in _LEFT_OUT_FOLDERS)
        ]
        for name in files:
            path = Path(folder, name)
            note = within.name.endswith(".dist-info") and name in _LEFT_OUT_NOTES
            if note or name.endswith(_LEFT_OUT_ENDINGS) or (top and name == ".lock"):
                continue
            yield Entry((within / name).as_posix(), path, executable=bool(path.stat().st_mode & 0o100))


def _without_comments(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("#"))
