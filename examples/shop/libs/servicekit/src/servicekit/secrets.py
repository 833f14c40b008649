"""Secrets: kept in Secrets Manager, read when needed, never logged.

What is logged is the id of the version that was taken: after a rotation, `platform secrets rotate` sees by it
who uses the new value.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from servicekit.aws import client
from servicekit.cache import Cached
from servicekit.environment import required_variable, variable_part
from servicekit.observability import observability

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

MAX_AGE_SECONDS = 300.0


class Secret:
    """One secret, kept in memory for `max_age_seconds`."""

    def __init__(
        self,
        secrets_manager: SecretsManagerClient,
        arn: str,
        *,
        max_age_seconds: float = MAX_AGE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = secrets_manager
        self._arn = arn
        self._version = ""
        self._value = Cached(self._load, max_age_seconds=max_age_seconds, monotonic=monotonic)

    @classmethod
    def from_environment(cls, name: str, *, max_age_seconds: float = MAX_AGE_SECONDS) -> Secret:
        """The secret `secrets.NAME` of the blueprint; no value is served older than `max_age_seconds`."""
        arn = required_variable(f"SECRET_{variable_part(name)}_ARN", f"secrets.{name}: read")
        return cls(client("secretsmanager"), arn, max_age_seconds=max_age_seconds)

    def text(self) -> str:
        """The present value."""
        return self._value.get()

    def json(self) -> Any:
        """The present value, which holds JSON."""
        return json.loads(self._value.get())

    def refresh(self) -> None:
        """Read it anew at the next use: after a login failed because the secret was rotated."""
        self._value.forget()

    def _load(self) -> str:
        answer = self._client.get_secret_value(SecretId=self._arn)
        if answer["VersionId"] != self._version:
            self._version = answer["VersionId"]
            name = self._arn.rpartition(":secret:")[2]
            told = {"secret": name, "secret_version": self._version}
            observability(__name__).logger.info("took a version of a secret", extra=told)
        return answer["SecretString"]
