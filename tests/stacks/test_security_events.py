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
        streams=make.named(stream), apis=make.named(api), services=make.named(handled(make))
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


def test_cfn_lint_finds_nothing(guarded: Templates, lint: Callable[[Templates], list[str]]) -> None:
    assert lint(guarded) == []
