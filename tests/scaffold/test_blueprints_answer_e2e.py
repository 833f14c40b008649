"""Blueprints as `platform init` makes them: deployed to the local AWS, they answer at once.

What they do there beyond that is tried every night, in the tests named after them.
"""

from __future__ import annotations

import json
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("blueprints-answer")]

Deployed = tuple[dict[str, str], dict[str, str]]
"""The addresses of APIs, and those of the edge."""


def ask(url: str, body: Any = None) -> tuple[int, bytes]:
    """Ask this machine by the name in the address: not every resolver knows names below localhost."""
    host, _, port = url.removeprefix("http://").split("/")[0].partition(":")
    data = None if body is None else json.dumps(body).encode()
    named = {"Host": f"{host}:{port}"}
    request = urllib.request.Request(url.replace(host, "127.0.0.1", 1), data, named)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=120) as answer:
        return answer.status, answer.read()


@pytest.fixture
def deployed(
    tmp_path: Path, platform_in: Callable[..., subprocess.CompletedProcess[str]]
) -> Iterator[Callable[..., Deployed]]:
    """Makes and deploys a workspace from a blueprint, in a folder with a space in its name."""
    root = tmp_path / "a workspace"

    def make(blueprint: str, system: str = "shop") -> Deployed:
        platform_in(tmp_path, "init", str(root), "--blueprint", blueprint, "--system", system, "--yes")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        platform_in(root, "local", "start", "--port", str(port))
        done = json.loads(platform_in(root, "deploy", "--yes", "--json").stdout)
        return done["urls"], done.get("edge", {})

    try:
        yield make
    finally:
        platform_in(root, "local", "stop")


def test_the_web_blueprint_answers_at_its_cdn(deployed: Callable[..., Deployed]) -> None:
    _, edge = deployed("web")
    status, page = ask(edge["cdns.site"] + "/")
    assert (status, b"<h1>Products</h1>" in page) == (200, True)
    assert json.loads(ask(edge["cdns.site"] + "/api/products")[1]) == {"products": []}


def test_the_streaming_blueprint_takes_an_order(deployed: Callable[..., Deployed]) -> None:
    urls, _ = deployed("streaming")
    line = {"sku": "mug", "quantity": 2, "unit_cents": 1250}
    status, placed = ask(urls["public"] + "/orders", {"customer_id": "c-1", "lines": [line]})
    assert (status, json.loads(placed)["total_cents"]) == (201, 2500)


@pytest.mark.nightly
def test_the_shop_blueprint_answers(deployed: Callable[..., Deployed]) -> None:
    """The example is a `shop` itself: under another name, whatever kept the old one is not found."""
    urls, _ = deployed("shop", "market")
    status, answer = ask(urls["public"] + "/health")
    assert (status, json.loads(answer)["status"]) == (200, "ok")
