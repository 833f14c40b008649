"""What is read to find waste; answers are held against AWS's service models."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from platform_cli.operate.cost.waste import LogGroup, observe_waste

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
    prefix = {"logGroupNamePrefix": "/aws/lambda/shop-prod-"}
    logs = clients.stub("logs")
    logs.add_response("describe_log_groups", {"logGroups": [first], "nextToken": "more"}, prefix)
    logs.add_response("describe_log_groups", {"logGroups": [second]}, {**prefix, "nextToken": "more"})
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
    )
    assert seen.nat_bytes == {"main": 15.0}
    assert seen.measurement.days == 1


def test_a_system_without_such_things_is_not_asked_about_them(environment, clients):
    clients.stub("logs").add_response("describe_log_groups", {"logGroups": []})
    clients.stub("cloudwatch").add_response("describe_alarms", {"MetricAlarms": []})

    seen = observe_waste(environment(""), clients, NOW)

    assert (seen.ready_peaks, seen.log_groups, seen.nat_bytes) == ({}, (), {})
    assert set(clients.stubbers) == {"logs", "cloudwatch"}


@pytest.mark.e2e
def test_the_local_aws_takes_the_same_questions(environment, local_clients):
    """It keeps no metrics of Lambda, so nothing is found; what counts is that it takes the calls."""
    text = SYSTEM + "tables: { main: { partition_key: PK } }\n"

    seen = observe_waste(environment(text, "local"), local_clients, datetime.now(UTC))

    assert seen.ready_peaks == {"orders.create": None}
    assert "tables.main: it is not deployed" in seen.measurement.missing
