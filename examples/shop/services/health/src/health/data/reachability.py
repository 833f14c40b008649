"""Whether the table answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from servicekit.environment import required_variable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CONFIG = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})


def probe() -> DynamoDBClient:
    """A client that waits a second at most and does not retry: a health check must not hang."""
    return boto3.client("dynamodb", config=_CONFIG)


def table_answers(client: DynamoDBClient, name: str) -> None:
    """Read an item that is not there.

    Raises:
        botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: The table does not answer.
    """
    client.get_item(TableName=name, Key={"PK": {"S": "HEALTH"}, "SK": {"S": "HEALTH"}})


def main_table_name() -> str:
    """The physical name of the table `main`."""
    return required_variable("TABLE_MAIN_NAME", "tables.main: read")
