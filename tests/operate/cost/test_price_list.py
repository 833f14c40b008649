"""Prices from AWS's Price List API, whose answers are JSON texts in JSON."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal as D

import pytest

from platform_cli.errors import PlatformError
from platform_cli.operate.cost.price_list import QUERIES, fetch_prices
from platform_cli.operate.cost.prices import bundled_prices


def product(usage_type, *tiers, published="2026-11-01T00:00:00Z", **attributes):
    """A product as GetProducts gives it; tiers are (begin, end, USD)."""
    return {
        "product": {"attributes": {"usagetype": usage_type, **attributes}, "sku": "S"},
        "serviceCode": "X",
        "publicationDate": published,
        "terms": {
            "OnDemand": {
                "S.T": {
                    "priceDimensions": {
                        f"S.T.{n}": {
                            "unit": "Units",
                            "beginRange": begin,
                            "endRange": end,
                            "pricePerUnit": {"USD": usd},
                        }
                        # AWS gives them in no order
                        for n, (begin, end, usd) in reversed(list(enumerate(tiers)))
                    }
                }
            }
        },
    }


class PriceList:
    """GetProducts over products by service; filters match attributes exactly, as TERM_MATCH does."""

    def __init__(self, products, page=100):
        self.products, self.page = products, page

    def get_products(self, *, ServiceCode, Filters, FormatVersion, MaxResults, NextToken=None):
        assert FormatVersion == "aws_v1"
        assert 0 < MaxResults <= 100
        wanted = {f["Field"]: f["Value"] for f in Filters if f["Type"] == "TERM_MATCH"}
        found = [
            json.dumps(entry)
            for service, entry in self.products
            if service == ServiceCode
            and all(entry["product"]["attributes"].get(key) == value for key, value in wanted.items())
        ]
        start = int(NextToken or 0)
        answer = {"FormatVersion": FormatVersion, "PriceList": found[start : start + self.page]}
        return answer | ({"NextToken": str(start + self.page)} if start + self.page < len(found) else {})


IRELAND = {"regionCode": "eu-west-1"}
PRODUCTS = [
    ("AWSLambda", product("EUW1-Request", ("0", "Inf", "0.0000003"), group="AWS-Lambda-Requests", **IRELAND)),
    (
        "AWSLambda",
        product(
            "EUW1-Lambda-GB-Second-ARM",
            ("0", "7500000000", "0.0000133334"),
            ("7500000000", "18750000000", "0.0000120001"),
            ("18750000000", "Inf", "0.0000106667"),
            group="AWS-Lambda-Duration-ARM",
            **IRELAND,
        ),
    ),
    (
        "AmazonDynamoDB",
        product("EU-TimedStorage-ByteHrs", ("0", "25", "0"), ("25", "Inf", "0.283"), **IRELAND),
    ),
    ("AmazonDynamoDB", product("EU-IA-TimedStorage-ByteHrs", ("0", "Inf", "0.11"), **IRELAND)),
    ("AmazonDynamoDB", product("TimedStorage-ByteHrs", ("0", "Inf", "0.25"), regionCode="us-east-1")),
    ("AmazonDynamoDB", product("IA-TimedStorage-ByteHrs", ("0", "Inf", "0.1"), regionCode="us-east-1")),
    ("AmazonS3", product("EU-Requests-Tier1", ("0", "Inf", "0.000005"), **IRELAND)),
    ("AmazonS3", product("EU-Requests-Tier1", ("0", "Inf", "0.000007"), **IRELAND)),
    ("AmazonRDS", product("EU-Aurora:StorageUsage", ("0", "Inf", "0.11"), databaseEngine="Any", **IRELAND)),
    ("AmazonRDS", product("EU-Aurora:StorageUsage", ("0", "Inf", "0.11"), databaseEngine="Other", **IRELAND)),
    ("awskms", product("eu-west-1-KMS-Keys", ("0", "Inf", "1.0"), **IRELAND)),
    (
        "AmazonElastiCache",
        product(
            "EU-NodeUsage:cache.t4g.small",
            ("0", "Inf", "0.0288"),
            cacheEngine="Valkey",
            instanceType="cache.t4g.small",
            **IRELAND,
        ),
    ),
]


@pytest.fixture
def refreshed(clients):
    def call(region="eu-west-1", nodes=(), page=100):
        clients.made["pricing"] = PriceList(PRODUCTS, page)
        found = fetch_prices(clients, region, bundled_prices(), nodes)
        return found, {price.id: price for price in found.prices}

    return call


def test_a_price_comes_with_its_region_its_date_and_its_source(refreshed):
    _, prices = refreshed()

    requests = prices["lambda.requests"]
    assert (requests.region, requests.date, requests.source) == (
        "eu-west-1",
        date(2026, 11, 1),
        "AWS Price List API",
    )
    assert requests.tiers[0].usd == D("0.0000003")
    assert requests.unit == "request"


def test_tiers_are_put_in_order(refreshed):
    _, prices = refreshed()

    tiers = prices["lambda.duration.arm64"].tiers
    assert [tier.up_to for tier in tiers] == [D(7_500_000_000), D(18_750_000_000), None]
    assert [tier.usd for tier in tiers] == [D("0.0000133334"), D("0.0000120001"), D("0.0000106667")]


def test_the_free_tier_stays_where_the_price_list_says_nothing_of_it(refreshed):
    _, prices = refreshed()

    assert prices["lambda.requests"].free_per_month == 1_000_000


def test_a_first_tier_that_costs_nothing_is_the_free_tier(refreshed):
    _, prices = refreshed()

    storage = prices["dynamodb.storage"]
    assert storage.free_per_month == 25
    assert [(tier.up_to, tier.usd) for tier in storage.tiers] == [(None, D("0.283"))]


@pytest.mark.parametrize(("region", "usd"), [("us-east-1", "0.25"), ("eu-west-1", "0.283")])
def test_the_infrequent_class_is_not_taken_for_the_standard_one(refreshed, region, usd):
    _, prices = refreshed(region)

    assert prices["dynamodb.storage"].tiers[0].usd == D(usd)


def test_two_different_prices_for_one_thing_are_no_price(refreshed):
    found, prices = refreshed()

    assert "s3.writes" in found.missing
    assert "s3.writes" not in prices


def test_two_products_of_one_price_are_that_price(refreshed):
    _, prices = refreshed()

    assert prices["aurora.storage"].tiers[0].usd == D("0.11")


def test_what_changed_and_what_is_missing_is_told(refreshed):
    found, prices = refreshed()

    assert found.changed == ("lambda.requests", "dynamodb.storage", "aurora.storage")
    assert set(found.missing) | set(prices) == set(QUERIES)
    assert "kms.keys" in prices


def test_nodes_of_the_blueprints_caches_are_fetched_too(refreshed):
    _, prices = refreshed(nodes=("elasticache.valkey.cache.t4g.small",))

    assert prices["elasticache.valkey.cache.t4g.small"].tiers[0].usd == D("0.0288")


def test_all_pages_are_read(refreshed):
    assert refreshed(page=1)[0] == refreshed()[0]


def test_every_bundled_price_can_be_fetched_or_says_why_not():
    prices = {price_id: price for (price_id, _), price in bundled_prices().prices.items()}
    nodes = {price_id for price_id in prices if price_id.startswith("elasticache.")}
    unlisted = {price_id for price_id, price in prices.items() if price.unlisted}

    assert set(QUERIES) | nodes | unlisted == set(prices)
    assert not unlisted & (set(QUERIES) | nodes)


def test_what_the_price_list_does_not_have_is_told_with_the_reason(refreshed):
    found, _ = refreshed()

    assert set(found.unlisted) == {"scheduler.invocations"}
    assert "no usage type" in found.unlisted["scheduler.invocations"]


# Usage types and attributes as AWS's price lists of 2026 have them.
WORLDWIDE = [
    (
        "cloudfront.data-out",
        "AmazonCloudFront",
        "US-DataTransfer-Out-Bytes",
        {"fromLocation": "United States"},
    ),
    ("cloudfront.requests", "AmazonCloudFront", "US-Requests-Tier2-HTTPS", {"location": "United States"}),
    ("cloudfront.functions", "AmazonCloudFront", "Executions-CloudFrontFunctions", {"location": "Any"}),
    ("cloudwatch.dashboards", "AmazonCloudWatch", "DashboardsUsageHour", {"productFamily": "Dashboard"}),
    ("route53.zones", "AmazonRoute53", "HostedZone", {}),
]
REGIONAL = [
    ("cloudwatch.composite-alarms", "AmazonCloudWatch", "EU-CW:CompositeAlarmMonitorUsage", {}),
    ("dynamodb.streams", "AmazonDynamoDB", "EU-Streams-Requests", {"group": "DDB-StreamsReadRequests"}),
    ("flink.kpu-hours", "AmazonKinesisAnalytics", "EU-KPU-Hour-Java", {}),
    ("kinesis.on-demand-fan-out", "AmazonKinesis", "EU-OnDemand-BilledOutgoingEFOBytes", {}),
    ("kms.requests", "awskms", "eu-west-1-KMS-Requests", {}),
    ("s3.storage.infrequent", "AmazonS3", "EU-TimedStorage-SIA-ByteHrs", {}),
    ("s3.transitions", "AmazonS3", "EU-Requests-Tier4", {"operation": "S3-SIATransition"}),
    ("vpc.public-ipv4", "AmazonVPC", "EU-PublicIPv4:InUseAddress", {}),
    ("waf.bot-control", "awswaf", "EU-AMR-BotControl", {}),
    ("xray.traces", "AWSXRay", "EU-XRay-TracesStored", {}),
]


@pytest.mark.parametrize(("price_id", "service", "usage_type", "attributes"), WORLDWIDE + REGIONAL)
def test_prices_are_found_by_the_names_that_aws_gives_them(
    clients, price_id, service, usage_type, attributes
):
    region = {} if (price_id, service, usage_type, attributes) in WORLDWIDE else IRELAND
    prefix = usage_type[: -len(usage_type.rpartition("-")[2])]
    clients.made["pricing"] = PriceList(
        [
            (service, product(usage_type, ("0", "Inf", "0.07"), **{**attributes, **region})),
            # Neighbours that are something else.
            (service, product(f"{usage_type}-Asymmetric", ("0", "Inf", "0.9"), **{**attributes, **region})),
            (service, product(f"{prefix}Other", ("0", "Inf", "0.8"), **{**attributes, **region})),
            (service, product(f"Global-{usage_type}", ("0", "Inf", "0"), **{**attributes, **region})),
        ]
    )
    found = fetch_prices(clients, "eu-west-1", bundled_prices())
    assert {p.id: p.tiers[0].usd for p in found.prices}[price_id] == D("0.07")


def test_a_price_of_the_whole_world_has_the_region_that_was_asked_for(clients):
    entry = product("HostedZone", ("0", "25", "0.5"), ("25", "Inf", "0.1"))
    clients.made["pricing"] = PriceList([("AmazonRoute53", entry)])
    (zone,) = fetch_prices(clients, "eu-west-1", bundled_prices()).prices
    assert (zone.region, [tier.usd for tier in zone.tiers]) == ("eu-west-1", [D("0.5"), D("0.1")])


def test_the_request_is_one_that_the_price_list_takes(clients):
    pricing = clients.stub("pricing")
    pricing.add_response(
        "get_products",
        {"FormatVersion": "aws_v1", "PriceList": []},
        {
            "ServiceCode": "AWSLambda",
            "Filters": [
                {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "eu-west-1"},
                {"Type": "TERM_MATCH", "Field": "group", "Value": "AWS-Lambda-Requests"},
            ],
            "FormatVersion": "aws_v1",
            "MaxResults": 100,
        },
    )
    pricing.add_client_error("get_products", "AccessDeniedException")

    with pytest.raises(PlatformError) as told:
        fetch_prices(clients, "eu-west-1", bundled_prices())
    assert told.value.code == "access-denied"
