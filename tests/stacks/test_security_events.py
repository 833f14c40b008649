"""What an API refused reaches the stream that the blueprint names, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedStream

Templates = dict[str, dict[str, Any]]
STREAM = "arn:aws:kinesis:eu-west-1:111111111111:stream/shop-dev-security"


@pytest.fixture(scope="session")
def guarded(
    factory: Callable[..., Any], templates_of: Callable[[ResolvedEnvironment], Templates], handled: Any
) -> Templates:
    make = factory()
    stream = ResolvedStream(
        name="security", physical_name="shop-dev-security", shards=None, retention_hours=24
    )
    api = make.api("public", security_stream="security")
    system = make.environment(
        streams=make.named(stream),
        identity=make.named(make.identity("users", security_stream="security")),
        apis=make.named(api),
        services=make.named(handled(make)),
    )
    return templates_of(system)


@pytest.fixture(scope="session")
def handled() -> Callable[[Any], Any]:
    from platform_cli.blueprint.resolved import ResolvedRoute

    def service(make: Any) -> Any:
        health = ResolvedRoute(api="public", method="GET", path="/health", authorizer=None)
        return make.service("orders", make.function("orders", "health", routes=(health,)))

    return service


def test_refused_requests_reach_the_stream(guarded: Templates) -> None:
    resources = guarded["shop-dev-api-public"]["Resources"]
    subscription = resources["SecurityEvents"]["Properties"]
    assert subscription["LogGroupName"] == {"Ref": "AccessLog"}
    assert subscription["DestinationArn"] == STREAM
    assert [
        status
        for status in ("200", "401", "403", "404", "429")
        if f'"{status}"' in subscription["FilterPattern"]
    ] == [
        "401",
        "403",
        "429",
    ]


def test_logs_may_put_into_that_stream_alone(guarded: Templates) -> None:
    role = guarded["shop-dev-api-public"]["Resources"]["SecurityEventsRole"]["Properties"]
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "logs.amazonaws.com"}
    assert trusted["Condition"] == {"StringLike": {"aws:SourceArn": "arn:aws:logs:eu-west-1:111111111111:*"}}
    (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert statement["Resource"] == [STREAM]


def test_failed_sign_ins_of_this_pool_alone_reach_the_stream(guarded: Templates) -> None:
    resources = guarded["shop-dev-identity"]["Resources"]
    (rule,) = (r["Properties"] for r in resources.values() if r["Type"] == "AWS::Events::Rule")
    detail = rule["EventPattern"]["detail"]
    (client,) = (name for name, r in resources.items() if r["Type"] == "AWS::Cognito::UserPoolClient")
    assert detail["requestParameters"]["clientId"] == [{"Ref": client}, {"exists": False}]
    assert {"InitiateAuth", "RespondToAuthChallenge"} <= set(detail["eventName"])
    assert {"NotAuthorizedException", "UserNotFoundException"} <= set(detail["errorCode"])
    (target,) = rule["Targets"]
    assert target["Arn"] == STREAM

    (role,) = (r["Properties"] for r in resources.values() if r["Type"] == "AWS::IAM::Role")
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "events.amazonaws.com"}
    assert trusted["Condition"] == {"StringEquals": {"aws:SourceAccount": "111111111111"}}
    (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == (
        ["kinesis:PutRecord", "kinesis:PutRecords"],
        [STREAM],
    )


def test_the_errors_that_count_as_failed_are_errors_of_the_calls() -> None:
    from botocore.session import Session

    from platform_cli.stacks.constructs.sign_ins import CALLS, REFUSALS

    model = Session().get_service_model("cognito-idp")
    for call in CALLS:
        errors = {shape.name for shape in model.operation_model(call).error_shapes}
        assert errors & set(REFUSALS)
    known = {shape.name for call in CALLS for shape in model.operation_model(call).error_shapes}
    assert set(REFUSALS) <= known


def test_cfn_lint_finds_nothing(guarded: Templates, lint: Callable[[Templates], list[str]]) -> None:
    assert lint(guarded) == []
