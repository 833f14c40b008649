"""What the functions are made of."""

from __future__ import annotations

import functools

from auth.data.cognito import CognitoDirectory
from servicekit.aws import client
from servicekit.environment import required_variable


@functools.cache
def directory() -> CognitoDirectory:
    """The user pool `users`, through its client `web`."""
    access = "identity.users: sign_in"
    return CognitoDirectory(
        client("cognito-idp"),
        pool_id=required_variable("IDENTITY_USERS_POOL_ID", access),
        client_id=required_variable("IDENTITY_USERS_CLIENT_WEB_ID", access),
    )
