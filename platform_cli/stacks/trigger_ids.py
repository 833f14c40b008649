"""How the triggers of a function are told apart, and how EventBridge matches keys of objects. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_cli.blueprint.resolved import (
    BucketTrigger,
    BusTrigger,
    QueueTrigger,
    ScheduleTrigger,
    StreamTrigger,
    TopicTrigger,
    Trigger,
)


def identified(triggers: Sequence[Trigger]) -> Iterator[tuple[Trigger, str, str, str]]:
    """Each trigger with kind, source, and its place among those of the same kind and source, from 1."""
    places: dict[tuple[str, str], int] = {}
    for trigger in sorted(triggers, key=lambda trigger: (trigger.kind, trigger.model_dump_json())):
        source = _source(trigger)
        place = places[trigger.kind, source] = places.get((trigger.kind, source), 0) + 1
        yield trigger, trigger.kind.replace("_", "-"), source, str(place)


def _source(trigger: Trigger) -> str:
    match trigger:
        case QueueTrigger():
            return trigger.queue
        case StreamTrigger():
            return trigger.source
        case BusTrigger():
            return trigger.bus
        case BucketTrigger():
            return trigger.bucket
        case TopicTrigger():
            return trigger.topic
        case ScheduleTrigger():
            return "time"


def object_key(prefix: str | None, suffix: str | None) -> dict[str, str] | None:
    """How EventBridge matches the key of an object."""
    if prefix and suffix:
        literal = [part.replace("\\", "\\\\").replace("*", "\\*") for part in (prefix, suffix)]
        return {"wildcard": f"{literal[0]}*{literal[1]}"}
    if prefix:
        return {"prefix": prefix}
    return {"suffix": suffix} if suffix else None
