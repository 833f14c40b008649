"""`platform cost` and the commands below it, as the user sees them."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

USAGE = """\
usage:
  requests_per_month: 1000000
  functions: { orders.create: { duration_ms: 100, log_kb_per_request: 1 } }
  tables: { main: { storage_gb: 10 } }
"""


@pytest.fixture
def used(workspace, monkeypatch, tmp_path):
    """A workspace that says how much it is used, and a cache without fetched prices."""
    monkeypatch.setenv("PLATFORM_CACHE_DIR", str(tmp_path / "cache"))
    path = workspace / "blueprint.yaml"
    path.write_text(path.read_text() + USAGE)
    return workspace


def test_the_bill_is_shown_by_service_and_by_aws_service(used, run):
    outcome = run("cost", "--env", "prod", "--no-free-tier")

    assert outcome.code == 0
    lines = outcome.out.splitlines()
    # the example of docs/cost.md
    assert lines[0] == (
        "shop in prod, eu-west-1: 14.07 USD a month (5.50 fixed, 8.57 with use, without the free tier)"
    )
    assert lines[2].split() == ["By", "service", "fixed", "with", "use", "USD"]
    assert lines[3].split() == ["orders", "4.50", "8.29", "12.79"]
    # The key of the logs, as prod is protected.
    assert lines[4].split() == ["(shared)", "1.00", "0.28", "1.28"]
    assert any(line.split() == ["DynamoDB", "4.50", "0.75", "5.25"] for line in lines)
    assert "Assumed:" in lines
    assert not any("alarms are not counted" in line for line in lines)
    assert "notice: all prices are those of us-east-1, as those of eu-west-1 are not known" in outcome.err


def test_every_line_shows_how_it_is_computed(used, run):
    outcome = run("cost", "--env", "prod", "--lines", "--requests", "2M")

    assert (
        "0.20  services.orders.functions.create  "
        "invocations: (2,000,000 − 1,000,000 free) × 0.0000002 a request" in outcome.out
    )


def test_the_bill_as_json_names_the_source_and_date_of_every_price(used, run):
    outcome = run("cost", "--env", "prod", "--json", "--no-free-tier")

    told = json.loads(outcome.out)
    assert outcome.code == 0
    assert round(told["total_usd"], 2) == 14.07
    assert sum(line["usd"] for line in told["lines"]) == pytest.approx(told["total_usd"], abs=1e-4)
    assert all(line["price"]["source"] and line["price"]["date"] for line in told["lines"])
    assert told["by_service"]["orders"] == pytest.approx(12.79, abs=0.005)


def test_the_local_environment_is_priced_as_on_aws(used, run):
    outcome = run("cost")

    assert outcome.out.startswith("shop in local, us-east-1: 8.29 USD a month")
    assert "notice: the local AWS costs nothing: these are the prices of AWS in us-east-1" in outcome.err


def test_the_difference_to_a_revision_is_priced(used, run):
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-C", str(used), *command], check=True, capture_output=True)
    path = used / "blueprint.yaml"
    path.write_text(
        path.read_text().replace("sort_key: SK }", "sort_key: SK, point_in_time_recovery: false }")
    )

    outcome = run("cost", "--env", "prod", "--compare", "HEAD")

    assert outcome.code == 0
    assert outcome.out.startswith("shop in prod: -2.00 USD a month against HEAD (9.49 → 7.49)")
    assert "tables.main    2.75   0.75  -2.00" in outcome.out

    told = json.loads(run("cost", "--env", "prod", "--compare", "HEAD", "--json").out)
    assert (told["change_usd"], told["changes"][0]["path"]) == (-2.0, "tables.main")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--requests", "many"), 'error[invalid-amount]: "many" is no number of requests'),
        (("--requests", "-1"), 'error[invalid-amount]: "-1" is no number of requests'),
        (("--compare", "nowhere"), "error[no-such-revision]"),
        (("refresh",), "error[no-bill]: environment local is local: it has neither a bill nor prices"),
        (("actual",), "error[no-bill]"),
        (("advise",), "error[local-aws-down]"),
        (("advice",), "error[usage]: got unexpected extra argument"),
    ],
)
def test_what_cannot_be_done_says_why(used, run, arguments, error):
    outcome = run("cost", *arguments)

    assert outcome.code != 0
    assert outcome.err.startswith(error)
    assert outcome.out == ""


def test_a_broken_file_of_fetched_prices_says_how_to_mend_it(used, run, tmp_path):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "prices.json").write_text("{")

    outcome = run("cost")

    assert outcome.code == 1
    assert "error[unreadable-prices]" in outcome.err


def test_a_command_below_another_is_chosen_by_the_first_word(used, run):
    assert run("cost", "--help").out.splitlines()[0] == "Usage: platform cost [OPTIONS]"
    assert "  advise   Find waste" in run("cost", "--help").out
    assert run("cost", "--env", "prod", "advise", "--help").out.startswith("Usage: platform cost advise")
    # a word that is the value of an option is no command
    assert run("cost", "--compare", "advise").err.startswith("error[no-such-revision]")


@pytest.fixture
def on_aws(used, monkeypatch):
    """The same workspace in an account that moto plays."""
    import boto3
    from moto import mock_aws

    path = used / "blueprint.yaml"
    path.write_text(path.read_text().replace("222222222222", "123456789012"))
    with mock_aws():
        cloudwatch = boto3.client("cloudwatch", region_name="eu-west-1")
        logs = boto3.client("logs", region_name="eu-west-1")
        dynamodb = boto3.client("dynamodb", region_name="eu-west-1")
        for name, value in (("Invocations", 5000.0), ("Duration", 250_000.0)):
            cloudwatch.put_metric_data(
                Namespace="AWS/Lambda",
                MetricData=[
                    {
                        "MetricName": name,
                        "Value": value,
                        # the end of a period is sent in whole seconds
                        "Timestamp": datetime.now(UTC) - timedelta(seconds=2),
                        "Dimensions": [{"Name": "FunctionName", "Value": "shop-prod-orders-create"}],
                    }
                ],
            )
        logs.create_log_group(logGroupName="/aws/lambda/shop-prod-orders-create")
        dynamodb.create_table(
            TableName="shop-prod-main",
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield used


def test_the_measured_use_takes_the_place_of_the_blueprints(on_aws, run):
    outcome = run("cost", "--env", "prod", "--measured", "--json")

    assert outcome.code == 0, outcome.err
    told = json.loads(outcome.out)
    lines = {line["price"]["id"]: line for line in told["lines"]}
    # 5,000 since midnight are 152,083 in a month, each of 50 ms at 512 MB
    assert lines["lambda.requests"]["units"] == pytest.approx(5000 * 730 / 24)
    assert lines["lambda.duration.arm64"]["units"] == pytest.approx(5000 * 730 / 24 * 0.05 * 0.5)
    assert "the use was measured over 1 day" in told["notices"]


def test_waste_is_looked_for_on_aws(on_aws, run):
    path = on_aws / "blueprint.yaml"
    path.write_text(path.read_text().replace("create:\n", "create:\n        architecture: x86_64\n"))

    outcome = run("cost", "advise", "--env", "prod")

    assert outcome.code == 0, outcome.err
    # 152,083 × 0.025 GB-seconds × (0.0000166667 − 0.0000133334)
    assert "1 change would save about 0.01 USD a month" in outcome.out
    assert "dearer-architecture: orders.create runs on x86_64" in outcome.out
    assert "  --> blueprint.yaml:17:9" in outcome.out
    assert re.search(r"notice: prices of 20\d\d-\d\d-\d\d", outcome.err)
    assert "those of us-east-1" in outcome.err
    assert "those of us-east-1" in str(
        json.loads(run("cost", "advise", "--env", "prod", "--json").out)["notices"]
    )


def test_the_bill_of_a_month_is_compared(on_aws, run):
    import requests

    answer = {
        "ResultsByTime": [
            {
                "TimePeriod": {"Start": "2026-01-01", "End": "2026-02-01"},
                "Groups": [
                    {
                        "Keys": ["AWS Lambda"],
                        "Metrics": {"UnblendedCost": {"Amount": "3.5", "Unit": "USD"}},
                    }
                ],
            }
        ],
        "DimensionValueAttributes": [],
    }
    address = "http://motoapi.amazonaws.com/moto-api/static/ce/cost-and-usage-results"
    assert requests.post(address, json={"results": [answer]}, timeout=5).status_code == 201

    outcome = run("cost", "actual", "--env", "prod", "--month", "2026-01")

    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("shop in prod, 2026-01-01 to 2026-02-01: 3.50 USD billed")
    assert "the month is 3.50 USD; the estimate is 9.49 USD" in outcome.out
