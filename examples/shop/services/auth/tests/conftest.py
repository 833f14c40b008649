"""A directory in memory, and a user pool in memory for the tests of the data layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from auth.logic.accounts import Tokens
from servicekit.problems import BadRequest, Conflict, Forbidden, Unauthorized


@dataclass
class DirectoryInMemory:
    """What `CognitoDirectory` promises; the code in every e-mail is 123456."""

    passwords: dict[str, str] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)

    def register(self, email: str, password: str) -> str:
        if email in self.passwords:
            raise Conflict("taken", code="email-taken")
        self.passwords[email] = password
        return f"id of {len(self.passwords)}"

    def confirm(self, email: str, code: str) -> None:
        if code != "123456":
            raise BadRequest("wrong", code="wrong-code")
        self.confirmed.add(email)

    def login(self, email: str, password: str) -> Tokens:
        if self.passwords.get(email) != password:
            raise Unauthorized("wrong", code="wrong-login")
        if email not in self.confirmed:
            raise Forbidden("not yet", code="not-confirmed")
        return Tokens(access_token="access", refresh_token="refresh", expires_in_seconds=3600)

    def refresh(self, refresh_token: str) -> Tokens:
        if refresh_token != "refresh":
            raise Unauthorized("ended")
        return Tokens(access_token="access 2", refresh_token=None, expires_in_seconds=3600)

    def send_reset_code(self, email: str) -> None:
        pass

    def reset_password(self, email: str, code: str, new_password: str) -> None:
        self.confirm(email, code)
        self.passwords[email] = new_password


@pytest.fixture
def directory() -> DirectoryInMemory:
    return DirectoryInMemory()


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)


@dataclass(frozen=True)
class Pool:
    """A user pool in memory."""

    client: Any
    pool_id: str
    client_id: str


@pytest.fixture
def pool() -> Iterator[Pool]:
    import boto3
    from moto import mock_aws

    with mock_aws():
        client = boto3.client("cognito-idp")
        pool_id = client.create_user_pool(
            PoolName="shop-test-users",
            UsernameAttributes=["email"],
            AutoVerifiedAttributes=["email"],
            Policies={
                "PasswordPolicy": {"MinimumLength": 12, "RequireUppercase": True, "RequireNumbers": True}
            },
        )["UserPool"]["Id"]
        client_id = client.create_user_pool_client(
            UserPoolId=pool_id,
            ClientName="web",
            ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        )["UserPoolClient"]["ClientId"]
        yield Pool(client, pool_id, client_id)
