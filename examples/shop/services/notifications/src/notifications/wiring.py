"""What each function is made of. Each builder needs just the access that its function has."""

from __future__ import annotations

import functools

from notifications.data.notification_table import NotificationTable
from notifications.logic.mailbox import Mailbox
from servicekit.aws import table
from servicekit.clock import utc_now
from servicekit.settings import Settings


@functools.cache
def store() -> NotificationTable:
    """The notifications."""
    return NotificationTable(table("main"))


@functools.cache
def mailbox() -> Mailbox:
    """Takes events in."""
    settings = Settings.from_environment("notifications")
    return Mailbox(store(), keep_days=lambda: settings.integer("keep-days"), clock=utc_now)
