"""What drives functions, and what is watched, paid and asked, in a system that has all of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

ACCOUNT = "222222222222"
ARN = f"eu-west-1:{ACCOUNT}"
Templates = dict[str, dict[str, Any]]
Properties = dict[str, Any]

GOLDEN = {
    "drivers": (
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Kinesis::StreamConsumer",
        "AWS::Scheduler::Schedule",
    ),
    "messaging": (
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
        "AWS::SNS::Topic",
        "AWS::SNS::Subscription",
        "AWS::Events::EventBus",
        "AWS::Events::Archive",
        "AWS::Events::Rule",
    ),
    "streams": ("AWS::Kinesis::Stream", "AWS::Logs::SubscriptionFilter"),
    "domains": (
        "AWS::CertificateManager::Certificate",
        "AWS::ApiGatewayV2::DomainName",
        "AWS::ApiGatewayV2::ApiMapping",
        "AWS::Route53::RecordSet",
    ),
    "costs": ("AWS::Budgets::Budget", "AWS::CE::AnomalyMonitor", "AWS::CE::AnomalySubscription"),
    "questions": ("AWS::XRay::SamplingRule", "AWS::Logs::QueryDefinition"),
}


def read(folder: Path) -> Templates:
    """Templates by what comes after `exchange-prod-` in the names of their stacks."""
    return {
        path.name.removesuffix(".template.json").split("-", 2)[2]: json.loads(path.read_text())
        for path in sorted(folder.glob("*.template.json"))
    }


@pytest.fixture(scope="module")
def prod(exchange_assemblies: Mapping[str, Path]) -> Templates:
    return read(exchange_assemblies["prod"])


def of_type(templates: Templates, kind: str) -> dict[str, Properties]:
    return {
        name: resource["Properties"]
        for template in templates.values()
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def only(templates: Templates, kind: str) -> Properties:
    (found,) = of_type(templates, kind).values()
    return found


def of_function(templates: Templates, kind: str, function: str) -> Properties:
    """The one resource of a type that is about a function."""
    (found,) = [
        properties
        for properties in of_type(templates, kind).values()
        if properties["FunctionName"] == {"Ref": f"Function{function}"}
    ]
    return found


@pytest.fixture(scope="module")
def mapping(prod: Templates) -> Callable[[str], Properties]:
    """What pulls for a function."""
    return lambda function: of_function(prod, "AWS::Lambda::EventSourceMapping", function)


@pytest.mark.parametrize("part", GOLDEN)
def test_the_exchange_is_what_it_was(part: str, prod: Templates, golden: Callable[[Path, str], None]) -> None:
    kept = {
        stack: {name: r for name, r in template["Resources"].items() if r["Type"] in GOLDEN[part]}
        for stack, template in prod.items()
    }
    found = {stack: resources for stack, resources in kept.items() if resources}
    assert {r["Type"] for resources in found.values() for r in resources.values()} == set(GOLDEN[part])
    golden(Path("golden") / "exchange" / f"{part}.json", json.dumps(found, indent=2) + "\n")


# --- streams -------------------------------------------------------------------------------------


def test_a_stream_by_shards_has_its_shards_and_one_on_demand_has_none(prod: Templates) -> None:
    ticks, trades = (prod["data"]["Resources"][f"Stream{name}"]["Properties"] for name in ("Ticks", "Trades"))
    assert (ticks["StreamModeDetails"], ticks["ShardCount"]) == ({"StreamMode": "PROVISIONED"}, 4)
    assert ticks["RetentionPeriodHours"] == 48
    assert trades["StreamModeDetails"] == {"StreamMode": "ON_DEMAND"}
    assert "ShardCount" not in trades


def test_every_stream_is_encrypted_and_by_the_own_key_where_the_blueprint_says(prod: Templates) -> None:
    keys = {
        name: stream["StreamEncryption"] for name, stream in of_type(prod, "AWS::Kinesis::Stream").items()
    }
    assert {encryption["EncryptionType"] for encryption in keys.values()} == {"KMS"}
    assert keys["StreamTrades"]["KeyId"] == {"Fn::GetAtt": ["Key", "Arn"]}
    assert keys["StreamTicks"]["KeyId"] == "alias/aws/kinesis"


def test_enhanced_fan_out_registers_a_consumer_that_its_function_alone_reads_as(
    prod: Templates, mapping: Callable[[str], Properties]
) -> None:
    consumer = only(prod, "AWS::Kinesis::StreamConsumer")
    assert consumer == {
        "ConsumerName": "exchange-prod-trade-tally",
        "StreamARN": f"arn:aws:kinesis:{ARN}:stream/exchange-prod-trades",
    }
    source = mapping("Tally")["EventSourceArn"]
    assert source["Fn::GetAtt"][1] == "ConsumerARN"
    assert mapping("Tally")["StartingPosition"] == "TRIM_HORIZON"
    assert mapping("Volume")["EventSourceArn"] == f"arn:aws:kinesis:{ARN}:stream/exchange-prod-trades"


def test_records_wait_for_a_full_batch_within_the_batch_window(mapping: Callable[[str], Properties]) -> None:
    assert mapping("Watch")["BatchSize"] == 500
    assert mapping("Watch")["MaximumBatchingWindowInSeconds"] == 10


def test_the_parallelization_factor_is_the_blueprints(mapping: Callable[[str], Properties]) -> None:
    assert mapping("Watch")["ParallelizationFactor"] == 4
    assert mapping("Tally")["ParallelizationFactor"] == 1


def test_a_failed_batch_is_bisected_unless_the_blueprint_says_not(
    mapping: Callable[[str], Properties],
) -> None:
    assert mapping("Tally")["BisectBatchOnFunctionError"] is True
    assert mapping("Watch")["BisectBatchOnFunctionError"] is False


def test_retries_end_after_their_number_and_their_age(mapping: Callable[[str], Properties]) -> None:
    assert (mapping("Watch")["MaximumRetryAttempts"], mapping("Watch")["MaximumRecordAgeInSeconds"]) == (
        5,
        3600,
    )
    assert mapping("Book")["MaximumRetryAttempts"] == 2


def test_what_is_given_up_is_told_to_the_queue_that_the_blueprint_names(
    prod: Templates, mapping: Callable[[str], Properties]
) -> None:
    lost = f"arn:aws:sqs:{ARN}:exchange-prod-lost"
    for function in ("Watch", "Volume"):
        assert mapping(function)["DestinationConfig"] == {"OnFailure": {"Destination": lost}}
        role = prod["service-trade"]["Resources"][f"Role{function}"]["Properties"]
        sending = [
            statement
            for statement in role["Policies"][0]["PolicyDocument"]["Statement"]
            if "sqs:SendMessage" in statement["Action"]
        ]
        assert [statement["Resource"] for statement in sending] == [[lost]]


def test_a_record_that_was_given_up_is_told_of_as_a_dead_letter(prod: Templates) -> None:
    """Nobody takes from the queue that `on_failure` names, so its age and depth say too little, too late."""
    alarms = {alarm["AlarmName"]: alarm for alarm in of_type(prod, "AWS::CloudWatch::Alarm").values()}
    alarm = alarms["exchange-prod-queue-lost-dead-letters"]
    (dimension,) = alarm["Dimensions"]
    assert dimension == {"Name": "QueueName", "Value": "exchange-prod-lost"}
    assert (alarm["MetricName"], alarm["Threshold"]) == ("ApproximateNumberOfMessagesVisible", 0)
    assert alarm["AlarmActions"][0].endswith("-critical")
    other = alarms["exchange-prod-queue-mail-dead-letters"]["Dimensions"][0]["Value"]
    assert other != "exchange-prod-mail"


def test_each_function_says_which_records_of_a_batch_failed_but_in_a_tumbling_window(
    prod: Templates,
) -> None:
    for found in of_type(prod, "AWS::Lambda::EventSourceMapping").values():
        if "TumblingWindowInSeconds" in found:
            assert "FunctionResponseTypes" not in found
        else:
            assert found["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_tumbling_window_carries_state_for_its_seconds(
    prod: Templates, mapping: Callable[[str], Properties]
) -> None:
    assert mapping("Volume")["TumblingWindowInSeconds"] == 300
    windows = [
        found
        for found in of_type(prod, "AWS::Lambda::EventSourceMapping").values()
        if "TumblingWindowInSeconds" in found
    ]
    assert len(windows) == 1


def test_only_records_that_fit_a_filter_call_the_function(mapping: Callable[[str], Properties]) -> None:
    filters = [json.loads(found["Pattern"]) for found in mapping("Watch")["FilterCriteria"]["Filters"]]
    assert filters == [{"data": {"kind": ["halt"]}}, {"data": {"price": [{"numeric": [">", 1000]}]}}]
    (inserted,) = mapping("Book")["FilterCriteria"]["Filters"]
    assert json.loads(inserted["Pattern"]) == {"eventName": ["INSERT"]}
    assert "FilterCriteria" not in mapping("Tally")


def test_a_table_drives_a_function_by_the_stream_that_its_stack_gives(
    mapping: Callable[[str], Properties],
) -> None:
    assert mapping("Book")["EventSourceArn"] == {
        "Fn::GetStackOutput": {"StackName": "exchange-prod-data", "OutputName": "TablePositionsStreamArn"}
    }


def test_refused_requests_are_sent_on_into_the_stream_and_nothing_else_is(prod: Templates) -> None:
    subscription = only(prod, "AWS::Logs::SubscriptionFilter")
    assert subscription["DestinationArn"] == f"arn:aws:kinesis:{ARN}:stream/exchange-prod-refusals"
    assert subscription["LogGroupName"] == {"Ref": "AccessLog"}
    told = [
        status for status in ("200", "401", "403", "429", "500") if status in subscription["FilterPattern"]
    ]
    assert told == ["401", "403", "429"]


# --- queues, topics, buses -----------------------------------------------------------------------


def queue(templates: Templates, name: str) -> Properties:
    (found,) = [
        properties
        for properties in of_type(templates, "AWS::SQS::Queue").values()
        if properties["QueueName"] == f"exchange-prod-{name}"
    ]
    return found


def test_a_fifo_queue_keeps_order_in_a_group_and_so_does_its_dead_letter_queue(prod: Templates) -> None:
    orders, dead = queue(prod, "orders.fifo"), queue(prod, "orders-dead.fifo")
    assert orders["FifoQueue"] is dead["FifoQueue"] is True
    assert (orders["DeduplicationScope"], orders["FifoThroughputLimit"]) == (
        "messageGroup",
        "perMessageGroupId",
    )
    (rule,) = [
        found
        for found in of_type(prod, "AWS::Events::Rule").values()
        if found["EventPattern"].get("detail-type") == ["OrderPlaced"]
    ]
    assert rule["Targets"][0]["SqsParameters"] == {"MessageGroupId": "orders"}


def test_messages_with_ids_of_their_own_are_not_told_apart_by_content(prod: Templates) -> None:
    assert queue(prod, "settled.fifo")["ContentBasedDeduplication"] is False
    assert queue(prod, "orders.fifo")["ContentBasedDeduplication"] is True


def test_a_fifo_topic_feeds_its_fifo_queue(prod: Templates) -> None:
    topics = {topic["TopicName"]: topic for topic in of_type(prod, "AWS::SNS::Topic").values()}
    assert topics["exchange-prod-fills.fifo"]["FifoTopic"] is True
    assert "FifoTopic" not in topics["exchange-prod-news"]
    fed = {
        subscription["TopicArn"]: subscription["Endpoint"]
        for subscription in of_type(prod, "AWS::SNS::Subscription").values()
        if subscription["Protocol"] == "sqs"
    }
    assert fed[f"arn:aws:sns:{ARN}:exchange-prod-fills.fifo"] == {"Fn::GetAtt": ["QueueSettled", "Arn"]}


def test_a_queue_gives_up_a_message_into_its_dead_letter_queue_alone(prod: Templates) -> None:
    mail, dead = queue(prod, "mail"), queue(prod, "mail-dead")
    assert mail["RedrivePolicy"]["maxReceiveCount"] == 5
    assert mail["DelaySeconds"] == 30
    assert dead["MessageRetentionPeriod"] == 7 * 86_400
    assert dead["RedriveAllowPolicy"] == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": [f"arn:aws:sqs:{ARN}:exchange-prod-mail"],
    }
    assert "RedrivePolicy" not in queue(prod, "lost")


def test_a_queue_calls_with_as_many_at_once_as_the_blueprint_says(
    mapping: Callable[[str], Properties],
) -> None:
    assert mapping("Mail")["BatchSize"] == 100
    assert mapping("Mail")["MaximumBatchingWindowInSeconds"] == 20
    assert mapping("Mail")["ScalingConfig"] == {"MaximumConcurrency": 5}
    (only_sales,) = mapping("Settle")["FilterCriteria"]["Filters"]
    assert json.loads(only_sales["Pattern"]) == {"body": {"kind": ["sale"]}}


def test_events_of_a_bus_are_kept_for_replay(prod: Templates) -> None:
    archive = only(prod, "AWS::Events::Archive")
    assert archive["RetentionDays"] == 30
    assert archive["SourceArn"] == {"Fn::GetAtt": ["BusMarket", "Arn"]}


def test_a_function_hears_only_the_events_and_messages_that_it_asks_for(prod: Templates) -> None:
    patterns = [rule["EventPattern"] for rule in of_type(prod, "AWS::Events::Rule").values()]
    assert {"detail-type": ["OrderFilled"], "source": ["exchange.trade"]} in patterns
    (subscription,) = [
        found for found in of_type(prod, "AWS::SNS::Subscription").values() if found["Protocol"] == "lambda"
    ]
    assert subscription["FilterPolicy"] == {"kind": ["halt"]}


# --- schedules -----------------------------------------------------------------------------------


def test_each_schedule_has_its_own_time_zone_state_and_input(prod: Templates) -> None:
    assert {
        (
            schedule["ScheduleExpression"],
            schedule["ScheduleExpressionTimezone"],
            schedule["State"],
            schedule["Target"].get("Input"),
        )
        for schedule in of_type(prod, "AWS::Scheduler::Schedule").values()
    } == {
        ("cron(0 9 ? * MON-FRI *)", "Europe/Berlin", "ENABLED", '{"market":"xetra"}'),
        ("cron(30 9 ? * MON-FRI *)", "America/New_York", "ENABLED", '{"market":"nyse"}'),
        ("rate(15 minutes)", "UTC", "DISABLED", None),
    }


def test_calls_of_a_schedule_that_fail_are_kept(prod: Templates) -> None:
    for schedule in of_type(prod, "AWS::Scheduler::Schedule").values():
        assert schedule["Target"]["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["FailuresOpen", "Arn"]}}


# --- domains -------------------------------------------------------------------------------------


def test_an_http_api_answers_under_its_own_name_by_ipv4_and_ipv6(prod: Templates) -> None:
    public = {"api": prod["api-public"]}
    domain = only(public, "AWS::ApiGatewayV2::DomainName")
    assert domain["DomainName"] == "api.trade.example"
    (configuration,) = domain["DomainNameConfigurations"]
    assert configuration["CertificateArn"] == f"arn:aws:acm:{ARN}:certificate/prod"
    assert configuration["SecurityPolicy"] == "TLS_1_2"
    mapped = only(public, "AWS::ApiGatewayV2::ApiMapping")
    assert mapped["DomainName"] == {"Ref": "Domain"}
    assert mapped["ApiId"] == {"Ref": "Api"}
    records = of_type(public, "AWS::Route53::RecordSet").values()
    assert {(record["Name"], record["Type"]) for record in records} == {
        ("api.trade.example", "A"),
        ("api.trade.example", "AAAA"),
    }
    assert {record["HostedZoneId"] for record in records} == {"Z0123456789"}
    assert not of_type(public, "AWS::CertificateManager::Certificate"), "it has one"


def test_an_api_without_a_certificate_gets_one_proven_in_its_zone(prod: Templates) -> None:
    desk = {"api": prod["api-desk"]}
    assert only(desk, "AWS::CertificateManager::Certificate") == {
        "DomainName": "desk.trade.example",
        "ValidationMethod": "DNS",
        "DomainValidationOptions": [{"DomainName": "desk.trade.example", "HostedZoneId": "Z0123456789"}],
    }
    (configuration,) = only(desk, "AWS::ApiGatewayV2::DomainName")["DomainNameConfigurations"]
    assert configuration["CertificateArn"] == {"Ref": "DomainCertificate"}


# --- what it costs -------------------------------------------------------------------------------


def budgets(templates: Templates) -> dict[str, Properties]:
    return {
        found["Budget"]["BudgetName"]: found for found in of_type(templates, "AWS::Budgets::Budget").values()
    }


def test_a_budget_tells_its_contacts_at_each_percentage(prod: Templates) -> None:
    monthly = budgets(prod)["exchange-prod-monthly"]
    assert monthly["Budget"]["BudgetLimit"] == {"Amount": 500, "Unit": "USD"}
    assert [
        (told["Notification"]["NotificationType"], told["Notification"]["Threshold"])
        for told in monthly["NotificationsWithSubscribers"]
    ] == [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 120)]
    spikes = budgets(prod)["exchange-prod-spikes"]
    assert spikes["Budget"]["TimeUnit"] == "DAILY"
    (told,) = spikes["NotificationsWithSubscribers"]
    assert [who["Address"] for who in told["Subscribers"]] == ["oncall@example.com"]


def test_a_budget_counts_this_system_in_this_environment_alone(prod: Templates) -> None:
    for budget in budgets(prod).values():
        parts = budget["Budget"]["FilterExpression"]["And"]
        tags = [part["Tags"] for part in parts if "Tags" in part]
        assert [(tag["Key"], tag["Values"]) for tag in tags] == [
            ("environment", ["prod"]),
            ("system", ["exchange"]),
        ]


def test_odd_costs_are_told_of_from_the_sum_on_that_the_blueprint_says(prod: Templates) -> None:
    monitor = only(prod, "AWS::CE::AnomalyMonitor")
    assert (monitor["MonitorType"], monitor["MonitorDimension"]) == ("DIMENSIONAL", "SERVICE")
    subscription = only(prod, "AWS::CE::AnomalySubscription")
    assert subscription["MonitorArnList"] == [{"Fn::GetAtt": ["CostMonitor", "MonitorArn"]}]
    assert [who["Address"] for who in subscription["Subscribers"]] == ["finance@example.com"]
    assert json.loads(subscription["ThresholdExpression"])["Dimensions"]["Values"] == ["50"]


# --- what is asked and shown ---------------------------------------------------------------------


def test_traces_are_sampled_by_the_rule_of_the_environment(prod: Templates) -> None:
    rule = only(prod, "AWS::XRay::SamplingRule")["SamplingRule"]
    assert (rule["ReservoirSize"], rule["FixedRate"]) == (2, 0.1)
    assert rule["ServiceName"] == "exchange-prod-desk/live"


def test_a_question_of_a_service_is_saved_and_asks_the_logs_of_all_its_functions(prod: Templates) -> None:
    (saved,) = [
        found
        for found in of_type(prod, "AWS::Logs::QueryDefinition").values()
        if found["Name"] == "exchange-prod/trade/refused"
    ]
    assert saved["QueryString"].splitlines() == [
        "# Why orders were refused",
        "filter message = 'refused'",
        "| stats count() by reason",
    ]
    functions = of_type(prod, "AWS::Lambda::Function").values()
    asked = {f"/aws/lambda/{function['FunctionName']}" for function in functions}
    assert set(saved["LogGroupNames"]) == asked


def test_own_dashboards_show_their_widgets_and_own_widgets_stand_in_the_overview(prod: Templates) -> None:
    bodies = {
        found["DashboardName"]: json.dumps(found["DashboardBody"])
        for found in of_type(prod, "AWS::CloudWatch::Dashboard").values()
    }
    assert "# The exchange" in bodies["exchange-prod-overview"]
    desk = bodies["exchange-prod-desk"]
    for shown in ("Waiting", "ApproximateAgeOfOldestMessage", "exchange-prod-orders.fifo", "singleValue"):
        assert shown in desk
