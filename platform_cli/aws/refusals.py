"""What a service's refusal means: families of error codes, each with the error of ours.

Which code belongs where is read from the services' API references (common errors, November 2026).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from platform_cli.aws.redaction import redacted
from platform_cli.errors import PlatformError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_DENIED = (
    "403 AccessDenied AccessDeniedException AccessDeniedFault AuthorizationError "
    "AuthorizationErrorException Forbidden NotAuthorized UnauthorizedException UnauthorizedOperation"
)
_EXPIRED = "ExpiredToken ExpiredTokenException RequestExpired TokenRefreshRequired"
_WRONG_CREDENTIALS = (
    "AuthFailure IncompleteSignature InvalidAccessKeyId InvalidClientTokenId InvalidSignatureException "
    "InvalidToken MissingAuthenticationToken SignatureDoesNotMatch UnrecognizedClientException"
)
_SKEWED = "RequestInTheFuture RequestTimeTooSkewed"
_THROTTLED = (
    "EC2ThrottledException PriorRequestNotComplete ProvisionedThroughputExceededException "
    "RequestLimitExceeded RequestThrottled RequestThrottledException SlowDown ThrottledException "
    "Throttling ThrottlingException TooManyRequestsException"
)
_QUOTA = (
    "AccountLimitExceededException LimitExceeded LimitExceededException ServiceQuotaExceededException "
    "TooManyBuckets"
)
_INVALID = (
    "InvalidInput InvalidParameter InvalidParameterCombination InvalidParameterException "
    "InvalidParameterValue InvalidParameterValueException InvalidRequest InvalidRequestException "
    "MalformedPolicyDocument MalformedPolicyDocumentException MissingParameter SerializationException "
    "ValidationError ValidationException"
)
_UNAVAILABLE = (
    "500 503 InternalError InternalFailure InternalServerError InternalServiceError ServiceException "
    "ServiceUnavailable ServiceUnavailableException"
)
_NOT_ENABLED = "OptInRequired SubscriptionRequiredException"

_NOT_FOUND = re.compile(r"404|NoSuch\w*|\w*NotFound\w*|\w*DoesNotExist\w*|\w*NonExistent\w*")
_GONE = re.compile(r"\b(does not exist|not found)\b", re.IGNORECASE)
_PRINCIPAL = re.compile(r"User: (\S+)")
_ACTION = re.compile(r"to perform:? ([\w-]+:\w+)")
_RESOURCE = re.compile(r"on resource: (\S+)")


@dataclass(frozen=True)
class Refusal:
    """What a service answered, and in which of our doings.

    Attributes:
        code: AWS's error code.
        text: Its message, without secrets.
        operation: The API call.
        doing: What was being done, as it stands after "while".
        profile: The profile in use, or None.
    """

    code: str
    text: str
    operation: str
    doing: str
    profile: str | None


def translate_refusal(error: ClientError, doing: str, profile: str | None) -> PlatformError:
    """The error of ours for a refusal of AWS."""
    details = error.response.get("Error", {})
    refusal = Refusal(
        code=details.get("Code", ""),
        text=redacted(details.get("Message", "")),
        operation=error.operation_name,
        doing=doing,
        profile=profile,
    )
    for codes, make in _FAMILIES:
        if refusal.code in codes:
            return make(refusal)
    if _NOT_FOUND.fullmatch(refusal.code):
        return _not_found(refusal)
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
        return _unavailable(refusal)
    said = f"{refusal.code}: {refusal.text}" if refusal.text else refusal.code
    return PlatformError(f"AWS refused {refusal.operation} while {doing}: {said}", code="aws-error")


def expired(doing: str, profile: str | None) -> PlatformError:
    """Credentials that were good are no longer."""
    if profile:
        hint = f"sign in again: `aws sso login --profile {profile}`"
    else:
        hint = "sign in again (`aws sso login`), or renew the credentials in the environment"
    return PlatformError(f"the AWS credentials have expired ({doing})", hint=hint, code="expired-credentials")


def _expired(refusal: Refusal) -> PlatformError:
    return expired(refusal.doing, refusal.profile)


def _denied(refusal: Refusal) -> PlatformError:
    principal, action, resource = (
        found.group(1) if (found := pattern.search(refusal.text)) else None
        for pattern in (_PRINCIPAL, _ACTION, _RESOURCE)
    )
    wanted = action or refusal.operation
    message = f"access denied while {refusal.doing}: {principal or 'the caller'} may not {wanted}"
    if resource is not None:
        message += f" on {resource.rstrip('.,')}"
    if "explicit deny" in refusal.text:
        hint = "a policy denies it explicitly: look at service control policies and permission boundaries"
    else:
        hint = f"let an administrator allow `{wanted}`, or use another profile or role"
    return PlatformError(message, hint=hint, code="access-denied")


def _wrong_credentials(refusal: Refusal) -> PlatformError:
    # The text is left out: for a wrong signature it repeats the signed request, token and all.
    return PlatformError(
        f"AWS does not accept the credentials while {refusal.doing} ({refusal.code})",
        hint="see which are used with `aws configure list`; a region that is not enabled answers so too",
        code="invalid-credentials",
    )


def _skewed(refusal: Refusal) -> PlatformError:
    return PlatformError(
        f"AWS refused the time of this machine while {refusal.doing}",
        hint="set the clock: requests that are some minutes off are not accepted",
        code="clock-skewed",
    )


def _throttled(refusal: Refusal) -> PlatformError:
    return PlatformError(
        f"AWS kept throttling {refusal.operation} while {refusal.doing}",
        hint="wait a minute and run the command again",
        code="throttled",
    )


def _quota(refusal: Refusal) -> PlatformError:
    return PlatformError(
        f"a limit of the account is reached while {refusal.doing}: {refusal.text or refusal.operation}",
        hint="remove what is no longer used, or ask for more in the console's Service Quotas",
        code="aws-quota",
    )


def _invalid(refusal: Refusal) -> PlatformError:
    if _GONE.search(refusal.text):
        return _not_found(refusal)
    return PlatformError(
        f"AWS found {refusal.operation} invalid while {refusal.doing}: {refusal.text or refusal.code}",
        code="invalid-request",
    )


def _not_found(refusal: Refusal) -> PlatformError:
    says_something = refusal.text not in {"", "Not Found", refusal.code}
    said = refusal.text if says_something else f"{refusal.operation} found nothing"
    return PlatformError(
        f"not found while {refusal.doing}: {said}",
        hint="is the system deployed to this environment? `platform status` says",
        code="not-found",
    )


def _unavailable(refusal: Refusal) -> PlatformError:
    return PlatformError(
        f"AWS failed to answer {refusal.operation} while {refusal.doing}: {refusal.text or refusal.code}",
        hint="try again; if it stays, see the AWS Health Dashboard",
        code="aws-unavailable",
    )


def _not_enabled(refusal: Refusal) -> PlatformError:
    return PlatformError(
        f"the account may not call {refusal.operation} in this region (while {refusal.doing})",
        hint="enable the region or the service for the account, or choose another region",
        code="aws-not-enabled",
    )


_FAMILIES: tuple[tuple[frozenset[str], Callable[[Refusal], PlatformError]], ...] = tuple(
    (frozenset(codes.split()), make)
    for codes, make in (
        (_DENIED, _denied),
        (_EXPIRED, _expired),
        (_WRONG_CREDENTIALS, _wrong_credentials),
        (_SKEWED, _skewed),
        (_THROTTLED, _throttled),
        (_QUOTA, _quota),
        (_INVALID, _invalid),
        (_UNAVAILABLE, _unavailable),
        (_NOT_ENABLED, _not_enabled),
    )
)
