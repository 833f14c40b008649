"""What each kind of thing in the blueprint becomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedRoute
from platform_cli.stacks.openapi import Authorizer, Integration, openapi_body, routes_of

Templates = dict[str, dict[str, Any]]


def properties(templates: Templates, stack: str, logical_id: str) -> Any:
    return templates[f"shop-dev-{stack}"]["Resources"][logical_id]["Properties"]


def of_type(templates: Templates, stack: str, kind: str) -> list[Any]:
    found = templates[f"shop-dev-{stack}"]["Resources"].values()
    return [resource["Properties"] for resource in found if resource["Type"] == kind]


# --- data ----------------------------------------------------------------------------------------


def test_a_table_has_its_keys_indexes_stream_ttl_recovery_and_key(templates: Templates) -> None:
    table = properties(templates, "data", "TableMain")
    assert table["TableName"] == "shop-dev-main"
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["AttributeDefinitions"] == [
        {"AttributeName": "GSI1PK", "AttributeType": "S"},
        {"AttributeName": "GSI1SK", "AttributeType": "N"},
        {"AttributeName": "PK", "AttributeType": "S"},
        {"AttributeName": "SK", "AttributeType": "S"},
    ]
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["GSI1"]
    replica = table["Replicas"][0]
    assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert replica["SSESpecification"] == {"KMSMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}
    assert {"Key": "system", "Value": "shop"} in replica["Tags"]
    assert "SSESpecification" not in properties(templates, "data", "TablePlain")


def test_an_external_table_is_not_ours_to_make(templates: Templates) -> None:
    tables = of_type(templates, "data", "AWS::DynamoDB::GlobalTable")
    assert sorted(table["TableName"] for table in tables) == ["shop-dev-main", "shop-dev-plain"]


def test_the_key_rotates_and_has_an_alias(templates: Templates) -> None:
    assert properties(templates, "data", "Key")["EnableKeyRotation"] is True
    assert properties(templates, "data", "KeyAlias")["AliasName"] == "alias/shop-dev-data"


def test_without_customer_managed_data_there_is_no_key(
    factory: Callable[..., Any], templates_of: Callable[..., Templates]
) -> None:
    make = factory()
    found = templates_of(make.environment(tables=make.named(make.table("main", encryption="aws_managed"))))
    assert list(found["shop-dev-data"]["Resources"]) == ["TableMain"]
    assert "Outputs" not in found["shop-dev-data"]
    table = found["shop-dev-data"]["Resources"]["TableMain"]["Properties"]
    assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}


def test_buckets_are_private_and_refuse_plain_http(templates: Templates) -> None:
    for name in ("Receipts", "PublicAssets"):
        bucket = properties(templates, "data", f"Bucket{name}")
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        (statement,) = properties(templates, "data", f"BucketPolicy{name}")["PolicyDocument"]["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_only_a_bucket_that_triggers_something_tells_its_events(templates: Templates) -> None:
    telling = properties(templates, "data", "BucketReceipts")["NotificationConfiguration"]
    assert telling == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    assert "NotificationConfiguration" not in properties(templates, "data", "BucketPublicAssets")


def test_a_secret_is_a_container_without_a_value(templates: Templates) -> None:
    assert properties(templates, "data", "SecretPayment") == {
        "Description": "Key of the payment provider",
        "Name": "shop/dev/payment",
    }


def test_no_setting_and_no_flag_has_a_value_in_a_template(templates: Templates) -> None:
    kinds = {resource["Type"] for t in templates.values() for resource in t["Resources"].values()}
    assert not kinds & {
        "AWS::SSM::Parameter",
        "AWS::AppConfig::Deployment",
        "AWS::AppConfig::HostedConfigurationVersion",
    }
    assert properties(templates, "data", "FlagsProfile")["Type"] == "AWS.AppConfig.FeatureFlags"


# --- identity and events -------------------------------------------------------------------------


def test_a_pool_hides_which_accounts_exist_and_wants_long_passwords(templates: Templates) -> None:
    pool = properties(templates, "identity", "PoolUsers")
    assert pool["UsernameAttributes"] == ["email"]
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 12
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
    clients = of_type(templates, "identity", "AWS::Cognito::UserPoolClient")
    assert {client["PreventUserExistenceErrors"] for client in clients} == {"ENABLED"}
    assert {client["GenerateSecret"] for client in clients} == {False}


def test_only_a_pool_with_telephone_numbers_may_send_text_messages(templates: Templates) -> None:
    assert "SmsConfiguration" not in properties(templates, "identity", "PoolUsers")
    drivers = properties(templates, "identity", "PoolDrivers")
    assert drivers["SmsConfiguration"]["ExternalId"] == "shop-dev-drivers"
    assert drivers["MfaConfiguration"] == "ON"


def test_a_queue_takes_its_events_from_the_bus_and_keeps_dead_letters(templates: Templates) -> None:
    rule = properties(templates, "events", "RuleNotifications")
    assert rule["EventBusName"] == "shop-dev-events"
    assert rule["EventPattern"] == {"detail-type": ["OrderCreated", "OrderShipped"]}
    queue = properties(templates, "events", "QueueNotifications")
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 3
    (admitted,) = properties(templates, "events", "QueuePolicyNotifications")["PolicyDocument"]["Statement"]
    assert admitted["Principal"] == {"Service": "events.amazonaws.com"}
    assert admitted["Condition"]["ArnEquals"]["aws:SourceArn"] == {"Fn::GetAtt": ["RuleNotifications", "Arn"]}


def test_a_queue_on_our_bus_waits_for_the_bus(templates: Templates) -> None:
    rule = templates["shop-dev-events"]["Resources"]["RuleNotifications"]
    assert "BusEvents" in rule["DependsOn"]
    subscription = templates["shop-dev-events"]["Resources"]["SubscriptionLater"]
    assert "TopicNews" in subscription["DependsOn"]


# --- functions -----------------------------------------------------------------------------------


def test_a_function_finds_what_it_has_access_to(templates: Templates) -> None:
    function = properties(templates, "service-orders", "FunctionCreate")
    variables = function["Environment"]["Variables"]
    secret = {"StackName": "shop-dev-data", "OutputName": "SecretPaymentArn"}
    assert variables == {
        "BUCKET_RECEIPTS_NAME": "shop-dev-receipts-111111111111-eu-west-1",
        "BUS_EVENTS_NAME": "shop-dev-events",
        "CONFIG_API_PATH": "/shop/dev/api",
        "CURRENCY": "EUR",
        "FLAGS_APPLICATION": "shop-dev",
        "FLAGS_ENVIRONMENT": "dev",
        "FLAGS_PROFILE": "flags",
        "LOG_LEVEL": "WARNING",
        "PLATFORM_ENVIRONMENT": "dev",
        "POWERTOOLS_METRICS_NAMESPACE": "shop/dev",
        "POWERTOOLS_SERVICE_NAME": "orders",
        "SECRET_PAYMENT_ARN": {"Fn::GetStackOutput": secret},
        "STREAM_ORDER_EVENTS_NAME": "shop-dev-order-events",
        "TABLE_MAIN_NAME": "shop-dev-main",
        "TABLE_PLAIN_NAME": "shop-dev-plain",
        "TOPIC_NEWS_ARN": "arn:aws:sns:eu-west-1:111111111111:shop-dev-news",
    }
    assert function["LoggingConfig"]["ApplicationLogLevel"] == "WARN"
    assert function["ReservedConcurrentExecutions"] == 5
    other = properties(templates, "service-workers", "FunctionNotify")["Environment"]["Variables"]
    assert other["FUNCTION_ORDERS_CREATE_NAME"] == "shop-dev-orders-create"
    assert other["QUEUE_LATER_URL"] == "https://sqs.eu-west-1.amazonaws.com/111111111111/shop-dev-later"
    login = properties(templates, "service-auth", "FunctionLogin")["Environment"]["Variables"]
    assert {"IDENTITY_USERS_POOL_ID", "IDENTITY_USERS_CLIENT_WEB_ID"} <= set(login)


def test_only_a_function_with_flags_carries_the_agent_and_only_on_aws(
    templates: Templates,
    full: Callable[..., ResolvedEnvironment],
    templates_of: Callable[..., Templates],
) -> None:
    agent = "layer:AWS-AppConfig-Extension-Arm64:"
    with_flags = properties(templates, "service-orders", "FunctionCreate")["Layers"]
    without = properties(templates, "service-orders", "FunctionHealth")["Layers"]
    assert [agent in str(layer) for layer in with_flags] == [False, True]
    assert [agent in str(layer) for layer in without] == [False]
    local = templates_of(full(target="local"))
    assert len(properties(local, "service-orders", "FunctionCreate")["Layers"]) == 1


def test_functions_of_one_service_share_code_and_layer(templates: Templates) -> None:
    functions = of_type(templates, "service-orders", "AWS::Lambda::Function")
    assert len({str(function["Code"]) for function in functions}) == 1
    assert len(of_type(templates, "service-orders", "AWS::Lambda::LayerVersion")) == 1


def test_services_with_the_same_dependencies_publish_one_archive(templates: Templates) -> None:
    auth, orders = (
        of_type(templates, f"service-{name}", "AWS::Lambda::LayerVersion")[0] for name in ("auth", "orders")
    )
    assert auth["Content"] == orders["Content"]


# --- triggers ------------------------------------------------------------------------------------


def mapping(templates: Templates, source: str) -> Any:
    found = of_type(templates, "service-workers", "AWS::Lambda::EventSourceMapping")
    (one,) = [mapping for mapping in found if source in str(mapping["EventSourceArn"])]
    return one


def test_a_queue_reports_failures_message_by_message(templates: Templates) -> None:
    found = mapping(templates, "shop-dev-notifications")
    assert found["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert found["ScalingConfig"] == {"MaximumConcurrency": 5}


@pytest.mark.parametrize("source", ["TableMainStreamArn", "stream/shop-dev-order-events"])
def test_a_stream_bisects_retries_and_gives_up_into_a_queue(source: str, templates: Templates) -> None:
    found = mapping(templates, source)
    assert found["BisectBatchOnFunctionError"] is True
    assert found["MaximumRetryAttempts"] == 3
    assert found["MaximumRecordAgeInSeconds"] == 3600
    assert found["DestinationConfig"]["OnFailure"]["Destination"].endswith(":shop-dev-notifications")


def test_a_consumer_of_its_own_reads_as_that_consumer(templates: Templates) -> None:
    (consumer,) = of_type(templates, "service-workers", "AWS::Kinesis::StreamConsumer")
    stream = "arn:aws:kinesis:eu-west-1:111111111111:stream/shop-dev-order-events"
    assert consumer == {"ConsumerName": "shop-dev-workers-tally", "StreamARN": stream}
    assert mapping(templates, "ConsumerARN")["FunctionName"] == {"Ref": "FunctionTally"}


def test_schemas_of_events_are_in_the_registry_of_their_bus(templates: Templates) -> None:
    (registry,) = of_type(templates, "events", "AWS::EventSchemas::Registry")
    assert registry["RegistryName"] == "shop-dev-events"
    (schema,) = of_type(templates, "events", "AWS::EventSchemas::Schema")
    assert (schema["SchemaName"], schema["Type"]) == ("OrderCreated", "JSONSchemaDraft4")
    assert schema["Content"] == '{"type": "object"}'


def test_a_fifo_queue_of_a_bus_keeps_order_within_a_group(templates: Templates) -> None:
    queues = of_type(templates, "events", "AWS::SQS::Queue")
    found = {queue["QueueName"]: queue for queue in queues}
    queue, dead = found["shop-dev-in-order.fifo"], found["shop-dev-in-order-dead.fifo"]
    assert queue["FifoQueue"] is dead["FifoQueue"] is True
    assert queue["ContentBasedDeduplication"] is True
    assert (queue["DeduplicationScope"], queue["FifoThroughputLimit"]) == (
        "messageGroup",
        "perMessageGroupId",
    )
    assert dead["RedriveAllowPolicy"]["sourceQueueArns"] == [
        "arn:aws:sqs:eu-west-1:111111111111:shop-dev-in-order.fifo"
    ]
    rules = of_type(templates, "events", "AWS::Events::Rule")
    (rule,) = [rule for rule in rules if rule["EventPattern"].get("source") == ["orders"]]
    assert rule["Targets"][0]["SqsParameters"] == {"MessageGroupId": "orders"}


def test_events_of_a_bus_and_a_bucket_reach_the_function_and_failures_a_queue(templates: Templates) -> None:
    rules = of_type(templates, "service-workers", "AWS::Events::Rule")
    assert len(rules) == 3
    for rule in rules:
        (target,) = rule["Targets"]
        assert target["Arn"] == {"Fn::GetAtt": ["FunctionReact", "Arn"]}
        assert target["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": ["FailuresReact", "Arn"]}
    (bucket,) = [rule for rule in rules if "EventBusName" not in rule]
    assert bucket["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created", "Object Deleted"],
        "detail": {
            "bucket": {"name": ["shop-dev-receipts-111111111111-eu-west-1"]},
            "object": {"key": [{"wildcard": "in/*.pdf"}]},
        },
    }
    config = of_type(templates, "service-workers", "AWS::Lambda::EventInvokeConfig")[0]
    assert config["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["FailuresReact", "Arn"]}
    permissions = of_type(templates, "service-workers", "AWS::Lambda::Permission")
    assert len(permissions) == 4
    assert all("SourceArn" in permission for permission in permissions)


def test_schedules_call_with_a_role_that_may_call_this_function_only(templates: Templates) -> None:
    schedules = of_type(templates, "service-workers", "AWS::Scheduler::Schedule")
    assert {schedule["State"] for schedule in schedules} == {"ENABLED", "DISABLED"}
    assert {schedule["ScheduleExpressionTimezone"] for schedule in schedules} == {"UTC", "Europe/Paris"}
    role = properties(templates, "service-workers", "SchedulerRoleReact")
    call, _ = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert call["Resource"] == [{"Fn::GetAtt": ["FunctionReact", "Arn"]}]


def test_a_topic_keeps_what_could_not_be_delivered(templates: Templates) -> None:
    (subscription,) = of_type(templates, "service-workers", "AWS::SNS::Subscription")
    assert subscription["FilterPolicy"] == {"kind": ["sale"]}
    assert subscription["RedrivePolicy"] == {"deadLetterTargetArn": {"Fn::GetAtt": ["FailuresReact", "Arn"]}}


# --- APIs ----------------------------------------------------------------------------------------


def body(full: Callable[..., ResolvedEnvironment]) -> dict[str, Any]:
    environment = full()
    api = environment.apis["public"]
    return openapi_body(
        api,
        routes_of(api, environment.functions),
        lambda function: Integration(f"uri:{function.address}", f"role:{function.service}", 1000),
        {"users": Authorizer("https://issuer", ["client"])},
    )


def test_each_route_calls_its_function_with_its_services_role(
    full: Callable[..., ResolvedEnvironment],
) -> None:
    operation = body(full)["paths"]["/orders/{id}"]["get"]
    assert operation["security"] == [{"users": ["orders.read"]}]
    assert operation["parameters"][0]["name"] == "id"
    assert operation["x-amazon-apigateway-integration"] == {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": "uri:orders.create",
        "credentials": "role:orders",
        "payloadFormatVersion": "2.0",
        "timeoutInMillis": 1000,
    }


def test_a_machine_of_an_http_api_is_taken_by_routes_with_scopes_alone(
    full: Callable[..., ResolvedEnvironment],
) -> None:
    environment = full()
    api = environment.apis["public"]
    served = routes_of(api, environment.functions)
    authorizers = {name: Authorizer("https://issuer", [name]) for name in ("users", "users.machines")}
    found = openapi_body(api, served, lambda _: Integration("u", "r", 1), authorizers)
    asked = {
        (who, bool(scopes))
        for path in found["paths"].values()
        for operation in path.values()
        for security in operation.get("security", [])
        for who, scopes in security.items()
    }
    assert asked == {("users", False), ("users.machines", True)}


def test_a_route_without_authorizer_is_open(full: Callable[..., ResolvedEnvironment]) -> None:
    assert "security" not in body(full)["paths"]["/health"]["get"]


def test_a_browser_may_ask_before_it_has_a_token(full: Callable[..., ResolvedEnvironment]) -> None:
    session = body(full)["paths"]["/session/{proxy+}"]
    assert session["x-amazon-apigateway-any-method"]["security"] == [{"users": []}]
    assert "security" not in session["options"]
    assert body(full)["x-amazon-apigateway-cors"]["allowOrigins"] == ["https://shop.example"]


def test_the_default_route_takes_what_no_other_does(factory: Callable[..., Any]) -> None:
    make = factory()
    route = ResolvedRoute(api="public", method="ANY", path="$default", authorizer=None)
    function = make.function("orders", "rest", routes=(route,))
    api = make.api("public")
    found = openapi_body(api, routes_of(api, [function]), lambda _: Integration("u", "r", 1), {})
    assert found["paths"]["/$default"]["x-amazon-apigateway-any-method"]["isDefaultRoute"] is True
    assert "components" not in found


def test_tokens_are_checked_against_the_pool_and_its_clients(templates: Templates) -> None:
    scheme = properties(templates, "api-public", "Api")["Body"]["components"]["securitySchemes"]["users"]
    jwt = scheme["x-amazon-apigateway-authorizer"]["jwtConfiguration"]
    pool = {"Fn::GetStackOutput": {"StackName": "shop-dev-identity", "OutputName": "UsersPoolId"}}
    client = {"Fn::GetStackOutput": {"StackName": "shop-dev-identity", "OutputName": "UsersClientWebId"}}
    assert jwt["issuer"] == {"Fn::Join": ["", ["https://cognito-idp.eu-west-1.amazonaws.com/", pool]]}
    assert jwt["audience"] == [client]


def test_the_access_log_says_nothing_of_persons(templates: Templates) -> None:
    settings = properties(templates, "api-public", "Stage")["AccessLogSettings"]
    for personal in ("sourceIp", "userAgent", "$context.path", "claims", "principalId"):
        assert personal not in settings["Format"]
    assert "routeKey" in settings["Format"]
    assert properties(templates, "api-public", "Stage")["DefaultRouteSettings"] == {
        "ThrottlingBurstLimit": 500,
        "ThrottlingRateLimit": 1000,
    }
