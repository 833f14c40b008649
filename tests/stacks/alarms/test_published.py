"""AWS publishes a metric of that name under those dimensions: each alarm against AWS's own lists."""

from __future__ import annotations

import json
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from platform_cli.stacks.alarms.catalog import RULES
from platform_cli.stacks.alarms.rule import DERIVED, MOST_METRICS, SEVERITIES
from platform_cli.stacks.derived import OF_APIS, OF_FUNCTIONS, START_TIME

DOCS = "https://docs.aws.amazon.com"
LAMBDA = f"{DOCS}/lambda/latest/dg/monitoring-metrics-types.html"
HTTP = f"{DOCS}/apigateway/latest/developerguide/http-api-metrics.html"
REST = f"{DOCS}/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html"
DYNAMODB = f"{DOCS}/amazondynamodb/latest/developerguide/metrics-dimensions.html"
INDEX = "TableName GlobalSecondaryIndexName"
SQS = f"{DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"
EVENTS = f"{DOCS}/eventbridge/latest/userguide/eb-monitoring.html"
AURORA = f"{DOCS}/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html"
ELASTICACHE = f"{DOCS}/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html"
COGNITO = f"{DOCS}/cognito/latest/developerguide/metrics-for-cognito-user-pools.html"
WAF = f"{DOCS}/waf/latest/developerguide/waf-metrics.html"
FLINK = f"{DOCS}/managed-flink/latest/java/metrics-dimensions.html"
KINESIS = f"{DOCS}/streams/latest/dev/monitoring-with-cloudwatch.html"

PUBLISHED: Mapping[tuple[str, str, frozenset[str]], tuple[frozenset[str], str]] = {
    (namespace, metric, frozenset(dimensions.split())): (frozenset(statistics.split()), source)
    for namespace, metric, dimensions, statistics, source in (
        ("AWS/Lambda", "Errors", "FunctionName", "Sum", LAMBDA),
        ("AWS/Lambda", "Invocations", "FunctionName", "Sum", LAMBDA),
        ("AWS/Lambda", "Throttles", "FunctionName", "Sum", LAMBDA),
        ("AWS/Lambda", "Duration", "FunctionName", "Average Maximum p90 p95 p99", LAMBDA),
        ("AWS/Lambda", "IteratorAge", "FunctionName", "Average Maximum", LAMBDA),
        ("AWS/Lambda", "ConcurrentExecutions", "FunctionName", "Maximum", LAMBDA),
        ("AWS/Lambda", "ProvisionedConcurrencyUtilization", "FunctionName Resource", "Maximum", LAMBDA),
        ("AWS/ApiGateway", "5xx", "ApiId Stage", "Sum", HTTP),
        ("AWS/ApiGateway", "Count", "ApiId Stage", "Sum SampleCount", HTTP),
        ("AWS/ApiGateway", "IntegrationLatency", "ApiId Stage", "Average p90 p99", HTTP),
        ("AWS/ApiGateway", "5XXError", "ApiName Stage", "Sum Average", REST),
        ("AWS/ApiGateway", "Count", "ApiName Stage", "SampleCount", REST),
        ("AWS/ApiGateway", "Latency", "ApiName Stage", "Average p90 p99", REST),
        ("AWS/DynamoDB", "ReadThrottleEvents", "TableName", "Sum SampleCount", DYNAMODB),
        ("AWS/DynamoDB", "WriteThrottleEvents", "TableName", "Sum SampleCount", DYNAMODB),
        ("AWS/DynamoDB", "ReadThrottleEvents", "TableName GlobalSecondaryIndexName", "Sum", DYNAMODB),
        ("AWS/DynamoDB", "WriteThrottleEvents", "TableName GlobalSecondaryIndexName", "Sum", DYNAMODB),
        ("AWS/DynamoDB", "ReadKeyRangeThroughputThrottleEvents", "TableName", "Sum", DYNAMODB),
        ("AWS/DynamoDB", "WriteKeyRangeThroughputThrottleEvents", "TableName", "Sum", DYNAMODB),
        ("AWS/DynamoDB", "ReadKeyRangeThroughputThrottleEvents", INDEX, "Sum", DYNAMODB),
        ("AWS/DynamoDB", "WriteKeyRangeThroughputThrottleEvents", INDEX, "Sum", DYNAMODB),
        ("AWS/DynamoDB", "SystemErrors", "TableName Operation", "Sum SampleCount", DYNAMODB),
        ("AWS/DynamoDB", "SuccessfulRequestLatency", "TableName Operation", "Average Maximum", DYNAMODB),
        ("AWS/DynamoDB", "ConsumedReadCapacityUnits", "TableName", "Sum", DYNAMODB),
        ("AWS/DynamoDB", "ConsumedWriteCapacityUnits", "TableName", "Sum", DYNAMODB),
        ("AWS/DynamoDB", "ProvisionedReadCapacityUnits", "TableName", "Average Minimum Maximum", DYNAMODB),
        ("AWS/DynamoDB", "ProvisionedWriteCapacityUnits", "TableName", "Average Minimum Maximum", DYNAMODB),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "Average Maximum", SQS),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "Average Maximum Sum", SQS),
        ("AWS/Events", "FailedInvocations", "EventBusName RuleName", "Sum SampleCount", EVENTS),
        ("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", "StreamName", "Average Maximum", KINESIS),
        ("AWS/Kinesis", "ReadProvisionedThroughputExceeded", "StreamName", "Sum Average", KINESIS),
        ("AWS/Kinesis", "WriteProvisionedThroughputExceeded", "StreamName", "Sum Average", KINESIS),
        ("AWS/KinesisAnalytics", "downtime", "Application", "Average Maximum", FLINK),
        ("AWS/KinesisAnalytics", "fullRestarts", "Application", "Average Maximum", FLINK),
        ("AWS/KinesisAnalytics", "numberOfFailedCheckpoints", "Application", "Average Maximum", FLINK),
        ("AWS/KinesisAnalytics", "lastCheckpointDuration", "Application", "Average Maximum", FLINK),
        ("AWS/RDS", "ACUUtilization", "DBClusterIdentifier", "Average Maximum", AURORA),
        ("AWS/RDS", "CPUUtilization", "DBClusterIdentifier", "Average Maximum", AURORA),
        ("AWS/RDS", "FreeableMemory", "DBClusterIdentifier", "Average Minimum", AURORA),
        ("AWS/RDS", "DatabaseConnections", "DBClusterIdentifier", "Average Maximum Sum", AURORA),
        ("AWS/ElastiCache", "EngineCPUUtilization", "CacheClusterId", "Average Maximum", ELASTICACHE),
        (
            "AWS/ElastiCache",
            "DatabaseMemoryUsagePercentage",
            "CacheClusterId",
            "Average Maximum",
            ELASTICACHE,
        ),
        ("AWS/ElastiCache", "CurrConnections", "CacheClusterId", "Average Maximum", ELASTICACHE),
        ("AWS/Cognito", "SignInSuccesses", "UserPool UserPoolClient", "Average SampleCount Sum", COGNITO),
        ("AWS/Cognito", "SignInThrottles", "UserPool UserPoolClient", "Sum", COGNITO),
        ("AWS/WAFV2", "BlockedRequests", "Region Rule WebACL", "Sum", WAF),
    )
}
"""Namespace, name, exact dimensions; the statistics that mean something, and where AWS says so (2026-11)."""

PROMISED: Mapping[tuple[str, str, frozenset[str]], tuple[frozenset[str], str]] = {
    ("AWS/ApiGateway", "Latency", frozenset({"ApiId", "Stage"})): (
        frozenset({"Average", "p90", "p99"}),
        HTTP,
    ),
}
"""What alarms on objectives watch beside that."""

OPERATIONS = frozenset(
    {
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    }
)


def watched_by(alarm: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any], str]]:
    """Namespace, name, dimensions and statistic of each metric of an alarm in a template."""
    found = []
    metrics = [q["MetricStat"] for q in alarm.get("Metrics", ()) if "MetricStat" in q]
    for query in metrics or [
        {"Metric": alarm, "Stat": alarm.get("Statistic") or alarm.get("ExtendedStatistic")}
    ]:
        metric = query["Metric"]
        dimensions = {d["Name"]: d["Value"] for d in metric.get("Dimensions", ())}
        found.append((metric["Namespace"], metric["MetricName"], dimensions, str(query["Stat"])))
    return found


KNOWN = {**PUBLISHED, **PROMISED}
DERIVED_METRICS = {metric.name: metric for metric in (*OF_FUNCTIONS, START_TIME, *OF_APIS)}


@pytest.fixture(scope="session")
def templates(
    shop_assemblies: Mapping[str, Path],
    ledger_assemblies: Mapping[str, Path],
    partner_assemblies: Mapping[str, Path],
    watched_templates: dict[str, Any],
) -> list[dict[str, Any]]:
    folders = [shop_assemblies["dev"], ledger_assemblies["prod"], partner_assemblies["dev"]]
    paths = [path for folder in folders for path in sorted(folder.glob("*.template.json"))]
    return [*(json.loads(path.read_text()) for path in paths), *watched_templates.values()]


def of_type(templates: list[dict[str, Any]], kind: str) -> Iterator[Mapping[str, Any]]:
    for template in templates:
        for resource in template["Resources"].values():
            if resource["Type"] == kind:
                yield resource["Properties"]


def test_aws_publishes_every_metric_that_an_alarm_watches(templates: list[dict[str, Any]]) -> None:
    seen = set()
    for alarm in of_type(templates, "AWS::CloudWatch::Alarm"):
        for namespace, metric, dimensions, stat in watched_by(alarm):
            if not namespace.startswith("AWS/"):
                continue
            key = (namespace, metric, frozenset(dimensions))
            assert key in KNOWN, key
            assert stat in KNOWN[key][0], (key, stat)
            assert dimensions.get("Operation", "Query") in OPERATIONS
            seen.add(key)
    assert seen == set(KNOWN)


def test_what_aws_does_not_publish_a_metric_filter_derives(templates: list[dict[str, Any]]) -> None:
    derived = {
        (transformation["MetricNamespace"], transformation["MetricName"])
        for made in of_type(templates, "AWS::Logs::MetricFilter")
        for transformation in made["MetricTransformations"]
    }
    watched = {
        (namespace, metric)
        for alarm in of_type(templates, "AWS::CloudWatch::Alarm")
        for namespace, metric, dimensions, _ in watched_by(alarm)
        if metric in DERIVED_METRICS and not dimensions
    }
    asked_for = {("shop/dev/orders", "OrdersRepeated"), ("shop/dev/apis/public", "NotFound")}
    assert watched == derived - asked_for
    assert {metric for _, metric in watched} == set(DERIVED_METRICS)


def test_every_rule_of_the_table_is_published_and_within_the_limits() -> None:
    used = set()
    for kind, rules in RULES.items():
        for rule in rules:
            assert len(rule.measures) <= MOST_METRICS
            assert rule.severity in SEVERITIES
            assert rule.datapoints <= rule.evaluation_periods
            assert rule.expression is not None or len(rule.measures) == 1, rule.key
            for measure in rule.measures:
                dimensions = frozenset(measure.dimensions) | {name for name, _ in measure.fixed}
                if (measure.namespace or rule.namespace) == DERIVED:
                    assert measure.metric in DERIVED_METRICS
                    assert not dimensions
                    continue
                key = (rule.namespace, measure.metric, dimensions)
                assert measure.statistic in PUBLISHED[key][0], (kind, key)
                used.add(key)
    assert used == set(PUBLISHED), "lines of the list that no rule needs"


# --- the same list against one that others made ---------------------------------------------------

Published = tuple[str, str, frozenset[str]]
BEYOND_THE_CDK: Mapping[str, str] = {
    "5xx": "by ApiId, or ApiId and Stage: the page HTTP",
    "ACUUtilization": "of clusters and instances of Serverless v2: the page AURORA",
    "BlockedRequests": "by Rule, WebACL and Region, Rule=ALL for the whole: the page WAF",
    "SignInSuccesses": "1 for a success, 0 for a failure, by pool and client: the page COGNITO",
    "SignInThrottles": "by pool and client: the page COGNITO",
    "ReadKeyRangeThroughputThrottleEvents": "younger than the CDK's list",
    "WriteKeyRangeThroughputThrottleEvents": "younger than the CDK's list",
    "downtime": "the CDK's list of Flink has KPUs alone",
    "fullRestarts": "the CDK's list of Flink has KPUs alone",
    "lastCheckpointDuration": "the CDK's list of Flink has KPUs alone",
    "numberOfFailedCheckpoints": "the CDK's list of Flink has KPUs alone",
    "FailedInvocations": "by EventBusName and RuleName for a bus of one's own: the page EVENTS",
}
"""What the CDK's classes lack; where a page is named, it was read again in November 2026."""


@pytest.fixture(scope="session")
def listed_by_the_cdk() -> set[Published]:
    """The metrics that the CDK's classes know, from the console's own definitions."""
    library = files("aws_cdk").joinpath("_jsii")
    (archive,) = [path for path in library.iterdir() if path.name.startswith("aws-cdk-lib@")]
    wanted = re.compile(
        r"package/aws-(lambda|apigateway|dynamodb|sqs|events|kinesis|rds|elasticache)/lib/"
        r"[a-z0-9]+-canned-metrics\.generated\.(d\.ts|js)"
    )
    texts: dict[str, dict[str, str]] = {}
    with archive.open("rb") as raw, tarfile.open(fileobj=raw, mode="r:gz") as tar:
        for member in tar:
            match = wanted.fullmatch(member.name)
            if match:
                content = tar.extractfile(member)
                assert content is not None
                texts.setdefault(match[1], {})[match[2]] = content.read().decode()
    found = set()
    for text in texts.values():
        named = {
            method: (namespace, metric)
            for method, namespace, metric in re.findall(
                r'static (\w+)\(dimensions\)\{return\{namespace:"([^"]+)",metricName:"([^"]+)"', text["js"]
            )
        }
        for method, block in re.findall(
            r"static (\w+)\((?:this: void, )?dimensions: \{([^}]*)\}\)", text["d.ts"]
        ):
            found.add((*named[method], frozenset(re.findall(r"(\w+):", block))))
    return found


def test_the_cdk_knows_the_same_metrics_under_the_same_dimensions(listed_by_the_cdk: set[Published]) -> None:
    assert len(listed_by_the_cdk) > 200
    unknown = {metric for namespace, metric, dims in set(KNOWN) - listed_by_the_cdk}
    assert unknown == set(BEYOND_THE_CDK)


# --- values of dimensions -------------------------------------------------------------------------


def test_the_values_of_dimensions_are_names_of_things_in_the_same_system(
    watched_templates: dict[str, Any], resources_of: Callable[..., dict[str, Mapping[str, Any]]]
) -> None:
    def names(kind: str, key: str) -> set[str]:
        found = resources_of(watched_templates, kind).values()
        return {properties[key] for properties in found}

    indexes = {
        index["IndexName"]
        for table in resources_of(watched_templates, "AWS::DynamoDB::GlobalTable").values()
        for index in table.get("GlobalSecondaryIndexes", ())
    }
    known = {
        "FunctionName": names("AWS::Lambda::Function", "FunctionName"),
        "TableName": names("AWS::DynamoDB::GlobalTable", "TableName"),
        "GlobalSecondaryIndexName": indexes,
        "QueueName": names("AWS::SQS::Queue", "QueueName"),
        "StreamName": names("AWS::Kinesis::Stream", "Name"),
        "EventBusName": names("AWS::Events::EventBus", "Name"),
        "Operation": OPERATIONS,
        "Stage": {"$default"},
    }
    seen: dict[str, set[str]] = {}
    computed: dict[str, list[Any]] = {}
    for alarm in resources_of(watched_templates, "AWS::CloudWatch::Alarm").values():
        for _, _, dimensions, _ in watched_by(alarm):
            for name, value in dimensions.items():
                if isinstance(value, str):
                    assert value in known[name], (alarm["AlarmName"], name, value)
                    seen.setdefault(name, set()).add(value)
                else:
                    computed.setdefault(name, []).append(value)
    assert {name: seen[name] for name in ("FunctionName", "QueueName", "StreamName", "EventBusName")} == {
        name: known[name] for name in ("FunctionName", "QueueName", "StreamName", "EventBusName")
    }
    assert {str(value) for value in computed.pop("ApiId")} == {"{'Ref': 'Api'}"}
    for name in ("UserPool", "UserPoolClient"):
        made = resources_of(watched_templates, f"AWS::Cognito::{name}")
        assert {value["Ref"] for value in computed.pop(name)} == {path.split("/")[1] for path in made}
    # An ARN of a rule ends in `rule/BUS/NAME`.
    for value in computed.pop("RuleName"):
        number, split = value["Fn::Select"]
        slash, arn = split["Fn::Split"]
        assert (number, slash, arn["Fn::GetAtt"][1]) == (2, "/", "Arn")
        assert arn["Fn::GetAtt"][0].startswith("Rule")
    assert computed == {}
