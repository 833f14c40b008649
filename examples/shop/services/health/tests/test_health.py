"""What `GET /health` says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import boto3

from health.data.reachability import probe, table_answers
from health.handlers.check import routes
from health.logic.checkup import Check
from servicekit.api import api_handler
from servicekit.testing import Context, api_event


def ask(checks: Mapping[str, Check]) -> tuple[int, Any]:
    answered = api_handler(routes(lambda: checks))(api_event("GET /health"), Context())
    return answered["statusCode"], json.loads(answered["body"])


def broken() -> None:
    raise RuntimeError("arn:aws:dynamodb:secret detail")


def test_a_table_that_answers_is_healthy(table) -> None:
    client = boto3.client("dynamodb")
    verdict = ask({"table": lambda: table_answers(client, table.name)})
    assert verdict == (200, {"status": "ok", "checks": {"table": "ok"}})


def test_a_table_that_is_gone_is_not(table) -> None:
    table.delete()
    status, body = ask({"table": lambda: table_answers(boto3.client("dynamodb"), "shop-test-main")})
    assert (status, body["checks"]) == (503, {"table": "failed"})


def test_a_failure_is_named_without_its_text_and_the_other_checks_run() -> None:
    status, body = ask({"table": broken, "bus": lambda: None})
    assert status == 503
    assert body == {"status": "failed", "checks": {"table": "failed", "bus": "ok"}}
    assert "secret detail" not in json.dumps(body)


def test_the_check_waits_a_second_at_most_and_does_not_retry() -> None:
    config = probe().meta.config
    assert (config.connect_timeout, config.read_timeout) == (1, 1)
    assert config.retries["total_max_attempts"] == 1


def test_nobody_needs_a_token() -> None:
    assert ask({})[0] == 200
