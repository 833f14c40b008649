"""Write zips that are the same to the byte wherever the same content is packed."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from platform_cli.errors import PlatformError

_DATE = (1980, 1, 1, 0, 0, 0)
"""The first that a zip can express; the date of nothing in particular."""
_UNIX = 3
_FILE_MODE = 0o100644
_PROGRAM_MODE = 0o100755
_LEVEL = 6


@dataclass(frozen=True, order=True)
class Entry:
    """A file to pack: its name in the archive, with `/`, and where it is, or what it says and where from."""

    name: str
    path: Path
    executable: bool = False
    content: bytes | None = field(default=None, compare=False)

    def read(self) -> bytes:
        """What is packed."""
        return self.path.read_bytes() if self.content is None else self.content


def write_archive(entries: Iterable[Entry], destination: Path, *, compressed: bool) -> int:
    """Pack the entries, sorted by name, with a fixed date and fixed modes.

    Uncompressed archives depend on nothing but the content. Compressed ones may differ between
    implementations of zlib (not between runs, nor between machines with the same Python build), which is
    worth it where third-party code makes them large.

    Args:
        entries: What to pack.
        destination: The file to write.
        compressed: Whether to deflate.

    Returns:
        The size of the content unpacked, in bytes.

    Raises:
        PlatformError: `packaging-collision` if two entries have one name.
    """
    method = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    unpacked_bytes = 0
    previous: Entry | None = None
    with zipfile.ZipFile(destination, "w") as archive:
        for entry in sorted(entries):
            if previous is not None and entry.name == previous.name:
                raise PlatformError(
                    f"{entry.name} would be packed twice: from {previous.path} and from {entry.path}",
                    hint="rename one of the packages; a service and its libraries share one namespace",
                    code="packaging-collision",
                )
            previous = entry
            info = zipfile.ZipInfo(entry.name, _DATE)
            info.create_system = _UNIX
            info.external_attr = (_PROGRAM_MODE if entry.executable else _FILE_MODE) << 16
            content = entry.read()
            unpacked_bytes += len(content)
            archive.writestr(info, content, compress_type=method, compresslevel=_LEVEL)
    return unpacked_bytes
