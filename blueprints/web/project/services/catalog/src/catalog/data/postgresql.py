"""Products in PostgreSQL."""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import boto3
import pg8000.dbapi

from catalog.logic.products import Product

_TABLE = """
CREATE TABLE IF NOT EXISTS products (
    sku text PRIMARY KEY, name text NOT NULL, price_cents bigint NOT NULL
)
"""
_PUT = """
INSERT INTO products (sku, name, price_cents) VALUES (%s, %s, %s)
ON CONFLICT (sku) DO UPDATE SET name = excluded.name, price_cents = excluded.price_cents
"""
_FIRST = "SELECT sku, name, price_cents FROM products ORDER BY sku LIMIT %s"


class PostgresqlProducts:
    """Products in a table that is made with the first connection.

    A connection is kept while the function is warm; one that broke meanwhile is made anew once.
    """

    def __init__(self) -> None:
        self._connection: pg8000.dbapi.Connection | None = None

    def put(self, product: Product) -> None:
        """Add a product, or take its place."""
        self._run(_PUT, (product.sku, product.name, product.price_cents))

    def first(self, count: int) -> Sequence[Product]:
        """The first products by their number."""
        rows = self._run(_FIRST, (count,))
        return [Product(sku=sku, name=name, price_cents=cents) for sku, name, cents in rows]

    def _run(self, statement: str, values: tuple[object, ...]) -> Sequence[Any]:
        if self._connection is not None:
            try:
                return _once(self._connection, statement, values)
            except pg8000.dbapi.InterfaceError:
                self._close()
        self._connection = _connect()
        try:
            return _once(self._connection, statement, values)
        except BaseException:
            self._close()
            raise

    def _close(self) -> None:
        if self._connection is not None:
            with suppress(pg8000.dbapi.Error):
                self._connection.close()
        self._connection = None


def _once(connection: pg8000.dbapi.Connection, statement: str, values: tuple[object, ...]) -> Sequence[Any]:
    cursor = connection.cursor()
    cursor.execute(statement, values)
    rows: Sequence[Any] = cursor.fetchall() if cursor.description else ()
    connection.commit()
    return rows


def _connect() -> pg8000.dbapi.Connection:
    """Log in with the secret as it is now: RDS changes the password every week."""
    secrets = boto3.client("secretsmanager")
    answer = secrets.get_secret_value(SecretId=os.environ["DATABASE_CATALOG_SECRET_ARN"])
    login = json.loads(answer["SecretString"])
    host = os.environ["DATABASE_CATALOG_ENDPOINT"]
    connection = pg8000.dbapi.connect(
        user=login["username"],
        password=login["password"],
        host=host,
        port=int(os.environ["DATABASE_CATALOG_PORT"]),
        database=os.environ["DATABASE_CATALOG_NAME"],
        # The local AWS has a PostgreSQL on this machine, which speaks no TLS.
        ssl_context=None if host == "127.0.0.1" else ssl.create_default_context(),
        timeout=10,
    )
    cursor = connection.cursor()
    cursor.execute("SELECT pg_advisory_xact_lock(1)")  # two functions may come first at once
    cursor.execute(_TABLE)
    connection.commit()
    return connection
