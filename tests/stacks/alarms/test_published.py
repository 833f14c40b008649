"""AWS publishes a metric of that name under those dimensions: each alarm against AWS's own lists."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.stacks.alarms.catalog import RULES
from platform_cli.stacks.alarms.rule import MOST_METRICS, SEVERITIES

DOCS = "https://docs.aws.amazon.com"
LAMBDA = f"{DOCS}/lambda/latest/dg/monitoring-metrics-types.html"
HTTP = f"{DOCS}/apigateway/latest/developerguide/http-api-metrics.html"
REST = f"{DOCS}/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html"
DYNAMODB = f"{DOCS}/amazondynamodb/latest/developerguide/metrics-dimensions.html"
SQS = f"{DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"
EVENTS = f"{DOCS}/eventbridge/latest/userguide/eb-monitoring.html"
KINESIS = f"{DOCS}/streams/latest/dev/monitoring-with-cloudwatch.html"

PUBLISHED: Mapping[tuple[str, str, frozenset[str]], tuple[frozenset[str], str]] = {
    (namespace, metric, frozenset(dimensions.split())): (frozenset(statistics.split()), source)
    for namespace, metric, dimensions, statistics, source in (
        ("AWS/Lambda", "Errors", "FunctionName", "Sum", LAMBDA),
        ("AWS/Lambda", "Invocations", "FunctionName", "Sum", LAMBDA),
        ("AWS/Lambda", "Throttles", "FunctionName", "Sum", LAMBDA),
        ("AWS/Lambda", "Duration", "FunctionName", "Average Maximum p90 p95 p99", LAMBDA),
        ("AWS/Lambda", "IteratorAge", "FunctionName", "Average Maximum", LAMBDA),
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
        ("AWS/DynamoDB", "SystemErrors", "TableName Operation", "Sum SampleCount", DYNAMODB),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", "Average Maximum", SQS),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "Average Maximum Sum", SQS),
        ("AWS/Events", "FailedInvocations", "EventBusName RuleName", "Sum SampleCount", EVENTS),
        ("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds", "StreamName", "Average Maximum", KINESIS),
        ("AWS/Kinesis", "ReadProvisionedThroughputExceeded", "StreamName", "Sum Average", KINESIS),
        ("AWS/Kinesis", "WriteProvisionedThroughputExceeded", "StreamName", "Sum Average", KINESIS),
    )
}
"""Namespace, name, exact dimensions; the statistics that mean something, and where AWS says so (2026-11)."""

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
        dimensions = {d["Name"]: d["Value"] for d in metric["Dimensions"]}
        found.append((metric["Namespace"], metric["MetricName"], dimensions, str(query["Stat"])))
    return found


@pytest.fixture(scope="session")
def templates(shop_assemblies: Mapping[str, Path], watched_templates: dict[str, Any]) -> list[dict[str, Any]]:
    shop = [json.loads(p.read_text()) for p in sorted(shop_assemblies["dev"].glob("*.template.json"))]
    return [*shop, *watched_templates.values()]


def test_aws_publishes_every_metric_that_an_alarm_watches(templates: list[dict[str, Any]]) -> None:
    seen = 0
    for template in templates:
        for resource in template["Resources"].values():
            if resource["Type"] != "AWS::CloudWatch::Alarm":
                continue
            for namespace, metric, dimensions, stat in watched_by(resource["Properties"]):
                key = (namespace, metric, frozenset(dimensions))
                assert key in PUBLISHED, key
                assert stat in PUBLISHED[key][0], (key, stat)
                assert dimensions.get("Operation", "Query") in OPERATIONS
                seen += 1
    assert seen > 100


def test_every_rule_of_the_table_is_published_and_within_the_limits() -> None:
    used = set()
    for kind, rules in RULES.items():
        for rule in rules:
            assert len(rule.measures) <= MOST_METRICS
            assert rule.severity in SEVERITIES
            assert rule.datapoints <= rule.evaluation_periods
            assert (rule.expression is None) == (len(rule.measures) == 1), rule.key
            for measure in rule.measures:
                dimensions = frozenset(measure.dimensions) | {name for name, _ in measure.fixed}
                key = (rule.namespace, measure.metric, dimensions)
                assert measure.statistic in PUBLISHED[key][0], (kind, key)
                used.add(key)
    assert used == set(PUBLISHED), "lines of the list that no rule needs"


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
    assert computed == {
        "ApiId": [{"Ref": "Api"}] * 3,
        # An ARN of a rule ends in `rule/BUS/NAME`.
        "RuleName": [{"Fn::Select": [2, {"Fn::Split": ["/", {"Fn::GetAtt": ["RuleNotifications", "Arn"]}]}]}],
    }
