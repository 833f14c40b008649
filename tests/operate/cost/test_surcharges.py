"""What costs more than the part that it belongs to: proxies, bot control, large settings."""

from __future__ import annotations

from decimal import Decimal as D


def test_a_proxy_costs_at_least_as_for_eight_units(bill, cost):
    text = """\
networks: { main: { cidr: 10.0.0.0/16, nat_gateways: 0 } }
databases:
  small: { engine: aurora-postgresql, network: main, proxy: true, capacity: { min_acu: 0.5 } }
  large:
    engine: aurora-postgresql
    network: main
    readers: 1
    proxy: true
    capacity: { min_acu: 6, max_acu: 8 }
"""
    # 730 × 0.015 × 8, and × 2 instances of 6
    assert cost(bill(text), "rds.proxy") == D("87.60") + D("131.40")


def test_bot_control_costs_by_the_month_and_beyond_ten_million_requests(bill, cost):
    text = """\
apis: { partner: { kind: rest, firewall: standard } }
firewalls: { standard: { managed: [bot_control] } }
services:
  orders:
    path: services/orders
    functions: { get: { handler: orders.handlers.get.handler, routes: [GET /orders] } }
usage: { requests_per_month: 12000000 }
"""
    assert cost(bill(text), "waf.bot-control") == D("10.00")
    assert cost(bill(text), "waf.bot-requests") == D("2.00")  # 2 of 12 million
    assert cost(bill(text, free_tier=False), "waf.bot-requests") == D("12.00")


def test_settings_cost_where_they_are_larger_than_4_kb(bill, cost):
    text = f"config: {{ a: {{ small: {'x' * 4096}, large: {'x' * 4097} }} }}\n"
    assert cost(bill(text), "ssm.advanced-parameters") == D("0.05")
