"""Several keys at once, each with the time from which it is used and the time until which it is accepted.

    {"algorithm": "HS256",
     "keys": [{"id": "k1", "key": "…", "use_from": "2026-11-20T12:00:00+00:00", "accept_until": null}]}

Whoever signs or calls takes `active_key`; whoever checks takes all `accepted_keys`. A new key is known
for `lead` before it is used, so that a reader with an old copy of the secret has read it anew by then;
the old key is accepted for `grace` after that. So at no moment is a key in use that somebody refuses.
Pure: services may copy this file.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

KEY_BYTES = 48  # 64 characters: enough for HS512
_EVER = datetime.max.replace(tzinfo=UTC)
_ALWAYS = datetime.min.replace(tzinfo=UTC)

Key = Mapping[str, Any]
Ring = Mapping[str, Any]


def accepted_keys(ring: Ring, now: datetime) -> Sequence[Key]:
    """The keys that a check accepts."""
    return [key for key in ring["keys"] if now < _time(key.get("accept_until"), _EVER)]


def active_key(ring: Ring, now: datetime) -> Key | None:
    """The key to sign or call with: the latest whose time has come."""
    usable = [key for key in accepted_keys(ring, now) if _time(key.get("use_from"), _ALWAYS) <= now]
    return max(usable, key=lambda key: _time(key.get("use_from"), _ALWAYS), default=None)


def first_ring(now: datetime, **others: Any) -> dict[str, Any]:
    """A ring with one key, in use at once."""
    return {**others, "keys": [_new_key(now)]}


def with_new_key(ring: Ring, now: datetime, *, lead: timedelta, grace: timedelta) -> dict[str, Any]:
    """The ring with one key more; keys that nobody accepts any longer are left out."""
    use_from = now + lead
    end = use_from + grace
    kept = [
        {**key, "accept_until": min(_time(key.get("accept_until"), _EVER), end).isoformat()}
        for key in accepted_keys(ring, now)
    ]
    return {**ring, "keys": [*kept, _new_key(use_from)]}


def is_ring(value: Mapping[str, Any]) -> bool:
    """Whether a value has the shape above."""
    keys = value.get("keys")
    return (
        isinstance(keys, list)
        and bool(keys)
        and all(isinstance(key, dict) and key.get("id") and key.get("key") for key in keys)
    )


def _new_key(use_from: datetime) -> dict[str, Any]:
    return {
        "id": secrets.token_hex(8),
        "key": secrets.token_urlsafe(KEY_BYTES),
        "use_from": use_from.isoformat(),
        "accept_until": None,
    }


def _time(told: str | None, otherwise: datetime) -> datetime:
    return datetime.fromisoformat(told) if told else otherwise
