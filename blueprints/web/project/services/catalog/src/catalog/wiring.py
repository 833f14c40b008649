"""Puts the parts together; each is made at its first use and kept while the function is warm."""

from __future__ import annotations

from functools import cache

from catalog.data.postgresql import PostgresqlProducts
from catalog.logic.products import Products


@cache
def products() -> Products:
    """Products in the database of the blueprint."""
    return PostgresqlProducts()
