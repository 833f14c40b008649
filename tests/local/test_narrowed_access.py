"""Lines of `access` that are narrowed by an ARN, and a preset: the local AWS refuses what is beyond.

The statements are those that a deployment would write, on a role that is assumed. What narrows by a condition
(keys, attributes, what is listed of a bucket) the local AWS does not hold to: `docs/coverage.md`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.blueprint.resolving import resolve
from platform_cli.stacks.rights import statements_of

pytestmark = pytest.mark.e2e

BLUEPRINT = """
blueprint: 1
system: narrow
owner: team-narrow
defaults: { tracing: false }
environments: { local: { target: local } }
buckets: { labels: { versioned: false } }
tables:
  parcels:
    partition_key: PK
    indexes: { by-owner: { partition_key: owner }, by-place: { partition_key: place } }
services:
  depot:
    functions:
      print:
        handler: depot.app.handler
        access:
          buckets.labels: { verb: read_write, prefixes: [printed/] }
          tables.parcels: { verb: read, indexes: [by-owner] }
  notices:
    presets: [notifications]
    functions:
      note: { handler: notices.app.handler }
"""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> ResolvedEnvironment:
    path = tmp_path_factory.mktemp("narrow") / "blueprint.yaml"
    path.write_text(BLUEPRINT)
    return resolve(inspect_blueprint(path), "local")


@pytest.fixture(scope="module")
def as_role(running: Any, system: ResolvedEnvironment) -> Callable[[str, str, str], Any]:
    """A client of a service with the rights of a function."""
    clients = running.clients
    clients.client("s3").create_bucket(Bucket=system.buckets["labels"].physical_name)
    keys = ("PK", "owner", "place")
    clients.client("dynamodb").create_table(
        TableName=system.tables["parcels"].physical_name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": f"by-{name}",
                "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
            for name in keys[1:]
        ],
    )
    account = f"arn:aws:iam::{clients.target.account}"
    trust = {"Effect": "Allow", "Principal": {"AWS": f"{account}:root"}, "Action": "sts:AssumeRole"}

    def client(service: str, function: str, kind: str) -> Any:
        found = system.services[service].functions[function]
        written = [s.document() for s in statements_of(found, system, lambda *_: "")]
        iam, name = clients.client("iam"), found.physical_name
        if name not in {role["RoleName"] for role in iam.list_roles()["Roles"]}:
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
        document = json.dumps({"Version": "2012-10-17", "Statement": written})
        iam.put_role_policy(RoleName=name, PolicyName="access", PolicyDocument=document)
        return clients.assume(f"{account}:role/{name}", "narrow").client(kind)

    return client


def test_a_key_beyond_the_prefixes_is_refused(
    as_role: Callable[[str, str, str], Any], system: ResolvedEnvironment
) -> None:
    s3, bucket = as_role("depot", "print", "s3"), system.buckets["labels"].physical_name
    s3.put_object(Bucket=bucket, Key="printed/p1", Body=b"p1")
    assert s3.get_object(Bucket=bucket, Key="printed/p1")["Body"].read() == b"p1"
    for key in ("drafts/p1", "printed", "p1"):
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.put_object(Bucket=bucket, Key=key, Body=b"p1")
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.get_object(Bucket=bucket, Key=key)


def test_an_index_that_is_not_named_is_refused(
    as_role: Callable[[str, str, str], Any], system: ResolvedEnvironment
) -> None:
    dynamodb = as_role("depot", "print", "dynamodb")

    def query(name: str) -> Any:
        return dynamodb.query(
            TableName=system.tables["parcels"].physical_name,
            IndexName=f"by-{name}",
            KeyConditionExpression="#key = :it",
            ExpressionAttributeNames={"#key": name},
            ExpressionAttributeValues={":it": {"S": "ann"}},
        )

    assert query("owner")["Count"] == 0
    with pytest.raises(ClientError, match="AccessDenied"):
        query("place")


def test_a_preset_gives_what_it_says_and_no_more(
    as_role: Callable[[str, str, str], Any], system: ResolvedEnvironment
) -> None:
    dynamodb, table = as_role("notices", "note", "dynamodb"), system.tables["parcels"].physical_name
    dynamodb.put_item(TableName=table, Item={"PK": {"S": "p1"}})
    with pytest.raises(ClientError, match="AccessDenied"):
        dynamodb.get_item(TableName=table, Key={"PK": {"S": "p1"}})
