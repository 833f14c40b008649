"""How use follows from the blueprint where nobody says it."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from platform_cli.operate.cost.demand import Demand
from platform_cli.operate.cost.schedules import runs_per_month

SYSTEM = """\
tables: { main: { partition_key: PK, indexes: { by_name: { partition_key: name } }, stream: new_image } }
buses: { events: {} }
queues: { work: { from: { bus: events, detail_types: [Made] } } }
apis: { public: { kind: http } }
services:
  orders:
    path: services/orders
    functions:
      create:
        handler: orders.create.handler
        routes: [POST /orders]
        access: { buses.events: publish, tables.main: write }
      list: { handler: orders.list.handler, routes: [GET /orders], access: { functions.users.get: invoke } }
      work: { handler: orders.work.handler, triggers: [{ queue: work }] }
      watch: { handler: orders.watch.handler, triggers: [{ table_stream: main }] }
      nightly: { handler: orders.nightly.handler, triggers: [{ schedule: rate(1 hour) }] }
      never: { handler: orders.never.handler, triggers: [{ schedule: rate(1 hour), enabled: false }] }
  users:
    path: services/users
    functions:
      get: { handler: users.get.handler }
"""


def asked(demand):
    return {f.address: demand.requests(f) for f in demand.environment.functions}


def test_requests_spread_over_routes_and_go_on_to_what_they_drive(environment):
    demand = Demand(environment(SYSTEM + "usage: { requests_per_month: 600 }\n"))

    assert asked(demand) == {
        "orders.create": 300,
        "orders.list": 300,
        "orders.never": 0,
        "orders.nightly": 730,
        "orders.watch": 300,
        "orders.work": 300,
        "users.get": 300,
    }
    assert "requests spread evenly over 2 functions with routes" in demand.assumptions


def test_what_a_function_is_said_to_get_is_taken_from_the_others(environment):
    usage = "usage: { requests_per_month: 600, functions: { orders.create: { requests_per_month: 500 } } }\n"

    requests = asked(Demand(environment(SYSTEM + usage)))

    assert (requests["orders.create"], requests["orders.list"]) == (500, 100)


def test_a_number_of_requests_scales_all_that_comes_with_them_and_nothing_else(environment):
    usage = """\
usage:
  requests_per_month: 600
  functions: { orders.create: { requests_per_month: 500 } }
  queues: { work: { messages_per_month: 50 } }
  tables: { main: { storage_gb: 7, writes_per_month: 40 } }
"""
    demand = Demand(environment(SYSTEM + usage), D(6000))

    requests = asked(demand)
    assert requests["orders.create"] == 5000
    assert requests["orders.list"] == 1000
    assert requests["orders.work"] == 500
    # 400 units are written to the table and its index: 200 items
    assert requests["orders.watch"] == 200
    assert requests["orders.nightly"] == 730
    assert demand.storage_gb("tables", "main") == 7


def test_without_a_word_about_it_a_million_requests_are_assumed(environment):
    demand = Demand(environment(SYSTEM))

    assert asked(demand)["orders.create"] == 500_000
    assert any(text.startswith("1,000,000 requests a month reach the APIs") for text in demand.assumptions)


def test_a_profile_of_all_functions_needs_no_total(environment):
    usage = """\
usage:
  functions: { orders.create: { requests_per_month: 10 }, orders.list: { requests_per_month: 30 } }
"""
    demand = Demand(environment(SYSTEM + usage), D(80))

    assert (asked(demand)["orders.create"], asked(demand)["orders.list"]) == (20, 60)
    assert not any("1,000,000" in text for text in demand.assumptions)


def test_functions_that_call_each_other_do_not_call_for_ever(environment):
    circle = """\
services:
  orders:
    path: services/orders
    functions:
      a: { handler: orders.a.handler, access: { functions.orders.b: invoke } }
      b: { handler: orders.b.handler, access: { functions.orders.a: invoke } }
"""
    assert asked(Demand(environment(circle))) == {"orders.a": 0, "orders.b": 0}


@pytest.mark.parametrize(
    ("schedule", "runs"),
    [
        ("rate(1 minute)", D(730 * 60)),
        ("rate(5 minutes)", D(730 * 12)),
        ("rate(12 hours)", D(730) / 12),
        ("rate(1 day)", D(730) / 24),
        ("cron(0 8 * * ? *)", D(730) / 24),
        ("cron(0/15 * * * ? *)", D(730) * 4),
        ("cron(0 8 ? * MON-FRI *)", D(730) / 24 * 5 / 7),
        ("cron(0 8 ? * FRI-MON *)", D(730) / 24 * 4 / 7),
        ("cron(0,30 8-17 ? * 2-6 *)", D(730) / 24 * 5 / 7 * 20),
        ("cron(0 8 1 * ? *)", D(730) / 24 / 31),
        ("cron(0 8 L * ? *)", D(1)),
        ("cron(0 8 ? * 6#3 *)", D(1)),
        ("cron(0 8 1 JAN,JUL ? *)", D(730) / 24 / 31 / 6),
        ("at(2027-01-01T00:00:00)", D(0)),
    ],
)
def test_a_schedule_runs_as_often_as_it_says(schedule, runs):
    assert runs_per_month(schedule) == pytest.approx(runs, rel=D("1e-12"))


def test_what_is_appended_to_an_event_store_drives_its_projection(environment):
    system = """\
event_stores: { orders: {} }
tables: { view: { partition_key: id } }
apis: { public: { kind: http } }
services:
  orders:
    functions:
      place:
        handler: orders.place.handler
        routes: [POST /orders]
        access: { event_stores.orders: append }
      view:
        handler: orders.view.handler
        triggers: [{ projection: { of: event_stores.orders, into: tables.view } }]
usage: { requests_per_month: 600 }
"""
    demand = Demand(environment(system))

    assert asked(demand)["orders.view"] > 0
    assert [(f.address, n) for f, n in demand.writes("tables", "orders-events")] == [("orders.place", 600)]
