"""The directory on Cognito: calls on a pool in memory, and each error that Cognito documents."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from auth.data.cognito import CognitoDirectory
from servicekit.problems import BadRequest, Conflict, Forbidden, Problem, TooManyRequests, Unauthorized

EMAIL = "ada@example.com"
PASSWORD = "Correct-horse-7"


def test_a_user_registers_confirms_logs_in_and_refreshes(pool) -> None:
    directory = CognitoDirectory(pool.client, pool.pool_id, pool.client_id)
    user_id = directory.register(EMAIL, PASSWORD)
    assert len(user_id) == 36
    directory.confirm(EMAIL, "123456")
    tokens = directory.login(EMAIL, PASSWORD)
    assert tokens.refresh_token
    assert directory.refresh(tokens.refresh_token).access_token


def test_an_address_is_taken_once(pool) -> None:
    directory = CognitoDirectory(pool.client, pool.pool_id, pool.client_id)
    directory.register(EMAIL, PASSWORD)
    with pytest.raises(Conflict) as raised:
        directory.register(EMAIL, PASSWORD)
    assert raised.value.code == "email-taken"


def test_a_password_against_the_rules_is_refused(pool) -> None:
    with pytest.raises(BadRequest) as raised:
        CognitoDirectory(pool.client, pool.pool_id, pool.client_id).register(EMAIL, "short")
    assert raised.value.code == "weak-password"


def test_a_wrong_password_and_an_unknown_user_look_the_same(pool) -> None:
    directory = CognitoDirectory(pool.client, pool.pool_id, pool.client_id)
    directory.register(EMAIL, PASSWORD)
    directory.confirm(EMAIL, "123456")
    refusals = []
    for email in (EMAIL, "nobody@example.com"):
        with pytest.raises(Unauthorized) as raised:
            directory.login(email, "Wrong-horse-77")
        refusals.append((raised.value.detail, raised.value.code))
    assert refusals[0] == refusals[1]


def test_a_reset_code_is_sent_to_a_user_and_nothing_happens_for_others(pool) -> None:
    directory = CognitoDirectory(pool.client, pool.pool_id, pool.client_id)
    directory.register(EMAIL, PASSWORD)
    directory.confirm(EMAIL, "123456")
    directory.send_reset_code(EMAIL)
    directory.send_reset_code("nobody@example.com")


CASES: list[tuple[str, str, tuple[str, ...], type[Problem]]] = [
    ("confirm_sign_up", "CodeMismatchException", ("confirm", EMAIL, "1234"), BadRequest),
    ("confirm_sign_up", "ExpiredCodeException", ("confirm", EMAIL, "1234"), BadRequest),
    ("confirm_sign_up", "UserNotFoundException", ("confirm", EMAIL, "1234"), BadRequest),
    ("confirm_sign_up", "NotAuthorizedException", ("confirm", EMAIL, "1234"), Conflict),
    ("sign_up", "UsernameExistsException", ("register", EMAIL, PASSWORD), Conflict),
    ("sign_up", "InvalidParameterException", ("register", EMAIL, PASSWORD), BadRequest),
    ("sign_up", "TooManyRequestsException", ("register", EMAIL, PASSWORD), TooManyRequests),
    ("admin_initiate_auth", "UserNotConfirmedException", ("login", EMAIL, PASSWORD), Forbidden),
    ("admin_initiate_auth", "PasswordResetRequiredException", ("login", EMAIL, PASSWORD), Forbidden),
    ("admin_initiate_auth", "NotAuthorizedException", ("login", EMAIL, PASSWORD), Unauthorized),
    ("admin_initiate_auth", "NotAuthorizedException", ("refresh", "token"), Unauthorized),
    ("admin_initiate_auth", "UserNotFoundException", ("refresh", "token"), Unauthorized),
    ("forgot_password", "LimitExceededException", ("send_reset_code", EMAIL), TooManyRequests),
    (
        "confirm_forgot_password",
        "CodeMismatchException",
        ("reset_password", EMAIL, "1234", PASSWORD),
        BadRequest,
    ),
    (
        "confirm_forgot_password",
        "InvalidPasswordException",
        ("reset_password", EMAIL, "1", PASSWORD),
        BadRequest,
    ),
]


def stubbed(operation: str, code: str | None, answer: dict[str, Any] | None = None) -> CognitoDirectory:
    client = boto3.client("cognito-idp")
    stubber = Stubber(client)
    if code:
        stubber.add_client_error(operation, code, service_message=f"about {EMAIL}")
    else:
        stubber.add_response(operation, answer or {})
    stubber.activate()
    return CognitoDirectory(client, "eu-west-1_pool", "client")


@pytest.mark.parametrize(("operation", "code", "call", "problem"), CASES)
def test_each_error_of_cognito_is_a_problem_that_names_nobody(
    operation: str, code: str, call: tuple[str, ...], problem: type[Problem]
) -> None:
    method, *arguments = call
    with pytest.raises(problem) as raised:
        getattr(stubbed(operation, code), method)(*arguments)
    assert type(raised.value) is problem
    assert EMAIL not in raised.value.detail


@pytest.mark.parametrize(
    "code", ["UserNotFoundException", "InvalidParameterException", "UserNotConfirmedException"]
)
def test_asking_for_a_reset_code_does_not_tell_whether_there_is_a_user(code: str) -> None:
    stubbed("forgot_password", code).send_reset_code(EMAIL)


def test_an_error_of_another_kind_comes_through() -> None:
    with pytest.raises(ClientError, match="InternalErrorException"):
        stubbed("sign_up", "InternalErrorException").register(EMAIL, PASSWORD)


def test_a_login_that_needs_a_further_step_is_refused() -> None:
    challenge = {"ChallengeName": "SMS_MFA", "Session": "x" * 20, "ChallengeParameters": {}}
    with pytest.raises(Forbidden) as raised:
        stubbed("admin_initiate_auth", None, challenge).login(EMAIL, PASSWORD)
    assert raised.value.code == "challenge"


def test_a_new_password_is_set_with_the_code() -> None:
    stubbed("confirm_forgot_password", None).reset_password(EMAIL, "123456", PASSWORD)
