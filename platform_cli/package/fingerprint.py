"""Tell cheaply whether anything changed that a service's packages are built from."""

from __future__ import annotations

import hashlib
from pathlib import Path

from platform_cli.blueprint.resolved import ResolvedService
from platform_cli.package.lock_file import LOCK_NAME
from platform_cli.package.project import read_projects
from platform_cli.package.sources import hash_sources, list_sources


def fingerprint_service(service: ResolvedService, root: Path) -> str:
    """A hash of the service's code, its libraries' code, what they ask for, and the lock.

    It is the same in every checkout, and says nothing about the platform: the Python that runs this
    program decides what `target: local` gets, and is for the caller to add.

    Args:
        service: Its `path` is used, and nothing else.
        root: The workspace.

    Raises:
        PlatformError: `missing-service-folder` and the like.
    """
    folder = root / service.path
    projects = read_projects(folder)
    digest = hashlib.sha256(hash_sources(list_sources(projects)).encode())
    for path in (*(project.pyproject for project in projects), folder / LOCK_NAME):
        content = path.read_bytes() if path.is_file() else b"none"
        digest.update(f"\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
