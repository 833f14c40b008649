"""A value that is loaded when needed and kept for a while."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")

_log = logging.getLogger(__name__)


class Cached(Generic[Value]):
    """Keeps what `load` returns for `max_age_seconds`.

    If loading anew fails, the old value serves on, and the next try comes `retry_seconds` later: a
    short outage of a settings store must not become an outage of the service. The first load has
    nothing to fall back on and raises.
    """

    def __init__(
        self,
        load: Callable[[], Value],
        *,
        max_age_seconds: float,
        retry_seconds: float = 5.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._load = load
        self._max_age_seconds = max_age_seconds
        self._retry_seconds = retry_seconds
        self._monotonic = monotonic
        self._held: tuple[Value] | None = None
        self._due = 0.0

    def get(self) -> Value:
        """The value, at most `max_age_seconds` old unless loading fails."""
        now = self._monotonic()
        if self._held is not None and now < self._due:
            return self._held[0]
        try:
            value = self._load()
        except Exception as error:
            if self._held is None:
                raise
            _log.warning("could not reload, the old value serves on: %s", type(error).__name__)
            self._due = now + self._retry_seconds
            return self._held[0]
        self._held = (value,)
        self._due = now + self._max_age_seconds
        return value

    def forget(self) -> None:
        """Load anew at the next `get`; without an old value to fall back on."""
        self._held = None
