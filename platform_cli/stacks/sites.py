"""The files of CDNs, in the assembly: what was synthesized is what is deployed, files too."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from platform_cli.blueprint.resolved import ResolvedCdn, ResolvedEnvironment
from platform_cli.errors import ExitCode, PlatformError

PREFIX = "site-"
"""Beginning of the folders in an assembly that hold the files of a CDN."""

LISTING = "platform.sites.json"
"""What an assembly says of these folders."""


def add_sites(environment: ResolvedEnvironment, root: Path, assembly: Path) -> None:
    """Copy the files of each CDN into an assembly.

    Raises:
        PlatformError: `missing-assets` for a folder that is not there or has no index.
    """
    listing = {}
    for name, cdn in sorted(environment.cdns.items()):
        if cdn.assets is None:
            continue
        target = assembly / f"{PREFIX}{name}"
        for path in _files(cdn, root):
            copy = target / path.relative_to(root / cdn.assets.folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        listing[name] = {
            "bucket": cdn.assets.bucket_name,
            "folder": target.name,
            "immutable": list(cdn.assets.immutable),
            "index": cdn.assets.index,
        }
    if listing:
        text = json.dumps(listing, indent=1, sort_keys=True) + "\n"
        (assembly / LISTING).write_text(text, encoding="utf-8")


def sites_digest(environment: ResolvedEnvironment, root: Path) -> dict[str, str]:
    """A hash of the files of each CDN: their paths and their content.

    Raises:
        PlatformError: As for `add_sites`.
    """
    found = {}
    for name, cdn in sorted(environment.cdns.items()):
        if cdn.assets is not None:
            digest = hashlib.sha256()
            for path in _files(cdn, root):
                content = hashlib.sha256(path.read_bytes()).digest()
                digest.update(path.relative_to(root).as_posix().encode() + b"\0" + content)
            found[name] = digest.hexdigest()
    return found


def _files(cdn: ResolvedCdn, root: Path) -> Iterator[Path]:
    """Files below the folder of a CDN, sorted; hidden ones are a tool's or an editor's."""
    assert cdn.assets is not None, "a CDN with files"
    folder = root / cdn.assets.folder
    if not (folder / cdn.assets.index).is_file():
        missing = "does not exist" if not folder.is_dir() else f"has no {cdn.assets.index}"
        raise PlatformError(
            f"the folder {cdn.assets.folder} of CDN {cdn.name} {missing}",
            hint="build the site into it first",
            code="missing-assets",
            where=f"cdns.{cdn.name}.assets",
            exit_code=ExitCode.USAGE,
        )
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts[:-1])
        if path.is_file() and not hidden and path.name != ".DS_Store":
            yield path
