"""Settings: a group of the blueprint's `config`, kept in Parameter Store."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeVar

from servicekit.aws import client
from servicekit.cache import Cached
from servicekit.environment import required_variable, variable_part

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

Value = TypeVar("Value")

MAX_AGE_SECONDS = 60.0


class SettingError(RuntimeError):
    """A setting is missing, or not of the type asked for."""


class Settings:
    """One group of settings, read by its path and kept for `max_age_seconds`.

    Args:
        path: `/shop/dev/orders`; the settings below it are named by the last part.
    """

    def __init__(
        self,
        ssm: SSMClient,
        path: str,
        *,
        max_age_seconds: float = MAX_AGE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ssm = ssm
        self._path = path.rstrip("/")
        self._values = Cached(self._load, max_age_seconds=max_age_seconds, monotonic=monotonic)

    @classmethod
    def from_environment(cls, group: str, *, max_age_seconds: float = MAX_AGE_SECONDS) -> Settings:
        """The group `config.GROUP` of the blueprint; no value is served older than `max_age_seconds`."""
        path = required_variable(f"CONFIG_{variable_part(group)}_PATH", f"config.{group}: read")
        return cls(client("ssm"), path, max_age_seconds=max_age_seconds)

    def all(self) -> Mapping[str, str]:
        """Every setting of the group as text."""
        return self._values.get()

    def text(self, key: str, default: str | None = None) -> str:
        """A setting as it is.

        Raises:
            SettingError: There is none, and no default.
        """
        value = self._values.get().get(key, default)
        if value is None:
            raise SettingError(f"the setting {self._path}/{key} does not exist")
        return value

    def integer(self, key: str, default: int | None = None) -> int:
        """A whole number."""
        return self._typed(key, default, int, "a whole number")

    def number(self, key: str, default: Decimal | None = None) -> Decimal:
        """A decimal number, exact."""
        return self._typed(key, default, Decimal, "a number")

    def boolean(self, key: str, default: bool | None = None) -> bool:
        """`true` or `false`."""
        return self._typed(key, default, _boolean, "true or false")

    def items(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A comma-separated list."""
        return self._typed(key, default, lambda text: tuple(p.strip() for p in text.split(",")), "a list")

    def json(self, key: str) -> Any:
        """A JSON value."""
        return self._typed(key, None, json.loads, "JSON")

    def _typed(self, key: str, default: Value | None, convert: Callable[[str], Value], kind: str) -> Value:
        if default is not None and key not in self._values.get():
            return default
        text = self.text(key)
        try:
            return convert(text)
        except (ValueError, InvalidOperation) as error:
            raise SettingError(f"the setting {self._path}/{key} is not {kind}") from error

    def _load(self) -> Mapping[str, str]:
        pages = self._ssm.get_paginator("get_parameters_by_path").paginate(
            Path=self._path, WithDecryption=True
        )
        return {
            parameter["Name"].removeprefix(f"{self._path}/"): parameter["Value"]
            for page in pages
            for parameter in page["Parameters"]
        }


def _boolean(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered not in ("true", "false"):
        raise ValueError(text)
    return lowered == "true"
