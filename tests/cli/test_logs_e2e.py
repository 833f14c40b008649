"""Questions to logs, and traces, of the shop as it runs on the local AWS."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platform_cli.blueprint.log_queries import saved_queries
from platform_cli.local.state import LocalFolder
from platform_cli.local.traces import trace_store
from platform_cli.operate.insights.local import LocalLogs
from platform_cli.operate.logs import read_logs
from platform_cli.operate.queries import find_queries, run_query

pytestmark = pytest.mark.e2e


def answers(shop: Any, name: str, begin: datetime) -> list[Mapping[str, str]]:
    local = LocalLogs(shop.environment, trace_store(LocalFolder(shop.root)))
    (query,) = find_queries(shop.environment, name)
    until = datetime.now(UTC) + timedelta(seconds=1)
    result = run_query(query, shop.clients, since=begin, until=until, local=local)
    return [dict(zip(result.columns, row, strict=True)) for row in result.rows]


def test_the_shop_tells_its_slow_endpoints_cold_starts_and_traces(deployed_shop: Any) -> None:
    shop = deployed_shop
    begin = datetime.now(UTC)
    with suppress(urllib.error.HTTPError):
        urllib.request.urlopen(f"{shop.base_url}/nowhere", timeout=60)
    told: list[Any] = []
    asked = 0
    while len(told) < 2 and asked < 40:
        asked += 1
        with urllib.request.urlopen(f"{shop.base_url}/health", timeout=60) as response:
            assert response.status == 200
        time.sleep(0.1)
        # On a busy machine, the emulator writes the last line of a call with those of the next.
        lines = read_logs(shop.environment, shop.clients, "health.check", since=begin)
        told = [line for line in lines if line.text == "answered"]
    (slow,) = [row for row in answers(shop, "slow-endpoints", begin) if row["routeKey"] == "GET /health"]
    assert slow["requests"] == str(len(told))
    assert float(slow["max_ms"]) >= float(slow["average_ms"]) > 0
    (cold,) = [row for row in answers(shop, "cold-starts", begin) if row["@log"].endswith("-health-check")]
    assert (cold["calls"], cold["cold"] in ("0", "1")) == (str(asked), True)
    assert not [row for row in answers(shop, "errors-by-service", begin) if row["service"] == "health"]
    for query in {query.name: query for query in saved_queries(shop.environment)}:
        answers(shop, query, begin)
    done = shop.platform("trace", told[0].fields["xray_trace_id"], "--env", "local", "--json")
    spans = json.loads(done.stdout)["spans"]
    assert [(span["depth"], span["name"]) for span in spans if span["name"] != "Initialization"] == [
        (0, "shop-local-health-check"),
        (1, "## handle"),
        (2, "dynamodb GetItem"),
    ]
    assert spans[-2]["annotations"]["route"] == "GET /health"
    assert all(span["duration_ms"] > 0 for span in spans)
    (shop.root / "mine.txt").write_text(
        "stats count(*) as n by route | filter ispresent(route)", encoding="utf-8"
    )
    mine = shop.platform("logs", "query", "mine.txt", "--of", "health", "--env", "local", "--json")
    assert {"route": "GET /health"}.items() <= json.loads(mine.stdout)[0]["rows"][0].items()
    (shop.root / "mine.txt").write_text("fields a\n| pattern b", encoding="utf-8")
    refused = shop.platform("logs", "query", "mine.txt", "--env", "local", check=False)
    assert (refused.returncode, "mine.txt:2:3" in refused.stderr) == (2, True)
