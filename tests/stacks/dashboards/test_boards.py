"""What is on dashboards: within CloudWatch's limits, readable, and only what is really published."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.dashboards import INFRASTRUCTURE, built_in_dashboards, dashboard_names
from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolved import (
    ResolvedAlarms,
    ResolvedDashboard,
    ResolvedEnvironment,
    ResolvedMetric,
    ResolvedWidget,
)
from platform_cli.blueprint.resolving import resolve
from platform_cli.stacks.alarms.entrances import cdn_firewall_alarms, firewall_alarms
from platform_cli.stacks.backups import is_used
from platform_cli.stacks.concerns import regional_firewalls
from platform_cli.stacks.dashboards.body import MOST_BYTES, MOST_METRICS, MOST_WIDGETS, body, text_of
from platform_cli.stacks.dashboards.catalog import boards_of
from platform_cli.stacks.dashboards.invented import invented_names
from platform_cli.stacks.dashboards.parts import BAD, DOUBTFUL, GOOD, colour_of
from platform_cli.stacks.derived import OF_PROMISES
from platform_cli.stacks.edge import global_firewalls

SHOP = Path(__file__).parent.parent.parent.parent / "examples" / "shop"
Body = Mapping[str, Any]


def bodies(system: ResolvedEnvironment, names: tuple[str, ...] | None = None) -> dict[str, Body]:
    ids = {key: f"id-of-{key}" for key in invented_names(system)}
    return {board.name: body(board, system.region) for board in boards_of(system, ids, names)}


def everything(system: ResolvedEnvironment) -> dict[str, Body]:
    return bodies(system, (*built_in_dashboards(system), *system.dashboards))


def graphs(found: Mapping[str, Body]) -> Iterator[tuple[str, Body]]:
    for name, content in found.items():
        for widget in content["widgets"]:
            if widget["type"] == "metric":
                yield name, widget["properties"]


def metrics(found: Mapping[str, Body]) -> Iterator[tuple[str, str, dict[str, str]]]:
    for _, graph in graphs(found):
        for entry in graph["metrics"]:
            if len(entry) > 1:
                namespace, name, *rest = entry[:-1]
                yield namespace, name, dict(zip(rest[::2], rest[1::2], strict=True))


def resolved(path: Path, environment: str) -> ResolvedEnvironment:
    return resolve(inspect_blueprint(path), environment)


@pytest.fixture(scope="session")
def systems(full: Callable[..., ResolvedEnvironment], factory: Any) -> dict[str, ResolvedEnvironment]:
    """The shop, systems with a REST API, databases and caches, one with one of each, and a very large one."""
    stacks = Path(__file__).parent.parent
    told = ResolvedAlarms(critical=("oncall@example.com",))
    make = factory()
    services = [
        make.service(f"s{s}", *(make.function(f"s{s}", f"f{f}") for f in range(10))) for s in range(100)
    ]
    return {
        "shop": resolved(SHOP / "blueprint.yaml", "prod"),
        "partner": resolved(stacks / "partner" / "blueprint.yaml", "prod"),
        "ledger": resolved(stacks / "ledger" / "blueprint.yaml", "prod"),
        "edge": resolved(stacks / "alarms" / "edge" / "blueprint.yaml", "dev"),
        "warehouse": resolved(stacks / "warehouse" / "blueprint.yaml", "prod"),
        "exchange": resolved(stacks / "exchange" / "blueprint.yaml", "prod"),
        "full": full().model_copy(update={"alarms": told}),
        "large": make.environment(services=make.named(*services)).model_copy(update={"alarms": told}),
    }


def test_a_firewalls_graph_shows_what_its_alarm_watches(systems: dict[str, ResolvedEnvironment]) -> None:
    """The metrics of an ACL are called by its visibility configuration, not by its name."""
    for name in ("partner", "edge"):
        system = systems[name]
        alarms: list[Any] = []
        for one in regional_firewalls(system):
            alarms += firewall_alarms(system, system.firewalls[one])
        for one in global_firewalls(system):
            alarms += cdn_firewall_alarms(system, system.firewalls[one])
        watched = {(a.subject.dimensions["WebACL"], a.subject.dimensions.get("Region")) for a in alarms}
        board = bodies(system, (INFRASTRUCTURE,))
        shown = {
            (at["WebACL"], at.get("Region"))
            for namespace, _, at in metrics(board)
            if namespace == "AWS/WAFV2"
        }
        assert shown == watched
        assert len(shown) == (2 if name == "edge" else 1)
        elsewhere = {
            entry[-1]["region"]
            for _, graph in graphs(board)
            for entry in graph["metrics"]
            if "region" in entry[-1] and entry[0] == "AWS/WAFV2"
        }
        assert elsewhere == ({"us-east-1"} if name == "edge" else set())


def test_no_dashboard_is_beyond_what_cloudwatch_takes(systems: dict[str, ResolvedEnvironment]) -> None:
    for system in systems.values():
        for name, content in everything(system).items():
            assert len(content["widgets"]) <= MOST_WIDGETS, name
            assert len(list(metrics({name: content}))) <= MOST_METRICS, name
            assert len(text_of(content).encode()) <= MOST_BYTES, name
            for widget in content["widgets"]:
                assert len(widget["properties"].get("alarms", ())) <= 100, name


def test_widgets_stand_in_the_grid_and_never_on_each_other(systems: dict[str, ResolvedEnvironment]) -> None:
    for system in systems.values():
        for name, content in everything(system).items():
            taken: set[tuple[int, int]] = set()
            for widget in content["widgets"]:
                cells = {
                    (x, y)
                    for x in range(widget["x"], widget["x"] + widget["width"])
                    for y in range(widget["y"], widget["y"] + widget["height"])
                }
                assert max(x for x, _ in cells) < 24, name
                assert not cells & taken, (name, widget)
                taken |= cells


def from_logs(system: ResolvedEnvironment, owner: str) -> set[str]:
    """The metrics of a namespace that are read from logs: `orders`, `apis/public`, `objectives/orders`."""
    kind, _, api = owner.partition("/")
    if kind == "objectives":
        return {"MeasuredCalls", "MeasuredFailures"}
    found = system.apis[api].metrics if api else system.services[kind].metrics
    return {metric.name for metric in found.values() if metric.logs}


def test_metrics_of_the_system_itself_are_declared_or_read_from_its_logs(
    systems: dict[str, ResolvedEnvironment],
) -> None:
    """What AWS publishes is held to its lists in `tests/stacks/alarms/test_published.py`."""
    for label, system in systems.items():
        own = f"{system.system}/{system.environment}"
        for namespace, name, dimensions in metrics(bodies(system, built_in_dashboards(system))):
            if namespace.startswith("AWS/"):
                continue
            if namespace == own:
                declared = system.services[dimensions["service"]].metrics
                assert list(dimensions) == ["service"]
                assert name in declared or name == "UnexpectedFailures", (label, name)
                continue
            assert namespace.startswith(f"{own}/"), (label, namespace)
            if namespace.startswith(f"{own}/objectives/"):
                assert name in {one.name for one in OF_PROMISES}, (label, name)
                continue
            service, _, function = namespace.removeprefix(f"{own}/").partition(".")
            known = {"ColdStarts"} if function else from_logs(system, service)
            assert name in known, (label, namespace, name)
            assert dimensions == {}
            assert not function or function in system.services[service].functions


def test_names_on_dashboards_are_those_of_resources_and_alarms_of_the_same_templates(
    shop_assemblies: Mapping[str, Path], systems: dict[str, ResolvedEnvironment]
) -> None:
    known: dict[str, set[str]] = {"Operation": {"GetItem", "Query", "PutItem", "UpdateItem"}}
    alarms = set()
    keys = {
        "AWS::Lambda::Function": ("FunctionName", "FunctionName"),
        "AWS::DynamoDB::GlobalTable": ("TableName", "TableName"),
        "AWS::SQS::Queue": ("QueueName", "QueueName"),
        "AWS::Backup::BackupVault": ("BackupVaultName", "BackupVaultName"),
    }
    for path in shop_assemblies["prod"].glob("*.template.json"):
        for resource in json.loads(path.read_text())["Resources"].values():
            if resource["Type"] in keys:
                dimension, key = keys[resource["Type"]]
                known.setdefault(dimension, set()).add(resource["Properties"][key])
            if resource["Type"] in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"):
                alarms.add(resource["Properties"]["AlarmName"])
    found = everything(systems["shop"])
    for _, _, dimensions in metrics(found):
        for name, value in dimensions.items():
            if name not in ("ApiId", "Stage", "service", "ResourceType"):
                assert value in known[name], (name, value)
    shown = {
        arn.rpartition(":alarm:")[2]
        for content in found.values()
        for widget in content["widgets"]
        for arn in widget["properties"].get("alarms", ())
    }
    assert shown
    assert shown <= alarms
    # Every composite alarm, which speaks for others, can be seen.
    assert {name for name in alarms if name.endswith(("-unhealthy", "-burn"))} <= shown


def test_expressions_name_only_metrics_beside_them_and_hide_those(
    systems: dict[str, ResolvedEnvironment],
) -> None:
    seen = 0
    for system in systems.values():
        for name, graph in graphs(everything(system)):
            ids = [entry[-1]["id"] for entry in graph["metrics"]]
            assert len(ids) == len(set(ids)), name
            hidden = {entry[-1]["id"] for entry in graph["metrics"] if entry[-1].get("visible") is False}
            named = {
                word
                for entry in graph["metrics"]
                for word in re.findall(r"\bm\d+x\d+\b", entry[-1].get("expression", ""))
            }
            assert named == hidden, name
            seen += len(named)
            written = [e[-1].get("expression", "") for e in graph["metrics"]]
            assert "{" not in json.dumps([one for one in written if "SEARCH('{" not in one])
    assert seen > 100


def test_a_colour_that_means_something_is_never_that_of_a_thing() -> None:
    assert not {colour_of(number) for number in range(20)} & {BAD, DOUBTFUL, GOOD}


def test_graphs_show_the_limit_of_their_alarm_as_the_blueprint_has_it(
    systems: dict[str, ResolvedEnvironment],
) -> None:
    from platform_cli.blueprint.resolved import ResolvedAlarmChange

    shop = systems["shop"]

    def limit(changes: dict[str, ResolvedAlarmChange]) -> list[float]:
        told = shop.alarms.model_copy(update={"changes": changes})
        found = bodies(shop.model_copy(update={"alarms": told}), ("overview",))
        (graph,) = [g for _, g in graphs(found) if g["title"] == "Share of failed requests"]
        return [line["value"] for line in graph.get("annotations", {}).get("horizontal", ())]

    assert limit({}) == [0.5]
    assert limit({"apis.errors": ResolvedAlarmChange(threshold=2)}) == [2]
    assert limit({"apis.errors": ResolvedAlarmChange(enabled=False)}) == []


def limits(graph: Body) -> list[tuple[float, str]]:
    lines = graph.get("annotations", {}).get("horizontal", ())
    return [(line["value"], line["label"]) for line in lines]


def of_title(found: Mapping[str, Body], title: str) -> Body:
    (graph,) = [graph for _, graph in graphs(found) if graph["title"] == title]
    return graph


def test_every_node_and_instance_is_drawn_with_the_limit_of_its_alarm(
    systems: dict[str, ResolvedEnvironment],
) -> None:
    from platform_cli.blueprint.resolved import ResolvedAlarmChange

    changes = {
        "caches.load": ResolvedAlarmChange(threshold=70),
        "caches.memory": ResolvedAlarmChange(enabled=False),
        "databases.cpu": ResolvedAlarmChange(threshold=65),
    }
    ledger = systems["ledger"]
    told = ledger.alarms.model_copy(update={"changes": {**ledger.alarms.changes, **changes}})
    board = bodies(ledger.model_copy(update={"alarms": told}), ("performance",))

    cache, database = ledger.caches["sessions"], ledger.databases["ledger"]
    processor, memory = of_title(board, "sessions: processor"), of_title(board, "sessions: memory")
    nodes = [entry[3] for entry in processor["metrics"]]
    assert nodes == [f"{cache.physical_name}-001", f"{cache.physical_name}-002"]
    assert (limits(processor), limits(memory)) == ([(70, "alarm")], [])
    load = of_title(board, "ledger: capacity in use")
    instances = [entry[3] for entry in load["metrics"]]
    assert instances == [f"{database.physical_name}-1", f"{database.physical_name}-2"]
    assert limits(load) == [(90, "alarm")]
    assert limits(of_title(board, "archive: processor")) == [(65, "alarm")]


def test_things_whose_alarms_differ_show_the_one_that_is_on_first(
    systems: dict[str, ResolvedEnvironment],
) -> None:
    exchange = systems["exchange"]
    ages = {queue.visibility_timeout_seconds for queue in exchange.queues.values()}
    assert len(ages) > 1
    oldest = of_title(bodies(exchange, ("overview",)), "Oldest message")
    ((value, label),) = limits(oldest)
    assert (value, label) == (900, "alarm")
    slow = exchange.queues["orders"].model_copy(update={"visibility_timeout_seconds": 3600})
    queues = {**exchange.queues, "orders": slow}
    apart = bodies(exchange.model_copy(update={"queues": queues}), ("overview",))
    assert limits(of_title(apart, "Oldest message")) == [(900, "first alarm")]


def test_infrastructure_shows_whatever_a_system_has(systems: dict[str, ResolvedEnvironment]) -> None:
    seen = set()
    for label, system in systems.items():
        board = bodies(system, (INFRASTRUCTURE,))
        headings = {
            widget["properties"]["markdown"].removeprefix("## ")
            for content in board.values()
            for widget in content["widgets"]
            if widget["type"] == "text"
        }
        wanted = {
            "CDNs": system.cdns,
            "Load balancers": system.load_balancers,
            "Tables": [table for table in system.tables.values() if not table.external],
            "Databases": system.databases,
            "Caches": system.caches,
            "Queues": system.queues,
            "Event buses": system.buses,
            "Topics": system.topics,
            "Streams": system.streams,
            "Analytics": [one for one in system.analytics.values() if one.enabled],
            "Backups of 7 days": [plan for plan in system.backups.values() if is_used(plan, system)],
        }
        for heading, things in wanted.items():
            assert (heading in headings) == bool(things), (label, heading)
        seen |= headings & {*wanted, "Firewalls", "Given up"}
    assert seen == {*wanted, "Firewalls", "Given up"}


def test_metrics_that_are_in_us_east_1_alone_are_drawn_from_there(
    systems: dict[str, ResolvedEnvironment],
) -> None:
    found = bodies(systems["edge"], ("overview", INFRASTRUCTURE))
    regions = {
        entry[-1].get("region")
        for _, graph in graphs(found)
        for entry in graph["metrics"]
        if entry[0] == "AWS/CloudFront"
    }
    assert regions == {"us-east-1"}


def test_no_row_of_our_own_ends_in_an_empty_area(systems: dict[str, ResolvedEnvironment]) -> None:
    for label, system in systems.items():
        for name, content in bodies(system, built_in_dashboards(system)).items():
            rows: dict[int, int] = {}
            for widget in content["widgets"]:
                rows[widget["y"]] = rows.get(widget["y"], 0) + widget["width"]
            assert set(rows.values()) == {24}, (label, name)


def test_a_graph_of_more_than_cloudwatch_draws_becomes_two(factory: Any) -> None:
    make = factory()
    queues = make.named(*(make.queue(f"q{number}") for number in range(MOST_METRICS + 1)))
    system = make.environment(queues=queues)
    drawn = [
        len(graph["metrics"])
        for _, graph in graphs(bodies(system, ("overview",)))
        if graph["title"] == "Oldest message"
    ]
    assert drawn == [MOST_METRICS, 1]


def test_the_error_budget_is_what_the_objective_leaves(systems: dict[str, ResolvedEnvironment]) -> None:
    found = bodies(systems["shop"], ("overview",))
    (budget,) = [g for _, g in graphs(found) if g["title"] == "Error budget of 30 days"]
    (expression,) = [e[-1]["expression"] for e in budget["metrics"] if "expression" in e[-1]]
    assert expression.startswith("100 - 100 * (IF(")
    assert expression.endswith(" / 0.1")
    assert (budget["start"], budget["setPeriodToTimeRange"]) == ("-P30D", True)


# --- which there are ------------------------------------------------------------------------------


def own(name: str, enabled: bool | None = None, *, widgets: bool = True) -> ResolvedDashboard:
    metric = ResolvedMetric(
        namespace="payments", name="Failed", dimensions={"provider": "x"}, statistic="Sum", label=None
    )
    shown = ResolvedWidget(
        kind="graph", title="Payments", text=None, metrics=(metric,), period_seconds=60, width=12, height=6
    )
    return ResolvedDashboard(
        name=name, physical_name=f"shop-{name}", widgets=(shown,) if widgets else (), enabled=enabled
    )


def test_protected_environments_have_all_others_the_overview_and_silent_ones_none() -> None:
    path = SHOP / "blueprint.yaml"
    prod, dev = resolved(path, "prod"), resolved(path, "dev")
    services = tuple(f"service-{name}" for name in ("auth", "health", "notifications", "orders", "users"))
    assert dashboard_names(prod) == ("overview", "business", "performance", "infrastructure", *services)
    assert dashboard_names(dev) == ("overview",)
    silent = dev.model_copy(update={"alarms": ResolvedAlarms()})
    assert dashboard_names(silent) == ()
    asked = silent.model_copy(update={"dashboards": {"performance": own("performance", enabled=True)}})
    assert dashboard_names(asked) == ("performance",)
    less = prod.model_copy(update={"dashboards": {"overview": own("overview", enabled=False)}})
    assert "overview" not in dashboard_names(less)


def test_own_widgets_come_at_the_end_and_own_dashboards_beside() -> None:
    dev = resolved(SHOP / "blueprint.yaml", "dev")
    system = dev.model_copy(
        update={"dashboards": {"overview": own("overview"), "warehouse": own("warehouse")}}
    )
    found = bodies(system)
    assert list(found) == ["overview", "warehouse"]
    assert found["overview"]["widgets"][-1]["properties"]["title"] == "Payments"
    assert found["overview"]["widgets"][-2]["properties"]["markdown"] == "## More"
    (widget,) = found["warehouse"]["widgets"]
    (entry,) = widget["properties"]["metrics"]
    assert entry[:4] == ["payments", "Failed", "provider", "x"]


def test_dashboards_are_made_in_the_last_stack_with_the_ids_of_apis_by_weak_reference(
    shop_assemblies: Mapping[str, Path],
) -> None:
    template = json.loads((shop_assemblies["prod"] / "shop-prod-overview.template.json").read_text())
    boards = [r for r in template["Resources"].values() if r["Type"] == "AWS::CloudWatch::Dashboard"]
    assert len(boards) == 9
    reference = {"Fn::GetStackOutput": {"StackName": "shop-prod-api-public", "OutputName": "ApiId"}}
    texts = [b["Properties"]["DashboardBody"] for b in boards]
    joined = [text for text in texts if isinstance(text, dict)]
    assert len(joined) == 2  # the overview, and performance
    for text in joined:
        parts = text["Fn::Join"][1]
        assert reference in parts
        assert json.loads("".join("api" if isinstance(part, dict) else part for part in parts))["widgets"]
    assert reference in [output["Value"] for output in template["Outputs"].values()]
