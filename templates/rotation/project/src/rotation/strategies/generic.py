"""A text that nobody checks: a new one of the same shape.

In a JSON object, the fields that `ROTATION_FIELDS` names (with commas) change, or those with a usual
name. Write `set` and `works` to tell another system of the new value.
"""

from __future__ import annotations

import json
import os
from typing import Any

from rotation.labels import RotationRefused
from rotation.passwords import LENGTH, password
from rotation.steps import lambda_handler

USUAL_FIELDS = ("password", "secret", "token", "key", "value")


class Generic:
    """New random texts."""

    def first(self) -> str:
        """A first value."""
        return password()

    def create(self, current: str) -> str:
        """As long as the current one; with punctuation if that has some."""
        value = _object(current)
        if value is None:
            return _like(current)
        wanted = [n.strip() for n in os.environ.get("ROTATION_FIELDS", "").split(",") if n.strip()]
        names = wanted or [name for name in USUAL_FIELDS if isinstance(value.get(name), str)]
        missing = [name for name in names if not isinstance(value.get(name), str)]
        if missing or not names:
            what = f"no text {', '.join(missing)}" if missing else "no field with a usual name"
            raise RotationRefused(f"the secret has {what}; name others in ROTATION_FIELDS")
        return json.dumps({**value, **{name: _like(value[name]) for name in names}})

    def set(self, current: str, pending: str, previous: str | None) -> None:
        """Nobody has to be told."""

    def works(self, value: str) -> None:
        """Nobody can be asked."""

    def accepts(self, current: str, value: str) -> None:
        """Nobody can be asked."""

    def restore(self, current: str, pending: str) -> None:
        """Nothing was set."""


def _object(value: str) -> dict[str, Any] | None:
    try:
        parsed = json.loads(value)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _like(current: str) -> str:
    return password(max(len(current), LENGTH // 2), punctuation=not current.isalnum())


handler = lambda_handler(lambda _: Generic())
