"""Translate what boto3 raises into errors that say what to do; the only place that does.

A refusal (a service answered, and said no) is read in `refusals.py`; here are the calls that never
came to an answer: no credentials, no network, nobody at home.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from platform_cli.aws.redaction import redacted
from platform_cli.aws.refusals import expired, translate_refusal
from platform_cli.errors import PlatformError

if TYPE_CHECKING:
    from platform_cli.aws.clients import Target


def is_aws_error(error: BaseException) -> bool:
    """Whether boto3 or botocore raised it."""
    if "botocore" not in sys.modules:
        return False
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    return isinstance(error, BotoCoreError | ClientError | Boto3Error)


@contextmanager
def aws_errors(doing: str, *, target: Target | None = None) -> Iterator[None]:
    """Translate whatever AWS refuses in the body.

    Args:
        doing: What was being done, as it stands after "while" (`reading the stacks`).
        target: Where the calls went; its profile makes the hints exact.

    Raises:
        PlatformError: In place of an error of boto3; anything else passes.
    """
    try:
        yield
    except Exception as error:
        if not is_aws_error(error):
            raise
        raise translate(error, doing, target=target) from error


def translate(error: Exception, doing: str, *, target: Target | None = None) -> PlatformError:
    """The error of ours that says the same; raise it `from` the original.

    Args:
        error: What boto3 raised; anything else becomes a plain failure.
        doing: What was being done, as it stands after "while".
        target: Where the call went; its profile makes the hints exact.
    """
    from botocore.exceptions import ClientError

    profile = target.profile if target else None
    # boto3's transfers wrap the refusal in a text of their own.
    inner = error.__cause__ or error.__context__
    if isinstance(error, ClientError):
        return translate_refusal(error, doing, profile)
    if isinstance(inner, ClientError):
        return translate_refusal(inner, doing, profile)
    return _credentials(error, doing, profile) or _connection(error, doing) or _other(error, doing)


def _credentials(error: Exception, doing: str, profile: str | None) -> PlatformError | None:
    from botocore import exceptions as aws

    text = redacted(str(error))
    if isinstance(error, aws.NoCredentialsError | aws.PartialCredentialsError):
        return PlatformError(
            f"there are no AWS credentials for {doing}",
            hint="set `profile` in the environment's part of the blueprint, or the variable AWS_PROFILE",
            code="no-credentials",
        )
    if isinstance(error, aws.SSOError | aws.TokenRetrievalError | aws.NoAuthTokenError | aws.LoginError):
        return expired(doing, profile)
    if isinstance(error, aws.CredentialRetrievalError | aws.MetadataRetrievalError):
        if "expired" in text.lower():
            return expired(doing, profile)
        return PlatformError(f"the AWS credentials cannot be got: {text}", code="no-credentials")
    if isinstance(error, aws.ProfileNotFound):
        name = error.kwargs.get("profile", "")
        return PlatformError(
            f'the AWS profile "{name}" is not configured on this machine',
            hint=f"configure it with `aws configure sso --profile {name}`, or name another in the blueprint",
            code="unknown-profile",
        )
    if isinstance(error, aws.ConfigParseError | aws.InvalidConfigError):
        return PlatformError(f"the AWS configuration cannot be read: {text}", code="no-credentials")
    return None


def _connection(error: Exception, doing: str) -> PlatformError | None:
    from botocore import exceptions as aws

    if not isinstance(error, aws.HTTPClientError | aws.ConnectionError):
        return None
    url = str(error.kwargs.get("endpoint_url") or "")
    if _is_loopback(urlsplit(url).hostname or ""):
        return PlatformError(
            f"the local AWS at {url} does not answer ({doing})",
            hint="start it with `platform local start`",
            code="local-aws-down",
        )
    return PlatformError(
        f"AWS cannot be reached while {doing}: {redacted(str(error))}",
        hint="check the network, the proxy settings and the region's name",
        code="unreachable",
    )


def _other(error: Exception, doing: str) -> PlatformError:
    from botocore import exceptions as aws

    text = redacted(str(error))
    if isinstance(error, aws.ParamValidationError):
        return PlatformError(f"the request is not valid while {doing}: {text}", code="invalid-request")
    if isinstance(error, aws.WaiterError):
        return PlatformError(f"AWS did not finish while {doing}: {text}", code="aws-unavailable")
    return PlatformError(f"{doing} failed: {text}", code="aws-error")


def _is_loopback(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.") or host.endswith(".localhost")
