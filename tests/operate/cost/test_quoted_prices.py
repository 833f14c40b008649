"""What the pages say that a thing costs is what the bundled prices say."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from platform_cli.blueprint.checks.production import (
    ACU_USD_A_MONTH,
    FIREWALL_USD_A_MONTH,
    NAT_USD_A_MONTH,
)
from platform_cli.blueprint.model.apis import Firewall
from platform_cli.blueprint.resolved import ResolvedFirewall
from platform_cli.operate.cost.entrances import count_rules
from platform_cli.operate.cost.prices import FALLBACK_REGION, bundled_prices

DOCS = Path(__file__).parents[3] / "docs"
HOURS = 730
MILLION = 1_000_000
HALF_UP = Decimal("1e-9")
"""Formats would round 16.425 to the even 16.42."""

QUOTED = (
    ("security.md", "{:.0f} $ a month for the key", "kms.keys", 1),
    ("security.md", "{:.2f} $ a month for each secret", "secretsmanager.secrets", 1),
    ("security.md", "35 days | the same | {:.2f} $ a GB |", "dynamodb.point-in-time-recovery", 1),
    ("security.md", "{:.3f} $ a GB of old versions", "s3.storage", 1),
    ("security.md", "{:.2f} $ for the secret |", "secretsmanager.secrets", 1),
    ("security.md", "{:.2f} $ with the default size", "elasticache.valkey.cache.t4g.small", HOURS),
    ("security.md", "{:.0f} $ for the key, ", "kms.keys", 1),
    ("security.md", "{:.2f} $ a GB that is masked", "cloudwatch.logs-masked", 1),
    ("security.md", "{:.0f} $ each beyond the third", "cloudwatch.dashboards", 1),
    ("security.md", "{:.2f} $ with `min_acu: 0.5`", "aurora.capacity", HOURS / 2),
    ("security.md", "| {:.2f} $, and 3.65 $ for its address", "nat.hours", HOURS),
    ("security.md", "32.85 $, and {:.2f} $ for its address", "vpc.public-ipv4", HOURS),
    ("security.md", "11 $, and {:.2f} $ a million requests", "waf.requests", MILLION),
    ("networks.md", "| a NAT gateway | {:.2f},", "nat.hours", HOURS),
    ("networks.md", "{:.2f} for its public address", "vpc.public-ipv4", HOURS),
    ("networks.md", "and {:.3f} a GB |", "nat.data", 1),
    ("networks.md", "| an interface endpoint, in each zone | {:.2f},", "vpc.endpoint-hours", HOURS),
    ("networks.md", "and {:.2f} a GB |", "vpc.endpoint-data", 1),
    ("networks.md", "by what is written, {:.2f} a GB", "cloudwatch.logs-in", 1),
    ("networks.md", "which costs {:.0f} $ a month", "kms.keys", 1),
    ("firewalls.md", "{:.0f} $ a month for the ACL", "waf.acls", 1),
    ("firewalls.md", "{:.0f} $ for each rule or group", "waf.rules", 1),
    ("firewalls.md", "{:.2f} $ a million requests", "waf.requests", MILLION),
    ("firewalls.md", "`bot_control` adds {:.0f} $ a month", "waf.bot-control", 1),
    ("firewalls.md", "and {:.0f} $ a million requests beyond", "waf.bot-requests", MILLION),
    ("config.md", "{:.2f} $ a month for the parameter", "ssm.advanced-parameters", 1),
    ("config.md", "{:.2f} $ for 10,000 calls", "ssm.advanced-requests", 10_000),
    ("apis.md", "| {:.2f} $ |", "apigateway.http.requests", MILLION),
    ("apis.md", "| {:.2f} $ |", "apigateway.rest.requests", MILLION),
    ("apis.md", "0.5 GB: about {:.0f} $ a month", "apigateway.cache.0.5gb", HOURS),
    ("data.md", "{:.2f} $ a GB a month, and", "dynamodb.storage", 1),
    ("data.md", "{:.2f} $ a GB for point-in-time recovery", "dynamodb.point-in-time-recovery", 1),
    ("data.md", "{:.2f} $ a GB a month warm", "dynamodb.backup", 1),
    ("data.md", "storage alone, {:.3f} $ a GB a month", "s3.storage", 1),
    ("databases.md", "| database with `min_acu: 0.5` | {:.2f} ", "aurora.capacity", HOURS / 2),
    ("databases.md", "{:.2f} a GB of storage", "aurora.storage", 1),
    ("databases.md", "| a proxy | {:.2f}: ", "rds.proxy", 8 * HOURS),
    ("databases.md", "{:.3f} for each ACU and hour", "rds.proxy", 1),
    ("databases.md", "{:.2f} for each node with Valkey", "elasticache.valkey.cache.t4g.small", HOURS),
    ("databases.md", "{:.2f} with Redis", "elasticache.redis.cache.t4g.small", HOURS),
    ("databases.md", "kept by RDS; {:.2f}", "secretsmanager.secrets", 1),
    ("edge.md", "{:.3f} for a GB beyond", "cloudfront.data-out", 1),
    ("edge.md", "| a load balancer | {:.2f},", "elb.hours", HOURS),
    ("edge.md", "{:.2f} for each capacity unit", "elb.capacity-units", HOURS),
    ("edge.md", "public addresses {:.2f} each", "vpc.public-ipv4", HOURS),
    ("edge.md", "a hosted zone {:.2f}", "route53.zones", 1),
    ("events.md", "A million events cost {:.0f} $", "eventbridge.events", MILLION),
    ("events.md", "archiving {:.2f} $ a GB", "eventbridge.archive-processing", 1),
    ("events.md", "keeping it {:.3f} $ a GB", "eventbridge.archive-storage", 1),
    ("events.md", "a million requests {:.2f} $", "sqs.requests", MILLION),
    ("events.md", "FIFO {:.2f} $", "sqs.requests.fifo", MILLION),
    ("events.md", "a stream on demand costs {:.2f} $ an hour", "kinesis.on-demand", 1),
    ("events.md", "a shard {:.3f} $ an hour", "kinesis.shards", 1),
    ("events.md", "{:.3f} $ for a GB that it reads", "kinesis.fan-out-data", 1),
    ("logs.md", "{:.2f} $ a GB and month kept", "cloudwatch.logs-stored", 1),
    ("logs.md", "{:.2f} $ a GB that a mask looks through", "cloudwatch.logs-masked", 1),
    ("alarms.md", "{:.2f} $ a month for each metric of an alarm", "cloudwatch.alarms", 1),
    ("alarms.md", "{:.2f} $ for each composite alarm", "cloudwatch.composite-alarms", 1),
    ("releases.md", "{:.2f} $ a month at 512 MB", "lambda.snapshots", Decimal("0.5") * HOURS * 3600),
    ("dashboards.md", "each other one costs {:.0f} $ a month", "cloudwatch.dashboards", 1),
)


def bundled(price_id: str) -> Decimal:
    price = bundled_prices().price(price_id, FALLBACK_REGION)
    assert price is not None, price_id
    return price.tiers[0].usd


@pytest.mark.parametrize(("page", "phrase", "price", "times"), QUOTED)
def test_a_quoted_price_is_the_bundled_one(page: str, phrase: str, price: str, times: float) -> None:
    text = " ".join((DOCS / page).read_text(encoding="utf-8").split())
    assert phrase.format(bundled(price) * Decimal(str(times)) + HALF_UP) in text


def test_provisioned_capacity_is_quoted_for_a_month_of_both() -> None:
    text = (DOCS / "data.md").read_text(encoding="utf-8")
    month = HOURS * 5 * (bundled("dynamodb.provisioned-reads") + bundled("dynamodb.provisioned-writes"))
    assert f"5 reads and 5 writes {month:.2f} $ a month" in text


def test_the_notices_of_protected_environments_quote_the_bundled_prices() -> None:
    assert Decimal(str(ACU_USD_A_MONTH)) == bundled("aurora.capacity") * HOURS
    assert Decimal(str(NAT_USD_A_MONTH)) == bundled("nat.hours") * HOURS
    whole = ResolvedFirewall.model_construct(**{**Firewall().model_dump(), "name": "standard"})
    firewall = bundled("waf.acls") + bundled("waf.rules") * count_rules(whole)
    assert firewall == FIREWALL_USD_A_MONTH
