"""Events of the deployed shop, from the command line: published, archived, replayed."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

DETAIL = {
    "metadata": {"event_id": "o-r:created", "occurred_at": "2026-11-20T08:00:00Z", "correlation_id": "c"},
    "data": {
        "order_id": "o-r",
        "user_id": "u-r",
        "status": "pending",
        "total_cents": 1,
        "currency": "EUR",
    },
}


def test_a_published_event_is_archived_and_replayed_to_who_asks_for_replays(deployed_shop: Any) -> None:
    bus = deployed_shop.environment.buses["events"].physical_name
    sqs, events = deployed_shop.clients.client("sqs"), deployed_shop.clients.client("events")
    url = sqs.create_queue(QueueName="replayed")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    # Only what is replayed has the name of a replay in it.
    pattern = json.dumps({"replay-name": [{"exists": True}], "detail-type": ["OrderCreated"]})
    events.put_rule(Name="replayed", EventBusName=bus, EventPattern=pattern)
    events.put_targets(Rule="replayed", EventBusName=bus, Targets=[{"Id": "q", "Arn": arn}])

    def run(*words: str, check: bool = True) -> Any:
        done = deployed_shop.platform("events", *words, "--env", "local", "--json", check=check)
        return json.loads(done.stdout) if done.stdout else done

    try:
        published = run("publish", "events", "--type", "OrderCreated", "--detail", json.dumps(DETAIL))
        assert published["id"]
        (archive,) = run("archives", "events")
        assert archive["retention_days"] == 30
        assert archive["events"] >= 1

        planned = run("replay", "events", "--since", "1h", "--dry-run")
        told = {target for receiver in planned["receivers"] for target in receiver["targets"]}
        assert {"queues.notifications", arn} <= told
        assert run("replays") == []

        replay = run("replay", "events", "--since", "1h", "--name", "again", "--reason", "lost them")
        assert replay["state"] == "COMPLETED"
        assert _replayed(sqs, url) == {"o-r:created"}
        assert [one["name"] for one in run("replays", "events")] == ["again"]
        again = deployed_shop.platform("events", "cancel", "again", check=False)
        assert again.returncode == 1
        assert "has ended" in again.stderr
    finally:
        events.remove_targets(Rule="replayed", EventBusName=bus, Ids=["q"])
        events.delete_rule(Name="replayed", EventBusName=bus)
        sqs.delete_queue(QueueUrl=url)
    history = json.loads(deployed_shop.platform("history", "--kind", "events", "--json").stdout)
    assert history[0]["reason"] == "lost them"
    assert history[0]["details"] == {"replay": "again"}


def _replayed(sqs: Any, url: str) -> set[str]:
    """The ids of our events that arrive within some seconds."""
    until, found = time.monotonic() + 20, set()
    while time.monotonic() < until and "o-r:created" not in found:
        for message in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", []):
            event = json.loads(message["Body"])
            if event["detail"]["data"]["order_id"] == "o-r":
                found.add(event["detail"]["metadata"]["event_id"])
    return found
