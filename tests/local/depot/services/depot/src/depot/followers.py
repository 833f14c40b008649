"""What happens after a parcel came: driven by the bucket and by the table's stream."""

from __future__ import annotations

import os
from typing import Any

import boto3

dynamodb = boto3.resource("dynamodb")


def label(event: dict[str, Any], context: object) -> None:
    """Note at the parcel that its label is printed."""
    name = event["detail"]["object"]["key"].removeprefix("printed/")
    dynamodb.Table(os.environ["TABLE_PARCELS_NAME"]).put_item(Item={"PK": name, "SK": "printed"})


def count(event: dict[str, Any], context: object) -> None:
    """Count new parcels, in the provisioned table."""
    new = [
        record
        for record in event["Records"]
        if record["eventName"] == "INSERT" and record["dynamodb"]["NewImage"]["SK"]["S"] == "parcel"
    ]
    if new:
        dynamodb.Table(os.environ["TABLE_COUNTS_NAME"]).update_item(
            Key={"place": "here"},
            UpdateExpression="SET kind = :depot ADD parcels :new",
            ExpressionAttributeValues={":depot": "depot", ":new": len(new)},
        )
