"""Clients with short timeouts: an API's caller waits behind every one of them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from servicekit.environment import required_variable, variable_part

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


@functools.cache
def client(service: str) -> Any:
    """A client, one a process: `client("ssm")`. Annotate what you assign it to."""
    return boto3.client(service, config=CONFIG)  # type: ignore[call-overload]


@functools.cache
def table(name: str) -> Table:
    """The table `name` of the blueprint; needs an `access` line for `tables.NAME`.

    Raises:
        MissingVariable: The function has no access to it.
    """
    physical_name = required_variable(f"TABLE_{variable_part(name)}_NAME", f"tables.{name}: read")
    return boto3.resource("dynamodb", config=CONFIG).Table(physical_name)


def error_code(error: Exception) -> str:
    """The code of an AWS error, `ConditionalCheckFailedException`; empty for other errors."""
    response = getattr(error, "response", None) or {}
    code = response.get("Error", {}).get("Code", "")
    return str(code)
