"""Delivering notifications once, and showing them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from pydantic import Field

from notifications.logic.notices import Notification, notification_for
from servicekit.clock import Clock
from servicekit.events import Event
from servicekit.models import RequestModel


class ListQuery(RequestModel):
    """The query of `GET /notifications`."""

    limit: int = Field(default=20, ge=1, le=100)


class NotificationStore(Protocol):
    """Keeps notifications."""

    def add(self, notification: Notification, expires_at: datetime) -> bool:
        """Keep it until then; False if it is there already."""

    def newest(self, user_id: str, limit: int, now: datetime) -> Sequence[Notification]:
        """A user's notifications that have not expired, newest first."""


@dataclass(frozen=True)
class Mailbox:
    """Takes events in. `keep_days` is asked for each, since the setting changes while we run."""

    store: NotificationStore
    keep_days: Callable[[], int]
    clock: Clock

    def deliver(self, event: Event) -> tuple[Notification, bool]:
        """The notification for the event, and whether it is new."""
        notification = notification_for(event)
        is_new = self.store.add(notification, self.clock() + timedelta(days=self.keep_days()))
        return notification, is_new
