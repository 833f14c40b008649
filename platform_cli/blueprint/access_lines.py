"""Reading the left side of an `access` line: `kind.name`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AccessTarget:
    """What a line of `access` is about; a function's `name` is its address, `service.function`."""

    kind: str
    name: str


def parse_access(key: str, service: str) -> AccessTarget | None:
    """Read `tables.main`, `functions.create` (of the same service) or `functions.orders.create`.

    Args:
        key: The key under `access`.
        service: The service of the function that it stands in.

    Returns:
        Kind and name; None where there is no dot, or nothing on a side of it.
    """
    kind, _, name = key.partition(".")
    if not kind or not name:
        return None
    if kind == "functions" and "." not in name:
        name = f"{service}.{name}"
    return AccessTarget(kind, name)
