"""The outputs by which one stack tells another what AWS invented: ids, and ARNs with a part of AWS's own.

A producer gives a plain output, never an export, so that nothing locks it. `Lookup` is how a consumer asks;
in a stack it yields `Fn::GetStackOutput` and repeats the value as an output of the consumer.
"""

from __future__ import annotations

from collections.abc import Callable

from platform_cli.stacks.logical import pascal

Lookup = Callable[[str, str], str]
"""Concern of the producing stack (`data`, `identity`) and output, to the value."""

KEY_ARN = "KeyArn"
FLAGS_APPLICATION_ID = "FlagsApplicationId"
FLAGS_ENVIRONMENT_ID = "FlagsEnvironmentId"
FLAGS_PROFILE_ID = "FlagsProfileId"
FLAGS_STRATEGY_ID = "FlagsStrategyId"


def table_stream_arn(table: str) -> str:
    """`TableMainStreamArn`: a table's stream carries the time of its creation."""
    return f"Table{pascal(table)}StreamArn"


def secret_arn(secret: str) -> str:
    """`SecretPaymentArn`: a secret's ARN ends in six random characters."""
    return f"Secret{pascal(secret)}Arn"


def pool_id(pool: str) -> str:
    """`UsersPoolId`."""
    return f"{pascal(pool)}PoolId"


def client_id(pool: str, client: str) -> str:
    """`UsersClientWebId`."""
    return f"{pascal(pool)}Client{pascal(client)}Id"
