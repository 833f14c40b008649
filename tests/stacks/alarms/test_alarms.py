"""Which alarms there are, what the blueprint changes of them, and who hears of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from platform_cli.blueprint.model.alarm_kinds import ObjectiveAlarms
from platform_cli.blueprint.model.alarms import ALARM_SECTIONS
from platform_cli.blueprint.model.alarms import Alarms as Source
from platform_cli.blueprint.naming import ALARM_KINDS, Names
from platform_cli.blueprint.resolved import (
    ResolvedAlarmChange,
    ResolvedBudget,
    ResolvedDashboard,
    ResolvedDomain,
    ResolvedEnvironment,
)
from platform_cli.stacks.alarms.catalog import RULES, UNHEALTHY
from platform_cli.stacks.alarms.composites import service_composites
from platform_cli.stacks.alarms.counting import standing_alarms
from platform_cli.stacks.alarms.watching import api_alarms, data_alarms, function_alarms
from platform_cli.stacks.concerns import concerns_of
from platform_cli.stacks.support import unbuilt

CONSOLE = "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"
Properties = Mapping[str, Any]
Templates = dict[str, dict[str, Any]]
Find = Callable[[Templates, str], dict[str, Properties]]


def one(system: ResolvedEnvironment, address: str, rule: str) -> Any:
    (function,) = [function for function in system.functions if function.address == address]
    (alarm,) = [alarm for alarm in function_alarms(system, function) if alarm.rule.name == rule]
    return alarm


# --- what there is --------------------------------------------------------------------------------


def test_the_blueprint_knows_exactly_the_alarms_of_the_table() -> None:
    keys = {
        f"{section}.{key}"
        for section in ALARM_SECTIONS
        for key in type(getattr(Source.model_construct(), section)).model_fields
    }
    promised = {f"objectives.{name}" for name in ObjectiveAlarms.model_fields}
    assert keys == {rule.key for rules in RULES.values() for rule in rules} | promised | {UNHEALTHY}


def test_commands_know_the_alarms_of_every_kind_of_thing_by_their_names() -> None:
    as_others = {"http-api", "rest-api", "dead-letters", "cdn-firewall", "target"}
    assert set(RULES) - as_others | {"api", "flags", "metric", "objective", "service"} == set(ALARM_KINDS)
    with pytest.raises(ValueError, match="no kind of alarm"):
        Names("shop", "dev", "1", "eu-west-1").alarm("eu", "orders", "errors")


def test_without_contacts_there_are_no_alarms_and_no_stack_for_them(
    full: Callable[..., ResolvedEnvironment], templates: Templates, resources_of: Find
) -> None:
    assert not full().alarms.wanted
    assert "observability" not in {concern.kind for concern in concerns_of(full())}
    assert resources_of(templates, "AWS::CloudWatch::Alarm") == {}


def test_each_thing_has_its_alarms(watched: Callable[..., ResolvedEnvironment]) -> None:
    system = watched()
    found: dict[str, list[str]] = {}
    for function in system.functions:
        for alarm in function_alarms(system, function):
            found.setdefault(alarm.subject.name, []).append(alarm.rule.name)
    common = ["errors", "throttles", "duration", "memory", "cold_starts"]
    assert found == {
        "auth.login": common,
        # It reserves five; the others reserve nothing.
        "orders.create": [*common, "concurrency"],
        "orders.health": common,
        "workers.notify": common,
        "workers.project": [*common, "iterator_age"],
        "workers.react": [*common, "failures"],
        "workers.tally": [*common, "iterator_age"],
    }
    assert [alarm.name.removeprefix("shop-dev-") for alarm in data_alarms(system)] == [
        "table-main-throttles",
        "table-main-errors",
        "table-main-hot-partition",
        "index-main.GSI1-throttles",
        "index-main.GSI1-hot-partition",
        "table-plain-throttles",
        "table-plain-errors",
        "table-plain-hot-partition",
        "queue-in-order-age",
        "queue-in-order-depth",
        "queue-in-order-dead-letters",
        "queue-later-age",
        "queue-later-depth",
        "queue-later-dead-letters",
        "queue-notifications-age",
        "queue-notifications-depth",
        "queue-notifications-dead-letters",
        "topic-news-undelivered",
        "stream-order-events-age",
        "stream-order-events-throttles",
    ]


def test_the_latency_of_tables_is_watched_only_where_the_blueprint_says_something_of_it(
    watched: Callable[..., ResolvedEnvironment],
) -> None:
    def of(**change: Any) -> list[float]:
        system = watched(changes={"tables.latency": ResolvedAlarmChange(**change)})
        return [alarm.threshold for alarm in data_alarms(system) if alarm.rule.key == "tables.latency"]

    assert of(threshold=20) == [20, 20]
    assert of(enabled=True) == [50, 50]
    assert of(enabled=False) == []


def test_client_errors_of_apis_are_watched_only_where_the_blueprint_says_something_of_it(
    watched: Callable[..., ResolvedEnvironment],
) -> None:
    def of(**changes: ResolvedAlarmChange) -> list[tuple[str, float]]:
        system = watched(changes={f"apis.{name}": change for name, change in changes.items()})
        (api, *_) = system.apis.values()
        alarms = api_alarms(system, api, "id", "stage")
        return [(alarm.name, alarm.threshold) for alarm in alarms if alarm.rule.key == "apis.client_errors"]

    assert of() == of(errors=ResolvedAlarmChange(threshold=5)) == []
    ((name, threshold),) = of(client_errors=ResolvedAlarmChange(threshold=35))
    assert (name.rpartition("-api-")[2].partition("-")[2], threshold) == ("client-errors", 35)


@pytest.mark.parametrize(("reserved", "limits"), [(None, []), (0, []), (4, []), (5, [4]), (100, [80])])
def test_the_concurrency_of_a_function_is_watched_where_it_reserves_some(
    reserved: int | None, limits: list[float], watched: Callable[..., ResolvedEnvironment]
) -> None:
    system = watched()
    (function,) = [function for function in system.functions if function.address == "orders.create"]
    changed = function.model_copy(update={"reserved_concurrency": reserved})
    found = [alarm for alarm in function_alarms(system, changed) if alarm.rule.name == "concurrency"]
    assert [alarm.threshold for alarm in found] == limits


def test_a_message_may_be_tried_as_often_as_its_queue_allows(
    watched: Callable[..., ResolvedEnvironment],
) -> None:
    system = watched()
    patience = {"visibility_timeout_seconds": 1800, "delay_seconds": 60}
    patient = system.queues["notifications"].model_copy(update=patience)
    system = system.model_copy(update={"queues": {**system.queues, "notifications": patient}})
    ages = {alarm.subject.name: alarm.threshold for alarm in data_alarms(system) if alarm.rule.name == "age"}
    assert (ages["later"], ages["notifications"]) == (900, 3 * 1800 + 60)


# --- what the blueprint changes -------------------------------------------------------------------


def test_a_change_for_one_function_stands_before_that_for_all(
    watched: Callable[..., ResolvedEnvironment],
) -> None:
    general = ResolvedAlarmChange(threshold=5, severity="warning")
    system = watched(changes={"functions.errors": general})
    (function,) = [f for f in system.functions if f.address == "orders.create"]
    own = function.model_copy(update={"alarms": {"errors": ResolvedAlarmChange(threshold=9)}})
    (alarm,) = [alarm for alarm in function_alarms(system, own) if alarm.rule.name == "errors"]
    assert (alarm.threshold, alarm.severity) == (9, "warning")
    assert "more than 9 % of calls" in alarm.description
    assert one(system, "orders.health", "errors").threshold == 5
    assert one(system, "orders.health", "throttles").threshold == 0


THINGS = ("apis", "queues", "streams", "tables", "identity")


def test_a_change_for_one_thing_is_for_its_own_alarms_alone(
    watched: Callable[..., ResolvedEnvironment],
) -> None:
    usual = {alarm.name: alarm for alarm in standing_alarms(watched())}
    things = {".".join(alarm.subject.origin.split(".")[:2]) for alarm in usual.values()}
    assert {thing.split(".")[0] for thing in things} >= set(THINGS)
    for thing in sorted(things):
        rules = {a.rule.name for a in usual.values() if f"{a.subject.origin}.".startswith(f"{thing}.")}
        own = {rule: ResolvedAlarmChange(threshold=77, period_seconds=120) for rule in rules}
        system = watched(own={thing: own}, changes={"queues.depth": ResolvedAlarmChange(severity="info")})
        for alarm in standing_alarms(system):
            mine = f"{alarm.subject.origin}.".startswith(f"{thing}.")
            expected = 120 if mine else usual[alarm.name].period_seconds
            assert alarm.period_seconds == expected, (thing, alarm.name)
            assert ("than 77 " in alarm.description) is mine
            assert alarm.rule.key != "queues.depth" or alarm.severity == "info"


def test_an_alarm_of_one_thing_can_be_switched_off_or_on_where_all_are_otherwise(
    watched: Callable[..., ResolvedEnvironment],
) -> None:
    off, on = ResolvedAlarmChange(enabled=False), ResolvedAlarmChange(enabled=True)
    system = watched(
        changes={"queues.depth": off},
        own={"queues.later": {"depth": on, "age": off}, "tables.plain": {"latency": on}},
    )
    names = {alarm.name.removeprefix("shop-dev-") for alarm in data_alarms(system)}
    assert {name for name in names if name.endswith("-depth")} == {"queue-later-depth"}
    assert "queue-later-age" not in names
    assert "queue-notifications-age" in names
    assert {name for name in names if name.endswith("-latency")} == {"table-plain-latency"}


def test_a_threshold_of_one_thing_ends_the_look_for_anomalies_of_all(
    watched: Callable[..., ResolvedEnvironment],
) -> None:
    system = watched(
        changes={"queues.depth": ResolvedAlarmChange(anomaly=True, deviations=3)},
        own={"queues.later": {"depth": ResolvedAlarmChange(threshold=5)}},
    )
    depths = {a.subject.name: a for a in data_alarms(system) if a.rule.key == "queues.depth"}
    assert (depths["later"].deviations, depths["later"].threshold) == (None, 5)
    assert depths["notifications"].deviations == 3


def test_a_service_says_itself_how_it_is_unhealthy(watched: Callable[..., ResolvedEnvironment]) -> None:
    system = watched(own={"services.orders": {"unhealthy": ResolvedAlarmChange(severity="critical")}})
    found = {name: service_composites(system, service)[0] for name, service in system.services.items()}
    assert {name for name, one in found.items() if one.severity == "critical"} == {"orders"}


def test_topics_and_replicas_are_watched_where_there_are_any(
    watched: Callable[..., ResolvedEnvironment],
) -> None:
    system = watched(own={"tables.plain": {"replication": ResolvedAlarmChange(threshold=60_000)}})
    replicas = ("eu-central-1", "eu-north-1")
    tables = {
        name: table.model_copy(update={"replicas": replicas if name == "plain" else ()})
        for name, table in system.tables.items()
    }
    found = list(data_alarms(system.model_copy(update={"tables": tables})))
    table = system.tables["plain"].physical_name
    late = {alarm.name: alarm for alarm in found if alarm.rule.key == "tables.replication"}
    assert {name: alarm.subject.dimensions for name, alarm in late.items()} == {
        f"shop-dev-replica-plain.{region}-replication": {"TableName": table, "ReceivingRegion": region}
        for region in replicas
    }
    assert {alarm.threshold for alarm in late.values()} == {60_000}
    topics = {alarm.name for alarm in found if alarm.rule.key == "topics.undelivered"}
    assert topics == {f"shop-dev-topic-{name}-undelivered" for name in system.topics} != set()


@pytest.mark.parametrize("routed", [True, False])
def test_the_certificate_of_a_domain_is_paid_where_the_domain_is(
    routed: bool, watched: Callable[..., ResolvedEnvironment]
) -> None:
    system = watched()
    domain = ResolvedDomain(name="api.shop.example", certificate_arn="arn:x", hosted_zone_id=None)
    api = system.apis["public"].model_copy(update={"domain": domain, "name": "public" if routed else "idle"})
    found = standing_alarms(system.model_copy(update={"apis": {**system.apis, api.name: api}}))
    expected = ["shop-dev-certificate-api.shop.example-expiry"] if routed else []
    assert [alarm.name for alarm in found if alarm.rule.key == "certificates.expiry"] == expected


def test_streams_with_several_shards_are_watched_for_shards_that_nobody_needs(
    watched: Callable[..., ResolvedEnvironment],
) -> None:
    system = watched()

    def limits(shards: int | None) -> list[float]:
        (stream,) = system.streams.values()
        sized = {stream.name: stream.model_copy(update={"shards": shards})}
        found = data_alarms(system.model_copy(update={"streams": sized}))
        return [alarm.threshold for alarm in found if alarm.rule.key == "streams.unused"]

    assert [limits(shards) for shards in (None, 1, 2, 10)] == [[], [], [400_000], [2_000_000]]


def test_duration_is_a_percentage_of_the_functions_own_timeout(
    watched: Callable[..., ResolvedEnvironment],
) -> None:
    assert one(watched(), "orders.create", "duration").threshold == 8_000
    half = watched(changes={"functions.duration": ResolvedAlarmChange(threshold=50)})
    assert one(half, "orders.create", "duration").threshold == 5_000


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, (3, 2)),
        ({"evaluation_periods": 1}, (1, 1)),
        ({"evaluation_periods": 5}, (5, 2)),
        ({"datapoints": 6}, (6, 6)),
        ({"evaluation_periods": 6, "datapoints": 4}, (6, 4)),
    ],
)
def test_an_alarm_never_asks_for_more_bad_points_than_it_looks_at(
    change: dict[str, int], expected: tuple[int, int], watched: Callable[..., ResolvedEnvironment]
) -> None:
    system = watched(changes={"functions.duration": ResolvedAlarmChange(**change)})
    alarm = one(system, "orders.create", "duration")
    assert (alarm.evaluation_periods, alarm.datapoints) == expected


def test_alarms_can_be_switched_off_all_of_them(
    watched: Callable[..., ResolvedEnvironment],
    templates_of: Callable[[ResolvedEnvironment], Templates],
    resources_of: Find,
) -> None:
    off = ResolvedAlarmChange(enabled=False)
    keys = {rule.key for rules in RULES.values() for rule in rules}
    silent = templates_of(watched(changes=dict.fromkeys(keys, off)))
    assert resources_of(silent, "AWS::CloudWatch::Alarm") == {}
    assert resources_of(silent, "AWS::CloudWatch::CompositeAlarm") == {}
    assert len(resources_of(silent, "AWS::SNS::Topic")) == 4


def test_runbooks_can_be_elsewhere(watched: Callable[..., ResolvedEnvironment]) -> None:
    system = watched(runbook_url="https://wiki.example.com/{alarm}.html")
    description = one(system, "orders.create", "errors").description
    begin = "Function orders.create of shop-dev: calls of the function fail (more than 1 % of calls). "
    assert description.startswith(begin)
    assert description.endswith(" Runbook: https://wiki.example.com/functions-errors.html")


@pytest.mark.parametrize(
    ("target", "dashboards", "expected"),
    [
        ("aws", {}, f"{CONSOLE}#dashboards/dashboard/shop-dev-overview"),
        ("aws", {"enabled": False}, CONSOLE),
        ("local", {}, "docs/alarms.md#functions-errors"),
    ],
)
def test_without_runbooks_an_alarm_says_what_to_do_and_leads_to_the_overview(
    target: Any, dashboards: dict[str, bool], expected: str, watched: Callable[..., ResolvedEnvironment]
) -> None:
    own = ResolvedDashboard(name="overview", physical_name="shop-dev-overview", widgets=(), **dashboards)
    system = watched().model_copy(update={"target": target, "dashboards": {"overview": own}})
    description = one(system, "orders.create", "errors").description
    assert "`platform logs SERVICE.FUNCTION` shows the errors." in description
    assert description.endswith(f" Runbook: {expected}")


def test_no_description_is_longer_than_cloudwatch_takes_and_the_link_is_never_cut(
    watched: Callable[..., ResolvedEnvironment],
) -> None:
    system = watched(runbook_url="https://wiki.example.com/" + "long/" * 100 + "{alarm}")
    for alarm in data_alarms(system):
        assert len(alarm.description) <= 1024
        assert alarm.description.endswith(f"long/{alarm.rule.slug}")


# --- composite alarms -----------------------------------------------------------------------------


def test_a_service_is_unhealthy_while_any_of_its_alarms_is_on(
    watched_templates: Templates, resources_of: Find
) -> None:
    alarms = {
        alarm["AlarmName"] for alarm in resources_of(watched_templates, "AWS::CloudWatch::Alarm").values()
    }
    found = resources_of(watched_templates, "AWS::CloudWatch::CompositeAlarm")
    assert [alarm["AlarmName"] for alarm in found.values()] == [
        "shop-dev-service-auth-unhealthy",
        "shop-dev-service-orders-unhealthy",
        "shop-dev-service-workers-unhealthy",
    ]
    for composite in found.values():
        children = [part[7:-2] for part in composite["AlarmRule"].split(" OR ")]
        service = composite["AlarmName"].split("-")[3]
        assert set(children) == {
            name for name in alarms if f"-function-{service}." in name and not name.endswith("-cold-starts")
        }
        assert composite["AlarmActions"][0].endswith(":shop-dev-alarms-info")


def test_a_composite_alarm_never_has_more_than_cloudwatch_takes(
    watched: Callable[..., ResolvedEnvironment],
) -> None:
    system = watched()
    service, function = system.services["orders"], system.services["orders"].functions["create"]
    names = [f"{'long-' * 12}{number}" for number in range(90)]
    many = {name: function.model_copy(update={"name": name}) for name in names}
    composites = service_composites(system, service.model_copy(update={"functions": many}))
    assert [c.name.rpartition("-")[2] for c in composites[:2]] == ["unhealthy", "2"]
    assert sum(len(c.children) for c in composites) == 450
    assert max(len(c.children) for c in composites) <= 100
    assert max(len(" OR ".join(f'ALARM("{n}")' for n in c.children)) for c in composites) <= 10_240


# --- who hears ------------------------------------------------------------------------------------


def test_contacts_are_subscribed_to_the_topic_of_their_severity(
    watched_templates: Templates, resources_of: Find
) -> None:
    found = resources_of(watched_templates, "AWS::SNS::Subscription")
    assert {
        (s["TopicArn"].get("Ref"), s["Protocol"], s["Endpoint"])
        for s in found.values()
        if isinstance(s["TopicArn"], dict)
    } == {
        ("AlarmTopicCritical", "email", "oncall@example.com"),
        ("AlarmTopicWarning", "https", "https://chat.example.com/hook"),
    }


def test_alarms_may_use_the_key_and_the_topics_and_nobody_else_from_outside(
    watched_templates: Templates, resources_of: Find
) -> None:
    (key,) = [
        key
        for name, key in resources_of(watched_templates, "AWS::KMS::Key").items()
        if "observability" in name
    ]
    services = {
        s["Principal"]["Service"]: s["Action"]
        for s in key["KeyPolicy"]["Statement"]
        if "Service" in s["Principal"]
    }
    assert services == {"cloudwatch.amazonaws.com": ["kms:Decrypt", "kms:GenerateDataKey*"]}
    policies = resources_of(watched_templates, "AWS::SNS::TopicPolicy")
    assert len(policies) == 3
    for policy in policies.values():
        allowed, denied = policy["PolicyDocument"]["Statement"]
        assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        assert allowed["Condition"]["ArnLike"]["aws:SourceArn"].endswith(":alarm:shop-dev-*")
        assert denied["Effect"] == "Deny"


def test_topics_are_there_before_the_alarms_that_tell_them(
    watched: Callable[..., ResolvedEnvironment],
) -> None:
    concerns = concerns_of(watched())
    assert concerns[0].key == "observability"
    for concern in concerns:
        if concern.kind in ("service", "api", "events"):
            assert "observability" in concern.needs


def test_cfn_lint_finds_no_error(
    watched_templates: Templates, lint: Callable[[Templates], list[str]]
) -> None:
    assert lint(watched_templates) == []


# --- budgets --------------------------------------------------------------------------------------


def budget(**values: Any) -> ResolvedBudget:
    defaults: dict[str, Any] = {
        "name": "monthly",
        "physical_name": "shop-dev-monthly",
        "period": "monthly",
        "limit_usd": 100,
        "actual_percent": (80,),
        "forecast_percent": (100,),
        "contacts": ("oncall@example.com",),
    }
    return ResolvedBudget(**(defaults | values))


def test_a_budget_tells_of_what_is_spent_and_of_what_is_foreseen(
    factory: Callable[..., Any],
    templates_of: Callable[[ResolvedEnvironment], Templates],
    resources_of: Find,
    lint: Callable[[Templates], list[str]],
) -> None:
    system = factory().environment(budgets={"monthly": budget()})
    assert unbuilt(system) == ()
    templates = templates_of(system)
    assert lint(templates) == []
    (found,) = resources_of(templates, "AWS::Budgets::Budget").values()
    *tagged, spent = found["Budget"]["FilterExpression"]["And"]
    assert spent == {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund"]}}}
    tags = [part["Tags"] for part in tagged]
    assert {tag["Key"]: tag["Values"] for tag in tags} == {"environment": ["dev"], "system": ["shop"]}
    assert found["Budget"]["BudgetLimit"] == {"Amount": 100, "Unit": "USD"}
    notices = [notice["Notification"] for notice in found["NotificationsWithSubscribers"]]
    assert [(n["NotificationType"], n["Threshold"]) for n in notices] == [("ACTUAL", 80), ("FORECASTED", 100)]
    for notice in found["NotificationsWithSubscribers"]:
        assert notice["Subscribers"] == [{"Address": "oncall@example.com", "SubscriptionType": "EMAIL"}]


def test_what_aws_budgets_cannot_do_is_refused(factory: Callable[..., Any]) -> None:
    daily = budget(name="daily", period="daily", forecast_percent=(), contacts=("https://chat.example.com",))
    assert unbuilt(factory().environment(budgets={"daily": daily})) == (
        ("budgets.daily.contacts", "an https:// address that a budget tells"),
    )
