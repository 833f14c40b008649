"""Bring the files of CDNs to what a plan says."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.events import Report, SitePublished
from platform_cli.deploy.observing import read_stack
from platform_cli.deploy.sites import SiteStep, Upload
from platform_cli.errors import PlatformError

DISTRIBUTION_OUTPUT = "DistributionId"
_WORKERS = 8
_DELETED_AT_ONCE = 1000  # DeleteObjects' limit


def execute_sites(steps: Iterable[SiteStep], clients: Clients, report: Report) -> None:
    """Upload, make the CDN forget what changed, then delete what is gone.

    What was there before stays until all that is new is there, so that nobody gets a page without its parts.

    Raises:
        PlatformError: `not-deployed` if a CDN's stack is not there; what AWS refuses.
    """
    for step in steps:
        with aws_errors(f"uploading the files of CDN {step.cdn}", target=clients.target):
            stack = read_stack(step.stack, clients)
            if stack is None:
                raise PlatformError(
                    f"the stack {step.stack} of CDN {step.cdn} is not there",
                    hint="run `platform deploy` again",
                    code="stack-missing",
                )
            _upload_all(step, clients)
            if step.removals:
                _delete(step, clients)
            if step.stale:
                _forget(stack.outputs[DISTRIBUTION_OUTPUT], step.stale, clients)
        report(SitePublished(step.cdn, len(step.uploads), len(step.removals), len(step.stale)))


def _upload_all(step: SiteStep, clients: Clients) -> None:
    pages = [upload for upload in step.uploads if upload.content_type.startswith("text/html")]
    others = [upload for upload in step.uploads if upload not in pages]
    s3 = clients.client("s3")

    def one(upload: Upload) -> None:
        with upload.path.open("rb") as content:
            s3.put_object(
                Bucket=step.bucket,
                Key=upload.key,
                Body=content,
                ContentType=upload.content_type,
                CacheControl=upload.cache_control,
            )

    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="site") as pool:
        for some in (others, pages):
            list(pool.map(one, some))


def _delete(step: SiteStep, clients: Clients) -> None:
    for at in range(0, len(step.removals), _DELETED_AT_ONCE):
        keys = [{"Key": key} for key in step.removals[at : at + _DELETED_AT_ONCE]]
        answer = clients.client("s3").delete_objects(
            Bucket=step.bucket, Delete={"Objects": keys, "Quiet": True}
        )
        if errors := answer.get("Errors"):
            raise PlatformError(
                f"{errors[0].get('Key')} of CDN {step.cdn} cannot be deleted: {errors[0].get('Message')}",
                hint="see who may delete in the bucket, then deploy again",
                code="site-not-cleaned",
            )


def _forget(distribution: str, paths: tuple[str, ...], clients: Clients) -> None:
    quoted = [quote(path, safe="/*") for path in paths]
    clients.client("cloudfront").create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={
            "Paths": {"Quantity": len(quoted), "Items": quoted},
            "CallerReference": secrets.token_hex(8),
        },
    )
