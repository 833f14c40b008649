"""How a secret with several keys changes: a key is added, the others are accepted for a time."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from rotation.keyring import accepted_keys, active_key, first_ring, is_ring, with_new_key
from rotation.labels import RotationRefused
from rotation.steps import fields

LEAD_SECONDS = 600
"""Twice as long as services keep a secret in memory."""
GRACE_SECONDS = 86_400


class Keys:
    """A ring of keys, as `keyring.py` describes it.

    Args:
        proves: Whether a key does what it is for; takes the ring and the key.
        clock: The time.
        others: What a first ring holds beside its keys.
    """

    def __init__(
        self,
        proves: Callable[[dict[str, Any], str], bool],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        **others: Any,
    ) -> None:
        self._proves = proves
        self._clock = clock
        self._others = others

    def first(self) -> str:
        """A first value."""
        return json.dumps(first_ring(self._clock(), **self._others))

    def create(self, current: str) -> str:
        """The ring with one key more."""
        lead, grace = (
            timedelta(seconds=int(os.environ.get(name) or seconds))
            for name, seconds in (
                ("ROTATION_LEAD_SECONDS", LEAD_SECONDS),
                ("ROTATION_GRACE_SECONDS", GRACE_SECONDS),
            )
        )
        return json.dumps(with_new_key(self._ring(current), self._clock(), lead=lead, grace=grace))

    def set(self, current: str, pending: str, previous: str | None) -> None:
        """Nothing to set: whoever checks keys reads this secret."""

    def works(self, value: str) -> bool:
        """Whether the key in use, and each that will be, does what it is for."""
        try:
            ring = self._ring(value)
        except RotationRefused:
            return False
        active = active_key(ring, self._clock())
        keys = accepted_keys(ring, self._clock())
        return active is not None and all(self._proves(ring, key["key"]) for key in keys)

    def accepts(self, current: str, value: str) -> bool:
        """Whether a reader of the current ring accepts the key that a reader of the other one uses."""
        now = self._clock()
        active = active_key(self._ring(value), now)
        known = accepted_keys(self._ring(current), now)
        return active is not None and any(
            (key["id"], key["key"]) == (active["id"], active["key"]) for key in known
        )

    def restore(self, current: str, pending: str) -> None:
        """Nothing to do: the current ring works for itself."""

    def _ring(self, value: str) -> dict[str, Any]:
        ring = fields(value)
        if not is_ring(ring):
            raise RotationRefused("the secret is no ring of keys")
        return ring
