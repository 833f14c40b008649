"""What bills, fetched prices and advice look like; AWS is not asked."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.cli.options import GlobalOptions
from platform_cli.cli.rendering.cost import amount, render_refresh, signed, usd
from platform_cli.cli.rendering.cost_advice import render_advice
from platform_cli.cli.rendering.cost_bill import render_bill
from platform_cli.cli.session import Session
from platform_cli.cli.terminal import Terminal
from platform_cli.operate.cost.advice import Advice
from platform_cli.operate.cost.billing import Bill, BilledProduct
from platform_cli.operate.cost.estimate import estimate
from platform_cli.operate.cost.price_list import Refresh
from platform_cli.operate.cost.prices import Price, Tier, bundled_prices


@pytest.fixture
def terminal(workspace):
    return Terminal(interactive=False)


@pytest.fixture
def bill(workspace):
    environment = resolve(inspect_blueprint(workspace / "blueprint.yaml"), "prod")
    model = estimate(environment, bundled_prices(), date(2026, 11, 21), free_tier=False)
    products = (BilledProduct("DynamoDB", D("8.00"), D("1.20")), BilledProduct("Tax", D("2.00"), D(0)))

    def make(month_usd=D("20.00"), complete=False, notices=()):
        return Bill(date(2026, 11, 1), date(2026, 11, 21), products, month_usd, complete, model, notices)

    return make


def test_a_bill_stands_beside_the_estimate(bill, terminal, capsys):
    render_bill(terminal, bill(notices=("something",)))

    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "shop in prod, 2026-11-01 to 2026-11-21: 10.00 USD billed",
        "",
        "AWS service  billed  estimate a month",
        "DynamoDB       8.00              1.20",
        "Tax            2.00              0.00",
        "",
        "the month, with the forecast of the rest, is 20.00 USD; the estimate is 10.02 USD",
        "the estimate is 50 % below it",
    ]
    assert shown.err.startswith("notice: something\n")


def test_a_bill_without_a_forecast_claims_no_comparison(bill, terminal, capsys):
    render_bill(terminal, bill(month_usd=None))

    assert capsys.readouterr().out.splitlines()[-1] == "the estimate is 10.02 USD a month"


def test_a_bill_as_json(bill, terminal, capsys):
    terminal.json = True
    render_bill(terminal, bill(complete=True))

    told = json.loads(capsys.readouterr().out)
    assert (told["start"], told["complete"], told["billed_usd"], told["month_usd"]) == (
        "2026-11-01",
        True,
        10,
        20,
    )
    assert told["products"][0] == {"product": "DynamoDB", "billed_usd": 8.0, "model_usd": 1.2}
    assert told["model_error_percent"] == -49.9


def test_fetched_prices_are_counted_and_those_that_changed_named(terminal, capsys):
    price = Price(
        id="lambda.requests",
        region="eu-west-1",
        unit="request",
        tiers=(Tier(usd=D("0.0000002")),),
        source="a test",
        date=date(2026, 11, 1),
    )
    found = Refresh("eu-west-1", (price,), ("sns.requests",), ("lambda.requests",))
    render_refresh(terminal, found, Path("/cache/prices.json"))

    shown = capsys.readouterr()
    assert shown.out == "1 price of eu-west-1 fetched; different from before: 1\n  lambda.requests\n"
    assert "sns.requests" in shown.err
    assert "kept in /cache/prices.json" in shown.err


ADVICE = (
    Advice("unread-table", ("tables", "main"), "nobody read table main in 14 days", "take it away", D("4.5")),
    Advice("endless-log", (), "log group /x keeps 1.0 GB for ever", "delete it", None),
)


@pytest.fixture
def session(workspace, terminal):
    return Session(GlobalOptions(environment="prod"), terminal)


def test_advice_names_its_saving_and_its_line(session, capsys):
    render_advice(session, ADVICE, 14)

    assert capsys.readouterr().out.splitlines() == [
        "2 changes would save about 4.50 USD a month",
        "",
        "unread-table: nobody read table main in 14 days",
        "  saves 4.50 USD a month: take it away",
        "  --> blueprint.yaml:9:3",
        "",
        "endless-log: log group /x keeps 1.0 GB for ever",
        "  saving not known: delete it",
    ]


def test_advice_as_json_holds_the_place_for_an_editor(session, capsys):
    session.terminal.json = True
    render_advice(session, ADVICE, 14)

    told = json.loads(capsys.readouterr().out)
    assert told["saving_usd"] == 4.5
    assert told["advice"][0]["place"] == {"file": "blueprint.yaml", "line": 9, "column": 3}
    assert (told["advice"][1]["place"], told["advice"][1]["saving_usd"]) == (None, None)


def test_no_waste_is_said_to_be_none(session, capsys):
    render_advice(session, (), 1)

    assert capsys.readouterr().out == "no waste found in prod by what was used in 1 day\n"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0", "0.00"), ("0.004", "<0.01"), ("0.005", "<0.01"), ("0.01", "0.01"), ("1234.5", "1,234.50")],
)
def test_dollars_are_shown_to_the_cent(value, shown):
    assert usd(D(value)) == shown


def test_differences_show_their_sign():
    assert (signed(D("1.5")), signed(D("-1.5")), signed(D(0))) == ("+1.50", "-1.50", "+0.00")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1000000", "1,000,000"),
        ("90909.0909", "90,909"),
        ("0.95367", "0.9537"),
        ("12.5", "12.5"),
        ("1E+3", "1,000"),
    ],
)
def test_units_are_shown_to_as_many_digits_as_matter(value, shown):
    assert amount(D(value)) == shown
