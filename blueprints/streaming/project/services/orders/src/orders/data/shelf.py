"""What is shown of orders: from the cache if it has it, else from the table."""

from __future__ import annotations

import json
import logging
import os
from typing import TYPE_CHECKING, Any, Protocol

import botocore.session
from botocore.model import ServiceId
from botocore.signers import RequestSigner
from servicekit.environment import required_variable, variable_part

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEPT_SECONDS = 5
"""How old an answer may be; a projection is a moment behind anyway."""
_TOKEN_SECONDS = 900

_log = logging.getLogger(__name__)


class Cache(Protocol):
    """What the shelf needs of a Redis client."""

    def get(self, name: str) -> Any:  # noqa: ANN401
        """The value, or None."""

    def set(self, name: str, value: bytes, *, ex: int) -> Any:  # noqa: ANN401
        """Keep a value for `ex` seconds."""


class Shelf:
    """Orders as they are shown. A cache that does not answer makes it slower, not wrong."""

    def __init__(self, rows: Table, cache: Cache) -> None:
        self._rows = rows
        self._cache = cache

    def order(self, order_id: str) -> dict[str, Any] | None:
        """An order, or None."""
        key = f"order:{order_id}"
        kept = self._kept(key)
        if kept is not None:
            return kept
        item = self._rows.get_item(Key={"order_id": order_id}).get("Item")
        if item is None or "status" not in item:
            return None
        # Whole numbers come from the table as decimals.
        text = json.dumps(item, default=int, ensure_ascii=False).encode()
        try:
            self._cache.set(key, text, ex=KEPT_SECONDS)
        except Exception as error:
            _log.warning("the cache does not answer: %s", type(error).__name__)
        order: dict[str, Any] = json.loads(text)
        return order

    def _kept(self, key: str) -> dict[str, Any] | None:
        try:
            text = self._cache.get(key)
        except Exception as error:
            _log.warning("the cache does not answer: %s", type(error).__name__)
            return None
        order: dict[str, Any] | None = json.loads(text) if text else None
        return order


def redis_cache(name: str) -> Cache:
    """A client of the cache `name` of the blueprint, which logs in with the function's own credentials."""
    import redis

    part = variable_part(name)
    access = f"caches.{name}: connect"

    def said(variable: str) -> str:
        return required_variable(f"CACHE_{part}_{variable}", access)

    class Credentials(redis.CredentialProvider):  # type: ignore[misc,unused-ignore]
        """A new token for each new connection: one is good for 15 minutes."""

        def get_credentials(self) -> tuple[str, str]:
            return said("USER"), token(said("NAME"), said("USER"))

    client: Cache = redis.Redis(
        host=said("ENDPOINT"),
        port=int(said("PORT")),
        credential_provider=Credentials(),
        ssl=said("TLS") == "true",
        socket_timeout=0.5,
        socket_connect_timeout=1,
    )
    return client


def token(cache_name: str, user: str) -> str:
    """What ElastiCache takes as password: a signed address of itself."""
    session = botocore.session.get_session()
    credentials = session.get_credentials()
    if credentials is None:
        raise RuntimeError("there are no credentials to log in with")
    region = os.environ["AWS_REGION"]
    signer = RequestSigner(
        ServiceId("elasticache"),
        region,
        "elasticache",
        "v4",
        credentials,
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
        expires_in=_TOKEN_SECONDS,
        region_name=region,
    )
    return str(url).removeprefix("https://")
