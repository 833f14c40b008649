"""The bill of CDNs, load balancers, guards, zones and consumers of their own, computed by hand beside it."""

from __future__ import annotations

from decimal import Decimal as D

WEB = """\
external: { hosted_zones: { main: { id: Z1, name: shop.example } } }
networks: { main: { cidr: 10.0.0.0/16, availability_zones: 2, nat_gateways: 0 } }
firewalls: { standard: { cross_site_scripting: null, managed: [core] } }
apis: { public: { kind: rest } }
cdns:
  site:
    apis: { /: public }
    load_balancers: { /in: hooks }
    firewall: standard
    domain: { name: www.shop.example, hosted_zone: main, names: [shop.example] }
load_balancers:
  hooks:
    network: main
    domain: { name: hooks.shop.example, hosted_zone: main }
    functions: { /hooks/*: orders.get }
services:
  orders:
    path: services/orders
    functions:
      get: { handler: orders.handlers.get.handler, routes: [GET /orders] }
usage:
  requests_per_month: 2000000
  cdns: { site: { requests_per_month: 30000000, data_gb_per_month: 2048 } }
  load_balancers: { hooks: { average_lcu: 2 } }
"""

STREAMS = """\
streams: { clicks: { capacity: { shards: 4 } }, orders: { capacity: on_demand } }
services:
  orders:
    path: services/orders
    functions:
      tally:
        handler: orders.handlers.tally.handler
        triggers: [{ stream: clicks, enhanced_fan_out: true }, { stream: orders, enhanced_fan_out: true }]
      view: { handler: orders.handlers.view.handler, triggers: [{ stream: orders }] }
usage:
  streams:
    clicks: { records_per_month: 10485760, record_kb: 1 }
    orders: { records_per_month: 1048576, record_kb: 2 }
"""


def test_the_edge_costs_what_arithmetic_says(bill, cost):
    web = bill(WEB, free_tier=False)

    assert cost(web, "cloudfront.requests") == D("30.00")  # 30 million × 0.01 for 10,000
    assert cost(web, "cloudfront.functions") == D("3.00")  # 30 million × 0.10 a million
    assert cost(web, "cloudfront.data-out") == D("174.08")  # 2,048 GB × 0.085
    assert cost(web, "elb.hours") == D("16.425")  # 730 × 0.0225
    assert cost(web, "elb.capacity-units") == D("11.68")  # 2 × 730 × 0.008
    assert cost(web, "vpc.public-ipv4") == D("7.30")  # 2 zones × 730 × 0.005
    assert cost(web, "route53.zones") == D("0.50")  # one zone, whose three names cost nothing
    # the firewall before the CDN and the guard of the API: 2 × 5; three rules and one: 4 × 1
    assert cost(web, "waf.acls") == D("10.00")
    assert cost(web, "waf.rules") == D("4.00")
    # 30 million before the CDN, 2 million before the API, 0.60 a million
    assert cost(web, "waf.requests") == D("19.20")
    # the headers by which the API and the load balancer know the CDN
    assert cost(web, "secretsmanager.secrets") == D("0.80")


def test_the_free_tier_of_a_cdn_is_ten_million_requests_and_a_terabyte(bill, cost):
    web = bill(WEB)

    assert cost(web, "cloudfront.requests") == D("20.00")  # (30 − 10) million
    assert cost(web, "cloudfront.data-out") == D("87.04")  # (2,048 − 1,024) × 0.085


def test_a_firewall_before_a_cdn_and_a_load_balancer_is_paid_for_twice(bill, cost):
    both = WEB.replace("    functions: { /hooks", "    firewall: standard\n    functions: { /hooks")

    assert cost(bill(both, free_tier=False), "waf.acls") == D("15.00")
    assert cost(bill(both, free_tier=False), "waf.rules") == D("7.00")  # 2 × 3, and that of the guard


def test_a_consumer_of_its_own_pays_by_the_shard_and_by_what_it_is_sent(bill, cost):
    streams = bill(STREAMS, free_tier=False)

    assert cost(streams, "kinesis.fan-out-hours") == D("43.80")  # 4 shards × 730 × 0.015
    assert cost(streams, "kinesis.fan-out-data") == D("0.13")  # 10 GB × 0.013
    assert cost(streams, "kinesis.on-demand-fan-out") == D("0.10")  # 2 GB × 0.05
    assert cost(streams, "kinesis.on-demand-out") == D("0.08")  # 2 GB × 0.04, of the one that shares


def test_a_snapshot_is_paid_for_as_long_as_its_version_is_active(bill, cost):
    text = """\
services:
  orders:
    path: services/orders
    functions: { work: { handler: orders.handlers.work.handler, memory_mb: 512, snap_start: true } }
"""
    found = bill(text)
    assert cost(found, "lambda.snapshots") == D("1.9770444")  # 0.5 GB × 730 h × 3,600 s × 0.0000015046
    assert "starts from snapshots of SnapStart are not counted" in found.assumptions
