"""Build a projection anew: hand all events of its store to its function, page by page.

The function gets the records that the store's stream would bring, marked as a replay, and replaces the rows
of the aggregates that they are about. It is called before the checkpoint moves: who is killed in between
hands a page over twice, which changes nothing, and none never.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.event_stores import AGGREGATE, VERSION
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import Clock, expecting, now
from platform_cli.deploy.lock import current_owner
from platform_cli.deploy.records import record_id
from platform_cli.errors import PlatformError
from platform_cli.operate.projections.checkpoints import Checkpoint, read_checkpoint, write_checkpoint
from platform_cli.operate.projections.places import Projection

PAGE = 100
"""Events that the function is handed at once; also the default batch of a stream trigger."""


@dataclass(frozen=True)
class ReplayProgress:
    """How far a replay is.

    Attributes:
        address: The projection.
        events: How many events its function was given.
    """

    address: str
    events: int


Report = Callable[[ReplayProgress], None]


@dataclass(frozen=True)
class Replay:
    """What a replay did.

    Attributes:
        projection: The projection.
        checkpoint: Where it is now.
        resumed: Whether it went on where an earlier one had ended.
        events: Events that this run handed over.
    """

    projection: Projection
    checkpoint: Checkpoint
    resumed: bool
    events: int


def count_events(projection: Projection, clients: Clients) -> int:
    """How many items the store has: events, and snapshots.

    Raises:
        PlatformError: `not-deployed`, or what AWS refuses.
    """
    return sum(count for _, count, _ in _pages(projection, None, clients, select="COUNT"))


def replay(
    projection: Projection,
    environment: ResolvedEnvironment,
    clients: Clients,
    *,
    restart: bool = False,
    report: Report = lambda _event: None,
    clock: Clock = now,
    page: int = PAGE,
) -> Replay:
    """Replay a projection, from where an unfinished replay ended or from the beginning.

    Args:
        projection: Which.
        environment: Where it is.
        clients: Of the environment.
        restart: Begin anew, even if an earlier replay did not come to its end.
        report: Told after each page.
        clock: The time.
        page: Events that are handed over at once.

    Raises:
        PlatformError: `not-deployed`, `replay-failed` if the function failed, or what AWS refuses. The
            checkpoint stays where it was, so that the next run goes on there.
    """
    before = read_checkpoint(environment, projection.address, clients)
    resumed = before is not None and not before.done and before.after is not None and not restart
    if before is not None and resumed:
        checkpoint = before
    else:
        started = clock()
        owner = current_owner()
        checkpoint = Checkpoint(
            record_id(started, secrets.token_hex(3)),
            f"{owner.user}@{owner.host}",
            started=started,
            updated=started,
        )
        write_checkpoint(environment, projection.address, checkpoint, clients)
    handed = 0
    for items, _, after in _pages(projection, checkpoint.after, clients, limit=page):
        records = _records(items)
        if records:
            _hand_over(projection, records, checkpoint.id, clients)
        handed += len(records)
        checkpoint = replace(
            checkpoint,
            updated=clock(),
            events=checkpoint.events + len(records),
            after=after,
            done=after is None,
        )
        write_checkpoint(environment, projection.address, checkpoint, clients)
        report(ReplayProgress(projection.address, checkpoint.events))
    return Replay(projection, checkpoint, resumed, handed)


def _pages(
    projection: Projection, after: Mapping[str, Any] | None, clients: Clients, **options: Any
) -> Iterator[tuple[Sequence[Mapping[str, Any]], int, Mapping[str, Any] | None]]:
    """The store page by page: items, their number, and the mark after which the next page begins."""
    arguments: dict[str, Any] = {"TableName": projection.store_table, "ConsistentRead": True}
    arguments |= {name.capitalize(): value for name, value in options.items()}
    while True:
        if after is not None:
            arguments["ExclusiveStartKey"] = after
        with (
            aws_errors(f"reading the event store {projection.store}", target=clients.target),
            expecting("ResourceNotFoundException") as missing,
        ):
            answer = clients.client("dynamodb").scan(**arguments)
        if missing:
            raise _not_deployed(projection)
        after = answer.get("LastEvaluatedKey")
        yield answer.get("Items", ()), answer["Count"], after
        if after is None:
            return


def _records(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Items as the stream would bring them, each aggregate's in order; a snapshot (version 0) is no event."""
    events = [item for item in items if int(item[VERSION]["N"]) > 0]
    events.sort(key=lambda item: (item[AGGREGATE]["S"], int(item[VERSION]["N"])))
    return [
        {
            "eventID": item.get("event_id", {}).get("S", ""),
            "eventName": "INSERT",
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "Keys": {AGGREGATE: item[AGGREGATE], VERSION: item[VERSION]},
                "NewImage": item,
                "SequenceNumber": str(number),
                "StreamViewType": "NEW_IMAGE",
            },
        }
        for number, item in enumerate(events, start=1)
    ]


def _hand_over(
    projection: Projection, records: list[dict[str, Any]], replay_id: str, clients: Clients
) -> None:
    # Bytes have no JSON; `servicekit` writes none into an event.
    payload = json.dumps({"Records": records, "replay": replay_id}, default=lambda value: value.hex())
    with (
        aws_errors(f"calling {projection.address}", target=clients.target),
        expecting("ResourceNotFoundException") as missing,
    ):
        answer = clients.client("lambda").invoke(
            FunctionName=projection.function_name, Payload=payload.encode()
        )
    if missing:
        raise _not_deployed(projection)
    told = answer["Payload"].read()
    problem = _problem(told, failed=bool(answer.get("FunctionError")))
    if problem is not None:
        first = records[0]["dynamodb"]["Keys"][AGGREGATE]["S"]
        raise PlatformError(
            f"{projection.address} failed on events from {first} on: {problem}",
            hint="mend the function, deploy it, and run the same command: the replay goes on at this page",
            code="replay-failed",
        )


def _problem(told: bytes, *, failed: bool) -> str | None:
    """What went wrong, by a function's answer; None if all went well."""
    try:
        answer = json.loads(told or b"null")
    except ValueError:
        answer = None
    answer = answer if isinstance(answer, dict) else {}
    if failed:
        return f"{answer.get('errorType') or 'error'}: {answer.get('errorMessage') or 'no message'}"
    failures = answer.get("batchItemFailures")
    return f"{len(failures)} records reported as failed" if failures else None


def _not_deployed(projection: Projection) -> PlatformError:
    return PlatformError(
        f"the projection {projection.address} is not deployed, or its event store is not",
        hint="run `platform deploy` first",
        code="not-deployed",
    )
