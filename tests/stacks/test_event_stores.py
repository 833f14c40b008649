"""The streaming blueprint: an event store, projections, windows, streams, a bus, a queue, a schedule."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

Template = dict[str, Any]
GOLDEN = Path(__file__).parent / "golden" / "streaming"
FORBIDDEN = {"UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLDelete", "PartiQLUpdate", "Scan", "*"}


@pytest.fixture
def streaming(starter_assemblies: Mapping[str, Mapping[str, Path]]) -> Callable[[str], Template]:
    """A template of the blueprint in `prod`, by the end of its stack's name."""

    def read(stack: str) -> Template:
        (path,) = starter_assemblies["streaming"]["prod"].glob(f"*-prod-{stack}.template.json")
        template: Template = json.loads(path.read_text())
        return template

    return read


def of_type(template: Template, type_: str) -> dict[str, Any]:
    return {name: one["Properties"] for name, one in template["Resources"].items() if one["Type"] == type_}


def statements(template: Template) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Role and statement, for each statement of each role."""
    for role, properties in of_type(template, "AWS::IAM::Role").items():
        for policy in properties.get("Policies", ()):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield role, statement


STACKS = ["data", "identity", "events", "service-orders", "service-analytics", "service-books", "api-public"]


@pytest.mark.parametrize("stack", STACKS)
def test_the_blueprint_is_what_it_was(
    stack: str, streaming: Callable[[str], Template], golden: Callable[[Path, str], None]
) -> None:
    dropped = ("Parameters", "Rules")
    template = {key: value for key, value in streaming(stack).items() if key not in dropped}
    golden(GOLDEN / f"{stack}.json", json.dumps(template, indent=2) + "\n")


def test_no_role_can_change_or_delete_what_happened(streaming: Callable[[str], Template]) -> None:
    appending = set()
    for service in ("orders", "analytics", "activity", "books"):
        for role, statement in statements(streaming(f"service-{service}")):
            if not any("-orders-events" in str(resource) for resource in statement["Resource"]):
                continue
            actions = {action.partition(":")[2] for action in statement["Action"]}
            assert not actions & FORBIDDEN, role
            if "PutItem" in actions:
                appending.add(role)
    assert len(appending) == 2  # place and cancel; neither projection


def test_the_event_store_is_kept_and_streams_what_is_new(streaming: Callable[[str], Template]) -> None:
    template = streaming("data")
    (store,) = (
        (one, one["Properties"])
        for one in template["Resources"].values()
        if str(one.get("Properties", {}).get("TableName", "")).endswith("-orders-events")
    )
    resource, properties = store
    assert resource["DeletionPolicy"] == "Retain"
    assert resource["Metadata"]["platform:blueprint"] == "event_stores.orders"
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    keys = [(key["AttributeName"], key["KeyType"]) for key in properties["KeySchema"]]
    assert keys == [("aggregate_id", "HASH"), ("version", "RANGE")]
    replica = properties["Replicas"][0]
    assert replica["DeletionProtectionEnabled"] is True
    assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_projections_follow_insertions_from_the_oldest_and_report_failures_one_by_one(
    streaming: Callable[[str], Template],
) -> None:
    all_mappings = of_type(streaming("service-orders"), "AWS::Lambda::EventSourceMapping").values()
    mappings = [one for one in all_mappings if "FilterCriteria" in one]
    assert len(mappings) == 2
    for mapping in mappings:
        assert mapping["FilterCriteria"] == {"Filters": [{"Pattern": '{"eventName":["INSERT"]}'}]}
        assert mapping["StartingPosition"] == "TRIM_HORIZON"
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["MaximumRetryAttempts"] == 10
        assert mapping["DestinationConfig"]


def test_a_projection_finds_what_it_goes_from_and_into(streaming: Callable[[str], Template]) -> None:
    functions = of_type(streaming("service-orders"), "AWS::Lambda::Function")
    (view,) = (f for f in functions.values() if f["FunctionName"].endswith("-orders-view"))
    variables = view["Environment"]["Variables"]
    assert variables["EVENT_STORE_ORDERS_NAME"].endswith("-orders-events")
    assert variables["TABLE_ORDER_VIEW_NAME"].endswith("-order-view")


def test_orders_are_measured_in_tumbling_windows_of_five_minutes(
    streaming: Callable[[str], Template],
) -> None:
    (mapping,) = of_type(streaming("service-analytics"), "AWS::Lambda::EventSourceMapping").values()
    assert mapping["TumblingWindowInSeconds"] == 300


def test_there_are_three_encrypted_streams(streaming: Callable[[str], Template]) -> None:
    streams = of_type(streaming("data"), "AWS::Kinesis::Stream").values()
    assert sorted(stream["Name"].partition("-prod-")[2] for stream in streams) == [
        "orders",
        "security-events",
        "user-activity",
    ]
    assert all(stream["StreamEncryption"]["EncryptionType"] == "KMS" for stream in streams)


def through_kinesis(template: Template) -> dict[str, set[str]]:
    """What each role may do with the environment's key through Kinesis."""
    through = {"StringEquals": {"kms:ViaService": "kinesis.eu-west-1.amazonaws.com"}}
    return {
        role: {action.partition(":")[2] for action in statement["Action"]}
        for role, statement in statements(template)
        if statement.get("Condition") == through
    }


def test_streams_under_an_own_key_are_made_and_used_with_it(streaming: Callable[[str], Template]) -> None:
    data = streaming("data")
    for stream in of_type(data, "AWS::Kinesis::Stream").values():
        assert stream["StreamEncryption"]["KeyId"] == {"Fn::GetAtt": ["Key", "Arn"]}
    (key,) = of_type(data, "AWS::KMS::Key").values()
    use = next(one for one in key["KeyPolicy"]["Statement"] if one.get("Sid") == "UseThroughServices")
    assert "kinesis.eu-west-1.amazonaws.com" in use["Condition"]["StringEquals"]["kms:ViaService"]

    puts = {"DescribeKey", "Encrypt", "GenerateDataKey*", "ReEncrypt*"}
    reads = {"Decrypt", "DescribeKey"}
    assert through_kinesis(streaming("service-activity")) == {
        "RoleTrack": puts,
        "RoleFollow": reads,
        "RoleGuard": reads,
    }
    assert through_kinesis(streaming("service-orders")) == {"RoleAnnounce": puts, "RolePublish": reads}
    assert through_kinesis(streaming("service-analytics")) == {"RoleMeasure": reads}
    # What CloudWatch Logs sends on of the access log, it puts in the name of this role.
    assert through_kinesis(streaming("api-public")) == {"SecurityEventsRole": puts}


def test_the_bus_fills_a_queue_with_dead_letters_that_a_function_takes(
    streaming: Callable[[str], Template],
) -> None:
    events = streaming("events")
    (bus,) = of_type(events, "AWS::Events::EventBus").values()
    (archive,) = of_type(events, "AWS::Events::Archive").values()
    assert archive["RetentionDays"] == 90
    queues = {queue["QueueName"]: queue for queue in of_type(events, "AWS::SQS::Queue").values()}
    (bookings,) = (queue for name, queue in queues.items() if name.endswith("-bookings"))
    assert bookings["RedrivePolicy"]["maxReceiveCount"] == 3
    (rule,) = of_type(events, "AWS::Events::Rule").values()
    assert rule["EventPattern"]["detail-type"] == ["OrderCancelled", "OrderPlaced"]
    assert bus["Name"].endswith("-prod-events")

    books = streaming("service-books")
    (mapping,) = of_type(books, "AWS::Lambda::EventSourceMapping").values()
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    (closed,) = of_type(books, "AWS::Events::Rule").values()
    assert closed["EventPattern"]["detail-type"] == ["BooksClosed"]


def test_books_are_closed_at_midnight_of_a_time_zone(streaming: Callable[[str], Template]) -> None:
    (schedule,) = of_type(streaming("service-books"), "AWS::Scheduler::Schedule").values()
    assert schedule["ScheduleExpression"] == "cron(0 0 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Berlin"


def test_what_the_api_refuses_has_alarms_beside_its_stream(streaming: Callable[[str], Template]) -> None:
    template = streaming("api-public")
    assert of_type(template, "AWS::Logs::SubscriptionFilter")
    names = {alarm["AlarmName"] for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()}
    assert {"denied", "throttled"} <= {name.rpartition("-")[2] for name in names}


def test_aggregates_narrow_what_of_a_store_may_be_used(
    factory: Callable[..., Any], golden: Callable[[Path, str], None]
) -> None:
    from platform_cli.blueprint.resolved import ResolvedAccess, ResolvedKey
    from platform_cli.stacks.rights import statements_of

    make = factory()
    table = make.table(
        "orders-events",
        partition_key=ResolvedKey(name="aggregate_id"),
        sort_key=ResolvedKey(name="version", type="number"),
        event_store="orders",
    )
    line = ResolvedAccess(kind="event_stores", name="orders", verb="append", aggregates=("order-*",))
    function = make.function("orders", "place", access=(line,))
    system = make.environment(tables=make.named(table), services=make.named(make.service("orders", function)))
    (found,) = (
        statement.document()
        for statement in statements_of(function, system, lambda *_: "")
        if statement.sid == "EventStoresOrders"
    )
    assert found["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["order-*"]}}
    golden(GOLDEN / "aggregates.json", json.dumps(found, indent=2) + "\n")
