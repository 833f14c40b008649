"""The emulator's own virtual environment, created once a user and shared by all workspaces.

MiniStack pins its botocore and runs the handlers in its own interpreter, so it must not share an
environment with this tool: handlers would see our packages, and we its botocore.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from platform_cli.errors import PlatformError
from platform_cli.local.events import InstallingLocalAws, LocalAwsInstalled, Report, silent
from platform_cli.local.state import locked

CACHE_VARIABLE = "PLATFORM_CACHE_DIR"
_LOCK = Path(__file__).parent / "ministack.lock"
_MARKER = "complete.json"
_INSTALL_TIMEOUT_SECONDS = 900
_PROBE_TIMEOUT_SECONDS = 120
# Prints what a template may hold, and fails if anything that the server or a handler needs is missing.
_PROBE = """
import json, sys
import boto3, cryptography, hypercorn, ministack.app
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS
print(json.dumps({"resource_types": sorted(_RESOURCE_HANDLERS), "python": sys.version.split()[0]}))
"""


@dataclass(frozen=True)
class Environment:
    """A complete environment.

    Attributes:
        folder: Where it is.
        version: What `wanted_version` said when it was made.
        python_version: On which handlers run, `3.13.1`.
        resource_types: The types of resources that the emulator's CloudFormation knows.
    """

    folder: Path
    version: str
    python_version: str
    resource_types: frozenset[str]

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"


def cache_folder(variables: Mapping[str, str] | None = None) -> Path:
    """Where this tool keeps what it can make again: `PLATFORM_CACHE_DIR`, or the system's place."""
    chosen = (os.environ if variables is None else variables).get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_cache_dir("platform-cli", appauthor=False))


@cache
def ministack_version() -> str:
    """The version of MiniStack that the lock names."""
    for line in _LOCK.read_text(encoding="utf-8").splitlines():
        name, _, version = line.partition("==")
        if name == "ministack":
            return version.split()[0]
    raise PlatformError("ministack.lock does not name MiniStack", hint="install the tool again")


@cache
def wanted_version() -> str:
    """Identifies an environment: the lock's hash and the Python that it is made for."""
    digest = hashlib.sha256(_LOCK.read_bytes()).hexdigest()[:12]
    return f"{digest}-{sys.implementation.name}{'.'.join(map(str, sys.version_info[:3]))}"


def find_environment(cache: Path | None = None) -> Environment | None:
    """The environment, if it is there and looks complete; nothing is started to find that out."""
    folder = _folder(cache)
    try:
        marker = json.loads((folder / _MARKER).read_text(encoding="utf-8"))
        found = Environment(
            folder, marker["version"], marker["python"], frozenset(map(str, marker["resource_types"]))
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # The interpreter is a link: it leads nowhere once that Python was removed or upgraded.
    return found if found.version == wanted_version() and found.python.exists() else None


def ensure_environment(report: Report = silent, *, cache: Path | None = None) -> Environment:
    """The environment, created if it is not there.

    Args:
        report: Gets `InstallingLocalAws` and `LocalAwsInstalled` if there is something to do.
        cache: Instead of the user's cache folder.

    Raises:
        PlatformError: `local-aws-not-installed`, with what uv or Python said.
    """
    found = find_environment(cache)
    if found is not None:
        return found
    with _installing(cache):
        return find_environment(cache) or _install(report, cache)


def repair_environment(report: Report = silent, *, cache: Path | None = None) -> Environment | None:
    """Try whether the environment really works, and make it anew if not.

    Returns:
        The new one; None if the existing one works.

    Raises:
        PlatformError: As `ensure_environment`.
    """
    with _installing(cache):
        return _install(report, cache) if _broken(_folder(cache)) else None


def _installing(cache: Path | None) -> AbstractContextManager[None]:
    lock = _folder(cache).with_name(f"{_folder(cache).name}.lock")
    return locked(lock, "installing the local AWS", _INSTALL_TIMEOUT_SECONDS)


def _install(report: Report, cache: Path | None) -> Environment:
    folder = _folder(cache)
    report(InstallingLocalAws(ministack_version(), str(folder), repairing=folder.exists()))
    made = _create(folder)
    report(LocalAwsInstalled(ministack_version(), str(folder)))
    return made


def _folder(cache: Path | None) -> Path:
    return (cache or cache_folder()) / f"ministack-{wanted_version()}"


def _create(folder: Path) -> Environment:
    """Make the environment beside its place, then put it there in one step."""
    workshop = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")
    try:
        run_uv("venv", "--quiet", "--no-project", "--python", sys.executable, str(workshop))
        python = str(workshop / "bin" / "python")
        run_uv(
            "pip",
            "install",
            "--quiet",
            "--python",
            python,
            "--require-hashes",
            "--only-binary",
            ":all:",
            "--requirement",
            str(_LOCK),
        )
        probed = _probe(workshop)
        marker = {"version": wanted_version(), **probed}
        (workshop / _MARKER).write_text(json.dumps(marker), encoding="utf-8")
        if folder.exists():
            # A server may still run from it: its open files stay readable.
            folder.rename(workshop.with_name(f"{workshop.name}.old"))
        workshop.rename(folder)
    except OSError as error:
        raise _failed(f"{folder.parent} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
        shutil.rmtree(workshop.with_name(f"{workshop.name}.old"), ignore_errors=True)
    return Environment(folder, wanted_version(), probed["python"], frozenset(probed["resource_types"]))


def run_uv(*arguments: str) -> None:
    """Run the uv that came with the tool, apart from the user's environments.

    Raises:
        PlatformError: `local-aws-not-installed`, with what uv said.
    """
    import uv

    variables = {
        name: value
        for name, value in os.environ.items()
        if name not in {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "UV_PYTHON", "UV_TARGET", "UV_PREFIX"}
    }
    try:
        answer = subprocess.run(
            [uv.find_uv_bin(), *arguments],
            env=variables,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_INSTALL_TIMEOUT_SECONDS,
            check=False,
        )
    except FileNotFoundError as error:
        raise _failed(f"uv is not there: {error}") from error
    except subprocess.TimeoutExpired as error:
        raise _failed(f"uv took more than {_INSTALL_TIMEOUT_SECONDS} seconds") from error
    if answer.returncode != 0:
        raise _failed(answer.stderr.strip()[-2000:] or f"uv ended with {answer.returncode}")


def _probe(folder: Path) -> dict[str, Any]:
    answer = _ask(folder)
    if answer.returncode != 0:
        raise _failed(answer.stderr.strip()[-2000:])
    # Modules may print while they are imported; ours is the last line.
    probed: dict[str, Any] = json.loads(answer.stdout.strip().splitlines()[-1])
    return probed


def _broken(folder: Path) -> bool:
    try:
        return _ask(folder).returncode != 0
    except (OSError, subprocess.TimeoutExpired):
        return True


def _ask(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(folder / "bin" / "python"), "-I", "-c", _PROBE],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_PROBE_TIMEOUT_SECONDS,
        check=False,
    )


def _failed(reason: str) -> PlatformError:
    return PlatformError(
        f"the local AWS could not be installed: {reason}",
        hint=f"check the network, your package index and the free space, then try again; "
        f"{CACHE_VARIABLE} chooses another folder",
        code="local-aws-not-installed",
    )
