"""The bill of AWS beside the estimate; answers as Cost Explorer gives them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from platform_cli.errors import PlatformError
from platform_cli.operate.cost.billing import billing_clients, read_bill

SYSTEM = "tables: { main: { partition_key: PK, point_in_time_recovery: false } }\n"
USE = "usage: { tables: { main: { storage_gb: 12 } } }\n"
FILTER = {
    "And": [
        {"Tags": {"Key": "system", "Values": ["shop"]}},
        {"Tags": {"Key": "environment", "Values": ["prod"]}},
    ]
}


def billed(start, end, **services):
    groups = [
        {"Keys": [name], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}
        for name, amount in services.items()
    ]
    return {"ResultsByTime": [{"TimePeriod": {"Start": start, "End": end}, "Groups": groups}]}


def asked(start, end, **more):
    return {
        "TimePeriod": {"Start": start, "End": end},
        "Granularity": "MONTHLY",
        "Metrics": ["UnblendedCost"],
        "Filter": FILTER,
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
        **more,
    }


@pytest.fixture
def model(environment, bill):
    """The environment and its estimate: 12 GB × 0.25 = 3.00 USD."""
    return environment(SYSTEM + USE), bill(SYSTEM + USE, free_tier=False)


def test_a_month_under_way_is_billed_so_far_and_forecast_to_its_end(clients, model, today):
    ce = clients.stub("ce")
    month = {"Amazon DynamoDB": "1.50", "EC2 - Other": "0.25", "Tax": "0.25"}
    ce.add_response(
        "get_cost_and_usage", billed("2026-11-01", "2026-11-21", **month), asked("2026-11-01", "2026-11-21")
    )
    ce.add_response(
        "get_cost_forecast",
        {"Total": {"Amount": "0.50", "Unit": "USD"}},
        {
            "TimePeriod": {"Start": "2026-11-21", "End": "2026-12-01"},
            "Metric": "UNBLENDED_COST",
            "Granularity": "MONTHLY",
            "Filter": FILTER,
        },
    )

    bill = read_bill(*_swap(model, clients), today)

    assert (bill.billed_usd, bill.month_usd, bill.complete) == (D("2.00"), D("2.50"), False)
    assert [(p.product, p.billed_usd, p.model_usd) for p in bill.products] == [
        ("DynamoDB", D("1.50"), D("3.00")),
        ("Tax", D("0.25"), D(0)),
        ("VPC", D("0.25"), D(0)),
    ]
    # 3.00 is 20 % above 2.50
    assert bill.model_error_percent == D(20)
    assert bill.notices == ()


def test_a_month_that_is_over_needs_no_forecast(clients, model, today):
    answer = billed("2026-10-01", "2026-11-01", **{"Amazon DynamoDB": "4.00"})
    clients.stub("ce").add_response("get_cost_and_usage", answer, asked("2026-10-01", "2026-11-01"))

    bill = read_bill(*_swap(model, clients), today, "2026-10")

    assert (bill.complete, bill.month_usd, bill.model_error_percent) == (True, D("4.00"), D(-25))


def test_a_bill_of_several_pages_is_read_to_its_end(clients, model, today):
    ce = clients.stub("ce")
    first = billed("2026-10-01", "2026-11-01", **{"AWS Lambda": "1.00"}) | {"NextPageToken": "more"}
    second = billed("2026-10-01", "2026-11-01", **{"AWS Lambda": "0.50", "Amazon DynamoDB": "2.00"})
    ce.add_response("get_cost_and_usage", first, asked("2026-10-01", "2026-11-01"))
    ce.add_response("get_cost_and_usage", second, asked("2026-10-01", "2026-11-01", NextPageToken="more"))

    bill = read_bill(*_swap(model, clients), today, "2026-10")

    assert {p.product: p.billed_usd for p in bill.products} == {"DynamoDB": D("2.00"), "Lambda": D("1.50")}


def test_too_little_data_for_a_forecast_is_told(clients, model, today):
    ce = clients.stub("ce")
    ce.add_response(
        "get_cost_and_usage", billed("a", "b", **{"AWS Lambda": "1"}), asked("2026-11-01", "2026-11-21")
    )
    ce.add_client_error("get_cost_forecast", "DataUnavailableException")

    bill = read_bill(*_swap(model, clients), today)

    assert bill.month_usd is None
    assert bill.model_error_percent is None
    assert bill.notices == ("AWS has too little data to forecast the rest of the month",)


def test_nothing_billed_under_the_tags_says_how_to_activate_them(clients, model, today):
    clients.stub("ce").add_response("get_cost_and_usage", billed("a", "b"), asked("2026-10-01", "2026-11-01"))

    bill = read_bill(*_swap(model, clients), today, "2026-10")

    assert "activate `system` and `environment` as cost allocation tags" in bill.notices[0]
    assert bill.model_error_percent is None


def test_on_the_first_of_a_month_the_one_before_is_meant(clients, model):
    answer = billed("2026-10-01", "2026-11-01", **{"AWS Lambda": "1"})
    clients.stub("ce").add_response("get_cost_and_usage", answer, asked("2026-10-01", "2026-11-01"))

    assert read_bill(*_swap(model, clients), date(2026, 11, 1)).complete


@pytest.mark.parametrize("month", ["2026-13", "november", "2026-12", "2027-01"])
def test_what_is_no_month_or_has_not_begun_is_told(clients, model, today, month):
    with pytest.raises(PlatformError) as told:
        read_bill(*_swap(model, clients), today, month)

    assert told.value.code == "invalid-month"
    assert month in told.value.message


def test_costs_are_asked_for_where_they_are_answered():
    from platform_cli.aws.clients import Clients, Target

    target = billing_clients(Clients(Target("1", "eu-west-1", profile="shop"))).target

    assert (target.region, target.profile, target.account) == ("us-east-1", "shop", "1")


def _swap(model, clients):
    environment, estimate = model
    return environment, clients, estimate
