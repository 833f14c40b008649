"""Logical ids: stable, readable, and a function of the names in the blueprint alone.

A logical id decides whether CloudFormation updates a resource or replaces it. So it never contains a
position, a hash of content, or anything of another thing in the blueprint.
"""

from __future__ import annotations

import hashlib
import re

_PLAIN = re.compile(r"[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*")


def pascal(name: str) -> str:
    """`order-events` as `OrderEvents`; two names never give the same result.

    A name whose words do not all start with a small letter (`a-1`, `a_b`, `GSI1`) is followed by a part
    of its hash, since dropping the separators could make it the same as another.
    """
    return _readable(name) if _PLAIN.fullmatch(name) else _readable(name) + _digest(name)


def composite(kind: str, *parts: str) -> str:
    """The id of a thing that needs several names: `TriggerNotifyNotifications1A2B3C4D`.

    The hash of the parts keeps `("a-b", "c")` and `("a", "b-c")` apart.
    """
    readable = "".join(_readable(part) for part in parts)
    return f"{kind}{readable[:120]}{_digest('/'.join(parts))}"


def _readable(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8].upper()


def database_user(service: str) -> str:
    """The user of a database as whom a service may log in by IAM; `order-desk` is `order_desk`."""
    return service.replace("-", "_")
