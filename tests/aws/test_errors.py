"""What boto3 raises, in words that help."""

from __future__ import annotations

import pytest
from botocore import exceptions as aws
from botocore.exceptions import ClientError

from platform_cli.aws.clients import Target
from platform_cli.aws.errors import aws_errors, is_aws_error, translate
from platform_cli.errors import PlatformError

PROFILE = Target("111111111111", "eu-west-1", profile="shop-dev")


def refused(code: str, message: str = "", status: int = 400, operation: str = "CreateStack") -> ClientError:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, operation)  # type: ignore[arg-type]


def test_denied_access_names_principal_action_and_resource() -> None:
    message = (
        "User: arn:aws:sts::111111111111:assumed-role/dev/me is not authorized to perform: "
        "cloudformation:CreateChangeSet on resource: arn:aws:cloudformation:eu-west-1:1:stack/shop "
        "because no identity-based policy allows the cloudformation:CreateChangeSet action"
    )

    error = translate(refused("AccessDenied", message, 403), "planning the stacks")

    assert error.code == "access-denied"
    assert error.message == (
        "access denied while planning the stacks: arn:aws:sts::111111111111:assumed-role/dev/me may not "
        "cloudformation:CreateChangeSet on arn:aws:cloudformation:eu-west-1:1:stack/shop"
    )
    assert error.hint is not None
    assert "allow `cloudformation:CreateChangeSet`" in error.hint


def test_an_explicit_deny_sends_to_the_policies_that_deny() -> None:
    message = "User: u is not authorized to perform: s3:PutObject with an explicit deny in a policy"

    error = translate(refused("AccessDenied", message), "uploading")

    assert "may not s3:PutObject" in error.message
    assert error.hint is not None
    assert "service control policies" in error.hint


def test_denied_access_without_a_message_still_says_what_was_called() -> None:
    error = translate(refused("403", "Forbidden", 403, "HeadObject"), "looking for assets")

    assert error.message == "access denied while looking for assets: the caller may not HeadObject"


@pytest.mark.parametrize(
    "error",
    [
        refused("ExpiredToken", "The security token included in the request is expired"),
        refused("ExpiredTokenException"),
        aws.UnauthorizedSSOTokenError(),
        aws.SSOTokenLoadError(error_msg="gone"),
        aws.TokenRetrievalError(provider="sso", error_msg="Token has expired and refresh failed"),
        aws.CredentialRetrievalError(provider="custom", error_msg="session expired"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_expired_credentials_say_how_to_sign_in_to_the_profile(error: Exception) -> None:
    translated = translate(error, "reading the stacks", target=PROFILE)

    assert translated.code == "expired-credentials"
    assert translated.hint == "sign in again: `aws sso login --profile shop-dev`"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (aws.NoCredentialsError(), "no-credentials"),
        (aws.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"), "no-credentials"),
        (aws.ProfileNotFound(profile="shop-dev"), "unknown-profile"),
        (aws.EndpointConnectionError(endpoint_url="https://sts.eu-west-1.amazonaws.com/"), "unreachable"),
        (aws.ConnectTimeoutError(endpoint_url="https://sts.eu-west-1.amazonaws.com/"), "unreachable"),
        (aws.EndpointConnectionError(endpoint_url="http://127.0.0.1:4566/"), "local-aws-down"),
        (aws.ReadTimeoutError(endpoint_url="http://localhost:4566/"), "local-aws-down"),
        (aws.ConnectionClosedError(endpoint_url="http://x.s3.localhost:4566/"), "local-aws-down"),
        (aws.WaiterError("StackExists", "Max attempts exceeded", {}), "aws-unavailable"),
        (aws.UnknownServiceError(service_name="x", known_service_names=[]), "aws-error"),
        (refused("InvalidClientTokenId"), "invalid-credentials"),
        (refused("RequestTimeTooSkewed"), "clock-skewed"),
        (refused("Throttling", "Rate exceeded"), "throttled"),
        (refused("TooManyRequestsException", "Rate exceeded", 429), "throttled"),
        (refused("LimitExceededException", "Too many stacks"), "aws-quota"),
        (refused("ValidationError", "Template format error"), "invalid-request"),
        (refused("ValidationError", "Stack with id shop does not exist"), "not-found"),
        (refused("ResourceNotFoundException", "Function not found"), "not-found"),
        (refused("NoSuchBucket"), "not-found"),
        (refused("404", "Not Found", 404, "HeadBucket"), "not-found"),
        (refused("ServiceUnavailable", "", 503), "aws-unavailable"),
        (refused("SomethingNew", "boom", 502), "aws-unavailable"),
        (refused("SubscriptionRequiredException"), "aws-not-enabled"),
        (refused("SomethingNew", "boom"), "aws-error"),
    ],
    ids=str,
)
def test_every_family_has_its_code(error: Exception, code: str) -> None:
    assert translate(error, "working").code == code


def test_the_local_aws_that_does_not_answer_says_how_to_start_it() -> None:
    error = translate(aws.EndpointConnectionError(endpoint_url="http://127.0.0.1:4566/"), "working")

    assert error.message == "the local AWS at http://127.0.0.1:4566/ does not answer (working)"
    assert error.hint == "start it with `platform local start`"


def test_an_unknown_refusal_keeps_what_aws_said() -> None:
    error = translate(refused("SomethingNew", "no\n more  of it"), "working")

    assert error.message == "AWS refused CreateStack while working: SomethingNew: no more of it"


@pytest.mark.parametrize(
    "error",
    [
        refused("SignatureDoesNotMatch", "canonical string: x-amz-security-token:sesame\nhost:x"),
        refused("SomethingNew", "The string was\nx-amz-security-token:sesame\nhost:x"),
        refused("ValidationException", "Value 'sesame' at 'secretString' failed to satisfy constraint"),
        refused("ValidationException", "1 validation error: Value 'ses\name sesame' at 'newPassword' failed"),
        aws.ParamValidationError(report="Invalid type for parameter SecretString, value: sesame, type: int"),
        aws.ParamValidationError(report="Invalid length for parameter Value, value: sesame, valid min: 1"),
    ],
    ids=str,
)
def test_no_secret_gets_into_a_message(error: Exception) -> None:
    translated = translate(error, "setting the secret")

    assert "sesame" not in f"{translated.message} {translated.hint}"


def test_an_access_key_is_cut_to_its_kind() -> None:
    error = translate(refused("SomethingNew", "key ASIAIOSFODNN7EXAMPLE is odd"), "working")

    assert "ASIAIOSFODNN7EXAMPLE" not in error.message
    assert "ASIA…" in error.message


def test_a_refusal_behind_a_transfer_is_found() -> None:
    from boto3.exceptions import S3UploadFailedError

    def upload() -> None:
        try:
            raise refused("NoSuchBucket", "The specified bucket does not exist", 404, "PutObject")
        except ClientError as error:
            raise S3UploadFailedError("Failed to upload") from error

    with pytest.raises(PlatformError, match="The specified bucket does not exist"), aws_errors("uploading"):
        upload()


def test_the_original_stays_the_cause() -> None:
    original = refused("Throttling")

    with pytest.raises(PlatformError) as raised, aws_errors("working"):
        raise original

    assert raised.value.__cause__ is original


def test_what_is_not_of_aws_passes_untouched() -> None:
    with pytest.raises(KeyError), aws_errors("working"):
        raise KeyError("mine")

    assert not is_aws_error(KeyError("mine"))
