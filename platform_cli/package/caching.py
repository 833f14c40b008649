"""Keep what was built under the hash of what it was built from.

An entry is a zip and, beside it, a note with the zip's own hash. Both appear under their final names
at once (written elsewhere in the cache, then renamed), the note last; an entry without a note, or
whose zip does not have the noted hash, is as good as none. Two processes that build one entry at the
same time write the same bytes, so it does not matter who comes last.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from platform_cli.errors import PlatformError

_UNUSED_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True)
class Artifact:
    """A zip that can be deployed.

    Attributes:
        path: Where it is; below the cache, so it must be copied or uploaded, not kept.
        sha256: Of its bytes, in hexadecimal.
        unpacked_bytes: The size of its content.
    """

    path: Path
    sha256: str
    unpacked_bytes: int = 0


class ArtifactCache:
    """A folder of entries; made when first written to.

    Args:
        folder: Safe to delete at any time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        """Where the entries are; exists.

        Raises:
            PlatformError: `cannot-write` if it cannot be made.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PlatformError(
                f"the cache {self._folder} cannot be made: {error.strerror}",
                hint="PLATFORM_CACHE_DIR names another folder",
                code="cannot-write",
            ) from error
        return self._folder

    def find(self, name: str) -> Artifact | None:
        """The entry `name`, if it is there and whole."""
        path = self._folder / f"{name}.zip"
        try:
            note = json.loads(_note(path).read_text(encoding="utf-8"))
            artifact = Artifact(path, str(note["sha256"]), int(note["unpacked_bytes"]))
            if _sha256(path) != artifact.sha256:
                return None
            # The age of an entry is that of its last use; see `prune`.
            os.utime(_note(path))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return artifact

    def build(self, name: str, write: Callable[[Path], int]) -> Artifact:
        """Make the entry `name`.

        Args:
            name: Without ending; must depend on everything that the content depends on.
            write: Writes the zip to a path, and returns the size of its content unpacked.
        """
        path = self.folder / f"{name}.zip"
        with tempfile.TemporaryDirectory(prefix=".build-", dir=self.folder) as scratch:
            written = Path(scratch) / path.name
            unpacked_bytes = write(written)
            artifact = Artifact(path, _sha256(written), unpacked_bytes)
            note = Path(scratch) / _note(path).name
            content = {"sha256": artifact.sha256, "unpacked_bytes": unpacked_bytes}
            note.write_text(json.dumps(content) + "\n", encoding="utf-8")
            written.replace(path)
            note.replace(_note(path))
        return artifact

    def prune(self, now_seconds: float | None = None) -> None:
        """Forget entries that nobody used for 30 days."""
        if not self._folder.is_dir():
            return
        oldest = (time.time() if now_seconds is None else now_seconds) - _UNUSED_SECONDS
        for note in self._folder.glob("*.zip.json"):
            try:
                if note.stat().st_mtime < oldest:
                    note.unlink()
                    note.with_suffix("").unlink(missing_ok=True)
            except FileNotFoundError:  # another process prunes too
                continue


def _note(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
