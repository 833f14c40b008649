"""Changes: what a record of the stream says, and what is kept of it."""

from __future__ import annotations

from typing import Protocol

from pydantic import Field
from servicekit.models import Model

SEQUENCE_DIGITS = 64
"""No sequence number has more; padded to one length, their texts compare as the numbers do."""


class Change(Model):
    """Something that happened to the thing `id`; of two changes, the later has the greater sequence."""

    id: str = Field(min_length=1)
    kind: str = Field(min_length=1)
    sequence: str

    @property
    def order(self) -> str:
        """A text that sorts as the changes happened."""
        return self.sequence.zfill(SEQUENCE_DIGITS)


class Store(Protocol):
    """Where the latest change of each thing is kept."""

    def advance(self, change: Change) -> bool:
        """Keep a change; False if it, or a later one, is kept already."""


class Changes:
    """Follows changes: each once, and never backwards, though a stream may deliver them again."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def follow(self, change: Change) -> bool:
        """Take a change into account.

        Returns:
            Whether it was news.
        """
        return self._store.advance(change)
