"""What a change costs: against a file, against a revision."""

from __future__ import annotations

import subprocess
from decimal import Decimal as D
from pathlib import Path

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.errors import PlatformError
from platform_cli.operate.cost.comparing import checked_out, compare, read_other
from platform_cli.operate.cost.estimate import estimate
from platform_cli.operate.cost.prices import bundled_prices

SMALL = """\
include: [services/*/service.yaml]
usage:
  functions: { orders.create: { requests_per_month: 4000000, duration_ms: 1000, log_kb_per_request: 0 } }
"""
SERVICE = """\
services:
  orders:
    path: services/orders
    functions: { create: { handler: orders.create.handler, memory_mb: %s, tracing: false } }
"""


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(write, tmp_path):
    """A workspace two folders deep in a repository, at 512 MB in its one commit and at 1,024 MB now."""
    git(tmp_path, "init", "-q", "-b", "main")
    path = write(SMALL)
    (tmp_path / "services" / "orders" / "service.yaml").write_text(SERVICE % 512)
    (tmp_path / "services" / "orders" / "code.py").write_text("SECRET = 1\n")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "first")
    (tmp_path / "services" / "orders" / "service.yaml").write_text(SERVICE % 1024)
    return path


@pytest.fixture
def price(today):
    return lambda environment: estimate(environment, bundled_prices(), today, free_tier=False)


def test_a_revision_is_read_with_all_that_it_includes(repository, price):
    now = resolve(inspect_blueprint(repository), "prod")

    before = read_other("main", repository, "prod")
    difference = compare(before, now, "main", price)

    # 4,000,000 s × 0.5 GB more, 0.0000133334 a GB-second
    assert difference.change_usd == D(2_000_000) * D("0.0000133334")
    [change] = difference.changes
    assert change.path == "services.orders.functions.create"
    assert change.before_usd + change.change_usd == change.after_usd


def test_a_copy_of_a_revision_holds_yaml_alone_and_goes_away(repository):
    with checked_out("HEAD", repository) as copy:
        assert (copy.parent / "services" / "orders" / "code.py").read_bytes() == b""
        assert "512" in (copy.parent / "services" / "orders" / "service.yaml").read_text()
    assert not copy.exists()
    assert "1024" in (repository.parent / "services" / "orders" / "service.yaml").read_text()


def test_a_workspace_below_the_top_of_a_repository_is_found(tmp_path, write):
    nested = tmp_path / "deep" / "shop"
    nested.mkdir(parents=True)
    path = write("tables: { main: { partition_key: PK } }\n")
    path.replace(nested / "blueprint.yaml")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "first")

    assert list(read_other("HEAD", nested / "blueprint.yaml", "prod").tables) == ["main"]


def test_a_file_and_a_folder_are_compared_with_too(write, tmp_path, price):
    other = tmp_path / "other"
    other.mkdir()
    (other / "blueprint.yaml").write_text(write("").read_text())
    path = write("dashboards: { a: { widgets: [{ kind: text, text: hello }] } }\n")
    now = resolve(inspect_blueprint(path), "prod")

    for named in (other, other / "blueprint.yaml"):
        difference = compare(read_other(str(named), path, "prod"), now, str(named), price)
        assert difference.change_usd == D("3.00")


def test_the_use_is_that_of_the_present_blueprint_on_both_sides(environment, price):
    table = "tables: { main: { partition_key: PK%s } }\nusage: { tables: { main: { storage_gb: %s } } }\n"
    before = environment(table % ("", 1000))
    after = environment(table % (", point_in_time_recovery: false", 10))

    difference = compare(before, after, "before", price)

    assert difference.change_usd == -D("2.00")  # 10 GB × 0.20
    assert difference.before.total_usd == D("4.50")


def test_a_cdn_and_a_load_balancer_that_are_new_cost_what_arithmetic_says(environment, price):
    network = "networks: { main: { cidr: 10.0.0.0/16, availability_zones: 2, nat_gateways: 0 } }\n"
    edge = """\
external: { hosted_zones: { main: { id: Z1, name: shop.example } } }
cdns: { site: { assets: web } }
load_balancers:
  hooks:
    network: main
    domain: { name: hooks.shop.example, hosted_zone: main }
    functions: { /hooks/*: orders.get }
usage:
  functions: { orders.get: { requests_per_month: 0 } }
  cdns: { site: { requests_per_month: 1000000, data_gb_per_month: 100 } }
  load_balancers: { hooks: { average_lcu: 1 } }
"""
    get = "functions: { get: { handler: orders.get.handler } }"
    service = f"services: {{ orders: {{ path: services/orders, {get} }} }}\n"

    difference = compare(
        environment(network + service), environment(network + edge + service), "before", price
    )

    changes = {change.path: change.change_usd for change in difference.changes}
    # a million requests 1.00, their functions at the edge 0.10, 100 GB × 0.085
    assert changes["cdns.site"] == D("9.60")
    # 730 hours × 0.0225, one unit × 730 × 0.008, two addresses × 730 × 0.005
    assert changes["load_balancers.hooks"] == D("16.425") + D("5.84") + D("7.30")
    assert changes["external.hosted_zones"] == D("0.50")
    assert set(changes) == {"cdns.site", "load_balancers.hooks", "external.hosted_zones"}


def test_figures_of_what_the_other_blueprint_lacks_do_no_harm(environment, price):
    after = environment(
        "tables: { new: { partition_key: PK } }\nusage: { tables: { new: { storage_gb: 4 } } }\n"
    )

    difference = compare(environment(""), after, "before", price)

    assert difference.before.total_usd == 0
    assert difference.change_usd == D("1.80")  # 4 GB × (0.25 + 0.20)


@pytest.mark.parametrize("revision", ["no-such-branch", "--output=x", "HEAD~99"])
def test_what_is_neither_a_file_nor_a_revision_is_told(repository, revision):
    with pytest.raises(PlatformError) as told:
        read_other(revision, repository, "prod")

    assert told.value.code == "no-such-revision"
    assert revision in told.value.message
    assert told.value.exit_code == 2


def test_a_revision_before_the_blueprint_is_told(repository):
    git(repository.parent, "rm", "-q", "--cached", "blueprint.yaml")
    git(repository.parent, "commit", "-q", "-m", "without")

    with pytest.raises(PlatformError) as told:
        read_other("HEAD", repository, "prod")
    assert "there is no blueprint.yaml in this folder at HEAD" in told.value.message


def test_without_git_a_revision_is_told_and_a_file_still_works(repository, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "nothing-here"))

    with pytest.raises(PlatformError) as told:
        read_other("main", repository, "prod")
    assert told.value.code == "no-git"
    assert read_other(str(repository), repository, "prod").functions[0].memory_mb == 1024
