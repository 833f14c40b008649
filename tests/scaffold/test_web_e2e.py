"""The web blueprint as it comes: deployed to the local AWS, it answers at its CDN and its load balancer."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.nightly]

LAMP = {"sku": "lamp-1", "name": "Lamp", "price_cents": 1999}


def platform(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "platform_cli", *arguments], cwd=cwd, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """The workspace, deployed, and the addresses of its edge."""
    root = tmp_path_factory.mktemp("web") / "site"
    platform("init", str(root), "--blueprint", "web", "--system", "site", "--yes", cwd=root.parent)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    platform("local", "start", "--port", str(port), cwd=root)
    try:
        deployed = json.loads(platform("deploy", "--yes", "--json", cwd=root))
        yield root, deployed["edge"]
    finally:
        platform("local", "stop", cwd=root)


def call(url: str, path: str, body: Any = None) -> tuple[int, dict[str, str], bytes]:
    """Ask this machine by the name that the CDN has: not every resolver knows names below localhost."""
    host, _, port = url.removeprefix("http://").split("/")[0].partition(":")
    base = url.replace(host, "127.0.0.1", 1)
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, {"Host": f"{host}:{port}"})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def test_the_site_and_its_api_answer_at_one_address(site: tuple[Path, dict[str, str]]) -> None:
    cdn = site[1]["cdns.site"]
    status, headers, page = call(cdn, "/")
    assert (status, b"<h1>Products</h1>" in page) == (200, True)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert call(cdn, "/api/products", LAMP)[0] == 201
    status, _, listed = call(cdn, "/api/products")
    assert (status, json.loads(listed)["products"]) == (200, [LAMP])


def test_what_comes_through_the_load_balancer_is_in_the_same_database(
    site: tuple[Path, dict[str, str]],
) -> None:
    chair = {"sku": "chair-1", "name": "Chair", "price_cents": 5}
    assert call(site[1]["load_balancers.hooks"], "/hooks/products", chair)[0] == 202
    listed = json.loads(call(site[1]["cdns.site"], "/api/products")[2])["products"]
    assert chair in listed


def test_only_a_file_that_changed_is_uploaded_again(site: tuple[Path, dict[str, str]]) -> None:
    root, edge = site
    page = root / "web" / "index.html"
    page.write_text(page.read_text().replace("<h1>Products", "<h1>All products"))
    planned = json.loads(platform("deploy", "--dry-run", "--json", cwd=root))
    assert planned["files"] == {"site": {"upload": ["index.html"], "delete": []}}
    platform("deploy", "--yes", cwd=root)
    assert b"<h1>All products" in call(edge["cdns.site"], "/")[2]
    assert json.loads(platform("deploy", "--dry-run", "--json", cwd=root))["empty"] is True
