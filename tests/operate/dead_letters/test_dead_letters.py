"""Dead letters: found, looked at, sent back or deleted; and never lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.errors import PlatformError
from platform_cli.operate.dead_letters.clearing import peek, purge, redrive
from platform_cli.operate.dead_letters.messages import filter_of
from platform_cli.operate.dead_letters.places import dead_letter_queues, find_queue


def bodies(clients: Any, url: str) -> list[str]:
    """What can be received now, all of it; it stays."""
    found: dict[str, str] = {}
    for _ in range(3):
        answer = clients.client("sqs").receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        found |= {message["MessageId"]: message["Body"] for message in answer.get("Messages") or ()}
    return sorted(found.values())


def fill(clients: Any, url: str, *texts: str, **more: Any) -> None:
    for text in texts:
        clients.client("sqs").send_message(QueueUrl=url, MessageBody=text, **more)


def test_queues_are_listed_with_what_waits_and_only_those_that_are_there(
    system: ResolvedEnvironment, clients: Any, urls: dict[str, str]
) -> None:
    fill(clients, urls["orders dead"], "1", "2")
    found = {queue.name: queue for queue in dead_letter_queues(system, clients)}
    assert {name: (queue.kind, queue.waiting) for name, queue in found.items()} == {
        "orders": ("queue", 2),
        "payments": ("queue", 0),
        "orders.create": ("function", 0),
    }
    assert found["payments"].fifo


def test_a_queue_is_found_by_its_own_name_and_an_unknown_one_is_an_error_with_the_nearest(
    system: ResolvedEnvironment, clients: Any, urls: dict[str, str]
) -> None:
    own = find_queue(system, clients, "orders").physical_name
    assert find_queue(system, clients, own).name == "orders"
    with pytest.raises(PlatformError) as raised:
        find_queue(system, clients, "order")
    assert (raised.value.code, raised.value.hint) == ("unknown-dead-letters", 'did you mean "orders"?')
    with pytest.raises(PlatformError) as raised:
        find_queue(system, clients, "orders.list")
    assert raised.value.code == "dead-letters-not-deployed"


def test_looking_leaves_all_messages_visible(
    system: ResolvedEnvironment, clients: Any, urls: dict[str, str], later: Callable[[], datetime]
) -> None:
    texts = [json.dumps({"total": number}) for number in range(12)]
    fill(clients, urls["orders dead"], *texts)
    queue = find_queue(system, clients, "orders")
    found = peek(queue, clients, matches=filter_of("total > `8`", None), clock=later)
    assert sorted(letter.content["total"] for letter in found) == [9, 10, 11]
    after = find_queue(system, clients, "orders")
    assert (after.waiting, after.in_flight) == (12, 0)


def test_messages_go_back_with_their_attributes_and_what_does_not_match_stays(
    system: ResolvedEnvironment, clients: Any, urls: dict[str, str], later: Callable[[], datetime]
) -> None:
    tenant = {"tenant": {"DataType": "String", "StringValue": "a"}}
    fill(clients, urls["orders dead"], '{"id": 1}', '{"id": 2}', MessageAttributes=tenant)
    fill(clients, urls["orders dead"], "no json at all")
    pauses: list[float] = []
    cleared = redrive(
        find_queue(system, clients, "orders"),
        clients,
        matches=filter_of("id == `2`", None),
        rate=4,
        sleep=pauses.append,
        clock=later,
    )
    assert (cleared.done, cleared.kept, pauses) == (1, 2, [0.25])
    assert bodies(clients, urls["orders dead"]) == ["no json at all", '{"id": 1}']
    (back,) = clients.client("sqs").receive_message(QueueUrl=urls["orders"], MessageAttributeNames=["All"])[
        "Messages"
    ]
    assert (back["Body"], back["MessageAttributes"]["tenant"]["StringValue"]) == ('{"id": 2}', "a")


@pytest.mark.parametrize("operation", ["send_message", "delete_message"])
def test_whoever_is_killed_before_or_after_a_message_arrives_loses_none(
    system: ResolvedEnvironment,
    clients: Any,
    urls: dict[str, str],
    later: Callable[[], datetime],
    operation: str,
) -> None:
    fill(clients, urls["orders dead"], "1", "2", "3")

    def die(called: str) -> None:
        if called == operation:
            raise KeyboardInterrupt

    clients.before = die
    cleared = redrive(find_queue(system, clients, "orders"), clients, sleep=lambda _: None, clock=later)
    clients.before = lambda _operation: None
    assert cleared.interrupted
    assert bodies(clients, urls["orders dead"]) == ["1", "2", "3"]
    assert len(bodies(clients, urls["orders"])) == (0 if operation == "send_message" else 1)


def test_a_refusal_after_some_messages_says_how_many_went_back(
    system: ResolvedEnvironment, clients: Any, urls: dict[str, str], later: Callable[[], datetime]
) -> None:
    fill(clients, urls["orders dead"], "1", "2", "3")
    sent: list[str] = []

    def refuse_the_second(called: str) -> None:
        if called == "send_message":
            sent.append(called)
            if len(sent) == 2:
                raise PlatformError("refused", code="denied")

    clients.before = refuse_the_second
    queue = find_queue(system, clients, "orders")
    cleared = redrive(queue, clients, sleep=lambda _: None, clock=later)
    assert (cleared.done, cleared.failure and cleared.failure.message) == (1, "refused")
    sent.pop()
    with pytest.raises(PlatformError, match="refused"):
        redrive(queue, clients, sleep=lambda _: None, clock=later)
    clients.before = lambda _operation: None
    assert len(bodies(clients, urls["orders dead"])) == 2


def test_whoever_stops_in_a_pause_leaves_no_message_in_both_places(
    system: ResolvedEnvironment, clients: Any, urls: dict[str, str], later: Callable[[], datetime]
) -> None:
    fill(clients, urls["orders dead"], "1", "2", "3")

    def stop(_seconds: float) -> None:
        raise KeyboardInterrupt

    cleared = redrive(find_queue(system, clients, "orders"), clients, sleep=stop, clock=later)
    assert (cleared.done, cleared.interrupted) == (1, True)
    assert sorted(bodies(clients, urls["orders dead"]) + bodies(clients, urls["orders"])) == ["1", "2", "3"]


def test_what_fails_again_while_messages_go_back_is_left_for_the_next_time(
    system: ResolvedEnvironment, clients: Any, urls: dict[str, str]
) -> None:
    fill(clients, urls["orders dead"], "1")
    begin = datetime.now(UTC) + timedelta(seconds=0.2)

    def fail_again(called: str) -> None:
        if called == "delete_message":
            clients.before = lambda _operation: None
            while datetime.now(UTC) <= begin:
                pass
            fill(clients, urls["orders dead"], "1 again")

    clients.before = fail_again
    cleared = redrive(
        find_queue(system, clients, "orders"), clients, sleep=lambda _: None, clock=lambda: begin
    )
    assert cleared.done == 1
    assert bodies(clients, urls["orders dead"]) == ["1 again"]


def test_messages_that_show_again_in_a_long_run_hide_none_behind_them(
    system: ResolvedEnvironment, clients: Any, urls: dict[str, str]
) -> None:
    def batch(*numbers: int) -> dict[str, Any]:
        sent = {"SentTimestamp": "1000", "ApproximateReceiveCount": "1"}
        return {
            "Messages": [
                {"MessageId": str(n), "Body": "x", "ReceiptHandle": "r", "Attributes": sent} for n in numbers
            ]
        }

    class Sqs:
        def __init__(self, answers: list[dict[str, Any]], rest: dict[str, Any]) -> None:
            self.answers, self.rest, self.asked, self.target = answers, rest, 0, clients.target

        def client(self, _name: str) -> Any:
            return self

        def receive_message(self, **_: Any) -> dict[str, Any]:
            self.asked += 1
            return self.answers.pop(0) if self.answers else self.rest

        def change_message_visibility_batch(self, **_: Any) -> None: ...

    queue = find_queue(system, clients, "orders")
    known = [batch(*range(10)), batch(*range(10, 20))]
    long = Sqs([*known, *known, batch(20, 21), {}], {})
    assert len(peek(queue, long, limit=100)) == 22  # type: ignore[arg-type]
    # Where the same ones come for ever, an end is made.
    endless = Sqs([], batch(1, 2))
    assert len(peek(queue, endless, limit=100)) == 2  # type: ignore[arg-type]
    assert endless.asked < 10


def test_a_message_that_was_sent_back_and_could_not_be_deleted_is_said_to_be_in_both_places(
    system: ResolvedEnvironment, clients: Any, urls: dict[str, str], later: Callable[[], datetime]
) -> None:
    fill(clients, urls["orders dead"], "1")

    def refuse(called: str) -> None:
        if called == "delete_message":
            raise PlatformError("not allowed to delete", code="denied")

    clients.before = refuse
    with pytest.raises(PlatformError, match="was sent back and is still here too: not allowed to delete"):
        redrive(find_queue(system, clients, "orders"), clients, sleep=lambda _: None, clock=later)
    with pytest.raises(PlatformError, match=r"^not allowed to delete"):
        purge(find_queue(system, clients, "orders"), clients, clock=later)


def test_an_event_goes_back_to_the_alias_of_the_function_that_failed_on_it(
    system: ResolvedEnvironment,
    clients: Any,
    urls: dict[str, str],
    wrapped: Callable[..., str],
    later: Callable[[], datetime],
) -> None:
    name = f"{system.system}-dev-orders-create"
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}:live"
    fill(clients, urls["orders.create"], wrapped(arn, {"id": 1}), '{"detail": {"id": 2}}')
    fill(clients, urls["orders.create"], '{"KinesisBatchInfo": {"shardId": "s"}}')
    queue = find_queue(system, clients, "orders.create")
    assert "KeyError: 'total'" in [letter.error for letter in peek(queue, clients, clock=later)]
    cleared = redrive(queue, clients, sleep=lambda _: None, clock=later)
    calls = {call["FunctionName"]: json.loads(call["Payload"]) for call in clients.invoked}
    assert calls == {arn: {"id": 1}, name: {"detail": {"id": 2}}}
    assert {call["InvocationType"] for call in clients.invoked} == {"Event"}
    assert (cleared.done, len(cleared.refused)) == (2, 1)
    assert len(bodies(clients, urls["orders.create"])) == 1


def test_fifo_messages_keep_their_group_and_may_not_be_chosen_among(
    system: ResolvedEnvironment, clients: Any, urls: dict[str, str], later: Callable[[], datetime]
) -> None:
    for number in range(3):
        fill(
            clients,
            urls["payments dead"],
            str(number),
            MessageGroupId="g",
            MessageDeduplicationId=f"d{number}",
        )
    queue = find_queue(system, clients, "payments")
    with pytest.raises(PlatformError) as raised:
        redrive(queue, clients, matches=filter_of(None, "1"), clock=later)
    assert raised.value.code == "fifo-order"
    assert redrive(queue, clients, sleep=lambda _: None, clock=later).done == 3
    answer = clients.client("sqs").receive_message(
        QueueUrl=urls["payments"], MaxNumberOfMessages=10, AttributeNames=["All"]
    )
    told = [(m["Body"], m["Attributes"]["MessageGroupId"]) for m in answer["Messages"]]
    assert told == [("0", "g"), ("1", "g"), ("2", "g")]


def test_deleting_gives_each_message_away_first(
    system: ResolvedEnvironment, clients: Any, urls: dict[str, str], later: Callable[[], datetime]
) -> None:
    fill(clients, urls["orders dead"], "a1", "a2", "b")
    kept: list[str] = []
    queue = find_queue(system, clients, "orders")
    cleared = purge(
        queue,
        clients,
        matches=filter_of(None, "a"),
        keep=lambda letter: kept.append(letter.body),
        clock=later,
    )
    assert (cleared.done, sorted(kept)) == (2, ["a1", "a2"])
    assert bodies(clients, urls["orders dead"]) == ["b"]

    def full(letter: Any) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        purge(queue, clients, keep=full, clock=later)
    assert bodies(clients, urls["orders dead"]) == ["b"]


def test_a_filter_that_cannot_be_read_is_a_usage_error() -> None:
    with pytest.raises(PlatformError) as raised:
        filter_of("detail.[", None)
    assert (raised.value.code, raised.value.exit_code) == ("invalid-filter", 2)
