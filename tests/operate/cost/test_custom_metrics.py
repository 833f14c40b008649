"""Metrics from logs and of the business, and masks over logs, in the estimate."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

TEXT = """\
alarms: {{ contacts: {{ critical: [oncall@example.com] }} }}
objectives: {{ {objectives} }}
logs: {{ mask: [{mask}] }}
apis: {{ public: {{ metrics: {{ NotFound: {{ logs: '{{ $.status = "404" }}' }} }} }} }}
services:
  orders:
    functions:
      create: {{ handler: orders.create.handler, routes: [POST /orders], tracing: false }}
      work: {{ handler: orders.work.handler, tracing: false }}
    metrics:
      Orders: {{}}
      Declined: {{ logs: {{ pattern: declined, functions: [create] }} }}
usage:
  functions:
    orders.create: {{ requests_per_month: {create} }}
    orders.work: {{ requests_per_month: {work} }}
"""


def text(objectives: str = "", mask: str = "", create: int = 1_000_000, work: int = 1_000_000) -> str:
    return TEXT.format(objectives=objectives, mask=mask, create=create, work=work)


def metrics(estimate):
    return {line.quantity.path: line for line in estimate.lines if line.price.id == "cloudwatch.metrics"}


def test_each_metric_from_logs_and_of_the_business_is_paid(bill):
    found = metrics(bill(text(), free_tier=False))
    assert {path: line.quantity.units for path, line in found.items()} == {
        "services.orders.functions.create": 2,  # memory, cold starts
        "services.orders.functions.work": 2,
        "services.orders.metrics.Orders": 1,
        "services.orders.metrics.Declined": 1,
        "apis.public": 3,  # denied, limited, not found
    }
    assert sum(line.usd for line in found.values()) == 9 * D("0.30")


def test_ten_are_free_and_starts_are_one_more_of_each_function_that_answers(bill):
    found = metrics(bill(text(objectives="cold_start_ms: 2000")))
    assert found["services.orders.functions.create"].quantity.units == 3
    assert found["services.orders.functions.work"].quantity.units == 2
    assert sum(line.usd for line in found.values()) == 0
    assert sum(line.free_units for line in found.values()) == 10


def test_what_is_called_in_few_hours_is_paid_for_those(bill):
    found = metrics(bill(text(create=73, work=0), free_tier=False))
    assert found["services.orders.functions.create"].usd == pytest.approx(2 * D("0.30") / 10)
    assert found["services.orders.metrics.Declined"].usd == pytest.approx(D("0.30") / 10)
    assert "services.orders.functions.work" not in found


def test_where_nobody_is_told_only_what_is_declared_is_paid(bill):
    found = metrics(bill(text().partition("\n")[2], free_tier=False))
    assert {path: line.quantity.units for path, line in found.items()} == {
        "services.orders.metrics.Orders": 1,
        "services.orders.metrics.Declined": 1,
        "apis.public": 1,
    }


def test_a_mask_is_paid_by_what_it_looks_through(bill, cost):
    assert cost(bill(text()), "cloudwatch.logs-masked") == 0
    # a KB for each of two million invocations, 1,048,576 KB a GB, 0.12 a GB
    masked = cost(bill(text(mask="email")), "cloudwatch.logs-masked")
    assert masked == pytest.approx(D(2_000_000) / 1_048_576 * D("0.12"), rel=D("1e-9"))
