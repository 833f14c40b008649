"""Messages of a dead-letter queue, received without being lost.

A received message is hidden, not taken: whoever stops, or is killed, leaves it in the queue, where it shows
again after `HIDDEN_SECONDS` at the latest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.dead_letters.places import DeadLetterQueue

HIDDEN_SECONDS = 300
_BATCH = 10
_WAIT_SECONDS = 1
_EMPTY_ANSWERS = 2
"""SQS asks a part of its servers, so that one empty answer is no proof; two with a wait nearly are."""
_ROUNDS = 2
"""So often all messages that were left may come again, with none that is new, before it is enough."""

Matches = Callable[["DeadLetter"], bool]


@dataclass(frozen=True)
class DeadLetter:
    """A message that failed for good.

    Attributes:
        id: SQS's.
        body: As it was sent.
        sent: When it was sent for the first time.
        receives: How often it was received in all.
        error: What AWS says about the failure; empty where it says nothing (queues).
        attributes: The sender's, in the form in which SQS takes them.
        group: Of a FIFO message.
        trace: Of X-Ray.
        receipt: What deletes it.
    """

    id: str
    body: str
    sent: datetime
    receives: int
    error: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    group: str | None = None
    trace: str | None = None
    receipt: str = ""

    @property
    def content(self) -> Any:
        """What was failed on: of what Lambda wraps, the event; parsed where it is JSON, else the text."""
        told = _parsed(self.body)
        return told["requestPayload"] if _is_wrapped(told) else told

    @property
    def invoked(self) -> str | None:
        """The ARN of the function that was called, where Lambda says it."""
        told = _parsed(self.body)
        return (
            str(told.get("requestContext", {}).get("functionArn") or "") or None
            if _is_wrapped(told)
            else None
        )

    @property
    def carries_event(self) -> bool:
        """Whether the event is here. Of a stream, AWS keeps only where its records were."""
        told = _parsed(self.body)
        return not (isinstance(told, dict) and {"DDBStreamBatchInfo", "KinesisBatchInfo"} & told.keys())


def filter_of(expression: str | None, text: str | None) -> Matches | None:
    """What selects messages; None if all are meant.

    Args:
        expression: JMESPath over what was failed on, as in `detail.orderId == 'o-1'`.
        text: What stands somewhere in the message.

    Raises:
        PlatformError: `invalid-filter`.
    """
    if expression is None and not text:
        return None
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        compiled = jmespath.compile(expression) if expression is not None else None
    except JMESPathError as error:
        raise PlatformError(
            f"the filter cannot be read: {str(error).splitlines()[0]}",
            hint="it is JMESPath over the message: detail.orderId == 'o-1', starts_with(type, 'Order')",
            code="invalid-filter",
            exit_code=ExitCode.USAGE,
        ) from error

    def matches(letter: DeadLetter) -> bool:
        if text and text not in letter.body:
            return False
        if compiled is None:
            return True
        try:
            return bool(compiled.search(letter.content))
        except JMESPathError:
            # A function of the expression does not fit this message's types: not what was meant.
            return False

    return matches


class Reading:
    """Receives messages and hides them from others until the end of a `with`.

    Those that nobody deleted are visible again afterwards.

    Args:
        queue: Where.
        clients: Of the environment.
        before: Messages that were sent later are left alone: they came while this works.
    """

    def __init__(self, queue: DeadLetterQueue, clients: Clients, before: datetime) -> None:
        self._queue = queue
        self._clients = clients
        self._before = before
        self._seen: set[str] = set()
        self._hidden: dict[str, str] = {}

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *_: object) -> None:
        """Let others see again what was not deleted."""
        receipts = list(self._hidden.values())
        self._hidden.clear()
        with aws_errors("giving messages back", target=self._clients.target):
            for at in range(0, len(receipts), _BATCH):
                # One that cannot be given back shows by itself when its time is over.
                self._clients.client("sqs").change_message_visibility_batch(
                    QueueUrl=self._queue.url,
                    Entries=[
                        {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                        for number, receipt in enumerate(receipts[at : at + _BATCH])
                    ],
                )

    def __iter__(self) -> Iterator[DeadLetter]:
        """Each message once; ends when none comes any more.

        In a long run those come again that were left, since they are hidden for `HIDDEN_SECONDS` only. That
        hides them anew, so what was not read yet comes behind them.
        """
        empty = again = 0
        while empty < _EMPTY_ANSWERS and again <= _ROUNDS * len(self._seen):
            letters = self._receive()
            fresh = [letter for letter in letters if letter.id not in self._seen]
            empty = 0 if letters else empty + 1
            again = 0 if fresh else again + len(letters)
            self._seen.update(letter.id for letter in fresh)
            yield from (letter for letter in fresh if letter.sent < self._before)

    def delete(self, letter: DeadLetter) -> None:
        """Delete a message that was read."""
        with aws_errors("deleting a message", target=self._clients.target):
            self._clients.client("sqs").delete_message(
                QueueUrl=self._queue.url, ReceiptHandle=self._hidden[letter.id]
            )
        del self._hidden[letter.id]

    def _receive(self) -> list[DeadLetter]:
        with aws_errors("receiving messages", target=self._clients.target):
            answer = self._clients.client("sqs").receive_message(
                QueueUrl=self._queue.url,
                MaxNumberOfMessages=_BATCH,
                VisibilityTimeout=HIDDEN_SECONDS,
                WaitTimeSeconds=_WAIT_SECONDS,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
        letters = [_letter(message) for message in answer.get("Messages") or ()]
        self._hidden |= {letter.id: letter.receipt for letter in letters}
        return letters


def _letter(message: Mapping[str, Any]) -> DeadLetter:
    system = message.get("Attributes") or {}
    attributes = message.get("MessageAttributes") or {}
    return DeadLetter(
        id=message["MessageId"],
        body=message["Body"],
        sent=datetime.fromtimestamp(int(system.get("SentTimestamp", 0)) / 1000, UTC),
        receives=int(system.get("ApproximateReceiveCount", 0)),
        error=_error(_parsed(message["Body"]), attributes),
        attributes={name: _sendable(value) for name, value in attributes.items()},
        group=system.get("MessageGroupId"),
        trace=system.get("AWSTraceHeader"),
        receipt=message["ReceiptHandle"],
    )


def _error(body: Any, attributes: Mapping[str, Any]) -> str:
    """Lambda says it in what it wraps the event in; EventBridge and the scheduler in attributes."""
    if _is_wrapped(body):
        response = body.get("responsePayload")
        told = response if isinstance(response, dict) else {}
        kind, words = told.get("errorType"), told.get("errorMessage")
        return ": ".join(str(part) for part in (kind, words) if part) or str(
            body["requestContext"].get("condition", "")
        )
    said = [
        attributes[name].get("StringValue") for name in ("ERROR_CODE", "ERROR_MESSAGE") if name in attributes
    ]
    return ": ".join(str(part) for part in said if part)


def _is_wrapped(body: Any) -> bool:
    """Whether this is what Lambda sends to a destination (Lambda guide, «Destinations», 2026-11)."""
    return (
        isinstance(body, dict) and "requestPayload" in body and isinstance(body.get("requestContext"), dict)
    )


def _sendable(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value[key] for key in ("DataType", "StringValue", "BinaryValue") if value.get(key) is not None
    }


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
