"""Puts the parts together; each is made at its first use and kept while the function is warm."""

from __future__ import annotations

from functools import cache

from servicekit.aws import table

from analytics.data.window_table import WindowTable
from analytics.logic.windows import OrderWindows


@cache
def store() -> WindowTable:
    """Windows in the table of the blueprint."""
    return WindowTable(table("order-windows"))


@cache
def windows() -> OrderWindows:
    """What is measured of orders."""
    return OrderWindows(store())
