"""What is read to find waste; answers are held against AWS's service models."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from botocore.stub import ANY

from platform_cli.aws.clients import Target
from platform_cli.operate.cost.log_groups import LogGroup, read_log_groups
from platform_cli.operate.cost.waste import observe_waste

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SYSTEM = """\
networks: { main: { cidr: 10.0.0.0/16, nat_gateways: 1 } }
services:
  orders:
    path: services/orders
    functions:
      create:
        handler: orders.create.handler
        network: main
        concurrency: { provisioned: { min: 10, max: 50, target_percent: 70 } }
"""


def answer(*values):
    times = [NOW - timedelta(days=n + 1) for n in range(len(values))]
    return {"Timestamps": times, "Values": list(values)}


def results(*series):
    return {"MetricDataResults": [{"Id": f"m{i}", **answer(*values)} for i, values in enumerate(series)]}


def test_peaks_log_groups_and_nat_gateways_are_read(environment, clients):
    cloudwatch = clients.stub("cloudwatch")
    # invocations, duration, log; then the peaks of provisioned concurrency; then the gateway's bytes
    cloudwatch.add_response("get_metric_data", results([100.0], [1000.0], [2048.0]))
    names = {"AlarmNamePrefix": "shop-prod-", "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    cloudwatch.add_response("describe_alarms", {"MetricAlarms": []}, names)
    cloudwatch.add_response("get_metric_data", results([3.0, 7.0, 2.0]))
    cloudwatch.add_response("get_metric_data", results([10.0, 5.0]))
    made = int((NOW - timedelta(days=40)).timestamp() * 1000)
    first = {
        "logGroupName": "/aws/lambda/shop-prod-orders-create",
        "creationTime": made,
        "storedBytes": 2 * 1024**3,
    }
    second = {
        "logGroupName": "/aws/lambda/shop-prod-b",
        "creationTime": made,
        "retentionInDays": 30,
        "storedBytes": 0,
    }
    prefix = {"logGroupNamePattern": "shop-prod-"}
    others = [
        {"logGroupName": name, "creationTime": made, "storedBytes": 0}
        for name in ("/aws/vpc/shop-prod-main", "aws-waf-logs-shop-prod-edge", "/aws/lambda/my-shop-prod-x")
    ]
    logs = clients.stub("logs")
    logs.add_response("describe_log_groups", {"logGroups": [first], "nextToken": "more"}, prefix)
    logs.add_response(
        "describe_log_groups", {"logGroups": [second, *others]}, {**prefix, "nextToken": "more"}
    )
    clients.stub("ec2").add_response(
        "describe_nat_gateways",
        {"NatGateways": [{"NatGatewayId": "nat-1", "State": "available"}]},
        {
            "Filters": [
                {"Name": "tag:system", "Values": ["shop"]},
                {"Name": "tag:environment", "Values": ["prod"]},
                {"Name": "state", "Values": ["available"]},
            ]
        },
    )

    seen = observe_waste(environment(SYSTEM), clients, NOW)

    assert seen.ready_peaks == {"orders.create": 7.0}
    assert seen.log_groups == (
        LogGroup("/aws/lambda/shop-prod-orders-create", 2.0, None, 40.0),
        LogGroup("/aws/lambda/shop-prod-b", 0.0, 30, 40.0),
        LogGroup("/aws/vpc/shop-prod-main", 0.0, None, 40.0),
        LogGroup("aws-waf-logs-shop-prod-edge", 0.0, None, 40.0),
    )
    assert seen.nat_bytes == {"main": 15.0}
    assert seen.measurement.days == 1


def test_objects_of_buckets_are_counted_as_s3_counts_them(environment, clients):
    clients.stub("logs").add_response("describe_log_groups", {"logGroups": []})
    cloudwatch = clients.stub("cloudwatch")
    cloudwatch.add_response("get_metric_data", results([5e9]))  # bytes
    cloudwatch.add_response("describe_alarms", {"MetricAlarms": []})
    asked = {
        "Id": "m0",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/S3",
                "MetricName": "NumberOfObjects",
                "Dimensions": [
                    {"Name": "BucketName", "Value": ANY},
                    {"Name": "StorageType", "Value": "AllStorageTypes"},
                ],
            },
            "Period": 86_400,
            "Stat": "Average",
        },
    }
    expected = {"StartTime": ANY, "EndTime": NOW, "ScanBy": ANY, "MetricDataQueries": [asked]}
    cloudwatch.add_response("get_metric_data", results([700.0, 600.0]), expected)

    seen = observe_waste(environment("buckets: { files: {} }\n"), clients, NOW, 30)

    assert seen.bucket_objects == {"files": 700.0}
    assert seen.window_days == 30


def test_a_system_without_such_things_is_not_asked_about_them(environment, clients):
    clients.stub("logs").add_response("describe_log_groups", {"logGroups": []})
    clients.stub("cloudwatch").add_response("describe_alarms", {"MetricAlarms": []})

    seen = observe_waste(environment(""), clients, NOW)

    assert (seen.ready_peaks, seen.log_groups, seen.nat_bytes) == ({}, (), {})
    assert set(clients.stubbers) == {"logs", "cloudwatch"}


def test_logs_of_firewalls_of_cdns_are_looked_for_where_these_are(environment, clients):
    text = "cdns: { site: { assets: web } }\n"
    far = environment(text, "far")
    here, there = FakeLogs("/aws/lambda/shop-far-x"), FakeLogs("aws-waf-logs-shop-far-edge-cdn")

    class Somewhere:
        def __init__(self, region, logs):
            self.target, self._logs = Target("111111111111", region), logs

        def client(self, _name):
            return self._logs

        def elsewhere(self, region):
            assert region == "us-east-1"
            return Somewhere(region, there)

    found = read_log_groups(far, Somewhere("eu-west-1", here), NOW)

    assert [group.name for group in found] == ["/aws/lambda/shop-far-x", "aws-waf-logs-shop-far-edge-cdn"]


class FakeLogs:
    """CloudWatch Logs with one group, which it gives whatever it is asked for."""

    def __init__(self, name):
        self._name = name

    def describe_log_groups(self, *, logGroupNamePattern):
        assert logGroupNamePattern == "shop-far-"
        return {"logGroups": [{"logGroupName": self._name, "creationTime": int(NOW.timestamp() * 1000)}]}


@pytest.mark.e2e
def test_the_local_aws_takes_the_same_questions(environment, local_clients):
    """It keeps no metrics of Lambda, so nothing is found; what counts is that it takes the calls."""
    text = SYSTEM + "tables: { main: { partition_key: PK } }\n"

    seen = observe_waste(environment(text, "local"), local_clients, datetime.now(UTC))

    assert seen.ready_peaks == {"orders.create": None}
    assert "tables.main: it is not deployed" in seen.measurement.missing
