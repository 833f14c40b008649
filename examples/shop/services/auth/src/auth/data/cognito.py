"""The directory of users: a Cognito user pool."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from auth.logic.accounts import Tokens
from servicekit.aws import error_code
from servicekit.problems import BadRequest, Conflict, Forbidden, Problem, TooManyRequests, Unauthorized

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_cognito_idp.type_defs import AuthenticationResultTypeTypeDef

_WRONG_LOGIN = "The e-mail address or the password is wrong"
_WRONG_CODE = "The code is wrong or has expired; ask for a new one"
_WEAK_PASSWORD = "The password does not follow the rules: 12 characters, upper and lower case, a digit"


class CognitoDirectory:
    """Users of one pool, through one of its clients."""

    def __init__(self, client: CognitoIdentityProviderClient, pool_id: str, client_id: str) -> None:
        self._client = client
        self._pool_id = pool_id
        self._client_id = client_id

    def register(self, email: str, password: str) -> str:
        """The id of a new user, who gets a code by e-mail."""
        with _problems():
            answer = self._client.sign_up(
                ClientId=self._client_id,
                Username=email,
                Password=password,
                UserAttributes=[{"Name": "email", "Value": email}],
            )
        return answer["UserSub"]

    def confirm(self, email: str, code: str) -> None:
        """The e-mail address is the user's."""
        with _problems(NotAuthorizedException=Conflict("The user is confirmed already", code="confirmed")):
            self._client.confirm_sign_up(ClientId=self._client_id, Username=email, ConfirmationCode=code)

    def login(self, email: str, password: str) -> Tokens:
        """Tokens for a user and a password."""
        with _problems(UserNotFoundException=Unauthorized(_WRONG_LOGIN, code="wrong-login")):
            answer = self._client.admin_initiate_auth(
                UserPoolId=self._pool_id,
                ClientId=self._client_id,
                AuthFlow="ADMIN_USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": email, "PASSWORD": password},
            )
        if "AuthenticationResult" not in answer:
            raise Forbidden("The login needs a further step that this shop does not offer", code="challenge")
        return _tokens(answer["AuthenticationResult"])

    def refresh(self, refresh_token: str) -> Tokens:
        """A new access token."""
        expired = Unauthorized("The session has ended; log in again", code="session-ended")
        with _problems(NotAuthorizedException=expired, UserNotFoundException=expired):
            answer = self._client.admin_initiate_auth(
                UserPoolId=self._pool_id,
                ClientId=self._client_id,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": refresh_token},
            )
        return _tokens(answer["AuthenticationResult"])

    def send_reset_code(self, email: str) -> None:
        """A code goes out by e-mail, if there is such a user who confirmed the address."""
        try:
            with _problems():
                self._client.forgot_password(ClientId=self._client_id, Username=email)
        except (BadRequest, Forbidden, Unauthorized):
            # Unknown, or not confirmed: nobody but the owner of the mailbox may learn which.
            return

    def reset_password(self, email: str, code: str, new_password: str) -> None:
        """The user has a new password."""
        with _problems():
            self._client.confirm_forgot_password(
                ClientId=self._client_id, Username=email, ConfirmationCode=code, Password=new_password
            )


def _tokens(result: AuthenticationResultTypeTypeDef) -> Tokens:
    return Tokens(
        access_token=result["AccessToken"],
        refresh_token=result.get("RefreshToken"),
        expires_in_seconds=result["ExpiresIn"],
    )


@contextmanager
def _problems(**special: Problem) -> Iterator[None]:
    """Cognito's errors as problems; `special` says what an error means for the call in hand.

    Cognito's own messages are not passed on: some name the user.
    """
    try:
        yield
    except ClientError as error:
        code = error_code(error)
        problem = special.get(code) or _problem(code)
        if problem is None:
            raise
        raise problem from error


def _problem(code: str) -> Problem | None:
    match code:
        case "UsernameExistsException" | "AliasExistsException":
            return Conflict("There is an account with this e-mail address", code="email-taken")
        case "InvalidPasswordException":
            return BadRequest(_WEAK_PASSWORD, code="weak-password")
        case "CodeMismatchException" | "ExpiredCodeException" | "UserNotFoundException":
            return BadRequest(_WRONG_CODE, code="wrong-code")
        case "InvalidParameterException":
            return BadRequest("Cognito does not accept this", code="not-accepted")
        case "NotAuthorizedException":
            return Unauthorized(_WRONG_LOGIN, code="wrong-login")
        case "UserNotConfirmedException":
            return Forbidden("Confirm the e-mail address first", code="not-confirmed")
        case "PasswordResetRequiredException":
            return Forbidden("Choose a new password first", code="reset-required")
        case "TooManyRequestsException" | "TooManyFailedAttemptsException" | "LimitExceededException":
            return TooManyRequests("Too many attempts; wait a while")
        case _:
            return None
