"""Alarms are set off on the local AWS, heard by a probe, and put back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from platform_cli.operate.alarms.proving import prove_alarms
from platform_cli.operate.alarms.reading import read_alarms

pytestmark = pytest.mark.e2e


@pytest.fixture
def make_real_alarm(environment: Any, local_clients: Any) -> Iterator[Callable[..., str]]:
    """An alarm on the local AWS; its topic is named by the severity."""
    cloudwatch, sns = local_clients.client("cloudwatch"), local_clients.client("sns")
    prefix, made = f"{environment.system}-dev-", []

    def make(name: str, *, actions: bool = True, enabled: bool = True) -> str:
        topic = sns.create_topic(Name=f"{prefix}alarms-critical")["TopicArn"]
        cloudwatch.put_metric_alarm(
            AlarmName=prefix + name,
            Namespace="AWS/Lambda",
            MetricName="Errors",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=[topic] if actions else [],
            ActionsEnabled=enabled,
        )
        cloudwatch.set_alarm_state(AlarmName=prefix + name, StateValue="OK", StateReason="begin")
        made.append(prefix + name)
        return topic

    yield make
    cloudwatch.delete_alarms(AlarmNames=made)


def leftovers(environment: Any, clients: Any, topic: str) -> tuple[list[str], list[str]]:
    """Probe queues, and subscriptions of the topic."""
    queues = (
        clients.client("sqs")
        .list_queues(QueueNamePrefix=f"{environment.system}-dev-alarm-probe")
        .get("QueueUrls", [])
    )
    told = clients.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    return queues, [subscription["Endpoint"] for subscription in told]


def test_an_alarm_that_tells_is_heard_and_put_back_and_nothing_is_left(
    environment: Any, local_clients: Any, make_real_alarm: Any
) -> None:
    topic = make_real_alarm("function-orders.create-errors")
    make_real_alarm("function-orders.list-errors", enabled=False)
    make_real_alarm("function-users.get-errors", actions=False)
    alarms = read_alarms(environment, local_clients)
    done = prove_alarms(environment, alarms, local_clients, sleep=lambda _: None, patience_seconds=6)
    assert {
        (p.alarm[len(environment.system) + 5 :], p.changed, p.published, p.well) for p in done.proofs
    } == {
        ("function-orders.create-errors", True, "proven", True),
        ("function-orders.list-errors", True, "missing", False),
        ("function-users.get-errors", True, "none", False),
    }
    assert {alarm.state for alarm in read_alarms(environment, local_clients)} == {"OK"}
    assert leftovers(environment, local_clients, topic) == ([], [])


def test_an_alarm_is_put_back_and_the_probe_taken_away_when_somebody_interrupts(
    environment: Any, local_clients: Any, make_real_alarm: Any
) -> None:
    make_real_alarm("function-orders.a-errors")
    topic = make_real_alarm("function-orders.create-errors", enabled=False)
    begun: list[Any] = []

    def interrupt(seconds: float) -> None:
        if len(begun) == 2:
            raise KeyboardInterrupt

    done = prove_alarms(
        environment,
        read_alarms(environment, local_clients),
        local_clients,
        report=begun.append,
        sleep=interrupt,
    )
    assert (done.interrupted, done.left, done.remains) == (True, (), ())
    assert [(proof.alarm.endswith("a-errors"), proof.well) for proof in done.proofs] == [(True, True)]
    assert {alarm.state for alarm in read_alarms(environment, local_clients)} == {"OK"}
    assert leftovers(environment, local_clients, topic) == ([], [])
