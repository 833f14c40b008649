"""What a protected environment has without asking, and what it is told that it goes without."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from platform_cli.blueprint.loading import Inspection
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.blueprint.resolving import resolve

SYSTEM = """
blueprint: 1
system: shop
owner: team-commerce
environments:
  prod: { account: "222222222222", region: eu-west-1, protect: true }
  dev: { account: "111111111111", region: eu-west-1 }
  laptop: { target: local, protect: true }
networks:
  main: { cidr: 10.0.0.0/16 }
  narrow: { cidr: 10.1.0.0/16, availability_zones: 1 }
tables: { main: { partition_key: PK } }
event_stores: { orders: {} }
buckets:
  plain: {}
  kept: { versioned: true }
  dropped: { versioned: false, access_log: false }
  ended: { lifecycle: { expire_noncurrent_after_days: 7 } }
databases:
  ledger: { engine: aurora-postgresql, network: main }
  short: { engine: aurora-postgresql, network: main, backup_retention_days: 3, readers: 0 }
caches:
  sessions: { network: main }
  single: { network: main, multi_az: false }
  narrow: { network: narrow }
apis:
  public: { kind: rest }
  chosen: { kind: rest, firewall: null }
  simple: { kind: http }
  office: { kind: rest, allowed_ips: [203.0.113.0/24] }
  behind: { kind: rest }
services:
  orders: { functions: { get: { handler: orders.get.handler, routes: [{ api: behind, route: GET /x }] } } }
cdns: { site: { apis: { /: behind }, firewall: whole } }
firewalls: { whole: {} }
"""


@pytest.fixture
def systems(inspect: Callable[..., Inspection]) -> dict[str, ResolvedEnvironment]:
    inspection = inspect(SYSTEM)
    return {name: resolve(inspection, name) for name in ("prod", "dev", "laptop")}


def test_buckets_keep_versions_for_90_days_where_protected(systems: dict[str, ResolvedEnvironment]) -> None:
    versions = {
        environment: {
            bucket.name: (bucket.versioned, bucket.expire_noncurrent_after_days)
            for bucket in system.buckets.values()
        }
        for environment, system in systems.items()
    }
    said = {"kept": (True, None), "dropped": (False, None)}
    assert versions["prod"] == {**said, "plain": (True, 90), "ended": (True, 7)}
    assert versions["dev"] == versions["laptop"] == {**said, "plain": (False, None), "ended": (False, 7)}


def test_what_is_recorded_and_counted_where_protected(systems: dict[str, ResolvedEnvironment]) -> None:
    prod, dev = systems["prod"], systems["dev"]
    assert {name: bucket.access_log_retention_days for name, bucket in prod.buckets.items()} == {
        "plain": 90,
        "kept": 90,
        "dropped": None,
        "ended": 90,
    }
    assert {bucket.access_log_retention_days for bucket in dev.buckets.values()} == {None}
    assert {table.contributor_insights for table in prod.tables.values()} == {"throttled_keys"}
    assert {table.contributor_insights for table in dev.tables.values()} == {None}
    assert all(table.point_in_time_recovery for table in (*prod.tables.values(), *dev.tables.values()))


def test_databases_reach_back_30_days_where_protected(systems: dict[str, ResolvedEnvironment]) -> None:
    days = {
        environment: [system.databases[name].backup_retention_days for name in ("ledger", "short")]
        for environment, system in systems.items()
    }
    assert days == {"prod": [30, 3], "dev": [7, 3], "laptop": [7, 3]}


def test_caches_have_a_second_node_where_protected_and_where_there_is_a_second_zone(
    systems: dict[str, ResolvedEnvironment],
) -> None:
    nodes = {
        environment: {cache.name for cache in system.caches.values() if cache.multi_az}
        for environment, system in systems.items()
    }
    assert nodes == {"prod": {"sessions"}, "dev": set(), "laptop": set()}


def test_notices_name_what_goes_without_and_not_what_somebody_decided(
    inspect: Callable[..., Inspection],
) -> None:
    found = {
        (f.code, ".".join(map(str, f.path)))
        for f in inspect(SYSTEM).findings
        if f.code in ("single-zone", "without-firewall")
    }
    assert found == {
        ("single-zone", "databases.ledger"),
        ("single-zone", "networks.main"),
        ("without-firewall", "apis.public"),
    }


def test_a_firewall_that_says_nothing_limits_and_inspects(systems: dict[str, ResolvedEnvironment]) -> None:
    wall = systems["dev"].firewalls["whole"]
    assert (wall.mode, wall.rate_limit_per_5_minutes) == ("block", 2000)
    assert (wall.sql_injection, wall.cross_site_scripting) == ("block", "block")
    assert wall.managed == ("core", "ip_reputation", "known_bad_inputs")
    assert wall.log_retention_days == 30
    assert systems["prod"].firewalls["whole"].log_retention_days == 90


def test_a_bucket_of_production_alone_may_have_copies_without_a_word_of_versions(
    inspect: Callable[..., Inspection],
) -> None:
    replicas = "replicas: [eu-central-1]"
    overrides = f"overrides: {{ buckets: {{ plain: {{ {replicas} }} }} }}"
    alone = SYSTEM.replace("protect: true }\n  dev", f"protect: true, {overrides} }}\n  dev")
    assert alone != SYSTEM
    assert "replica-without-versions" not in {finding.code for finding in inspect(alone).findings}
    everywhere = SYSTEM.replace("plain: {}", f"plain: {{ {replicas} }}")
    assert "replica-without-versions" in {finding.code for finding in inspect(everywhere).findings}
