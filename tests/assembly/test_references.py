"""Weak references between stacks."""

from __future__ import annotations

from typing import Any

from platform_cli.assembly.references import WeakReference, echoed_references, weak_references


def reads(stack: object, output: object, **more: object) -> dict[str, Any]:
    return {"Fn::GetStackOutput": {"StackName": stack, "OutputName": output, **more}}


def test_every_reference_is_found_once_however_deep() -> None:
    template = {
        "Resources": {
            "F": {
                "Properties": {
                    "Variables": {"POOL": reads("shop-dev-identity", "UsersPoolId")},
                    "Arn": {"Fn::Join": ["", ["arn:", reads("shop-dev-data", "KeyId")]]},
                }
            },
            "G": {"Properties": {"Pool": reads("shop-dev-identity", "UsersPoolId")}},
        },
        "Outputs": {"Far": {"Value": reads("shop-dev-edge", "Id", Region="us-east-1")}},
    }

    assert weak_references(template) == (
        WeakReference("shop-dev-data", "KeyId"),
        WeakReference("shop-dev-edge", "Id", "us-east-1"),
        WeakReference("shop-dev-identity", "UsersPoolId"),
    )


def test_a_reference_by_expression_is_left_to_cloudformation() -> None:
    assert weak_references({"Resources": {"F": {"X": reads({"Ref": "Stack"}, "Id")}}}) == ()


def test_only_an_output_that_is_exactly_the_reference_is_an_echo() -> None:
    template = {
        "Outputs": {
            "EchoPool": {"Value": reads("shop-dev-identity", "UsersPoolId")},
            "Url": {"Value": {"Fn::Join": ["", ["https://", reads("shop-dev-identity", "Domain")]]}},
            "Plain": {"Value": "x"},
        }
    }

    assert echoed_references(template) == {"EchoPool": WeakReference("shop-dev-identity", "UsersPoolId")}


def test_a_template_without_outputs_echoes_nothing() -> None:
    assert echoed_references({"Resources": {}, "Outputs": None}) == {}
