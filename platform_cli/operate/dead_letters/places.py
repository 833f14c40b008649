"""Where what failed for good lies, and where it came from."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.findings import known_hint
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import expecting
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.functions import names_of

MISSING = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
_WORKERS = 8
_ATTRIBUTES = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "MessageRetentionPeriod",
]


@dataclass(frozen=True)
class DeadLetterQueue:
    """A queue of what failed for good.

    Attributes:
        name: As users call it: the queue `orders`, or the function `orders.notify`.
        kind: Whether messages go back to a queue, or to a function.
        physical_name: Of the queue with the failures.
        url: Of that queue.
        origin: Physical name of the queue or function that failed.
        fifo: Whether order matters.
        waiting: How many can be received; SQS counts approximately.
        in_flight: How many somebody has received and not deleted.
        retention_days: After so many days SQS deletes a message, failed or not.
    """

    name: str
    kind: Literal["queue", "function"]
    physical_name: str
    url: str
    origin: str
    fifo: bool
    waiting: int
    in_flight: int
    retention_days: float


@dataclass(frozen=True)
class _Place:
    name: str
    kind: Literal["queue", "function"]
    physical_name: str
    origin: str
    fifo: bool = False


def dead_letter_queues(environment: ResolvedEnvironment, clients: Clients) -> tuple[DeadLetterQueue, ...]:
    """All dead-letter queues of an environment that are deployed, in the order of their names.

    Raises:
        PlatformError: What AWS refuses.
    """
    with (
        aws_errors("looking at the dead-letter queues", target=clients.target),
        ThreadPoolExecutor(_WORKERS, thread_name_prefix="queues") as pool,
    ):
        found = pool.map(lambda place: _look(place, clients), _places(environment))
        return tuple(sorted((queue for queue in found if queue is not None), key=lambda queue: queue.name))


def find_queue(environment: ResolvedEnvironment, clients: Clients, name: str) -> DeadLetterQueue:
    """The dead-letter queue of a queue, or of a function, by the name of that; or by its own.

    Raises:
        PlatformError: `unknown-dead-letters` with the nearest name; `dead-letters-not-deployed`.
    """
    places = {place.name: place for place in _places(environment)}
    place = places.get(name) or next((p for p in places.values() if p.physical_name == name), None)
    if place is None:
        raise PlatformError(
            f'nothing called "{name}" has a dead-letter queue',
            hint=known_hint(name, places),
            code="unknown-dead-letters",
            exit_code=ExitCode.USAGE,
        )
    with aws_errors("looking at the dead-letter queue", target=clients.target):
        queue = _look(place, clients)
    if queue is None:
        raise PlatformError(
            f"the dead-letter queue {place.physical_name} is not deployed",
            hint=f"run `platform deploy --env {environment.environment}`",
            code="dead-letters-not-deployed",
        )
    return queue


def _places(environment: ResolvedEnvironment) -> Iterator[_Place]:
    for queue in environment.queues.values():
        if queue.dead_letter is not None:
            dead = queue.dead_letter.physical_name
            yield _Place(queue.name, "queue", dead, queue.physical_name, queue.fifo)
    for function in environment.functions:
        # A function that somebody waits for has none; SQS says so.
        queue_name = names_of(environment).failures_queue(function.service, function.name)
        yield _Place(function.address, "function", queue_name, function.physical_name)


def _look(place: _Place, clients: Clients) -> DeadLetterQueue | None:
    sqs = clients.client("sqs")
    told: dict[str, Any] = {}
    url = ""
    with expecting(*MISSING) as missing:
        url = sqs.get_queue_url(QueueName=place.physical_name)["QueueUrl"]
        told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=_ATTRIBUTES)["Attributes"]
    if missing:
        return None
    waiting, in_flight, retention = (int(told.get(name, 0)) for name in _ATTRIBUTES)
    return DeadLetterQueue(
        place.name,
        place.kind,
        place.physical_name,
        url,
        place.origin,
        place.fifo,
        waiting,
        in_flight,
        retention / 86_400,
    )
