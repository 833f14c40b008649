"""A system of a hundred services, written as a user would: YAML and folders, through the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.nightly

MOST_RESOURCES = 400
MOST_BYTES = 1_000_000
"""Of a template, as CloudFormation takes it."""
ROUTES = "abcdefghij"
APIS = ("accounts", "billing", "catalog", "delivery")
SERVICES_OF_AN_API = 26
"""AWS takes 300 routes on an HTTP API, so that a system of this size has several."""

HEAD = """\
blueprint: 1
system: shop
owner: team-commerce
environments:
  local: { target: local }
  dev: { account: "111111111111", region: eu-west-1 }
  prod: { account: "222222222222", region: eu-west-1, protect: true, account_concurrency: 5000 }
alarms: { contacts: { critical: [oncall@example.com] } }
identity: { users: { clients: [web] } }
tables: { main: { partition_key: PK, sort_key: SK, encryption: customer_managed } }
buses: { events: { archive_days: 30 } }
apis:
  accounts: { kind: http, authorizer: users }
  billing: { kind: http, authorizer: users }
  catalog: { kind: http, authorizer: users }
  delivery: { kind: http, authorizer: users }
services:
"""

PYPROJECT = """\
[project]
name = "{name}"
version = "1.0"
requires-python = ">=3.11"
dependencies = []

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"""


def name_of(number: int) -> str:
    return f"service-{'abcdefghijk'[number // 10]}{ROUTES[number % 10]}"


def service(number: int) -> str:
    """A service of ten routes, in YAML; one function is released with care, one is called by a bus too."""
    name, api = name_of(number), APIS[number // SERVICES_OF_AN_API]
    lines = [f"  {name}:", f"    path: services/{name}", "    functions:"]
    for letter in ROUTES:
        lines += [
            f"      run-{letter}:",
            f"        handler: {name.replace('-', '_')}.handlers.handler",
            f"        routes: [{{ api: {api}, route: GET /{name}/{letter} }}]",
            "        access: { tables.main: read_write, buses.events: publish }",
        ]
        if letter == "a":
            lines.append("        release: { strategy: canary_10_percent_5_minutes, alarms: [errors] }")
        if letter == "j":
            lines.append(f"        triggers: [{{ bus: events, detail_types: [Asked{number}] }}]")
    return "\n".join(lines) + "\n"


def write_system(root: Path, count: int) -> None:
    (root / "blueprint.yaml").write_text(HEAD + "".join(service(number) for number in range(count)))
    for number in range(count):
        name = name_of(number)
        package = root / "services" / name / "src" / name.replace("-", "_")
        package.mkdir(parents=True, exist_ok=True)
        (root / "services" / name / "pyproject.toml").write_text(PYPROJECT.format(name=name))
        (package / "__init__.py").write_text("")
        (package / "handlers.py").write_text(
            f"def handler(event, context):\n    return {{'body': {name!r}}}\n"
        )


@pytest.fixture(scope="module")
def templates_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, str], dict[str, Any]]:
    """The templates of so many services in an environment, by stack."""
    root = tmp_path_factory.mktemp("hundred") / "shop"
    root.mkdir()

    def platform(*arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "platform_cli", *arguments],
            cwd=root,
            capture_output=True,
            text=True,
            env=os.environ | {"PLATFORM_CACHE_DIR": str(root.parent / "cache")},
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"

    def make(count: int, environment: str) -> dict[str, Any]:
        write_system(root, count)
        out = root.parent / f"out-{environment}-{count}"
        platform("validate")
        platform("synth", "--env", environment, "--out", str(out))
        return {
            path.name.removesuffix(".template.json"): json.loads(path.read_text())
            for path in sorted(out.glob("*.template.json"))
        }

    return make


def test_a_hundred_services_of_ten_routes_fit_and_one_more_changes_no_other(
    templates_of: Callable[[int, str], dict[str, Any]],
) -> None:
    hundred = templates_of(100, "prod")

    sizes = {name: len(template["Resources"]) for name, template in hundred.items()}
    assert sum(1 for name in sizes if "-service-" in name) == 100
    assert max(sizes.values()) <= MOST_RESOURCES, sizes
    routes = [
        len(hundred[f"shop-prod-api-{name}"]["Resources"]["Api"]["Properties"]["Body"]["paths"])
        for name in APIS
    ]
    assert routes == [260, 260, 260, 220]
    assert max(len(json.dumps(template)) for template in hundred.values()) < MOST_BYTES

    more = templates_of(101, "prod")
    new = {name for name in set(more) - set(hundred) if "-boards-" not in name}
    assert new == {"shop-prod-service-service-ka"}
    changed = {name for name in hundred if hundred[name] != more[name]}
    # One API has ten routes more, and what shows the whole system shows one service more.
    assert {name for name in changed if "-api-" in name} == {"shop-prod-api-delivery"}
    assert not {name for name in changed if "-service-" in name}
