"""Messages: what makes one valid, and what is done with it."""

from __future__ import annotations

from typing import Any, Protocol

from pydantic import ConfigDict, Field
from servicekit.models import Model


class Message(Model):
    """What a sender wants done: an `id`, the same however often it is delivered, and anything else."""

    model_config = ConfigDict(extra="allow")

    id: str = Field(min_length=1)

    @property
    def content(self) -> dict[str, Any]:
        """All that came beside the id."""
        return dict(self.model_extra or {})


class Store(Protocol):
    """Where messages are kept."""

    def add(self, message: Message) -> bool:
        """Keep a message; False if it was kept before."""


class Messages:
    """Does what messages ask for, each once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def process(self, message: Message) -> bool:
        """Do what the message asks for.

        Returns:
            Whether it was done now; False if an earlier delivery had it done.
        """
        return self._store.add(message)
