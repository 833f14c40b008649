"""Walking templates: what is an expression, and what is left of a value without what is gone."""

from __future__ import annotations

from typing import Any

import pytest

from platform_cli.local.templates import GONE, drop_dependencies, is_intrinsic, without


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ({"Ref": "A"}, True),
        ({"Fn::GetAtt": ["A", "Arn"]}, True),
        ({"Name": "A"}, False),
        ({"Ref": "A", "Name": "B"}, False),
        ({1: "A"}, False),
        ({}, False),
        (["Ref"], False),
    ],
)
def test_an_expression_is_a_mapping_of_one_function(value: Any, is_one: bool) -> None:
    assert is_intrinsic(value) is is_one


def test_items_that_refer_to_what_is_gone_leave_a_list() -> None:
    value = ["a", {"Ref": "Gone"}, {"Ref": "There"}, ["b", {"Fn::GetAtt": ["Gone", "Arn"]}]]
    assert without(value, {"Gone"}, ()) == ["a", {"Ref": "There"}, ["b"]]
    assert without({"Key": {"Ref": "Gone"}, "Name": "a"}, {"Gone"}, ()) == {"Name": "a"}
    assert without({"Ref": "Gone"}, {"Gone"}, ()) is GONE


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (["Gone", "There"], {"DependsOn": ["There"]}),
        ("There", {"DependsOn": ["There"]}),
        (["Gone"], {}),
        ("Gone", {}),
    ],
)
def test_no_resource_waits_for_what_is_gone(wanted: Any, left: dict[str, Any]) -> None:
    resource = {"DependsOn": wanted}
    drop_dependencies(resource, {"Gone"})
    assert resource == left


def test_a_resource_that_waits_for_nothing_stays_as_it_is() -> None:
    resource: dict[str, Any] = {"Type": "AWS::SNS::Topic"}
    drop_dependencies(resource, {"Gone"})
    assert resource == {"Type": "AWS::SNS::Topic"}
