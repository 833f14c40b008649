"""The bill, computed by hand beside it; the free tier and tiers at their borders."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

EXAMPLE = """\
tables:
  main: { partition_key: PK }
apis:
  public: { kind: http }
services:
  orders:
    path: services/orders
    functions:
      create:
        handler: orders.handlers.create.handler
        memory_mb: 512
        routes: [POST /orders]
        access: { tables.main: read_write }
usage:
  requests_per_month: 1000000
  functions: { orders.create: { duration_ms: 100, log_kb_per_request: 1 } }
  tables: { main: { storage_gb: 10 } }
"""

QUIET = """\
services:
  orders:
    path: services/orders
    functions:
      work: { handler: orders.handlers.work.handler, memory_mb: 1024, tracing: false%s }
usage: { functions: { orders.work: { requests_per_month: %s, duration_ms: %s, log_kb_per_request: 0 } } }
"""


def near(value):
    return pytest.approx(value, rel=D("1e-12"))


def test_the_documented_example_without_the_free_tier_is_what_arithmetic_says(bill, cost):
    example = bill(EXAMPLE, free_tier=False)

    million = D(1_000_000)
    # one million invocations × 0.20 a million
    assert cost(example, "lambda.requests") == D("0.20")
    # 1,000,000 × 0.1 s × 512 MB / 1024 MB = 50,000 GB-seconds
    assert cost(example, "lambda.duration.arm64") == 50_000 * D("0.0000133334")
    # one million requests × 1.00 a million
    assert cost(example, "apigateway.http.requests") == D("1.00")
    # a write and a read an invocation: 0.625 and 0.125 a million
    assert cost(example, "dynamodb.writes") == D("0.625")
    assert cost(example, "dynamodb.reads") == D("0.125")
    # 10 GB × 0.25, and 10 GB × 0.20 for point-in-time recovery
    assert cost(example, "dynamodb.storage") == D("2.50")
    assert cost(example, "dynamodb.point-in-time-recovery") == D("2.00")
    # 1 KB a request by the function and 0.5 KB by the API, 1,048,576 KB a GB, 0.50 a GB
    gigabytes = million * D("1.5") / 1_048_576
    assert cost(example, "cloudwatch.logs-in") == near(gigabytes * D("0.50"))
    # kept for 30 days of a month of 730 / 24 days, 0.03 a GB
    assert cost(example, "cloudwatch.logs-stored") == near(gigabytes * 30 / (D(730) / 24) * D("0.03"))
    # below one request a second on average, every request is traced: 5.00 a million
    assert cost(example, "xray.traces") == D("5.00")

    assert example.total_usd == near(
        D("0.20") + D("0.66667") + D("1.00") + D("0.625") + D("0.125") + D("2.50") + D("2.00")
        + gigabytes * D("0.50") + gigabytes * 30 / (D(730) / 24) * D("0.03") + D("5.00")
    )  # fmt: skip
    assert round(example.total_usd, 2) == D("12.87")
    assert round(example.fixed_usd, 2) == D("4.50")


def test_the_documented_example_with_the_free_tier_is_what_arithmetic_says(bill, cost):
    example = bill(EXAMPLE)

    # 1 M requests, 400,000 GB-seconds, 25 GB in DynamoDB and 5 GB of log are free: nothing is left
    for price_id in ("lambda.requests", "lambda.duration.arm64", "dynamodb.storage", "cloudwatch.logs-in"):
        assert cost(example, price_id) == 0
    # 1,000,000 traces less 100,000 free, 5.00 a million
    assert cost(example, "xray.traces") == D("4.50")
    # requests of the table and the API have no free tier that lasts
    assert cost(example, "dynamodb.writes") + cost(example, "dynamodb.reads") == D("0.75")
    stored = D(1_500_000) / 1_048_576 * 30 / (D(730) / 24) * D("0.03")
    assert example.total_usd == near(D("1.00") + D("0.75") + D("2.00") + D("4.50") + stored)
    assert round(example.total_usd, 2) == D("8.29")


def test_the_bill_is_split_by_service_and_by_aws_service(bill):
    example = bill(EXAMPLE, free_tier=False)

    assert set(example.by_service) == {"orders", None}
    assert example.by_product["DynamoDB"] == D("5.25")
    assert sum(example.by_service.values()) == near(example.total_usd)
    assert example.fixed_usd + example.variable_usd == near(example.total_usd)
    # The access log of an API is nobody's alone.
    shared = D(500_000) / 1_048_576 * (D("0.50") + 30 / (D(730) / 24) * D("0.03"))
    assert example.by_service[None] == near(shared)


@pytest.mark.parametrize(
    ("requests", "usd"),
    [(999_999, "0"), (1_000_000, "0"), (1_000_001, "0.0000002"), (2_000_000, "0.20")],
)
def test_requests_are_free_up_to_the_border_and_paid_beyond_it(bill, cost, requests, usd):
    assert cost(bill(QUIET % ("", requests, 1)), "lambda.requests") == near(D(usd))


@pytest.mark.parametrize(("duration_ms", "gb_seconds"), [(399, 0), (400, 0), (401, 1_000), (800, 400_000)])
def test_duration_is_free_up_to_the_border_and_paid_beyond_it(bill, cost, duration_ms, gb_seconds):
    # 1,000,000 × 1 GB × 0.4 s = 400,000 GB-seconds
    paid = cost(bill(QUIET % ("", 1_000_000, duration_ms)), "lambda.duration.arm64")

    assert paid == near(gb_seconds * D("0.0000133334"))


def test_a_tier_ends_where_the_price_list_says(bill, cost):
    # 10 B requests × 0.75 s × 1 GB = 7.5 B GB-seconds, the end of arm64's first tier
    first = bill(QUIET % ("", 10_000_000_000, 750), free_tier=False)
    more = bill(QUIET % ("", 10_000_000_000, 751), free_tier=False)

    assert cost(first, "lambda.duration.arm64") == near(D(7_500_000_000) * D("0.0000133334"))
    # 10 M GB-seconds more, of the second tier
    difference = cost(more, "lambda.duration.arm64") - cost(first, "lambda.duration.arm64")
    assert difference == pytest.approx(D(10_000_000) * D("0.0000120001"), rel=D("1e-9"))


def test_both_architectures_share_one_free_tier(bill, cost):
    text = """\
services:
  orders:
    path: services/orders
    functions:
      new: { handler: orders.handlers.new.handler, memory_mb: 1024, architecture: arm64 }
      old: { handler: orders.handlers.old.handler, memory_mb: 1024, architecture: x86_64 }
usage:
  functions:
    orders.new: { requests_per_month: 400000, duration_ms: 1000 }
    orders.old: { requests_per_month: 400000, duration_ms: 1000 }
"""
    shared = bill(text)

    # 800,000 GB-seconds less 400,000 free; each architecture bears half of what is left
    assert cost(shared, "lambda.duration.arm64") == near(200_000 * D("0.0000133334"))
    assert cost(shared, "lambda.duration.x86_64") == near(200_000 * D("0.0000166667"))


def test_provisioned_concurrency_is_fixed_and_has_no_free_tier(bill, cost):
    provisioned = ", concurrency: { provisioned: { min: 2, max: 10, target_percent: 70 } }"
    ready = bill(QUIET % (provisioned, 1000, 1000))

    # 2 × 1 GB × 730 h × 3600 s
    assert cost(ready, "lambda.provisioned.arm64") == near(2 * 730 * 3600 * D("0.0000033334"))
    assert cost(ready, "lambda.provisioned-duration.arm64") == near(1000 * D("0.0000077778"))
    assert cost(ready, "lambda.requests") == near(1000 * D("0.0000002"))
    assert ready.fixed_usd == cost(ready, "lambda.provisioned.arm64")


def test_provisioned_capacity_is_paid_from_its_minimum_to_its_maximum(bill, cost):
    text = """\
tables:
  main:
    partition_key: PK
    capacity:
      read: { min: 100, max: 200, target_percent: 50 }
      write: { min: 40, max: 50, target_percent: 50 }
usage: { tables: { main: { storage_gb: 0, reads_per_month: %s, writes_per_month: 0 } } }
"""
    hours = D(730)
    idle = bill(text % 0, free_tier=False)
    # 75 reads a second need 150 units at a target of 50 %
    busy = bill(text % (75 * 730 * 3600), free_tier=False)
    full = bill(text % (1000 * 730 * 3600), free_tier=False)

    assert cost(idle, "dynamodb.provisioned-reads") == near(100 * hours * D("0.00013"))
    assert cost(idle, "dynamodb.provisioned-writes") == near(40 * hours * D("0.00065"))
    assert cost(busy, "dynamodb.provisioned-reads") == near(150 * hours * D("0.00013"))
    assert cost(full, "dynamodb.provisioned-reads") == near(200 * hours * D("0.00013"))
    assert busy.fixed_usd == idle.fixed_usd
    # 25 units of each are free
    assert cost(bill(text % 0), "dynamodb.provisioned-reads") == near(75 * hours * D("0.00013"))


def test_what_has_no_known_price_is_listed_and_not_in_the_sum(bill):
    text = """\
identity: { users: { sign_in: email } }
usage: { identity: { users: { active_users_per_month: 500 } } }
"""
    unpriced = bill(text)

    assert [(q.path, q.units) for q in unpriced.unpriced] == [("identity.users", D(500))]
    assert unpriced.total_usd == 0


def test_the_local_environment_is_priced_as_on_aws_and_says_so(bill):
    local, prod = bill(EXAMPLE, "local"), bill(EXAMPLE)

    assert local.total_usd == prod.total_usd
    assert local.region == "us-east-1"
    assert "the local AWS costs nothing" in local.notices[0]


def test_prices_of_another_region_and_old_prices_are_told(bill):
    far, near_by = bill(EXAMPLE, "far"), bill(EXAMPLE)

    assert any(
        "all prices are those of us-east-1, as those of eu-west-1 are not known" in n for n in far.notices
    )
    assert not any("not known" in notice for notice in near_by.notices)
    assert any("older than a year, the oldest of 2024-01-01" in notice for notice in near_by.notices)


def test_no_price_is_called_old_when_none_is(environment, today):
    from platform_cli.operate.cost.estimate import estimate
    from platform_cli.operate.cost.prices import PriceTable, bundled_prices

    fresh = PriceTable.of(p.model_copy(update={"date": today}) for p in bundled_prices().prices.values())

    assert estimate(environment(EXAMPLE), fresh, today).notices == ()


def test_things_that_exist_already_are_paid_for_elsewhere(bill):
    text = """\
external:
  tables: { legacy: { name: Legacy } }
  buckets: { archive: { name: old-archive } }
"""
    assert bill(text).lines == ()


def test_the_price_of_each_part_of_a_network_is_fixed(bill, cost):
    text = """\
networks:
  main: { cidr: 10.0.0.0/16, availability_zones: 2, nat_gateways: 1, endpoints: [dynamodb, secretsmanager] }
databases: { ledger: { engine: aurora-postgresql, network: main, capacity: { min_acu: 0.5, max_acu: 4 } } }
caches: { sessions: { engine: valkey, network: main, multi_az: true, node_type: cache.t4g.small } }
usage:
  databases: { ledger: { average_acu: 1.5, storage_gb: 20, requests_per_month: 1000000 } }
  networks: { main: { nat_gb_per_month: 100 } }
"""
    network = bill(text, free_tier=False)

    assert cost(network, "nat.hours") == D("32.85")  # 730 × 0.045
    assert cost(network, "vpc.public-ipv4") == D("3.65")  # one address × 730 × 0.005
    assert cost(network, "nat.data") == D("4.50")  # 100 GB × 0.045
    assert cost(network, "vpc.endpoint-hours") == D("14.60")  # one interface × 2 zones × 730 × 0.01
    assert cost(network, "aurora.capacity") == near(D("1.5") * 730 * D("0.12"))
    assert cost(network, "aurora.storage") == D("2.00")
    assert cost(network, "aurora.requests") == D("0.20")
    assert cost(network, "elasticache.valkey.cache.t4g.small") == near(2 * 730 * D("0.0256"))


def test_a_rest_api_with_a_firewall_and_a_cache_costs_more_than_its_requests(bill, cost):
    text = """\
apis: { partner: { kind: rest, firewall: standard, cache: { ttl_seconds: 60 } } }
firewalls: { standard: { cross_site_scripting: null, managed: [core] } }
services:
  orders:
    path: services/orders
    functions: { get: { handler: orders.handlers.get.handler, routes: [GET /orders] } }
usage: { requests_per_month: 2000000 }
"""
    rest = bill(text)

    assert cost(rest, "apigateway.rest.requests") == D("7.00")
    assert cost(rest, "apigateway.cache.0.5gb") == D("14.60")
    assert cost(rest, "waf.acls") == D("5.00")
    assert cost(rest, "waf.rules") == D("3.00")
    assert cost(rest, "waf.requests") == D("1.20")


@pytest.mark.parametrize(
    ("size", "usd_an_hour"),
    [
        *(("0.5", "0.02"), ("1.6", "0.038"), ("6.1", "0.20"), ("13.5", "0.25")),
        *(("28.4", "0.50"), ("58.2", "1.00"), ("118", "1.90"), ("237", "3.80")),
    ],
)
def test_every_size_of_a_rest_apis_cache_has_its_price_by_the_hour(bill, cost, size, usd_an_hour):
    found = bill(f"apis: {{ partner: {{ kind: rest, cache: {{ ttl_seconds: 60, size_gb: {size} }} }} }}\n")

    assert cost(found, f"apigateway.cache.{size}gb") == 730 * D(usd_an_hour)
    assert not found.unpriced


def test_dashboards_are_priced_as_they_are_made_beyond_the_three_that_are_free(environment, bill):
    text = (
        "alarms: { contacts: { critical: [oncall@example.com] } }\n"
        "dashboards: { performance: { enabled: true }, infrastructure: { enabled: true } }\n"
        "services: { orders: { functions: { create: { handler: orders.create.handler } } } }\n"
    )
    assert dashboards_of(bill(text)) == 0
    own = "{ widgets: [{ title: Orders, metrics: [{ namespace: shop, name: Orders }] }] }"
    five = text.replace("infrastructure:", f"a: {own}, b: {own}, infrastructure:")
    assert dashboards_of(bill(five)) == 2 * 3


def dashboards_of(estimate):
    return sum(line.usd for line in estimate.lines if line.price.id == "cloudwatch.dashboards")


def test_backups_of_databases_are_said_to_have_no_price_without_any_table(bill):
    text = """\
networks: { main: { cidr: 10.0.0.0/16, nat_gateways: 0 } }
databases:
  ledger: { engine: aurora-postgresql, network: main }
  brief: { engine: aurora-postgresql, network: main, backup_retention_days: 1 }
  planned: { engine: aurora-postgresql, network: main, backup_retention_days: 1, backup: nightly }
backups: { nightly: { daily: { keep_days: 35 } } }
"""
    told = [text for text in bill(text).assumptions if text.startswith("backups of")]
    assert told == [f"backups of databases.{name} are not priced" for name in ("ledger", "planned")]


def test_flink_costs_one_unit_more_than_its_parallelism_and_nothing_stopped(bill, cost, write):
    text = """\
streams: { orders: {}, figures: {} }
analytics:
  volume:
    sql: volume.sql
    from: { orders: { columns: { n: BIGINT } } }
    into: { figures: { columns: { n: BIGINT } } }
    parallelism: 3
    parallelism_per_kpu: 2
    enabled: true
"""
    (write(text).parent / "volume.sql").write_text("INSERT INTO figures SELECT n FROM orders")
    assert cost(bill(text), "flink.kpu-hours") == D("240.90")  # 3 units × 730 × 0.11
    assert cost(bill(text.replace("enabled: true", "enabled: false")), "flink.kpu-hours") == 0
