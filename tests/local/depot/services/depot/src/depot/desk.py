"""The desk: takes parcels in and shows them, over a REST API."""

from __future__ import annotations

import os
import time
from typing import Any

import boto3
import redis
from aws_lambda_powertools.event_handler import Response
from boto3.dynamodb.conditions import Key
from servicekit.api import Api, answer, api_handler
from servicekit.problems import Conflict
from servicekit.secrets import Secret
from servicekit.settings import Settings

from depot.books import enter

LIMIT_AGE_SECONDS = 20.0
LOGIN_AGE_SECONDS = 3600.0  # longer than the test: only a login that is refused is read anew
KEPT_SECONDS = 3600

api = Api(__name__)
limits = Settings.from_environment("limits", max_age_seconds=LIMIT_AGE_SECONDS)
login = Secret.from_environment("ledger", max_age_seconds=LOGIN_AGE_SECONDS)
parcels = boto3.resource("dynamodb").Table(os.environ["TABLE_PARCELS_NAME"])
counts = boto3.resource("dynamodb").Table(os.environ["TABLE_COUNTS_NAME"])
bucket = os.environ["BUCKET_LABELS_NAME"]
s3 = boto3.client("s3")


@api.post("/parcels")
def take() -> Response[str]:
    """A parcel into the table, its label into the bucket, its fee into the books, the visit to the cache."""
    told: dict[str, Any] = api.current_event.json_body
    name, owner = told["id"], told["owner"]
    there = parcels.query(IndexName="GSI1", KeyConditionExpression=Key("GSI1PK").eq(owner), Select="COUNT")
    if there["Count"] >= limits.integer("max-parcels"):
        raise Conflict(f"{owner} has {there['Count']} parcels here already")
    parcels.put_item(
        Item={
            "PK": name,
            "SK": "parcel",
            "GSI1PK": owner,
            "GSI1SK": name,
            "expires_at": int(time.time()) + KEPT_SECONDS,
        }
    )
    s3.put_object(Bucket=bucket, Key=f"printed/{name}", Body=f"{name} of {owner}".encode())
    rows, user = enter(login, name, told["cents"])
    return answer(201, {"rows": rows, "user": user, "visits": visit(owner)})


@api.get("/parcels/<name>")
def show(name: str) -> Response[str]:
    """A parcel, and what its label says."""
    items = parcels.query(KeyConditionExpression=Key("PK").eq(name), ConsistentRead=True)["Items"]
    label = s3.get_object(Bucket=bucket, Key=f"printed/{name}")
    return answer(
        200,
        {
            "kinds": sorted(item["SK"] for item in items),
            "label": label["Body"].read().decode(),
            "version": label.get("VersionId"),
        },
    )


@api.get("/owners/<owner>/parcels")
def show_of_owner(owner: str) -> Response[str]:
    """By the index of the table on demand."""
    found = parcels.query(IndexName="GSI1", KeyConditionExpression=Key("GSI1PK").eq(owner))
    return answer(200, [item["PK"] for item in found["Items"]])


@api.get("/counts")
def show_counts() -> Response[str]:
    """By the index of the provisioned table."""
    found = counts.query(IndexName="by-kind", KeyConditionExpression=Key("kind").eq("depot"))
    return answer(200, {item["place"]: int(item["parcels"]) for item in found["Items"]})


@api.get("/limit")
def show_limit() -> Response[str]:
    """The setting, as this function has it at the moment."""
    return answer(200, {"limit": limits.integer("max-parcels"), "process": os.getpid()})


def visit(owner: str) -> int:
    """How often somebody was here, by the cache."""
    connection = redis.Redis(
        host=os.environ["CACHE_VISITS_ENDPOINT"],
        port=int(os.environ["CACHE_VISITS_PORT"]),
        username=os.environ["CACHE_VISITS_USER"],
        password="a token, on AWS",
        ssl=os.environ["CACHE_VISITS_TLS"] == "true",
    )
    with connection:
        return int(connection.incr(f"visits:{owner}"))


handler = api_handler(api)
