"""Waste, what to write instead, and savings computed by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedUsage
from platform_cli.operate.cost.advising import advise, price_basis
from platform_cli.operate.cost.log_groups import LogGroup
from platform_cli.operate.cost.measuring import Measurement
from platform_cli.operate.cost.places import place_of
from platform_cli.operate.cost.prices import bundled_prices
from platform_cli.operate.cost.waste import WasteObservation

MONTH_SECONDS = 730 * 3600


@pytest.fixture
def advice(environment, today):
    """Advice for a blueprint, by code."""

    def call(text, *, usage=None, name="prod", ages=None, **seen):
        measurement = Measurement(
            ResolvedUsage.model_validate(usage or {}), 14, table_ages_days=ages or {"main": 400.0}
        )
        observation = WasteObservation(measurement, **seen)
        return advise(environment(text, name), observation, bundled_prices(), today)

    return call


def test_advice_says_how_old_its_prices_are(environment):
    by = (environment(PROVISIONED), WasteObservation(Measurement(ResolvedUsage(), 14)), bundled_prices())

    assert price_basis(*by, date(2024, 12, 1)) == ("prices of 2024-07-01",)
    dated, old = price_basis(*by, date(2026, 11, 21))
    assert dated == "prices of 2024-07-01"
    assert "older than a year, the oldest of 2024-07-01" in old


def near(value):
    return pytest.approx(value, rel=D("1e-9"))


PROVISIONED = """\
services:
  orders:
    path: services/orders
    functions:
      create:
        handler: orders.create.handler
        memory_mb: 1024
        concurrency: { provisioned: { min: 10, max: 50, target_percent: 70 } }
"""
READY_USD = 1 * MONTH_SECONDS * D("0.0000033334")
"""1 GB kept ready for a month on arm64."""


def test_provisioned_concurrency_that_nobody_used_can_go(advice):
    [found] = advice(PROVISIONED, ready_peaks={"orders.create": 0.0})

    assert found.code == "idle-provisioned-concurrency"
    assert found.path == ("services", "orders", "functions", "create", "concurrency", "provisioned")
    assert "none of 10" in found.message
    assert found.saving_usd == near(10 * READY_USD)


def test_provisioned_concurrency_used_below_a_fifth_can_shrink_to_its_peak(advice):
    [found] = advice(PROVISIONED, ready_peaks={"orders.create": 1.0})

    assert found.change == "write min: 1"
    assert found.saving_usd == near(9 * READY_USD)


def test_provisioned_concurrency_used_by_a_fifth_is_left_alone(advice):
    assert advice(PROVISIONED, ready_peaks={"orders.create": 2.0}) == ()


def test_a_function_without_an_observation_gets_no_advice(advice):
    assert advice(PROVISIONED) == ()


TABLE = "tables: { main: { partition_key: PK%s } }\n"


def used(**figures):
    return {"tables": {"main": {"storage_gb": 100, "reads_per_month": 0, "writes_per_month": 0, **figures}}}


def test_a_table_that_nobody_reads_costs_what_it_holds(advice):
    [found] = advice(TABLE % "", usage=used(writes_per_month=1_000_000))

    assert (found.code, found.path) == ("unread-table", ("tables", "main"))
    assert found.message == "nobody read table main in 14 days"
    # 100 GB × (0.25 + 0.20), and a million writes
    assert found.saving_usd == D("45.625")


@pytest.mark.parametrize("ages", [{"other": 400.0}, {"main": 13.9}], ids=["not deployed", "younger"])
def test_a_table_that_had_no_time_to_be_read_is_left_alone(advice, ages):
    usage = used(writes_per_month=1_000_000)

    assert advice(TABLE % "", usage=usage, ages=ages) == ()
    assert len(advice(TABLE % "", usage=usage, ages={"main": 14.0})) == 1


def test_a_young_table_is_left_alone_though_the_measurement_rests_on_fewer_days(advice):
    assert advice(TABLE % "", usage=used(), ages={"main": 20.0}, window_days=30) == ()


def test_a_table_that_is_read_is_left_alone(advice):
    assert advice(TABLE % "", usage=used(reads_per_month=1)) == ()


CAPACITY = ", capacity: { read: { min: 100, max: 200 }, write: { min: 10, max: 20 } }"


def test_capacity_used_below_a_fifth_is_cheaper_on_demand(advice):
    # 10 reads and 1 write a second would be a tenth; 1 and 0.1 are a hundredth
    usage = used(reads_per_month=1 * MONTH_SECONDS, writes_per_month=MONTH_SECONDS // 10)
    [found] = advice(TABLE % CAPACITY, usage=usage)

    assert found.code == "idle-table-capacity"
    assert found.path == ("tables", "main", "capacity")
    assert found.message == "table main used 1% of its read capacity and 1% of its write capacity in 14 days"
    assert found.change == "write capacity: on_demand"
    provisioned = 730 * (100 * D("0.00013") + 10 * D("0.00065"))
    on_demand = MONTH_SECONDS * D("0.000000125") + (MONTH_SECONDS // 10) * D("0.000000625")
    assert found.saving_usd == near(provisioned - on_demand)


def test_capacity_that_on_demand_would_not_beat_shrinks(advice):
    # 19 reads a second are 19 % of 100, and 6.24 USD on demand against 12.35 for 95 units kept
    capacity = ", capacity: { read: { min: 100, max: 200 }, write: { min: 1, max: 20 } }"
    usage = used(reads_per_month=19 * MONTH_SECONDS, writes_per_month=MONTH_SECONDS * 8 // 10)
    [found] = advice(TABLE % capacity, usage=usage)

    assert "19% of its read capacity" in found.message
    assert "write capacity" not in found.message
    assert found.saving_usd > 0


@pytest.mark.parametrize(("reads", "advised"), [(19, 1), (20, 0), (90, 0)])
def test_a_fifth_is_the_border_of_low_use(advice, reads, advised):
    usage = used(reads_per_month=reads * MONTH_SECONDS, writes_per_month=9 * MONTH_SECONDS)

    assert len(advice(TABLE % CAPACITY, usage=usage)) == advised


def test_shards_that_carry_little_become_fewer(advice):
    text = "streams: { clicks: { capacity: { shards: 10 } } }\n"
    # 500 records a second of 1 KB are 5 % of ten shards, and 25 % of two
    usage = {"streams": {"clicks": {"records_per_month": 500 * MONTH_SECONDS, "record_kb": 0.5}}}
    [found] = advice(text, usage=usage)

    assert (found.code, found.path, found.change) == (
        "idle-shards",
        ("streams", "clicks", "capacity"),
        "write shards: 3",
    )
    assert found.saving_usd == near(7 * 730 * D("0.015"))


FUNCTION = """\
services:
  orders:
    path: services/orders
    functions: { create: { handler: orders.create.handler%s } }
"""


def test_a_log_without_an_end_costs_what_is_older_than_its_retention(advice):
    group = LogGroup("/aws/lambda/shop-prod-orders-create", 100.0, None, 300.0)
    [found] = advice(FUNCTION % "", log_groups=(group,))

    assert (found.code, found.path) == ("endless-log", ("services", "orders", "functions", "create"))
    # 30 of 300 days stay: 90 GB × 0.03
    assert found.saving_usd == near(D("2.70"))


def test_a_log_that_no_function_writes_is_in_no_line_of_the_blueprint(advice):
    group = LogGroup("/aws/lambda/shop-prod-gone", 100.0, None, 300.0)
    [found] = advice(FUNCTION % "", log_groups=(group,))

    assert found.path == ()
    assert "nothing of the blueprint writes to it" in found.change


@pytest.mark.parametrize("group", [(100.0, 30, 300.0), (100.0, None, 20.0)])
def test_a_log_with_an_end_or_younger_than_one_is_left_alone(advice, group):
    named = LogGroup("/aws/lambda/shop-prod-orders-create", *group)

    assert advice(FUNCTION % "", log_groups=(named,)) == ()


NETWORK = "networks: { main: { cidr: 10.0.0.0/16, nat_gateways: 2 } }\n"


def test_nat_gateways_of_a_network_without_functions_are_for_nothing(advice):
    [found] = advice(NETWORK)

    assert (found.code, found.path) == ("needless-nat", ("networks", "main", "nat_gateways"))
    assert found.saving_usd == D("73.00")  # 2 × 730 × (0.045 + 0.005 for its address)


def test_nat_gateways_that_passed_nothing_on_are_for_nothing(advice):
    text = NETWORK + FUNCTION % ", network: main"

    [found] = advice(text, nat_bytes={"main": 0.0})
    assert "passed nothing on in 14 days" in found.message
    assert advice(text, nat_bytes={"main": 1.0}) == ()
    assert advice(text) == ()


APPLICATION = """\
networks: { main: { cidr: 10.0.0.0/16, nat_gateways: 1 } }
streams: { orders: {}, figures: {} }
analytics:
  volume:
    sql: volume.sql
    from: { orders: { columns: { n: BIGINT } } }
    into: { figures: { columns: { n: BIGINT } } }
    network: main
"""


def test_a_network_of_a_stream_application_alone_keeps_its_nat_gateways(advice, write):
    (write("").parent / "volume.sql").write_text("INSERT INTO figures SELECT n FROM orders")

    assert advice(APPLICATION) == ()
    assert advice(APPLICATION, nat_bytes={"main": 1.0}) == ()
    [found] = advice(APPLICATION, nat_bytes={"main": 0.0})
    assert found.code == "needless-nat"


def test_gateways_that_passed_something_on_are_never_advised_against(advice):
    assert advice(NETWORK, nat_bytes={"main": 1.0}) == ()


def test_x86_costs_more_than_arm_for_the_same_seconds(advice):
    usage = {"functions": {"orders.create": {"requests_per_month": 1_000_000, "duration_ms": 1000}}}
    [found] = advice(FUNCTION % ", architecture: x86_64, memory_mb: 1024", usage=usage)

    assert found.code == "dearer-architecture"
    assert found.saving_usd == near(1_000_000 * (D("0.0000166667") - D("0.0000133334")))


def test_a_rest_api_that_uses_nothing_of_its_own_is_dearer_than_http(advice):
    text = "apis: { partner: { kind: rest%s } }\n" + FUNCTION % ", routes: [GET /orders]"
    usage = {"functions": {"orders.create": {"requests_per_month": 2_000_000}}}

    [found] = advice(text % "", usage=usage)
    assert (found.code, found.saving_usd) == ("dearer-api", D("5.00"))  # 2 M × (3.50 − 1.00)
    assert advice(text % ", cache: { ttl_seconds: 60 }", usage=usage) == ()


def test_redis_is_dearer_than_valkey_and_unknown_nodes_have_no_saving(advice):
    text = """\
networks: { main: { cidr: 10.0.0.0/16, nat_gateways: 0 } }
caches: { c: { engine: redis, network: main, node_type: %s } }
"""

    [known] = advice(text % "cache.t4g.small")
    [unknown] = advice(text % "cache.x9z.huge")
    assert known.saving_usd == near(730 * (D("0.032") - D("0.0256")))
    assert unknown.saving_usd is None


def test_the_greatest_saving_comes_first(advice):
    found = advice(NETWORK + PROVISIONED, ready_peaks={"orders.create": 0.0})

    assert [a.code for a in found] == ["idle-provisioned-concurrency", "needless-nat"]


def test_the_line_of_advice_is_that_of_the_override_where_it_decides(write):
    text = """\
tables: { main: { partition_key: PK, capacity: on_demand }, other: { partition_key: PK } }
"""
    path = write(text)
    content = path.read_text().replace(
        'prod: { account: "111111111111", region: us-east-1 }',
        'prod: { account: "111111111111", region: us-east-1, overrides: { tables: { main: { capacity: '
        "{ read: { min: 1, max: 2 }, write: { min: 1, max: 2 } } } } } }",
    )
    path.write_text(content)
    inspection = inspect_blueprint(path)
    capacity = ("tables", "main", "capacity")

    assert place_of(inspection, "prod", capacity).line == 5
    assert place_of(inspection, "local", capacity).line == 7
    assert place_of(inspection, "prod", ("tables", "other", "capacity")).line == 7


BUCKET = "buckets: { files: { %s } }\n"


def stored(gigabytes, reads):
    return {"buckets": {"files": {"storage_gb": gigabytes, "reads_per_month": reads}}}


def test_objects_that_are_seldom_read_are_cheaper_in_the_infrequent_class(advice):
    [found] = advice(BUCKET % "", usage=stored(10_000, 100_000), bucket_objects={"files": 1_000_000.0})

    assert (found.code, found.path) == ("dearer-storage-class", ("buckets", "files", "lifecycle"))
    assert "keeps 10,000 GB in 1,000,000 objects of the standard class" in found.message
    assert found.change == (
        "write lifecycle: { infrequent_after_days: 30 }; moving what is there costs 10.00 USD once"
    )
    # 10,000 GB × (0.023 − 0.0125), less 1,000 GB read at 0.01 and 100,000 reads at 0.000001 − 0.0000004
    assert found.saving_usd == D("105") - D("10") - D("0.06")


def test_where_reading_costs_what_storing_saves_s3_may_choose_itself(advice):
    # A hundred thousand objects of 102.4 MB, each read once in ten months, and then in large parts.
    [found] = advice(BUCKET % "", usage=stored(1_000, 400_000), bucket_objects={"files": 1_000_000.0})

    assert "write lifecycle: { infrequent_after_days: 30 }" in found.change
    # 10.50, less 400 GB read at 0.01, and 400,000 × 0.0000006
    assert found.saving_usd == D("6.26")


@pytest.mark.parametrize(
    ("keys", "gigabytes", "reads", "objects"),
    [
        ("", 10_000, 2_000_000, 1_000_000.0),  # all of it is read
        ("", 100, 0, 1_000_000.0),  # 105 KB an object
        ("", 200, 1_000_000, 1_500_000.0),  # moving costs more than a year saves
        ("lifecycle: { infrequent_after_days: 60 }", 10_000, 0, 1_000_000.0),
        ("lifecycle: { intelligent_tiering: true }", 10_000, 0, 1_000_000.0),
        ("lifecycle: { archive_after_days: 90 }", 10_000, 0, 1_000_000.0),
        ("lifecycle: { expire_after_days: 45 }", 10_000, 0, 1_000_000.0),
    ],
)
def test_a_bucket_that_would_not_be_cheaper_is_left_alone(advice, keys, gigabytes, reads, objects):
    assert advice(BUCKET % keys, usage=stored(gigabytes, reads), bucket_objects={"files": objects}) == ()


def test_a_bucket_that_nobody_counted_is_left_alone(advice):
    assert advice(BUCKET % "", usage=stored(10_000, 0)) == ()


LOGGING = """\
networks: { main: { cidr: 10.0.0.0/16, nat_gateways: 0 } }
firewalls: { edge: { } }
apis: { public: { kind: http, access_log_retention_days: 7 } }
streams: { clicks: {} }
"""


@pytest.mark.parametrize(
    ("group", "path", "days"),
    [
        ("/aws/vendedlogs/apis/shop-prod-public", ("apis", "public"), 7),
        ("/aws/vpc/shop-prod-main", ("networks", "main"), 30),
        ("aws-waf-logs-shop-prod-edge", ("firewalls", "edge"), 30),
        ("aws-waf-logs-shop-prod-edge-cdn", ("firewalls", "edge"), 30),
    ],
)
def test_logs_of_apis_networks_and_firewalls_have_the_line_of_what_writes_them(advice, group, path, days):
    [found] = advice(LOGGING, log_groups=(LogGroup(group, 100.0, None, 100.0),))

    assert (found.code, found.path) == ("endless-log", path)
    assert found.change == f"deploy: the blueprint keeps its log for {days} days"
    # 100 GB that grew evenly in 100 days: what is older than the retention, at 0.03
    assert found.saving_usd == (100 - days) * D("0.03")
