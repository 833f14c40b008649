"""Lock a service's dependencies, and tell whether the lock still fits what it asks for."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from platform_cli.errors import Place, PlatformError
from platform_cli.package.lock_file import LOCK_NAME, Lock, read_lock, relock_hint
from platform_cli.package.platforms import PROVIDED_DISTRIBUTIONS
from platform_cli.package.project import Project, minimum_python, read_projects
from platform_cli.package.uv_command import run_uv


def check_lock(service_dir: Path) -> None:
    """See that the lock answers everything that the service and its libraries ask for; starts nothing.

    What the dependencies of dependencies ask for is uv's to know and is not looked at.

    Raises:
        PlatformError: `missing-lock`, `outdated-lock`, `invalid-lock`; or what `read_projects` raises.
    """
    check_projects(read_projects(service_dir), read_lock(service_dir))


def check_projects(projects: tuple[Project, ...], lock: Lock) -> None:
    """`check_lock` for what is read already."""
    linux = {
        "os_name": "posix",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": "aarch64",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "python_version": ".".join(str(number) for number in minimum_python(projects)),
        "extra": "",
    }
    for project in projects:
        for requirement in project.requirements:
            if canonicalize_name(requirement.name) in PROVIDED_DISTRIBUTIONS:
                continue
            wanted = requirement.marker is None or requirement.marker.evaluate(dict(linux))
            _check(requirement, project, lock, needed=wanted)


def _check(requirement: Requirement, project: Project, lock: Lock, *, needed: bool) -> None:
    pins = lock.pins_of(canonicalize_name(requirement.name))
    asks = f'{project.name} asks for "{requirement}"'
    if not pins:
        if not needed:
            return
        if not lock.path.is_file():
            raise PlatformError(
                f"{asks}, but {lock.path.parent.name} has no {LOCK_NAME}",
                hint=relock_hint(lock.path),
                code="missing-lock",
                where=Place(str(lock.path)),
            )
        raise _outdated(f"{asks}, which the lock does not have", lock)
    fitting = [pin for pin in pins if requirement.specifier.contains(pin.version, prereleases=True)]
    if not fitting:
        versions = ", ".join(str(pin.version) for pin in pins)
        raise _outdated(f"{asks}, but {versions} is locked", lock, pins[0].line)
    if not any(requirement.extras <= pin.extras for pin in fitting):
        raise _outdated(f"{asks}, but it is locked without these extras", lock, fitting[0].line)


def _outdated(message: str, lock: Lock, line: int | None = None) -> PlatformError:
    return PlatformError(
        message, hint=relock_hint(lock.path), code="outdated-lock", where=Place(str(lock.path), line)
    )


def lock_service(service_dir: Path, *, upgrade: bool = False) -> bool:
    """Write the service's `requirements.lock` anew, for every platform, by asking the package index.

    Versions that are locked already stay where they still fit. Dependencies by path are resolved with
    all that they need but are not themselves in the lock, nor is what Lambda's Python brings. Without
    any dependency the file is empty.

    Args:
        service_dir: The folder with the `pyproject.toml`.
        upgrade: Take the newest versions instead.

    Returns:
        Whether the file changed.

    Raises:
        PlatformError: If something cannot be resolved, or would be locked by address; the file is then
            as it was.
    """
    projects = read_projects(service_dir)
    path = service_dir / LOCK_NAME
    before = path.read_bytes() if path.is_file() else None
    with tempfile.TemporaryDirectory(prefix=".lock-", dir=service_dir) as scratch:
        written = Path(scratch) / LOCK_NAME
        if before is not None and not upgrade:
            shutil.copyfile(path, written)
        run_uv(_compile(projects, written), folder=service_dir, doing=f"locking {service_dir.name}")
        after = written.read_bytes()
        _refuse_addresses(written, service_dir)
        if after == before:
            return False
        written.replace(path)
    return True


def _compile(projects: tuple[Project, ...], written: Path) -> list[str]:
    unlocked = sorted({*(project.name for project in projects), *PROVIDED_DISTRIBUTIONS})
    return [
        "pip",
        "compile",
        "pyproject.toml",
        "--universal",
        "--generate-hashes",
        "--no-header",
        "--no-annotate",
        "--no-strip-extras",
        *(part for name in unlocked for part in ("--no-emit-package", name)),
        "--python",
        sys.executable,
        "--python-version",
        ".".join(str(number) for number in minimum_python(projects)),
        "--output-file",
        os.fspath(written.resolve()),
    ]


def _refuse_addresses(written: Path, service_dir: Path) -> None:
    """The compiled file must read as a lock; what is wrong is said of the file it would become."""
    try:
        read_lock(written.parent)
    except PlatformError as error:
        raise PlatformError(
            f"the dependencies of {service_dir.name} cannot be locked by hash alone: {error.message}",
            hint="take every dependency from an index, or by path in `[tool.uv.sources]`",
            code="unsupported-source",
            where=Place(str(service_dir / "pyproject.toml")),
        ) from error
