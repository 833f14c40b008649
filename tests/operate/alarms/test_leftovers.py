"""Whatever ends a test of alarms, everything is put back, or named; and found again by anybody."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.aws.clients import Target
from platform_cli.operate.alarms.leftovers import clean, drill_reason, find_leftovers, state_before
from platform_cli.operate.alarms.proving import AlarmTest, prove_alarms
from platform_cli.operate.alarms.reading import read_alarms

REGION = "us-east-1:123456789012"
TOPIC = f"arn:aws:sns:{REGION}:alarms-critical"


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Operations:
    """The calls of a client, each counted before it is carried out."""

    def __init__(self, aws: Drill) -> None:
        self._aws = aws

    def __getattr__(self, name: str) -> Any:
        def call(**request: Any) -> Any:
            self._aws.called(name)
            return getattr(self._aws, name)(**request)

        return call


class Drill:
    """CloudWatch, SNS and SQS with two alarms that tell a topic.

    Attributes:
        fails: Number of the call that is refused, and what it is refused with.
        lasting: Whether every later call of the same operation is refused as well.
    """

    target = Target("123456789012", "us-east-1")

    def __init__(self, prefix: str) -> None:
        self.alarms = {
            f"{prefix}-dev-function-orders.create-errors": ("OK", "all is well"),
            f"{prefix}-dev-function-orders.list-errors": ("ALARM", "it burns"),
        }
        self.begin = dict(self.alarms)
        self.history: list[tuple[str, str, str]] = []
        self.queues: dict[str, list[str]] = {}
        self.subscriptions: dict[str, str] = {}
        self.calls: list[str] = []
        self.fails: tuple[int, BaseException] | None = None
        self.lasting = False
        self.refused = ""

    def client(self, _name: str) -> Operations:
        return Operations(self)

    def called(self, name: str) -> None:
        self.calls.append(name)
        if self.fails is None:
            return
        number, error = self.fails
        dead = isinstance(error, Killed) and len(self.calls) > number
        if dead or len(self.calls) == number or (self.lasting and name == self.refused):
            self.refused = name
            raise error

    def describe_alarms(self, **_: Any) -> dict[str, Any]:
        told = [
            {"AlarmName": name, "StateValue": state, "StateReason": reason, "AlarmActions": [TOPIC]}
            for name, (state, reason) in self.alarms.items()
        ]
        return {"MetricAlarms": told}

    def set_alarm_state(self, AlarmName: str, StateValue: str, StateReason: str) -> None:
        if self.alarms[AlarmName][0] != StateValue:
            self.history.append((AlarmName, StateValue, StateReason))
            notice = json.dumps({"AlarmName": AlarmName, "NewStateValue": StateValue})
            for endpoint in self.subscriptions.values():
                self.queues[endpoint.rpartition(":")[2]].append(json.dumps({"Message": notice}))
        self.alarms[AlarmName] = (StateValue, StateReason)

    def describe_alarm_history(self, AlarmName: str, **_: Any) -> dict[str, Any]:
        told = [
            {"HistoryData": json.dumps({"newState": {"stateValue": state, "stateReason": reason}})}
            for name, state, reason in self.history
            if name == AlarmName
        ]
        return {"AlarmHistoryItems": told}

    def create_queue(self, QueueName: str, **_: Any) -> dict[str, str]:
        self.queues[QueueName] = []
        return {"QueueUrl": f"https://sqs/{QueueName}"}

    def get_queue_attributes(self, QueueUrl: str, **_: Any) -> dict[str, Any]:
        arn = f"arn:aws:sqs:{REGION}:{QueueUrl.rpartition('/')[2]}"
        return {"Attributes": {"QueueArn": arn, "CreatedTimestamp": "1790000000"}}

    def set_queue_attributes(self, **_: Any) -> None: ...

    def get_queue_url(self, QueueName: str) -> dict[str, str]:
        if QueueName not in self.queues:
            raise ClientError({"Error": {"Code": "QueueDoesNotExist", "Message": "?"}}, "GetQueueUrl")
        return {"QueueUrl": f"https://sqs/{QueueName}"}

    def list_queues(self, QueueNamePrefix: str, **_: Any) -> dict[str, Any]:
        return {"QueueUrls": [f"https://sqs/{q}" for q in self.queues if q.startswith(QueueNamePrefix)]}

    def delete_queue(self, QueueUrl: str) -> None:
        del self.queues[QueueUrl.rpartition("/")[2]]

    def receive_message(self, QueueUrl: str, **_: Any) -> dict[str, Any]:
        waiting = self.queues[QueueUrl.rpartition("/")[2]]
        told = [{"Body": body, "ReceiptHandle": "x"} for body in waiting]
        waiting.clear()
        return {"Messages": told}

    def delete_message(self, **_: Any) -> None: ...

    def subscribe(self, Endpoint: str, **_: Any) -> dict[str, str]:
        arn = f"{TOPIC}:{len(self.subscriptions)}"
        self.subscriptions[arn] = Endpoint
        return {"SubscriptionArn": arn}

    def unsubscribe(self, SubscriptionArn: str) -> None:
        del self.subscriptions[SubscriptionArn]

    def list_subscriptions_by_topic(self, **_: Any) -> dict[str, Any]:
        told = [
            {"SubscriptionArn": arn, "Protocol": "sqs", "Endpoint": endpoint}
            for arn, endpoint in self.subscriptions.items()
        ]
        return {"Subscriptions": told}


def left_in(aws: Drill) -> set[tuple[str, str]]:
    """What is otherwise than before a test."""
    changed = {("alarm", name) for name, told in aws.alarms.items() if told[0] != aws.begin[name][0]}
    changed |= {("alarm", name) for name, told in aws.alarms.items() if told[1].startswith("platform")}
    return changed | {("queue", q) for q in aws.queues} | {("subscription", TOPIC) for _ in aws.subscriptions}


def run(aws: Drill, environment: Any) -> AlarmTest:
    fails, aws.fails = aws.fails, None
    alarms = read_alarms(environment, aws)  # type: ignore[arg-type]
    aws.calls, aws.fails = [], fails
    return prove_alarms(environment, alarms, aws, sleep=lambda _: None, patience_seconds=4)  # type: ignore[arg-type]


CALLS = 22
"""Of an undisturbed test of both alarms."""


def test_an_undisturbed_test_hears_both_and_leaves_nothing(environment: Any) -> None:
    aws = Drill(environment.system)
    done = run(aws, environment)
    assert (done.heard, done.remains, done.left, done.failure) == (2, (), (), None)
    assert (aws.alarms, left_in(aws), aws.refused) == (aws.begin, set(), "")
    assert len(aws.calls) == CALLS


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("number", range(1, CALLS + 1))
def test_whatever_aws_refuses_what_is_not_put_back_is_named(
    environment: Any, number: int, lasting: bool
) -> None:
    aws = Drill(environment.system)
    refusal = ClientError({"Error": {"Code": "AccessDenied", "Message": "not allowed"}}, "Call")
    aws.fails, aws.lasting = (number, refusal), lasting
    done = run(aws, environment)
    assert done.failure is not None or done.remains
    named = {(r.leftover.kind, r.leftover.name) for r in done.remains}
    assert left_in(aws) <= named
    # Only a step of the cleaning itself that is refused leaves something: the others were tried all the same.
    last = ("delete_queue", "get_queue_url", "unsubscribe", "list_subscriptions_by_topic")
    if not lasting:
        assert left_in(aws) == set() or (aws.refused in last and len(left_in(aws)) == 1)


@pytest.mark.parametrize("number", range(1, CALLS + 1))
def test_what_a_killed_test_left_is_found_and_put_back(environment: Any, number: int) -> None:
    aws = Drill(environment.system)
    aws.fails = (number, Killed())
    with pytest.raises(Killed):
        run(aws, environment)
    aws.fails = None
    found = find_leftovers(environment, read_alarms(environment, aws), aws)  # type: ignore[arg-type]
    assert {(leftover.kind, leftover.name) for leftover in found} == left_in(aws)
    assert clean(found, aws) == ()  # type: ignore[arg-type]
    assert left_in(aws) == set()
    assert {name: state for name, (state, _) in aws.alarms.items()} == {
        name: state for name, (state, _) in aws.begin.items()
    }


def test_a_defect_of_ours_leaves_no_alarm_set_off_either(environment: Any) -> None:
    aws = Drill(environment.system)
    aws.fails = (7, ZeroDivisionError("a defect"))
    with pytest.raises(ZeroDivisionError):
        run(aws, environment)
    assert "set_alarm_state" in aws.calls
    assert left_in(aws) == set()


def test_a_history_that_aws_cut_still_tells_that_the_alarm_went_on(environment: Any) -> None:
    class Cut(Drill):
        def describe_alarm_history(self, AlarmName: str, **_: Any) -> dict[str, Any]:
            told = super().describe_alarm_history(AlarmName)["AlarmHistoryItems"]
            went_on = [item["HistoryData"] for item in told if '"ALARM"' in item["HistoryData"]]
            summary = "Alarm updated from OK to ALARM"
            return {
                "AlarmHistoryItems": [{"HistoryData": d[:-1], "HistorySummary": summary} for d in went_on]
            }

    aws = Cut(environment.system)
    assert [proof.changed for proof in run(aws, environment).proofs] == [True, True]
    assert left_in(aws) == set()


def test_a_second_ctrl_c_ends_the_cleaning_and_names_the_rest(environment: Any) -> None:
    aws = Drill(environment.system)
    aws.fails, aws.lasting = (2, KeyboardInterrupt()), True
    done = run(aws, environment)
    assert done.interrupted
    assert (done.begun, len(done.left)) == ((), 2)
    aws = Drill(environment.system)
    aws.fails, aws.lasting = (5, KeyboardInterrupt()), True
    done = run(aws, environment)
    assert aws.refused == "set_alarm_state"
    assert [(r.leftover.kind, r.why) for r in done.remains] == [
        (kind, "stopped before it was tried") for kind in ("alarm", "subscription", "queue")
    ]


def test_a_test_of_an_alarm_that_an_earlier_one_left_set_off_knows_its_true_state(environment: Any) -> None:
    aws = Drill(environment.system)
    name = next(iter(aws.alarms))
    alarm = next(a for a in read_alarms(environment, aws) if a.name == name)  # type: ignore[arg-type]
    aws.alarms[name] = ("ALARM", drill_reason(alarm))
    again = next(a for a in read_alarms(environment, aws) if a.name == name)  # type: ignore[arg-type]
    assert (again.state, state_before(again), drill_reason(again)) == ("ALARM", "OK", drill_reason(alarm))
    run(aws, environment)
    assert aws.alarms[name] == ("OK", "put back after a test")
