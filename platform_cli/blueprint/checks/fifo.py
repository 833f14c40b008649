"""FIFO queues and topics, and how long failed messages are kept."""

from __future__ import annotations

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model.events import Queue

_LONGEST_RETENTION_DAYS = 14


def check_fifo(context: Context, name: str, queue: Queue) -> None:
    """What only FIFO queues have, and what a bus asks of them."""
    path = ("queues", name)
    subscription = queue.subscription
    if not queue.fifo:
        for key in ("content_deduplication", "high_throughput"):
            if getattr(queue, key) is not None:
                _only_fifo(context, f"queue {name}", key, (*path, key))
        if subscription is not None and subscription.message_group is not None:
            _only_fifo(context, f"queue {name}", "message_group", (*path, "from", "message_group"))
        return
    if subscription is None:
        return
    if subscription.bus is not None and queue.content_deduplication is False:
        context.report(
            "fifo-options",
            f"queue {name} takes from a bus, which gives messages no id of their own",
            (*path, "content_deduplication"),
            hint="leave `content_deduplication` out",
        )
    if subscription.topic is not None and subscription.message_group is not None:
        context.report(
            "fifo-options",
            f"queue {name} takes from a topic, which hands on the groups of its senders",
            (*path, "from", "message_group"),
            key=True,
            hint="remove it",
        )


def check_topics(context: Context) -> None:
    """What only FIFO topics have."""
    for name, topic in context.blueprint.topics.items():
        if topic.content_deduplication is not None and not topic.fifo:
            path = ("topics", name, "content_deduplication")
            _only_fifo(context, f"topic {name}", "content_deduplication", path)


def check_dead_letters(context: Context, name: str, queue: Queue) -> None:
    """Whether the dead-letter queue keeps messages for longer than the queue itself."""
    dead = queue.dead_letter
    if queue.fifo or dead is None or dead.retention_days > queue.retention_days:
        return
    longer = queue.retention_days < _LONGEST_RETENTION_DAYS
    context.report(
        "dead-letters-expire-early",
        f"queue {name} keeps messages for {queue.retention_days} days, "
        f"and its dead-letter queue for {dead.retention_days}, counted from when they were sent",
        ("queues", name, "dead_letter", "retention_days")
        if "retention_days" in dead.model_fields_set
        else ("queues", name, "retention_days"),
        hint=f"write retention_days: {_LONGEST_RETENTION_DAYS} for the dead-letter queue"
        if longer
        else f"write a retention_days below {_LONGEST_RETENTION_DAYS} for the queue",
    )


def _only_fifo(context: Context, what: str, key: str, path: tuple[str, ...]) -> None:
    context.report(
        "fifo-options",
        f"{what} is not FIFO, and `{key}` goes with FIFO",
        path,
        key=True,
        hint="write `fifo: true`, or remove it",
    )
