"""Databases and caches that are larger than what is used of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest

from platform_cli.blueprint.resolved import ResolvedUsage
from platform_cli.operate.cost.advising import advise
from platform_cli.operate.cost.idle_stores import smaller_node
from platform_cli.operate.cost.measuring import Measurement
from platform_cli.operate.cost.prices import bundled_prices
from platform_cli.operate.cost.store_peaks import CachePeak, DatabasePeak, StorePeaks, read_store_peaks
from platform_cli.operate.cost.waste import WasteObservation

NOW = datetime(2026, 11, 21, tzinfo=UTC)
NETWORK = "networks: { main: { cidr: 10.0.0.0/16, nat_gateways: 0 } }\n"
DATABASE = (
    NETWORK
    + "databases: { main: { engine: aurora-postgresql, network: main, readers: 1,"
    + " capacity: { min_acu: %s, max_acu: 32 } } }\n"
)
CACHE = NETWORK + "caches: { c: { engine: valkey, network: main, node_type: %s, multi_az: true } }\n"


@pytest.fixture
def advice(environment):
    def call(text, *, usage=None, databases=None, caches=None, days=14):
        seen = WasteObservation(
            Measurement(ResolvedUsage.model_validate(usage or {}), days),
            stores=StorePeaks(databases or {}, caches or {}),
        )
        return advise(environment(text), seen, bundled_prices(), date(2026, 11, 21))

    return call


def test_a_database_that_stayed_at_its_minimum_and_used_little_of_it_may_have_a_smaller_one(advice):
    usage = {"databases": {"main": {"average_acu": 8}}}
    [found] = advice(DATABASE % 8, usage=usage, databases={"main": DatabasePeak(8.0, 0.48)})

    assert (found.code, found.path) == (
        "idle-database-capacity",
        ("databases", "main", "capacity", "min_acu"),
    )
    assert "used 6% of them at most in 14 days" in found.message
    # 0.48 ACU are a fifth of 2.4, which is 2.5 in steps of a half.
    assert found.change.startswith("write min_acu: 2.5;")
    # A writer and a reader, 5.5 ACU less for 730 hours at 0.12
    assert found.saving_usd == 2 * D("5.5") * 730 * D("0.12")


@pytest.mark.parametrize(
    ("least", "peak"),
    [
        (8, DatabasePeak(8.5, 0.1)),  # it grew, so the minimum was not enough at times
        (8, DatabasePeak(8.0, 1.6)),  # a fifth is used
        (0.5, DatabasePeak(0.5, 0.01)),  # there is nothing smaller that does not pause
        (0, DatabasePeak(0.0, 0.0)),
    ],
)
def test_a_database_that_uses_its_minimum_or_has_the_smallest_is_left_alone(advice, least, peak):
    assert advice(DATABASE % least, databases={"main": peak}) == ()


def test_a_database_that_did_nothing_may_have_the_smallest_minimum(advice):
    [found] = advice(DATABASE % 2, databases={"main": DatabasePeak(2.0, 0.0)})

    assert found.change.startswith("write min_acu: 0.5;")


def test_a_database_that_nobody_connected_to_may_pause(advice):
    usage = {"databases": {"main": {"average_acu": 2}}}
    [found] = advice(DATABASE % 2, usage=usage, databases={"main": DatabasePeak(2.0, 0.1, 0.0)})

    assert (found.code, found.path) == ("unused-database", ("databases", "main", "capacity", "min_acu"))
    assert found.change.startswith("write min_acu: 0,")
    # A writer and a reader, 2 ACU for 730 hours at 0.12
    assert found.saving_usd == 2 * 2 * 730 * D("0.12")


@pytest.mark.parametrize(
    ("text", "peak", "days"),
    [
        (DATABASE % 0.5, DatabasePeak(0.5, 0.1, 1.0), 14),
        (DATABASE % 0.5, DatabasePeak(0.5, 0.1), 14),
        (DATABASE % 0.5, DatabasePeak(0.5, 0.1, 0.0), 5),  # it is younger than the period
        (DATABASE % 0, DatabasePeak(0.0, 0.0, 0.0), 14),
        (DATABASE.replace("readers: 1", "proxy: true") % 0.5, DatabasePeak(0.5, 0.1, 0.0), 14),
    ],
    ids=["connected", "no data", "young", "pauses already", "proxy"],
)
def test_a_database_that_was_used_or_could_not_pause_is_left_alone(advice, text, peak, days):
    assert advice(text, databases={"main": peak}, days=days) == ()


def test_nodes_of_which_a_fifth_is_not_used_may_be_the_next_smaller(advice):
    [found] = advice(CACHE % "cache.t4g.medium", caches={"c": CachePeak(0.04, 0.11)})

    assert (found.code, found.path) == ("idle-cache-nodes", ("caches", "c", "node_type"))
    assert "4% of the processor and 11% of the memory" in found.message
    assert found.change == "write node_type: cache.t4g.small"
    # Two nodes, for 730 hours, at 0.052 and 0.0256
    assert found.saving_usd == 2 * 730 * (D("0.052") - D("0.0256"))


@pytest.mark.parametrize("peak", [CachePeak(0.2, 0.01), CachePeak(0.01, 0.2)])
def test_nodes_with_a_fifth_of_either_in_use_are_left_alone(advice, peak):
    assert advice(CACHE % "cache.t4g.medium", caches={"c": peak}) == ()


def test_nodes_without_a_known_price_are_told_without_a_saving(advice):
    [found] = advice(CACHE % "cache.r6g.2xlarge", caches={"c": CachePeak(0.01, 0.01)})

    assert (found.change, found.saving_usd) == ("write node_type: cache.r6g.xlarge", None)


@pytest.mark.parametrize(
    ("node", "smaller"),
    [
        ("cache.t4g.micro", None),
        ("cache.t3.small", "cache.t3.micro"),
        ("cache.m7g.large", "cache.t4g.medium"),
        ("cache.r7g.large", "cache.m7g.large"),
        ("cache.r7g.8xlarge", "cache.r7g.4xlarge"),
        ("cache.c7gn.large", None),
        ("cache.x9z.huge", None),
    ],
)
def test_the_next_smaller_node(node, smaller):
    assert smaller_node(node) == smaller


def test_what_has_no_data_gets_no_advice(advice):
    assert advice(DATABASE % 8) == ()
    assert advice(CACHE % "cache.t4g.medium") == ()


def answer(*values):
    times = [NOW - timedelta(days=n + 1) for n in range(len(values))]
    return {"Timestamps": times, "Values": list(values)}


def test_peaks_are_read_of_the_cluster_and_of_every_node(environment, clients):
    text = DATABASE % 8 + CACHE.removeprefix(NETWORK) % "cache.t4g.medium"
    resolved = environment(text)
    # of the database: capacity, processor, connections; then of each node: processor, memory
    series = [(8.0, 6.0), (1.0, 1.5), (4.0, 7.0), (3.0,), (5.0,), (9.0,), (2.0,)]
    cloudwatch = clients.stub("cloudwatch")
    asked = [
        ("AWS/RDS", "ServerlessDatabaseCapacity", "DBClusterIdentifier", "shop-prod-main"),
        ("AWS/RDS", "CPUUtilization", "DBClusterIdentifier", "shop-prod-main"),
        ("AWS/RDS", "DatabaseConnections", "DBClusterIdentifier", "shop-prod-main"),
        *(
            ("AWS/ElastiCache", metric, "CacheClusterId", f"shop-prod-c-{node}")
            for node in ("001", "002")
            for metric in ("EngineCPUUtilization", "DatabaseMemoryUsagePercentage")
        ),
    ]
    queries = [
        {
            "Id": f"m{i}",
            "MetricStat": {
                "Metric": {
                    "Namespace": namespace,
                    "MetricName": metric,
                    "Dimensions": [{"Name": dimension, "Value": value}],
                },
                "Period": 86_400,
                "Stat": "Maximum",
            },
        }
        for i, (namespace, metric, dimension, value) in enumerate(asked)
    ]
    cloudwatch.add_response(
        "get_metric_data",
        {"MetricDataResults": [{"Id": f"m{i}", **answer(*values)} for i, values in enumerate(series)]},
        {
            "StartTime": NOW - timedelta(days=14),
            "EndTime": NOW,
            "ScanBy": "TimestampAscending",
            "MetricDataQueries": queries,
        },
    )

    peaks = read_store_peaks(resolved, clients, NOW, 14)

    # 1.5 % of the 32 ACU that it may grow to
    assert peaks.databases == {"main": DatabasePeak(8.0, 0.48, 7.0)}
    assert peaks.caches == {"c": CachePeak(0.09, 0.05)}


def test_a_node_without_data_leaves_its_cache_out(environment, clients):
    cloudwatch = clients.stub("cloudwatch")
    nothing = [{"Id": f"m{i}", **answer()} for i in range(4)]
    cloudwatch.add_response("get_metric_data", {"MetricDataResults": nothing})

    assert read_store_peaks(environment(CACHE % "cache.t4g.small"), clients, NOW, 14) == StorePeaks({}, {})
