"""Plan the files of CDNs: what has another content is uploaded, what is gone is deleted. Pure, but for files.

S3 gives the MD5 of an object as its ETag where the object came in one piece and is encrypted by S3's own key,
as ours are: so what is there is known by listing, without a record of our own.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platform_cli.assembly.model import Assembly

LISTING = "platform.sites.json"
FRESH = "public, max-age=0, s-maxage=31536000, must-revalidate"
"""Browsers ask each time; the CDN keeps the file until it is told that it changed."""
IMMUTABLE = "public, max-age=31536000, immutable"

_TYPES = mimetypes.MimeTypes(filenames=())
for _ending, _type in (
    (".avif", "image/avif"),
    (".js", "text/javascript"),
    (".map", "application/json"),
    (".mjs", "text/javascript"),
    (".wasm", "application/wasm"),
    (".webmanifest", "application/manifest+json"),
    (".webp", "image/webp"),
    (".woff2", "font/woff2"),
):
    _TYPES.add_type(_type, _ending)
_TEXTS = ("application/json", "application/manifest+json", "image/svg+xml")

_MOST_PATHS = 30
"""Beyond as many, `/*` is invalidated: a path with a star counts as one, and 1,000 a month are free."""


@dataclass(frozen=True)
class Upload:
    """A file to upload."""

    key: str
    path: Path
    content_type: str
    cache_control: str


@dataclass(frozen=True)
class SiteStep:
    """What happens to the files of a CDN.

    Attributes:
        cdn: Its name in the blueprint.
        stack: The stack with its bucket and distribution.
        bucket: Its bucket.
        uploads: Files that are new or have another content; the index comes last, as it leads to the others.
        removals: Keys that no file has any more.
        stale: Paths that the CDN may keep an old content of.
    """

    cdn: str
    stack: str
    bucket: str
    uploads: tuple[Upload, ...]
    removals: tuple[str, ...]
    stale: tuple[str, ...]


@dataclass(frozen=True)
class Site:
    """The files of a CDN, in an assembly."""

    cdn: str
    bucket: str
    folder: Path
    index: str
    immutable: tuple[str, ...]


def sites_of(assembly: Assembly) -> tuple[Site, ...]:
    """The CDNs with files."""
    path = assembly.path / LISTING
    if not path.is_file():
        return ()
    listing: Mapping[str, Mapping[str, object]] = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Site(
            cdn=name,
            bucket=str(entry["bucket"]),
            folder=assembly.path / str(entry["folder"]),
            index=str(entry["index"]),
            immutable=tuple(map(str, entry["immutable"] if isinstance(entry["immutable"], list) else ())),
        )
        for name, entry in sorted(listing.items())
    )


def plan_site(site: Site, stack: str, there: Mapping[str, str]) -> SiteStep | None:
    """What has to be done for a bucket to hold the files of a folder; None if nothing.

    Args:
        site: The files.
        stack: The CDN's stack.
        there: MD5 of what the bucket holds, by key.
    """
    files = {
        path.relative_to(site.folder).as_posix(): path
        for path in sorted(site.folder.rglob("*"))
        if path.is_file()
    }
    changed = [key for key, path in files.items() if there.get(key) != _md5(path)]
    removals = tuple(sorted(set(there) - set(files)))
    if not changed and not removals:
        return None
    changed.sort(key=lambda key: (key.endswith(site.index), key == site.index, key))
    return SiteStep(
        cdn=site.cdn,
        stack=stack,
        bucket=site.bucket,
        uploads=tuple(_upload(key, files[key], site) for key in changed),
        removals=removals,
        stale=_stale([key for key in changed if key in there] + list(removals), site.index),
    )


def _upload(key: str, path: Path, site: Site) -> Upload:
    kind = _TYPES.guess_type(key)[0] or "application/octet-stream"
    if kind.startswith("text/") or kind in _TEXTS:
        kind = f"{kind}; charset=utf-8"
    lasting = any(fnmatch.fnmatchcase(key, pattern) for pattern in site.immutable)
    return Upload(key, path, kind, IMMUTABLE if lasting else FRESH)


def _stale(keys: list[str], index: str) -> tuple[str, ...]:
    paths = {f"/{key}" for key in keys}
    if index in keys:
        paths.add("/")
    return ("/*",) if len(paths) > _MOST_PATHS else tuple(sorted(paths))


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
