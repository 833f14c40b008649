"""Which failure is the cause, and what helps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platform_cli.deploy.causes import DeploymentFailed, hint_for, root_cause

TEMPLATE = {
    "Resources": {"Fn": {"Type": "AWS::Lambda::Function", "Metadata": {"platform:blueprint": "services.a"}}}
}


def event(
    at: int, logical_id: str, status: str, reason: str = "", kind: str = "AWS::Lambda::Function"
) -> dict[str, Any]:
    stack = kind == "AWS::CloudFormation::Stack"
    return {
        "Timestamp": datetime(2026, 11, 20, tzinfo=UTC) + timedelta(seconds=at),
        "StackId": "arn:s",
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": "arn:s" if stack else "",
        "ResourceType": kind,
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def test_the_cause_is_the_earliest_failure_that_was_not_cancelled_whatever_the_order() -> None:
    events = [
        event(9, "s", "ROLLBACK_FAILED", "x", "AWS::CloudFormation::Stack"),
        event(3, "Other", "CREATE_FAILED", "Resource creation cancelled"),
        event(
            2, "Fn", "CREATE_FAILED", "already exists (Service: Lambda, Status Code: 409, Request ID: 1-2)."
        ),
        event(4, "Late", "CREATE_FAILED", "Internal"),
        event(1, "Fine", "CREATE_COMPLETE"),
    ]
    cause = root_cause("s", events, TEMPLATE, "ROLLBACK_COMPLETE", "")
    assert (cause.logical_id, cause.blueprint_path, cause.reason) == ("Fn", "services.a", "already exists")
    assert cause.hint is not None
    assert "outside the stack" in cause.hint
    assert str(cause) == "services.a (AWS::Lambda::Function) in s ended as CREATE_FAILED: already exists"


def test_without_a_failed_resource_the_stack_itself_says_why() -> None:
    events = [event(1, "s", "CREATE_FAILED", "Output X is wrong", "AWS::CloudFormation::Stack")]
    assert root_cause("s", events, TEMPLATE, "CREATE_FAILED", "").reason == "Output X is wrong"
    assert root_cause("s", [], TEMPLATE, "ROLLBACK_COMPLETE", "the end").reason == "the end"


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("User: arn:aws:iam::1:user/x is not authorized to perform: sqs:CreateQueue", "execution role"),
        ("The maximum number of addresses has been reached", "Service Quotas"),
        ("Rate exceeded", "throttled"),
        ("The bucket you tried to delete is not empty", "empty the bucket"),
        ("Output 'KeyArn' not found in stack 'shop-dev-data'", "whole system"),
        ("Cannot perform more than one GSI creation or deletion in a single update", "one index change"),
        (
            "ReservedConcurrentExecutions decreases account's UnreservedConcurrentExecution below 10",
            "concurrency.reserved",
        ),
        ("Invalid alias configuration for Provisioned Concurrency", "weights"),
    ],
)
def test_frequent_causes_have_a_hint(reason: str, word: str) -> None:
    assert word in (hint_for(reason) or "")


def test_an_error_of_several_stacks_names_each_and_points_at_the_first() -> None:
    causes = tuple(
        root_cause(name, [event(1, "Fn", "CREATE_FAILED", f"no {name}")], TEMPLATE, "X", "")
        for name in ("a", "b")
    )
    error = DeploymentFailed(causes)
    assert "no a" in error.message
    assert "no b" in error.message
    assert (error.code, error.where) == ("stack-failed", "services.a")
