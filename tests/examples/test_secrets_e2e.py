"""Who uses a rotated secret, seen in the logs of the deployed shop."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from platform_cli.operate.secrets.consumers import Consumer, watch_consumers

pytestmark = pytest.mark.e2e


def test_a_function_that_read_the_secret_is_seen_to_use_the_present_version(
    deployed_shop: Any, new_customer: Callable[[], Any]
) -> None:
    rotated = deployed_shop.platform("secrets", "rotate", "cursor-key", "--no-wait", "--json")
    (told,) = json.loads(rotated.stdout)
    assert [consumer["function"] for consumer in told["consumers"]] == ["orders.list"]
    function = f"{deployed_shop.environment.system}-local-orders-list"
    customer = new_customer()
    for _ in range(2):
        customer.order()

    def call_anew(number: int) -> None:
        # What it keeps is older; a function that is made anew, as by a deployment, has nothing kept. A
        # process that was there before may still answer the first call.
        deployed_shop.clients.client("lambda").update_function_configuration(
            FunctionName=function, Description=f"made anew by a test {number}"
        )
        assert customer.call("GET", "/orders?limit=1").body["cursor"], "only a cursor needs the key"

    def seen() -> Consumer:
        (consumer,) = watch_consumers(
            deployed_shop.environment,
            "cursor-key",
            ("orders.list",),
            told["new_version"],
            deployed_shop.clients,
            wait=False,
        )
        return consumer

    deadline = time.monotonic() + 60
    calls = 0
    while seen().use != "taken":
        assert time.monotonic() < deadline, seen()
        if calls % 10 == 0:
            call_anew(calls)
        calls += 1
        time.sleep(0.5)
    lines = deployed_shop.platform("logs", "orders.list", "--filter", f'"{told["new_version"]}"').stdout
    assert "took a version of a secret" in lines
