"""The same code on AWS and on the local AWS: all that it needs to know comes in its environment."""

import json
import os
import ssl
from typing import Any

import boto3
import botocore.session
import pg8000.dbapi
import redis
from botocore.model import ServiceId
from botocore.signers import RequestSigner


def book(event: dict[str, Any], context: Any) -> dict[str, Any]:
    connection = connect()
    cursor = connection.cursor()
    cursor.execute("CREATE TABLE IF NOT EXISTS bookings (account text, cents bigint)")
    cursor.execute("INSERT INTO bookings VALUES (%s, %s)", (event["account"], event["cents"]))
    cursor.execute("SELECT count(*), sum(cents) FROM bookings WHERE account = %s", (event["account"],))
    count, total = cursor.fetchone()
    cursor.execute("SELECT current_database(), version()")
    database, version = cursor.fetchone()
    connection.commit()
    connection.close()
    uses = cache().incr(f"uses:{event['account']}")
    return {"count": count, "total": int(total), "uses": uses, "database": database, "version": version}


def pay(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Who it would log in as: with the login that is a secret of its own, and not the master's."""
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["SECRET_LEDGER_ARN"])
    return {"user": json.loads(secret["SecretString"])["username"]}


def connect() -> Any:
    client = boto3.client("secretsmanager")
    secret = client.get_secret_value(SecretId=os.environ["DATABASE_LEDGER_SECRET_ARN"])
    login = json.loads(secret["SecretString"])
    host = os.environ["DATABASE_LEDGER_ENDPOINT"]
    return pg8000.dbapi.connect(
        user=login["username"],
        password=login["password"],
        host=host,
        port=int(os.environ["DATABASE_LEDGER_PORT"]),
        database=os.environ["DATABASE_LEDGER_NAME"],
        ssl_context=None if host == "127.0.0.1" else ssl.create_default_context(),
    )


def cache() -> Any:
    return redis.Redis(
        host=os.environ["CACHE_SESSIONS_ENDPOINT"],
        port=int(os.environ["CACHE_SESSIONS_PORT"]),
        username=os.environ["CACHE_SESSIONS_USER"],
        password=token(os.environ["CACHE_SESSIONS_NAME"], os.environ["CACHE_SESSIONS_USER"]),
        ssl=os.environ["CACHE_SESSIONS_TLS"] == "true",
    )


def token(cache_name: str, user: str) -> str:
    session = botocore.session.get_session()
    region = os.environ["AWS_REGION"]
    signer = RequestSigner(
        ServiceId("elasticache"),
        region,
        "elasticache",
        "v4",
        session.get_credentials(),
        session.get_component("event_emitter"),
    )
    url = signer.generate_presigned_url(
        {
            "method": "GET",
            "url": f"https://{cache_name}/?Action=connect&User={user}",
            "body": {},
            "headers": {},
            "context": {},
        },
        operation_name="connect",
        expires_in=900,
        region_name=region,
    )
    return str(url).removeprefix("https://")
