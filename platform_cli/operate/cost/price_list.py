"""Today's prices from AWS's Price List API.

In: a client of the Price List API, a region. Out: prices in the same form as the bundled ones, and the
ids that it does not have. Attributes of products as infracost's queries name them (its repository, read
in November 2026) and as the API's own attribute values do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.operate.cost.prices import Price, PriceTable, Tier

_SOURCE = "AWS Price List API"
_PREFIX = r"(?!IA-)(^|[A-Z0-9]+-)"
"""Usage types begin with a region's code (`EUW1-`, `EU-`) outside of us-east-1; `IA-` is a storage class."""


@dataclass(frozen=True)
class ProductQuery:
    """How a price is found.

    Attributes:
        service: AWS's code of the service.
        usage_type: The whole usage type, as a regular expression, without the region's code.
        where: Attributes that the API filters by.
        everywhere: Whether the product is of no region.
    """

    service: str
    usage_type: str
    where: Mapping[str, str] = field(default_factory=dict)
    everywhere: bool = False


def _lambda(group: str) -> ProductQuery:
    return ProductQuery("AWSLambda", ".*", {"group": f"AWS-Lambda-{group}"})


_DYNAMODB = "AmazonDynamoDB"
_ON_DEMAND = {"productFamily": "Amazon DynamoDB PayPerRequest Throughput"}
_PROVISIONED = {"productFamily": "Provisioned IOPS"}
QUERIES: Mapping[str, ProductQuery] = {
    "lambda.requests": _lambda("Requests"),
    "lambda.duration.x86_64": _lambda("Duration"),
    "lambda.duration.arm64": _lambda("Duration-ARM"),
    "lambda.ephemeral-storage": _lambda("Storage-Duration"),
    "lambda.provisioned.x86_64": _lambda("Provisioned-Concurrency"),
    "lambda.provisioned.arm64": _lambda("Provisioned-Concurrency-ARM"),
    "lambda.provisioned-duration.x86_64": _lambda("Duration-Provisioned"),
    "lambda.provisioned-duration.arm64": _lambda("Duration-Provisioned-ARM"),
    "apigateway.http.requests": ProductQuery("AmazonApiGateway", "ApiGatewayHttpRequest"),
    "apigateway.rest.requests": ProductQuery("AmazonApiGateway", "ApiGatewayRequest"),
    **{
        f"apigateway.cache.{size}gb": ProductQuery("AmazonApiGateway", f"ApiGatewayCacheUsage:{size}GB")
        for size in ("0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237")
    },
    "dynamodb.writes": ProductQuery(
        _DYNAMODB, "WriteRequestUnits", {"group": "DDB-WriteUnits", **_ON_DEMAND}
    ),
    "dynamodb.reads": ProductQuery(_DYNAMODB, "ReadRequestUnits", {"group": "DDB-ReadUnits", **_ON_DEMAND}),
    "dynamodb.replicated-writes": ProductQuery(
        _DYNAMODB, "ReplWriteRequestUnits", {"group": "DDB-ReplicatedWriteUnits"}
    ),
    "dynamodb.provisioned-writes": ProductQuery(
        _DYNAMODB, "WriteCapacityUnit-Hrs", {"group": "DDB-WriteUnits", **_PROVISIONED}
    ),
    "dynamodb.provisioned-reads": ProductQuery(
        _DYNAMODB, "ReadCapacityUnit-Hrs", {"group": "DDB-ReadUnits", **_PROVISIONED}
    ),
    "dynamodb.storage": ProductQuery(_DYNAMODB, "TimedStorage-ByteHrs"),
    "dynamodb.point-in-time-recovery": ProductQuery(_DYNAMODB, "TimedPITRStorage-ByteHrs"),
    "dynamodb.backup": ProductQuery(_DYNAMODB, "TimedBackupStorage-ByteHrs"),
    "s3.storage": ProductQuery("AmazonS3", "TimedStorage-ByteHrs"),
    "s3.writes": ProductQuery("AmazonS3", "Requests-Tier1"),
    "s3.reads": ProductQuery("AmazonS3", "Requests-Tier2"),
    "sqs.requests": ProductQuery("AWSQueueService", ".*", {"queueType": "Standard"}),
    "sqs.requests.fifo": ProductQuery("AWSQueueService", ".*", {"queueType": "FIFO (first-in, first-out)"}),
    "sns.requests": ProductQuery("AmazonSNS", "Requests-Tier1"),
    "eventbridge.events": ProductQuery("AWSEvents", "Event-64K-Chunks", {"eventType": "Custom Event"}),
    "eventbridge.archive-processing": ProductQuery("AWSEvents", "ArchivedEvents-Bytes"),
    "eventbridge.archive-storage": ProductQuery("AWSEvents", "TimedStorage-ByteHrs"),
    "kinesis.on-demand": ProductQuery("AmazonKinesis", "OnDemand-StreamHour"),
    "kinesis.on-demand-in": ProductQuery("AmazonKinesis", "OnDemand-BilledIncomingBytes"),
    "kinesis.on-demand-out": ProductQuery("AmazonKinesis", "OnDemand-BilledOutgoingBytes"),
    "kinesis.shards": ProductQuery("AmazonKinesis", "Storage-ShardHour"),
    "kinesis.puts": ProductQuery("AmazonKinesis", "PutRequestPayloadUnits"),
    "cloudwatch.alarms": ProductQuery("AmazonCloudWatch", "CW:AlarmMonitorUsage", {"alarmType": "Standard"}),
    "cloudwatch.logs-in": ProductQuery("AmazonCloudWatch", "DataProcessing-Bytes"),
    "cloudwatch.logs-stored": ProductQuery("AmazonCloudWatch", "TimedStorage-ByteHrs"),
    "cloudwatch.logs-masked": ProductQuery("AmazonCloudWatch", "DataProtection-Bytes"),
    "cloudwatch.metrics": ProductQuery("AmazonCloudWatch", "CW:MetricMonitorUsage"),
    "secretsmanager.secrets": ProductQuery("AWSSecretsManager", ".*", {"productFamily": "Secret"}),
    "secretsmanager.requests": ProductQuery("AWSSecretsManager", ".*", {"productFamily": "API Request"}),
    "kms.keys": ProductQuery("awskms", ".*KMS-Keys"),
    "kinesis.fan-out-hours": ProductQuery("AmazonKinesis", "EnhancedFanoutHour"),
    "kinesis.fan-out-data": ProductQuery("AmazonKinesis", "ReadBytes"),
    "elb.hours": ProductQuery("AWSELB", "LoadBalancerUsage", {"productFamily": "Load Balancer-Application"}),
    "elb.capacity-units": ProductQuery("AWSELB", "LCUUsage", {"productFamily": "Load Balancer-Application"}),
    "waf.acls": ProductQuery("awswaf", "WebACLV2"),
    "waf.rules": ProductQuery("awswaf", "RuleV2"),
    "waf.requests": ProductQuery("awswaf", "RequestV2-Tier1"),
    "nat.hours": ProductQuery("AmazonEC2", "NatGateway-Hours"),
    "nat.data": ProductQuery("AmazonEC2", "NatGateway-Bytes"),
    "vpc.endpoint-hours": ProductQuery("AmazonVPC", "VpcEndpoint-Hours"),
    "vpc.endpoint-data": ProductQuery("AmazonVPC", "VpcEndpoint-Bytes"),
    "aurora.capacity": ProductQuery(
        "AmazonRDS", "Aurora:ServerlessV2Usage", {"databaseEngine": "Aurora PostgreSQL"}
    ),
    "aurora.storage": ProductQuery("AmazonRDS", "Aurora:StorageUsage"),
    "aurora.requests": ProductQuery("AmazonRDS", "Aurora:StorageIOUsage"),
    "cloudfront.data-out": ProductQuery("AmazonCloudFront", "US-DataTransfer-Out-Bytes", everywhere=True),
    "cloudfront.requests": ProductQuery("AmazonCloudFront", "US-Requests-Tier2-HTTPS", everywhere=True),
    "cloudfront.functions": ProductQuery(
        "AmazonCloudFront", "Executions-CloudFrontFunctions", everywhere=True
    ),
    "cloudwatch.composite-alarms": ProductQuery("AmazonCloudWatch", "CW:CompositeAlarmMonitorUsage"),
    "cloudwatch.dashboards": ProductQuery(
        "AmazonCloudWatch", "DashboardsUsageHour", {"productFamily": "Dashboard"}, everywhere=True
    ),
    "dynamodb.streams": ProductQuery(_DYNAMODB, "Streams-Requests", {"group": "DDB-StreamsReadRequests"}),
    "flink.kpu-hours": ProductQuery("AmazonKinesisAnalytics", "KPU-Hour-Java"),
    "kinesis.on-demand-fan-out": ProductQuery("AmazonKinesis", "OnDemand-BilledOutgoingEFOBytes"),
    "kms.requests": ProductQuery("awskms", "[a-z0-9-]*KMS-Requests"),
    "lambda.restores": ProductQuery("AWSLambda", "Lambda-SnapStart-Restored-GB"),
    "lambda.snapshots": ProductQuery("AWSLambda", "Lambda-SnapStart-Cached-GB-S"),
    "rds.proxy": ProductQuery("AmazonRDS", "RDS:Proxy-ASv2-Usage"),
    "route53.zones": ProductQuery("AmazonRoute53", "HostedZone", everywhere=True),
    "s3.monitoring": ProductQuery("AmazonS3", "Monitoring-Automation-INT"),
    "s3.reads.infrequent": ProductQuery("AmazonS3", "Requests-SIA-Tier2"),
    "s3.retrieval.infrequent": ProductQuery("AmazonS3", "Retrieval-SIA"),
    "s3.storage.infrequent": ProductQuery("AmazonS3", "TimedStorage-SIA-ByteHrs"),
    "s3.transitions": ProductQuery("AmazonS3", "Requests-Tier4", {"operation": "S3-SIATransition"}),
    "ssm.advanced-parameters": ProductQuery("AWSSystemsManager", "PS-Advanced-Param-Tier1"),
    "ssm.advanced-requests": ProductQuery("AWSSystemsManager", "PS-Param-Processed-Tier1"),
    "vpc.public-ipv4": ProductQuery("AmazonVPC", "PublicIPv4:InUseAddress"),
    "waf.bot-control": ProductQuery("awswaf", "AMR-BotControl"),
    "waf.bot-requests": ProductQuery("awswaf", "AMR-BotControl-Request"),
    "xray.traces": ProductQuery("AWSXRay", "XRay-TracesStored"),
}
"""What can be fetched; a bundled price that is not here says why, nodes of caches aside."""


@dataclass(frozen=True)
class Refresh:
    """What was fetched.

    Attributes:
        region: Of the prices.
        prices: Found.
        missing: Ids for which the API has no product, or more than one price.
        changed: Ids whose first price differs from the one known before.
        unlisted: Ids of bundled prices that cannot be asked for, with the reason.
    """

    region: str
    prices: tuple[Price, ...]
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    unlisted: Mapping[str, str] = field(default_factory=dict)


def fetch_prices(
    clients: Clients, region: str, known: PriceTable, cache_nodes: tuple[str, ...] = ()
) -> Refresh:
    """Fetch the prices of a region.

    Args:
        clients: From `billing_clients`: the Price List API answers in few regions.
        region: Whose prices.
        known: What is known; its free tiers are kept, since the Price List does not have them.
        cache_nodes: Ids of prices of cache nodes to fetch too, `elasticache.valkey.cache.t4g.small`.

    Raises:
        PlatformError: AWS refuses or does not answer.
    """
    queries = {**QUERIES, **{price_id: _cache_query(price_id) for price_id in cache_nodes}}
    prices: list[Price] = []
    missing: list[str] = []
    changed: list[str] = []
    for price_id, query in queries.items():
        before = known.price(price_id, region)
        price = _fetch(clients, price_id, query, region, before)
        if price is None:
            missing.append(price_id)
            continue
        prices.append(price)
        if before is not None and before.tiers[0].usd != price.tiers[0].usd:
            changed.append(price_id)
    unlisted = {price.id: price.unlisted for price in known.prices.values() if price.unlisted}
    return Refresh(region, tuple(prices), tuple(missing), tuple(changed), unlisted)


def _cache_query(price_id: str) -> ProductQuery:
    _, engine, node = price_id.split(".", 2)
    return ProductQuery(
        "AmazonElastiCache",
        f"NodeUsage:{re.escape(node)}",
        {"cacheEngine": engine.capitalize(), "instanceType": node},
    )


def _fetch(
    clients: Clients, price_id: str, query: ProductQuery, region: str, before: Price | None
) -> Price | None:
    wanted = re.compile(_PREFIX + query.usage_type + r"\Z")
    found = {
        tiers: published
        for product, tiers, published in _products(clients, query, region)
        if wanted.match(product.get("usagetype", ""))
    }
    if len(found) != 1:
        return None
    (tiers, published) = next(iter(found.items()))
    free, tiers = _without_free(tiers)
    return Price(
        id=price_id,
        region=region,
        unit=before.unit if before is not None else price_id.partition(".")[2],
        tiers=tiers,
        source=_SOURCE,
        date=published,
        free_per_month=free or (before.free_per_month if before is not None else Decimal(0)),
        free_source=_SOURCE if free else (before.free_source if before is not None else None),
    )


def _products(
    clients: Clients, query: ProductQuery, region: str
) -> Iterator[tuple[dict[str, str], tuple[Tier, ...], date]]:
    filters = {**({} if query.everywhere else {"regionCode": region}), **query.where}
    request: dict[str, Any] = {
        "ServiceCode": query.service,
        "Filters": [{"Type": "TERM_MATCH", "Field": key, "Value": value} for key, value in filters.items()],
        "FormatVersion": "aws_v1",
        "MaxResults": 100,
    }
    while True:
        with aws_errors("reading prices", target=clients.target):
            page = clients.client("pricing").get_products(**request)
        for text in page["PriceList"]:
            entry = json.loads(text)
            for term in entry.get("terms", {}).get("OnDemand", {}).values():
                tiers = _tiers(term["priceDimensions"].values())
                published = date.fromisoformat(entry["publicationDate"][:10])
                if tiers:
                    yield entry["product"]["attributes"], tiers, published
        if not page.get("NextToken"):
            return
        request["NextToken"] = page["NextToken"]


def _tiers(dimensions: Any) -> tuple[Tier, ...]:
    rows = sorted(
        (
            (Decimal(row["beginRange"]), row["endRange"], Decimal(row["pricePerUnit"]["USD"]))
            for row in dimensions
        ),
        key=lambda row: row[0],
    )
    return tuple(Tier(usd=usd, up_to=None if end == "Inf" else Decimal(end)) for _, end, usd in rows)


def _without_free(tiers: tuple[Tier, ...]) -> tuple[Decimal, tuple[Tier, ...]]:
    """Turn a first tier that costs nothing into the free tier that it is."""
    first = tiers[0]
    if first.usd or first.up_to is None:
        return Decimal(0), tiers
    rest = tuple(
        Tier(usd=tier.usd, up_to=None if tier.up_to is None else tier.up_to - first.up_to)
        for tier in tiers[1:]
    )
    return first.up_to, rest
