"""What holds for every blueprint and every use: more use never costs less, and the parts are the whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedUsage
from platform_cli.blueprint.resolving import resolve
from platform_cli.operate.cost.estimate import estimate, price_quantities
from platform_cli.operate.cost.prices import bundled_prices
from platform_cli.operate.cost.quantities import Quantity

TODAY = date(2026, 11, 21)
SYSTEM = """\
blueprint: 1
system: shop
owner: team
environments: { prod: { account: "111111111111", region: us-east-1 } }
tables:
  main: { partition_key: PK, indexes: { by_name: { partition_key: name } }, stream: new_image }
  fixed:
    partition_key: PK
    capacity: { read: { min: 5, max: 1000, target_percent: 70 }, write: { min: 5, max: 1000 } }
buckets: { files: {} }
buses: { events: { archive_days: 30 } }
queues: { work: { from: { bus: events, detail_types: [Made] } } }
streams: { clicks: {} }
secrets: { token: { generate: { length: 32 } } }
apis: { public: { kind: http }, partner: { kind: rest } }
services:
  orders:
    path: services/orders
    functions:
      create:
        handler: orders.create.handler
        memory_mb: 512
        routes: [{ api: public, route: POST /orders }, { api: partner, route: POST /orders }]
        access:
          tables.main: read_write
          tables.fixed: read_write
          buses.events: publish
          buckets.files: read_write
          streams.clicks: put
          secrets.token: read
      old:
        handler: orders.old.handler
        architecture: x86_64
        routes: [{ api: public, route: GET /old }]
        concurrency: { provisioned: { min: 1, max: 5, target_percent: 70 } }
      work: { handler: orders.work.handler, triggers: [{ queue: work }], access: { tables.main: write } }
      watch: { handler: orders.watch.handler, triggers: [{ table_stream: main }] }
      count: { handler: orders.count.handler, triggers: [{ stream: clicks }] }
      nightly: { handler: orders.nightly.handler, triggers: [{ schedule: rate(1 day) }] }
"""
WIDER = """\
external: { hosted_zones: { main: { id: Z1, name: shop.example } } }
networks:
  main: { cidr: 10.0.0.0/16, availability_zones: 2, nat_gateways: 1, endpoints: [secretsmanager] }
databases:
  main: { engine: aurora-postgresql, network: main, capacity: { min_acu: 0.5, max_acu: 64 } }
topics: { news: {} }
identity: { users: {} }
cdns: { site: { assets: web } }
load_balancers:
  hooks:
    network: main
    domain: { name: hooks.shop.example, hosted_zone: main }
    functions: { /hooks/*: orders.old }
"""
"""What else a usage profile has figures of."""
NAMES = {
    "functions": "orders.create", "tables": "main", "buckets": "files", "queues": "work", "topics": "news",
    "buses": "events", "streams": "clicks", "databases": "main", "networks": "main", "identity": "users",
    "cdns": "site", "load_balancers": "hooks",
}  # fmt: skip
FIGURES = [
    (section, figure)
    for section, name in NAMES.items()
    for figure in get_args(ResolvedUsage.model_fields[section].annotation)[1].model_fields
]
LARGEST = {"duration_ms": 900_000.0, "average_acu": 64.0, "average_lcu": 1000.0, "record_kb": 1024.0}
"""What AWS allows at most; other figures have no end."""
requests = st.integers(0, 10**11)
PRICES = sorted(price_id for price_id, _ in bundled_prices().prices)
quantities = st.lists(
    st.builds(
        Quantity,
        price_id=st.sampled_from(PRICES),
        units=st.integers(0, 10**11).map(Decimal) | st.floats(0, 10**6).map(lambda n: Decimal(str(n))),
        part=st.sampled_from(["fixed", "variable"]),
        path=st.sampled_from(["tables.main", "apis.public"]),
        what=st.just("something"),
        service=st.sampled_from([None, "orders", "users"]),
        free_tier=st.booleans(),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> ResolvedEnvironment:
    folder = tmp_path_factory.mktemp("system")
    (folder / "services" / "orders").mkdir(parents=True)
    path: Path = folder / "blueprint.yaml"
    path.write_text(SYSTEM)
    return resolve(inspect_blueprint(path), None)


@pytest.fixture(scope="module")
def wider(tmp_path_factory: pytest.TempPathFactory) -> ResolvedEnvironment:
    folder = tmp_path_factory.mktemp("wider")
    (folder / "services" / "orders").mkdir(parents=True)
    (folder / "web").mkdir()
    (folder / "web" / "index.html").write_text("<p>shop</p>")
    path: Path = folder / "blueprint.yaml"
    path.write_text(SYSTEM.replace("services:", WIDER + "services:", 1))
    return resolve(inspect_blueprint(path), None)


def total(system, amount=None, **options):
    amount = None if amount is None else Decimal(amount)
    return estimate(system, bundled_prices(), TODAY, requests_per_month=amount, **options).total_usd


def used(system, **usage):
    return system.model_copy(update={"usage": type(system.usage).model_validate(usage)})


@given(fewer=requests, more=requests, free_tier=st.booleans())
def test_more_requests_never_cost_less(system, fewer, more, free_tier):
    fewer, more = sorted((fewer, more))

    assert total(system, fewer, free_tier=free_tier) <= total(system, more, free_tier=free_tier)


@given(
    short=st.floats(1, 900_000), long=st.floats(1, 900_000), small=st.floats(0, 1e6), large=st.floats(0, 1e6)
)
def test_longer_invocations_and_more_storage_never_cost_less(system, short, long, small, large):
    short, long, small, large = *sorted((short, long)), *sorted((small, large))

    def bill(duration, stored):
        functions = {f.address: {"duration_ms": duration} for f in system.functions}
        return total(used(system, functions=functions, tables={"main": {"storage_gb": stored}}))

    assert bill(short, small) <= bill(long, small)
    assert bill(short, small) <= bill(short, large)


def with_figure(system, section, figure, value, **others):
    profile = {"requests_per_month": 10_000, section: {NAMES[section]: {figure: value, **others}}}
    return used(system, **profile)


def test_every_section_of_a_usage_profile_is_tried():
    sections = set(ResolvedUsage.model_fields) - {"requests_per_month"}

    assert sections == set(NAMES)
    assert len(FIGURES) >= 24


@settings(max_examples=80)
@given(data=st.data(), of=st.sampled_from(FIGURES), free_tier=st.booleans())
def test_more_of_any_figure_of_the_usage_never_costs_less(wider, data, of, free_tier):
    section, figure = of
    less, more = sorted(data.draw(st.tuples(*[st.floats(0, LARGEST.get(figure, 1e9))] * 2)))
    # A size without a number of things, or a duration without a call, would be a figure of nothing.
    beside = {
        "record_kb": {"records_per_month": 1e6}, "event_kb": {"events_per_month": 1e6},
        "duration_ms": {"requests_per_month": 1e6}, "log_kb_per_request": {"requests_per_month": 1e6},
    }.get(figure, {})  # fmt: skip

    def bill(value):
        return total(with_figure(wider, section, figure, value, **beside), free_tier=free_tier)

    assert bill(less) <= bill(more) + Decimal("1e-12")


@pytest.mark.parametrize(("section", "figure"), FIGURES)
def test_every_figure_of_the_usage_counts(wider, section, figure):
    beside = {"record_kb": {"records_per_month": 1e9}, "event_kb": {"events_per_month": 1e6}}.get(figure, {})

    def bill(value):
        system = with_figure(wider, section, figure, value, **beside)
        made = estimate(system, bundled_prices(), TODAY, free_tier=False)
        return made.total_usd, sum(q.units for q in made.unpriced)

    assert bill(0.001) < bill(LARGEST.get(figure, 1e9))


@given(amount=requests)
def test_the_free_tier_never_makes_a_bill_dearer(system, amount):
    assert total(system, amount) <= total(system, amount, free_tier=False)


@given(amount=requests)
def test_the_bill_is_the_sum_of_its_parts(system, amount):
    bill = estimate(system, bundled_prices(), TODAY, requests_per_month=Decimal(amount))

    exactly = pytest.approx(bill.total_usd, rel=Decimal("1e-20"), abs=Decimal("1e-20"))
    assert bill.fixed_usd + bill.variable_usd == exactly
    assert sum(bill.by_service.values()) == exactly
    assert sum(bill.by_product.values()) == exactly


@given(quantities=quantities, free_tier=st.booleans())
def test_the_lines_of_a_price_add_up_to_the_tiered_price_of_what_is_billed(quantities, free_tier):
    lines, unpriced = price_quantities(quantities, bundled_prices(), "us-east-1", free_tier=free_tier)

    assert unpriced == ()
    assert [line.quantity for line in lines] == quantities
    for price_id in {line.price.id for line in lines}:
        of_price = [line for line in lines if line.price.id == price_id]
        billed = sum((line.billed_units for line in of_price), Decimal(0))
        whole = of_price[0].price.cost(billed)
        parts = sum((line.usd for line in of_price), Decimal(0))
        assert parts == pytest.approx(whole, rel=Decimal("1e-20"), abs=Decimal("1e-20"))
        assert all(line.usd >= 0 and 0 <= line.free_units <= line.quantity.units for line in of_price)


@given(quantities=quantities, index=st.integers(0, 11), more=st.integers(0, 10**10))
def test_more_of_anything_never_costs_less(quantities, index, more):
    if not quantities:
        return
    from dataclasses import replace

    chosen = quantities[index % len(quantities)]
    grown = [replace(q, units=q.units + more) if q is chosen else q for q in quantities]

    def cost(of):
        return sum((line.usd for line in price_quantities(of, bundled_prices(), "us-east-1")[0]), Decimal(0))

    assert cost(quantities) <= cost(grown) + Decimal("1e-15")
