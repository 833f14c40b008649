"""Whether there is room for what is built."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import Check, Result, failure, ok, warning

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

_GIB = 1024**3
LEAST_BYTES = _GIB // 2
FEW_BYTES = 3 * _GIB


def check_disk(context: Context, free_bytes: Callable[[Path], int] | None = None) -> Result:
    """Look at the workspace and at the cache."""
    look = free_bytes or (lambda path: shutil.disk_usage(path).free)
    places = {"the workspace": context.folder, "the cache": context.surroundings.cache}
    free = {name: look(_existing(path)) for name, path in places.items()}
    seen = tuple(f"{name}: {size / _GIB:.1f} GiB free at {places[name]}" for name, size in free.items())
    least = min(free.values())
    if least >= FEW_BYTES:
        return ok(f"{least / _GIB:.1f} GiB are free", *seen)
    make = failure if least < LEAST_BYTES else warning
    return make(
        f"only {least / _GIB:.1f} GiB are free",
        *seen,
        consequence="packages, templates or the state of the local AWS cannot be written",
        # Not .platform as a whole: it holds data of the local AWS, and what an interrupted tuning puts back.
        mend=f"make room; {context.surroundings.cache} and `.platform/cdk.out` can be deleted at any time, "
        "`platform local reset` deletes the data of the local AWS",
    )


def _existing(path: Path) -> Path:
    return next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.exists())


CHECKS = (
    Check(
        "disk-space",
        "machine",
        "disk",
        "Looks how much room is left for the workspace and for the cache of this user. Packages of a middle "
        "system take some hundred megabytes; below three gibibytes there is a warning, below half of one a "
        "failure.",
        check_disk,
    ),
)
