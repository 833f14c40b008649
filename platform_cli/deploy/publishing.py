"""Bring files of an assembly to the bootstrap bucket; only those that are not there."""

from __future__ import annotations

import hashlib
import json
import tempfile
import threading
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from platform_cli.assembly.model import FileAsset, StackArtifact
from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import expecting
from platform_cli.deploy.events import AssetProgress, Report
from platform_cli.deploy.roles import Roles
from platform_cli.deploy.waiting import all_of
from platform_cli.errors import PlatformError

_WORKERS = 8
# The earliest time that a zip can hold: the same content gives the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_LARGEST_BODY_BYTES = 51_200
"""CloudFormation's limit of a template that is part of the request."""


def publish(assets: Iterable[FileAsset], roles: Roles, report: Report, stop: threading.Event) -> int:
    """Upload what is missing, in parallel.

    Args:
        assets: The files; one that occurs twice is uploaded once.
        roles: With whose rights.
        report: Is told of each file.
        stop: Ends the work between two files.

    Returns:
        How many were uploaded.

    Raises:
        PlatformError: `not-bootstrapped` if the bucket is not there.
    """
    wanted = list({(asset.bucket, asset.key): asset for asset in assets}.values())
    counting = threading.Lock()
    done = uploaded = 0

    def one(asset: FileAsset) -> None:
        nonlocal done, uploaded
        if stop.is_set():
            return
        size = _publish_one(asset, roles.publishing(asset))
        with counting:
            done += 1
            uploaded += size is not None
            event = AssetProgress(
                asset.display_name or asset.id, size is not None, size or 0, done, len(wanted)
            )
        report(event)

    with aws_errors("publishing files"), ThreadPoolExecutor(_WORKERS, thread_name_prefix="publish") as pool:
        try:
            futures = [pool.submit(one, asset) for asset in wanted]
            all_of(futures)
            for future in futures:
                future.result()
        except BaseException:  # on Ctrl-C too, those not begun are not begun
            stop.set()
            raise
    return uploaded


def template_source(
    artifact: StackArtifact, template: Mapping[str, Any] | None, roles: Roles
) -> Mapping[str, str]:
    """Where CloudFormation finds a template, as the arguments of a request say it.

    Args:
        artifact: The stack.
        template: A variant to deploy in place of the assembly's own; None for that.
        roles: With whose rights a variant is uploaded.
    """
    asset = artifact.template_asset
    if asset is None:
        body = json.dumps(template or artifact.template, separators=(",", ":"))
        if len(body.encode()) > _LARGEST_BODY_BYTES:
            raise PlatformError(
                f'the template of "{artifact.name}" is too large to be sent without the bootstrap bucket',
                code="broken-assembly",
                where=str(artifact.template_path),
            )
        return {"TemplateBody": body}
    clients = roles.publishing(asset)
    key = asset.key
    if template is not None:
        body = json.dumps(template, separators=(",", ":"))
        key = f"{hashlib.sha256(body.encode()).hexdigest()}.json"
        clients.client("s3").put_object(
            Bucket=asset.bucket, Key=key, Body=body.encode(), ContentType="application/json"
        )
    endpoint = clients.client("s3").meta.endpoint_url.rstrip("/")
    return {"TemplateURL": f"{endpoint}/{asset.bucket}/{key}"}


def write_zip(folder: Path, out: IO[bytes]) -> None:
    """Zip a folder so that equal content gives equal bytes, whatever the times and the file system."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, so that modes are read
            executable = path.stat().st_mode & 0o100
            entry.external_attr = (0o100755 if executable else 0o100644) << 16
            archive.writestr(entry, path.read_bytes())


def _publish_one(asset: FileAsset, clients: Clients) -> int | None:
    """Bytes uploaded; None if the object was there."""
    s3 = clients.client("s3")
    with expecting("404", "NoSuchKey", "NoSuchBucket", "NotFound") as missing:
        s3.head_object(Bucket=asset.bucket, Key=asset.key)
    if not missing:
        return None
    content_type = "application/json" if asset.path.suffix == ".json" else "application/octet-stream"
    with expecting("NoSuchBucket") as no_bucket, _content(asset) as content:
        content.seek(0, 2)
        size = content.tell()
        content.seek(0)
        s3.put_object(Bucket=asset.bucket, Key=asset.key, Body=content, ContentType=content_type)
    if no_bucket:
        raise PlatformError(
            f"the bucket {asset.bucket} of the bootstrap is not there",
            hint="run `platform bootstrap` for this environment",
            code="not-bootstrapped",
        )
    return size


@contextmanager
def _content(asset: FileAsset) -> Iterator[IO[bytes]]:
    if asset.packaging == "file":
        with asset.path.open("rb") as content:
            yield content
        return
    with tempfile.TemporaryFile() as zipped:
        write_zip(asset.path, zipped)
        yield zipped
