"""Empty a dead-letter queue: send messages back to where they failed, or delete them.

A message is deleted here only after it is there. Who is killed in between leaves it in both places, so a
message may arrive twice and is never lost; SQS and asynchronous calls promise no more than that anyhow. A
FIFO queue takes the copy that follows within five minutes for the same message.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import Clock, Sleep, now
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.dead_letters.messages import DeadLetter, Matches, Reading
from platform_cli.operate.dead_letters.places import DeadLetterQueue

_REPORT_EVERY = 10


@dataclass(frozen=True)
class ClearingProgress:
    """How far it is.

    Attributes:
        queue: Name of the dead-letter queue.
        doing: `sent back` or `deleted`.
        done: So many were.
        read: So many were looked at.
        waiting: So many were there at the beginning, approximately.
    """

    queue: str
    doing: str
    done: int
    read: int
    waiting: int


@dataclass(frozen=True)
class Cleared:
    """What became of the messages.

    Attributes:
        queue: The dead-letter queue, as it was before.
        done: How many were sent back or deleted.
        kept: How many were left, since they were not selected.
        refused: Those that cannot go back, with the reason.
        interrupted: Whether the user ended it before all were read.
        failure: What ended it before all were read, after some were done; the rest stays where it is.
    """

    queue: DeadLetterQueue
    done: int = 0
    kept: int = 0
    refused: tuple[tuple[str, str], ...] = ()
    interrupted: bool = False
    failure: PlatformError | None = None


Report = Callable[[ClearingProgress], None]
_Act = Callable[[DeadLetter], "str | None"]


def refuse_choosing(queue: DeadLetterQueue, matches: Matches | None) -> None:
    """Refuse to choose among messages whose order matters.

    Raises:
        PlatformError: `fifo-order`.
    """
    if queue.fifo and matches is not None:
        raise PlatformError(
            f"{queue.name} is a FIFO queue: who leaves a message out changes the order of its group, and "
            "hides what comes behind it",
            hint="leave the filter away, or limit the number",
            code="fifo-order",
            exit_code=ExitCode.USAGE,
        )


def redrive(
    queue: DeadLetterQueue,
    clients: Clients,
    *,
    matches: Matches | None = None,
    limit: int | None = None,
    rate: float = 10.0,
    report: Report = lambda _progress: None,
    sleep: Sleep = time.sleep,
    clock: Clock = now,
) -> Cleared:
    """Send messages back to the queue or function that failed on them.

    Args:
        queue: Of the failures.
        clients: Of the environment.
        matches: Selects; None takes all.
        limit: At most so many.
        rate: At most so many a second.
        report: Gets progress.
        sleep: Waits.
        clock: The time.

    Raises:
        PlatformError: `fifo-order`, or what AWS refuses before anything was sent back; see `Cleared.failure`.
    """
    back = _Return(queue, clients)

    def act(letter: DeadLetter) -> str | None:
        if not letter.carries_event:
            return "AWS kept only where the records were in the stream, not the records"
        back.send(letter)
        return None

    # The pause comes after a message is wholly done: who stops, most likely stops in it.
    return _clear(
        queue, clients, act, "sent back", matches, limit, report, clock(), pause=lambda: sleep(1 / rate)
    )


def purge(
    queue: DeadLetterQueue,
    clients: Clients,
    *,
    matches: Matches | None = None,
    limit: int | None = None,
    keep: Callable[[DeadLetter], None] = lambda _letter: None,
    report: Report = lambda _progress: None,
    clock: Clock = now,
) -> Cleared:
    """Delete messages one by one, so that none goes that came later and that nobody has seen.

    Args:
        queue: Of the failures.
        clients: Of the environment.
        matches: Selects; None takes all.
        limit: At most so many.
        keep: Is given each message before it is deleted.
        report: Gets progress.
        clock: The time.

    Raises:
        PlatformError: `fifo-order`, or what AWS refuses before anything was deleted; see `Cleared.failure`.
    """

    def act(letter: DeadLetter) -> None:
        keep(letter)

    return _clear(queue, clients, act, "deleted", matches, limit, report, clock())


def peek(
    queue: DeadLetterQueue,
    clients: Clients,
    *,
    matches: Matches | None = None,
    limit: int = 10,
    clock: Clock = now,
) -> tuple[DeadLetter, ...]:
    """Look at messages; they stay, and are visible to others again afterwards.

    Of a FIFO queue only those are seen that stand at the head of their groups.
    """
    found: list[DeadLetter] = []
    with Reading(queue, clients, clock()) as reading:
        for letter in reading:
            if matches is None or matches(letter):
                found.append(letter)
            if len(found) >= limit:
                break
    return tuple(sorted(found, key=lambda letter: letter.sent))


def _clear(
    queue: DeadLetterQueue,
    clients: Clients,
    act: _Act,
    doing: str,
    matches: Matches | None,
    limit: int | None,
    report: Report,
    before: datetime,
    pause: Callable[[], None] = lambda: None,
) -> Cleared:
    refuse_choosing(queue, matches)
    cleared, read = Cleared(queue), 0
    try:
        with Reading(queue, clients, before) as reading:
            for letter in reading:
                if limit is not None and cleared.done >= limit:
                    break
                read += 1
                if matches is not None and not matches(letter):
                    cleared = replace(cleared, kept=cleared.kept + 1)
                elif (refused := act(letter)) is not None:
                    cleared = replace(cleared, refused=(*cleared.refused, (letter.id, refused)))
                else:
                    _delete(letter, reading, doing)
                    cleared = replace(cleared, done=cleared.done + 1)
                    pause()
                if read % _REPORT_EVERY == 0:
                    report(ClearingProgress(queue.name, doing, cleared.done, read, queue.waiting))
    except KeyboardInterrupt:
        # What was done is done and must be said; what was not is still there.
        cleared = replace(cleared, interrupted=True)
    except PlatformError as error:
        if not cleared.done:
            raise
        cleared = replace(cleared, failure=error)
    return cleared


def _delete(letter: DeadLetter, reading: Reading, doing: str) -> None:
    """Delete what was dealt with; where that is refused, what was sent back is in both places."""
    try:
        reading.delete(letter)
    except PlatformError as error:
        if doing != "sent back":
            raise
        raise PlatformError(
            f"message {letter.id} was sent back and is still here too: {error.message}",
            hint=error.hint,
            code=error.code,
            where=error.where,
            exit_code=error.exit_code,
        ) from error


class _Return:
    """The way back to where a message failed."""

    def __init__(self, queue: DeadLetterQueue, clients: Clients) -> None:
        self._queue = queue
        self._clients = clients
        self._url: str | None = None

    def send(self, letter: DeadLetter) -> None:
        with aws_errors(f"sending a message back to {self._queue.origin}", target=self._clients.target):
            if self._queue.kind == "queue":
                self._to_queue(letter)
            else:
                self._to_function(letter)

    def _to_queue(self, letter: DeadLetter) -> None:
        sqs = self._clients.client("sqs")
        if self._url is None:
            self._url = sqs.get_queue_url(QueueName=self._queue.origin)["QueueUrl"]
        more: dict[str, Any] = {}
        if letter.attributes:
            more["MessageAttributes"] = dict(letter.attributes)
        if letter.group is not None:
            more["MessageGroupId"] = letter.group
        if self._queue.fifo:
            # The same for the copy that a killed run sends again.
            more["MessageDeduplicationId"] = letter.id
        if letter.trace:
            more["MessageSystemAttributes"] = {
                "AWSTraceHeader": {"DataType": "String", "StringValue": letter.trace}
            }
        sqs.send_message(QueueUrl=self._url, MessageBody=letter.body, **more)

    def _to_function(self, letter: DeadLetter) -> None:
        called = letter.invoked
        # The same version or alias as before, if it is this function's.
        is_this = called is not None and f":function:{self._queue.origin}" in called
        self._clients.client("lambda").invoke(
            FunctionName=called if is_this else self._queue.origin,
            InvocationType="Event",
            Payload=json.dumps(letter.content).encode(),
        )
