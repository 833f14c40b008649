"""The use of CDNs and load balancers, from CloudWatch's answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platform_cli.operate.cost.measuring import measure

NOW = datetime(2026, 11, 21, tzinfo=UTC)
EDGE = """\
external: { hosted_zones: { main: { id: Z1, name: shop.example } } }
networks: { main: { cidr: 10.0.0.0/16, availability_zones: 2, nat_gateways: 0 } }
cdns: { site: { assets: web } }
load_balancers:
  hooks:
    network: main
    domain: { name: hooks.shop.example, hosted_zone: main }
    functions: { /hooks/*: orders.get }
services:
  orders: { path: services/orders, functions: { get: { handler: orders.get.handler } } }
usage: { cdns: { site: { requests_per_month: 7, data_gb_per_month: 8 } } }
"""
CDN = (("DistributionId", "E1"), ("Region", "Global"))
BALANCER = (("LoadBalancer", "app/shop-prod-hooks/50dc6c495c0c9188"),)
ARN = "arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/shop-prod-hooks/50dc6c495c0c9188"
GB = 1024.0**3
DAY = 86_400
Values = Mapping[str, list[float]]


class CloudWatch:
    """GetMetricData of one region: it knows the metrics of one namespace and set of dimensions."""

    def __init__(self, namespace: str, dimensions: tuple[tuple[str, str], ...], values: Values) -> None:
        self.known, self.values = (namespace, dimensions), values

    def get_metric_data(self, *, MetricDataQueries: Any, **_: object) -> dict[str, Any]:
        return {"MetricDataResults": [self.result(query) for query in MetricDataQueries]}

    def result(self, query: Any) -> dict[str, Any]:
        metric = query["MetricStat"]["Metric"]
        dimensions = tuple((d["Name"], d["Value"]) for d in metric["Dimensions"])
        known = (metric["Namespace"], dimensions) == self.known and query["MetricStat"]["Stat"] == "Sum"
        values = self.values.get(metric["MetricName"], []) if known else []
        times = [NOW - timedelta(days=len(values) - i) for i in range(len(values))]
        return {"Id": query["Id"], "Timestamps": times, "Values": values}

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, **_: object) -> list[Any]:
        return []


@pytest.fixture
def told(clients: Any) -> Any:
    """Let us-east-1 answer of the CDN, and the environment's region of the load balancer."""

    def tell(cdn: Values, balancer: Values, *, deployed: bool = True) -> Any:
        other = type(clients)(type(clients.target)("111111111111", "us-east-1"))
        other.made["cloudwatch"] = CloudWatch("AWS/CloudFront", CDN, cdn)
        clients.elsewhere = lambda region: {"us-east-1": other}[region]
        clients.made["cloudwatch"] = CloudWatch("AWS/ApplicationELB", BALANCER, balancer)
        stacks, balancers = clients.stub("cloudformation"), clients.stub("elbv2")
        if deployed:
            stack = {
                "StackName": "shop-prod-cdn-site",
                "StackId": "arn:aws:cloudformation:eu-west-1:111111111111:stack/shop-prod-cdn-site/1",
                "CreationTime": NOW,
                "StackStatus": "CREATE_COMPLETE",
                "Outputs": [{"OutputKey": "DistributionId", "OutputValue": "E1"}],
            }
            stacks.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "shop-prod-cdn-site"})
            balancers.add_response(
                "describe_load_balancers",
                {"LoadBalancers": [{"LoadBalancerArn": ARN}]},
                {"Names": ["shop-prod-hooks"]},
            )
        else:
            stacks.add_client_error(
                "describe_stacks", "ValidationError", "Stack with id shop-prod-cdn-site does not exist"
            )
            balancers.add_client_error("describe_load_balancers", "LoadBalancerNotFound")
        return clients

    return tell


def test_requests_and_bytes_of_a_cdn_are_read_where_cloudfront_keeps_them(environment, told):
    clients = told({"Requests": [1000.0] * 30, "BytesDownloaded": [2 * GB] * 30}, {})

    site = measure(environment(EDGE), clients, NOW).usage.cdns["site"]

    assert site.requests_per_month == pytest.approx(1000 * 730 / 24)
    assert site.data_gb_per_month == pytest.approx(2 * 730 / 24)


@pytest.mark.parametrize(
    ("values", "units"),
    [
        ({"NewConnectionCount": 50.0 * DAY}, 2),  # 25 a second
        ({"ActiveConnectionCount": 9000.0 * 1440}, 3),  # 3,000 open, told each minute
        ({"ProcessedBytes": 1.6 * 24 * GB}, 4),  # 0.4 GB an hour
        ({"RuleEvaluations": 7000.0 * DAY, "RequestCount": 200.0 * DAY}, 5),  # ten a request are free
        ({"NewConnectionCount": 50.0 * DAY, "ProcessedBytes": 1.6 * 24 * GB}, 4),  # the greatest counts
    ],
)
def test_capacity_units_of_a_load_balancer_are_what_aws_says_they_are(environment, told, values, units):
    clients = told({}, {name: [value] * 30 for name, value in values.items()})

    hooks = measure(environment(EDGE), clients, NOW).usage.load_balancers["hooks"]

    assert hooks.average_lcu == pytest.approx(units)


def test_an_edge_without_data_stays_as_the_blueprint_says_and_is_told(environment, told):
    measurement = measure(environment(EDGE), told({}, {}), NOW)

    assert measurement.usage.cdns["site"].requests_per_month == 7
    assert "cdns.site: CloudWatch has no data of it" in measurement.missing
    assert "load_balancers.hooks: CloudWatch has no data of it" in measurement.missing


def test_an_edge_that_is_not_deployed_is_told(environment, told):
    measurement = measure(environment(EDGE), told({}, {}, deployed=False), NOW)

    assert measurement.usage.cdns["site"].data_gb_per_month == 8
    assert {"cdns.site: it is not deployed", "load_balancers.hooks: it is not deployed"} <= set(
        measurement.missing
    )
