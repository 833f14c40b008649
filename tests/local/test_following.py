"""Functions and logins follow a database or cache to another port."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from platform_cli.aws.clients import Clients, Target
from platform_cli.local.following import follow
from platform_cli.local.store_state import Store

LEDGER = Store("postgresql", "bank-local-ledger", "postgres", "ledger", "secret", "t" * 16, 7, 5432)
SESSIONS = Store("redis", "bank-local-sessions", "bank-local-sessions", "", "", "t" * 16, 8, 6379)
AGENT_PORT = 4567
MASTER = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds-cluster-bank-local-ledger-AbCdEf"
VARIABLES = {
    "AWS_APPCONFIG_EXTENSION_HTTP_PORT": "4567",
    "DATABASE_LEDGER_SECRET_ARN": MASTER,
    "DATABASE_LEDGER_PORT": "5432",
    "CACHE_SESSIONS_NAME": "bank-local-sessions",
    "CACHE_SESSIONS_PORT": "6379",
    "CACHE_THEIRS_NAME": "another",
    "CACHE_THEIRS_PORT": "6379",
    "PORT": "5432",
}
LOGIN = {"host": "127.0.0.1", "port": 5432, "username": "pay", "password": "second", "masterarn": MASTER}


@pytest.fixture
def clients() -> Iterator[Clients]:
    with mock_aws():
        yield Clients(Target("123456789012", "us-east-1"))


def make_function(clients: Clients, name: str, variables: dict[str, str]) -> Any:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("handler.py", "")
    trust = {"Version": "2012-10-17", "Statement": []}
    role = boto3.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    functions = clients.client("lambda")
    functions.create_function(
        FunctionName=name,
        Role=role["Role"]["Arn"],
        Runtime="python3.13",
        Handler="handler.handler",
        Code={"ZipFile": archive.getvalue()},
        Environment={"Variables": variables},
    )
    return functions


def variables_of(functions: Any, name: str) -> dict[str, str]:
    configuration = functions.get_function_configuration(FunctionName=name)
    return dict(configuration["Environment"]["Variables"])


def test_ports_in_variables_follow_their_own_server_and_nothing_else_changes(clients: Clients) -> None:
    functions = make_function(clients, "book", VARIABLES)
    moved = (replace(LEDGER, port=5433), replace(SESSIONS, port=6380))
    assert follow(moved, 4600, clients) == ("book",)
    assert variables_of(functions, "book") == {
        **VARIABLES,
        "AWS_APPCONFIG_EXTENSION_HTTP_PORT": "4600",
        "DATABASE_LEDGER_PORT": "5433",
        "CACHE_SESSIONS_PORT": "6380",
    }
    assert follow(moved, 4600, clients) == ()


def test_what_leads_to_the_right_place_is_left_alone(clients: Clients) -> None:
    functions = make_function(clients, "book", VARIABLES)
    before = functions.get_function_configuration(FunctionName="book")["LastModified"]
    assert follow((LEDGER, SESSIONS), AGENT_PORT, clients) == ()
    assert functions.get_function_configuration(FunctionName="book")["LastModified"] == before


def test_callers_by_alias_get_the_new_port_too(clients: Clients) -> None:
    functions = make_function(clients, "book", VARIABLES)
    version = functions.publish_version(FunctionName="book")["Version"]
    functions.create_alias(FunctionName="book", Name="live", FunctionVersion=version)
    follow((replace(LEDGER, port=5433),), AGENT_PORT, clients)
    served = functions.get_alias(FunctionName="book", Name="live")["FunctionVersion"]
    told = functions.get_function_configuration(FunctionName="book", Qualifier=served)
    assert (served != version, told["Environment"]["Variables"]["DATABASE_LEDGER_PORT"]) == (True, "5433")


def test_a_login_follows_with_the_one_before_it_and_keeps_everything_else(clients: Clients) -> None:
    secrets = clients.client("secretsmanager")
    secrets.create_secret(Name="bank/local/pay", SecretString=json.dumps({**LOGIN, "password": "first"}))
    secrets.put_secret_value(SecretId="bank/local/pay", SecretString=json.dumps(LOGIN))
    secrets.create_secret(Name="bank/local/key", SecretString="5432")
    secrets.create_secret(
        Name="bank/local/theirs", SecretString=json.dumps({**LOGIN, "masterarn": "another"})
    )

    assert follow((replace(LEDGER, port=5433),), AGENT_PORT, clients) == ("bank/local/pay",)

    def read(stage: str) -> Any:
        told = secrets.get_secret_value(SecretId="bank/local/pay", VersionStage=stage)
        return json.loads(told["SecretString"])

    assert read("AWSCURRENT") == {**LOGIN, "port": 5433}
    assert read("AWSPREVIOUS") == {**LOGIN, "port": 5433, "password": "first"}
    assert follow((replace(LEDGER, port=5433),), AGENT_PORT, clients) == ()


def test_without_databases_no_secret_is_read(clients: Clients) -> None:
    clients.client("secretsmanager").create_secret(Name="bank/local/pay", SecretString=json.dumps(LOGIN))
    assert follow((SESSIONS,), AGENT_PORT, clients) == ()
