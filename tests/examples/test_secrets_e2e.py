"""Who uses a rotated secret, seen in the logs of the deployed shop."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from platform_cli.operate.secrets.consumers import Consumer, watch_consumers

pytestmark = pytest.mark.e2e


def list_orders(customer: Any) -> None:
    """Read a page of orders that another follows: only its cursor needs the key."""
    assert customer.call("GET", "/orders?limit=1").body["cursor"]


def test_a_function_that_read_the_secret_is_seen_to_use_the_present_version(
    deployed_shop: Any, new_customer: Callable[[], Any]
) -> None:
    customer = new_customer()
    for _ in range(2):
        customer.order()
    list_orders(customer)
    rotated = deployed_shop.platform("secrets", "rotate", "cursor-key", "--no-wait", "--json")
    (told,) = json.loads(rotated.stdout)
    assert [consumer["function"] for consumer in told["consumers"]] == ["orders.list"]
    function = f"{deployed_shop.environment.system}-local-orders-list"
    functions = deployed_shop.clients.client("lambda")

    # What a process keeps is older. Setting the memory size, be it to the same, makes the function anew, as
    # a deployment does; setting the description would not.
    size = functions.get_function_configuration(FunctionName=function)["MemorySize"]
    functions.update_function_configuration(FunctionName=function, MemorySize=size)
    list_orders(customer)

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
    while seen().use != "taken":
        assert time.monotonic() < deadline, seen()
        time.sleep(0.5)
    lines = deployed_shop.platform("logs", "orders.list", "--filter", f'"{told["new_version"]}"').stdout
    assert "took a version of a secret" in lines
