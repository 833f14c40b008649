"""Keep the lock that every new service starts with at what its `pyproject.toml` asks for today.

For those who maintain the templates; `make lock` runs it. Locking itself is the business of
`package/`, so its function is passed in.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from platform_cli.scaffold.answers import Record, render_record
from platform_cli.scaffold.catalog import SHARED, TEMPLATE_VERSION, WORKSPACE, templates_root

LOCK = Path("project/requirements.lock")


def relock_templates(lock: Callable[[Path], bool]) -> bool:
    """Write the templates' `requirements.lock` anew.

    All kinds of service share it, so that their functions share one layer.

    Args:
        lock: Locks the service in a folder and returns whether its lock changed; asks the index.

    Returns:
        Whether the templates' lock changed.
    """
    target = templates_root() / SHARED / LOCK
    with tempfile.TemporaryDirectory(prefix="platform-") as scratch:
        service = Path(scratch, "services", "locked")
        shutil.copytree(templates_root() / WORKSPACE / "project" / "libs", Path(scratch, "libs"))
        render_record(SAMPLE, service)
        changed = lock(service)
        if changed or not target.is_file():
            written = target.with_suffix(".new")
            shutil.copyfile(service / LOCK.name, written)
            written.replace(target)
    return changed


SAMPLE = Record(
    "worker",
    TEMPLATE_VERSION,
    {
        "name": "locked",
        "description": "A service that is locked",
        "queue": "locked",
        "table": "locked",
        "partition_key": "id",
        "sort_key": "",
        "shared_table": False,
    },
)
