"""The use of an environment, from CloudWatch's answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from botocore.stub import ANY

from platform_cli.operate.cost.measuring import measure
from platform_cli.operate.cost.metrics import Metric, read_metrics

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SYSTEM = """\
tables: { main: { partition_key: PK, indexes: { by_name: { partition_key: name } } } }
buses: { events: {} }
buckets: { files: {} }
services:
  orders:
    path: services/orders
    functions: { create: { handler: orders.create.handler }, idle: { handler: orders.idle.handler } }
usage:
  requests_per_month: 5
  buses: { events: { events_per_month: 77 } }
"""


class CloudWatch:
    """GetMetricData over series by namespace, metric and dimensions; newest first, as AWS answers."""

    def __init__(self, series, *, page=500, alarms=()):
        self.series, self.page, self.alarms, self.calls = series, page, alarms, []

    def get_metric_data(self, *, StartTime, EndTime, MetricDataQueries, ScanBy, NextToken=None):
        self.calls.append((len(MetricDataQueries), NextToken))
        assert len(MetricDataQueries) <= 500
        start = int(NextToken or 0)
        results = [self._result(query) for query in MetricDataQueries[start : start + self.page]]
        more = start + self.page < len(MetricDataQueries)
        return {"MetricDataResults": results, **({"NextToken": str(start + self.page)} if more else {})}

    def get_paginator(self, name):
        assert name == "describe_alarms"
        return self

    def paginate(self, *, AlarmNamePrefix, AlarmTypes):
        assert AlarmTypes == ["MetricAlarm", "CompositeAlarm"]
        for page in self.alarms:
            yield {
                kind: [alarm for alarm in alarms if alarm["AlarmName"].startswith(AlarmNamePrefix)]
                for kind, alarms in page.items()
            }

    def _result(self, query):
        stat = query["MetricStat"]
        metric = stat["Metric"]
        dimensions = tuple((d["Name"], d["Value"]) for d in metric["Dimensions"])
        values = self.series.get((metric["Namespace"], metric["MetricName"], dimensions), [])
        times = [NOW - timedelta(days=len(values) - i) for i in range(len(values))]
        return {"Id": query["Id"], "Timestamps": times[::-1], "Values": values[::-1]}


def lambda_series(name, invocations, duration):
    dimensions = (("FunctionName", name),)
    return {
        ("AWS/Lambda", "Invocations", dimensions): invocations,
        ("AWS/Lambda", "Duration", dimensions): duration,
    }


@pytest.fixture
def told(clients):
    """Let CloudWatch answer with series, and DynamoDB with a table's size."""

    def tell(series, **options):
        clients.made["cloudwatch"] = CloudWatch(series, **options)
        clients.stub("dynamodb").add_response(
            "describe_table",
            {
                "Table": {
                    "CreationDateTime": NOW - timedelta(days=40),
                    "TableSizeBytes": 3 * 1024**3,
                    "GlobalSecondaryIndexes": [{"IndexSizeBytes": 1024**3}],
                }
            },
            {"TableName": "shop-prod-main"},
        )
        return clients

    return tell


def test_a_table_is_as_old_as_dynamodb_says(environment, told):
    assert measure(environment(SYSTEM), told({}), NOW).table_ages_days == {"main": 40.0}


def test_invocations_and_durations_become_a_month_of_use(environment, told):
    clients = told(
        lambda_series("shop-prod-orders-create", [1000.0] * 30, [50_000.0] * 30)
        | {
            ("AWS/Logs", "IncomingBytes", (("LogGroupName", "/aws/lambda/shop-prod-orders-create"),)): [
                2048e3
            ]
            * 30
        }
    )

    measurement = measure(environment(SYSTEM), clients, NOW)

    create = measurement.usage.functions["orders.create"]
    # 30,000 in 30 days are 30,416.67 in a month of 730 hours
    assert create.requests_per_month == pytest.approx(30_000 * (730 / 24) / 30)
    assert create.duration_ms == pytest.approx(50)
    assert create.log_kb_per_request == pytest.approx(2.0)
    assert measurement.usage.functions["orders.idle"].requests_per_month == 0
    assert measurement.days == 30


def test_a_system_of_three_days_is_measured_by_three_days(environment, told):
    clients = told(lambda_series("shop-prod-orders-create", [700.0, 800.0, 900.0], [1.0, 1.0, 1.0]))

    measurement = measure(environment(SYSTEM), clients, NOW)

    assert measurement.days == 3
    requests = measurement.usage.functions["orders.create"].requests_per_month
    assert requests == pytest.approx(2400 * (730 / 24) / 3)


def test_what_indexes_use_counts_for_their_table(environment, told):
    table = (("TableName", "shop-prod-main"),)
    index = (*table, ("GlobalSecondaryIndexName", "by_name"))
    clients = told(
        {
            ("AWS/DynamoDB", "ConsumedReadCapacityUnits", table): [10.0] * 30,
            ("AWS/DynamoDB", "ConsumedReadCapacityUnits", index): [5.0] * 30,
            ("AWS/DynamoDB", "ConsumedWriteCapacityUnits", table): [1.0] * 30,
        }
    )

    main = measure(environment(SYSTEM), clients, NOW).usage.tables["main"]

    assert main.reads_per_month == pytest.approx(450 * (730 / 24) / 30)
    assert main.writes_per_month == pytest.approx(30 * (730 / 24) / 30)
    assert main.storage_gb == pytest.approx(4.0)


def test_the_size_of_a_bucket_is_that_of_the_last_day(environment, told):
    where = (("BucketName", "shop-prod-files-111111111111-us-east-1"), ("StorageType", "StandardStorage"))
    clients = told({("AWS/S3", "BucketSizeBytes", where): [1.0 * 1024**3, 2.0 * 1024**3]})

    assert measure(environment(SYSTEM), clients, NOW).usage.buckets["files"].storage_gb == pytest.approx(2.0)


def test_what_is_not_measured_stays_as_the_blueprint_says_and_is_told(environment, told):
    measurement = measure(environment(SYSTEM), told({}), NOW)

    assert measurement.usage.buses["events"].events_per_month == 77
    assert measurement.usage.requests_per_month is None
    assert "CloudWatch has no data of any function: nothing ran, or nothing is deployed here" in (
        measurement.missing
    )
    assert "buses.events: events are not measured" in measurement.missing
    assert any(text.startswith("buckets.files: its size is not measured yet") for text in measurement.missing)


def test_a_table_that_is_not_deployed_is_told(environment, clients):
    clients.made["cloudwatch"] = CloudWatch({})
    clients.stub("dynamodb").add_client_error("describe_table", "ResourceNotFoundException")

    measurement = measure(environment(SYSTEM), clients, NOW)

    assert "tables.main: it is not deployed" in measurement.missing
    assert measurement.usage.tables["main"].storage_gb is None


def test_many_metrics_are_read_in_calls_of_five_hundred_and_page_by_page(clients):
    metrics = {n: Metric("AWS/Lambda", "Invocations", (("FunctionName", f"f{n}"),)) for n in range(750)}
    fake = CloudWatch(
        {("AWS/Lambda", "Invocations", (("FunctionName", f"f{n}"),)): [float(n)] for n in range(750)},
        page=200,
    )
    clients.made["cloudwatch"] = fake

    found = read_metrics(metrics, clients, NOW, 1)

    assert {n: series.total for n, series in found.items()} == {n: float(n) for n in range(750)}
    assert fake.calls == [(500, None), (500, "200"), (500, "400"), (250, None), (250, "200")]


def test_the_request_is_one_that_cloudwatch_takes(clients):
    clients.stub("cloudwatch").add_response(
        "get_metric_data",
        {"MetricDataResults": [{"Id": "m0", "Timestamps": [NOW], "Values": [4.0]}]},
        {
            "StartTime": NOW - timedelta(days=7),
            "EndTime": NOW,
            "ScanBy": "TimestampAscending",
            "MetricDataQueries": [
                {
                    "Id": "m0",
                    "MetricStat": {
                        "Metric": {
                            "Namespace": "AWS/Lambda",
                            "MetricName": "Invocations",
                            "Dimensions": [{"Name": "FunctionName", "Value": "f"}],
                        },
                        "Period": 86400,
                        "Stat": "Sum",
                    },
                }
            ],
        },
    )

    found = read_metrics(
        {"f": Metric("AWS/Lambda", "Invocations", (("FunctionName", "f"),))}, clients, NOW, 7
    )

    assert (found["f"].total, found["f"].greatest, found["f"].last, found["f"].average) == (
        4.0,
        4.0,
        4.0,
        4.0,
    )


def test_a_refusal_of_cloudwatch_is_translated(environment, clients):
    from platform_cli.errors import PlatformError

    clients.stub("cloudwatch").add_client_error(
        "get_metric_data",
        "AccessDenied",
        expected_params={"StartTime": ANY, "EndTime": ANY, "MetricDataQueries": ANY, "ScanBy": ANY},
    )

    with pytest.raises(PlatformError) as told:
        measure(environment(SYSTEM), clients, NOW)
    assert told.value.code == "access-denied"


def test_deployed_alarms_are_counted_by_the_metrics_that_they_evaluate(environment, told, today):
    from platform_cli.operate.cost.estimate import estimate
    from platform_cli.operate.cost.prices import bundled_prices

    ratio = [
        {"Id": "e", "Expression": "100 * b / a"},
        {"Id": "a", "MetricStat": {}},
        {"Id": "b", "MetricStat": {}},
    ]
    single = [{"AlarmName": f"shop-prod-function-orders.create-{n}"} for n in range(20)]
    # The prefix fits those of the environment `prod-eu` too.
    others = [{"AlarmName": f"shop-{e}-function-orders.create-errors"} for e in ("dev", "prod-eu")]
    clients = told(
        {},
        alarms=[
            {"MetricAlarms": [*single, *others], "CompositeAlarms": []},
            {
                "MetricAlarms": [{"AlarmName": "shop-prod-api-public-failures", "Metrics": ratio}],
                "CompositeAlarms": [
                    {"AlarmName": "shop-prod-service-orders-unhealthy"},
                    {"AlarmName": "shop-prod-eu-service-orders-unhealthy"},
                ],
            },
        ],
    )
    system = environment(SYSTEM)
    measurement = measure(system, clients, NOW)

    bill = estimate(system, bundled_prices(), today, alarms=measurement.alarms)

    # 22 metrics less 10 of the free tier, 0.10 each; a composite alarm is 0.50
    alarms = [line for line in bill.lines if line.quantity.path == "alarms"]
    assert [(line.quantity.units, line.usd) for line in alarms] == [
        (22, Decimal("1.20")),
        (1, Decimal("0.50")),
    ]
    assert not any("alarms are not counted" in text for text in bill.assumptions)
