"""Dead letters of the deployed shop, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.e2e


def test_what_failed_is_listed_shown_sent_back_and_deleted(deployed_shop: Any, tmp_path: Path) -> None:
    sqs = deployed_shop.clients.client("sqs")
    name = deployed_shop.environment.queues["notifications"].dead_letter.physical_name
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    order = {
        "order_id": "o-dead",
        "user_id": "u-dead",
        "status": "pending",
        "total_cents": 1,
        "currency": "EUR",
    }
    told = {"event_id": "o-dead:created", "occurred_at": "2026-11-20T08:00:00Z", "correlation_id": "c"}
    event = {"detail-type": "OrderCreated", "detail": {"metadata": told, "data": order}}
    for body in (json.dumps(event), "not even JSON"):
        sqs.send_message(QueueUrl=url, MessageBody=body)

    def run(*words: str, check: bool = True) -> Any:
        done = deployed_shop.platform("dead-letters", *words, "--env", "local", "--json", check=check)
        return done.returncode, json.loads(done.stdout)

    code, queues = run("list", check=False)
    assert code == 3
    assert {queue["name"]: queue["waiting"] for queue in queues}["notifications"] == 2

    _, shown = run("show", "notifications", "--filter", "detail.data.order_id == 'o-dead'")
    assert [letter["content"] for letter in shown] == [event]

    _, planned = run("redrive", "notifications", "--contains", "o-dead", "--dry-run")
    assert len(planned) == 1
    _, back = run("redrive", "notifications", "--contains", "o-dead", "--reason", "mended")
    assert (back["done"], back["kept"]) == (1, 1)

    copies = tmp_path / "failed.jsonl"
    _, gone = run("purge", "notifications", "--keep", str(copies))
    assert gone["done"] == 1
    assert json.loads(copies.read_text())["body"] == "not even JSON"
    assert run("list")[0] == 0

    history = json.loads(deployed_shop.platform("history", "--kind", "dead-letters", "--json").stdout)
    assert [entry["what"] for entry in history] == [
        "deleted 1 message",
        f"begins to delete about 1 message of {name}",
        "sent back 1 message",
        f"begins to send back those that match, of about 2 messages of {name}",
    ]
    assert [entry["reason"] for entry in history] == ["", "", "mended", "mended"]
