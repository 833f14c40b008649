"""What the local AWS cannot take is left out with everything that hung on it, and said."""

from __future__ import annotations

from typing import Any

from platform_cli.local.pruning import Omission, prune

SUPPORTED = {"AWS::IAM::Policy", "AWS::Lambda::Function", "AWS::SSM::Parameter", "AWS::SQS::Queue"}
UNKNOWN = {"Type": "AWS::Budgets::Budget", "Properties": {}}


def parameter(value: Any, **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}, **more}


def pruned(template: dict[str, Any], lost: set[tuple[str, str]] | None = None) -> list[Omission]:
    return list(prune(template, "shop-local-data", SUPPORTED, set() if lost is None else lost))


def test_a_resource_of_an_unknown_type_is_left_out_and_said() -> None:
    template = {"Resources": {"Budget": UNKNOWN, "Other": parameter("x"), "Mine": {"Type": "Custom::Mine"}}}
    assert pruned(template) == [
        Omission(
            "shop-local-data",
            "Budget",
            "AWS::Budgets::Budget",
            "the local AWS does not know AWS::Budgets::Budget",
        )
    ]
    assert list(template["Resources"]) == ["Other", "Mine"]


def test_dependencies_on_it_are_gone_and_others_stay() -> None:
    template = {
        "Resources": {
            "Budget": UNKNOWN,
            "A": parameter("a", DependsOn="Budget"),
            "B": parameter("b", DependsOn=["Budget", "A"]),
        }
    }
    pruned(template)
    assert "DependsOn" not in template["Resources"]["A"]
    assert template["Resources"]["B"]["DependsOn"] == ["A"]


def test_a_property_that_refers_to_it_is_gone_and_said() -> None:
    environment = {
        "Variables": {
            "KEPT": "1",
            "REF": {"Ref": "Budget"},
            "ATT": {"Fn::GetAtt": ["Budget", "Arn"]},
            "JOIN": {"Fn::Join": ["/", ["a", {"Ref": "Budget"}]]},
            "SUB": {"Fn::Sub": "x-${Budget.Arn}"},
            "LITERAL": {"Fn::Sub": "x-${!Budget}"},
            "OWN": {"Fn::Sub": ["x-${Budget}", {"Budget": "mine"}]},
        }
    }
    template = {
        "Resources": {
            "Budget": UNKNOWN,
            "Function": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": environment}},
        }
    }
    omitted = pruned(template)
    variables = template["Resources"]["Function"]["Properties"]["Environment"]["Variables"]
    assert sorted(variables) == ["KEPT", "LITERAL", "OWN"]
    assert omitted[1:] == [
        Omission(
            "shop-local-data",
            "Function",
            "AWS::Lambda::Function",
            "Environment refers to Budget (AWS::Budgets::Budget), which is left out",
        )
    ]


def test_a_policy_never_allows_more_than_before() -> None:
    kept = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": ["arn:x", {"Ref": "Budget"}]}
    hollow = {"Effect": "Allow", "Action": "budgets:*", "Resource": {"Ref": "Budget"}}
    empty = {"Effect": "Allow", "Action": "budgets:*", "Resource": [{"Ref": "Budget"}]}
    condition = {"StringEquals": {"aws:SourceArn": {"Ref": "Budget"}}}
    conditional = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*", "Condition": condition}
    document = {"Statement": [kept, hollow, empty, conditional]}
    template = {
        "Resources": {
            "Budget": UNKNOWN,
            "Policy": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": document}},
        }
    }
    pruned(template)
    assert template["Resources"]["Policy"]["Properties"]["PolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": ["arn:x"]}
    ]


def test_outputs_that_refer_to_it_are_lost_for_other_stacks_too() -> None:
    lost: set[tuple[str, str]] = set()
    producer = {
        "Resources": {"Budget": UNKNOWN},
        "Outputs": {"Id": {"Value": {"Ref": "Budget"}}, "Kept": {"Value": "x"}},
    }
    pruned(producer, lost)
    assert list(producer["Outputs"]) == ["Kept"]
    assert lost == {("shop-local-data", "Id")}
    echo = {"Fn::GetStackOutput": {"StackName": "shop-local-data", "OutputName": "Id"}}
    kept = {"Fn::GetStackOutput": {"StackName": "shop-local-data", "OutputName": "Kept"}}
    consumer = {
        "Resources": {"A": parameter(kept, Metadata={"a": 1}), "B": parameter("x")},
        "Outputs": {"Echo": {"Value": echo}, "Kept": {"Value": kept}},
    }
    consumer["Resources"]["B"]["Properties"]["Description"] = echo
    omitted = pruned(consumer, lost)
    assert [item.logical_id for item in omitted] == ["B"]
    assert "Description refers to Id of shop-local-data" in omitted[0].reason
    assert "Description" not in consumer["Resources"]["B"]["Properties"]
    assert list(consumer["Outputs"]) == ["Kept"]


def test_a_template_that_is_wholly_known_is_not_touched() -> None:
    template = {"Resources": {"A": parameter({"Ref": "B"}), "B": parameter("x")}, "Outputs": {}}
    before = repr(template)
    assert pruned(template) == []
    assert repr(template) == before


def test_an_alarm_on_an_expression_is_left_out_and_one_on_a_metric_stays() -> None:
    template = {
        "Resources": {
            "Rate": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": [{"Id": "result"}]}},
            "Age": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Age"}},
        }
    }
    found = list(prune(template, "shop-local-data", {"AWS::CloudWatch::Alarm"}, set()))
    assert [(omission.logical_id, omission.reason) for omission in found] == [
        ("Rate", "the local AWS knows no alarms on an expression over several metrics")
    ]
    assert list(template["Resources"]) == ["Age"]


def test_an_application_of_flink_is_left_out_though_the_local_aws_knows_its_type() -> None:
    kind = "AWS::KinesisAnalyticsV2::Application"
    template = {"Resources": {"Figures": {"Type": kind, "Properties": {}}, "Other": parameter("x")}}
    found = list(prune(template, "shop-local-analytics", {kind, "AWS::SSM::Parameter"}, set()))
    assert [(one.logical_id, one.reason) for one in found] == [("Figures", "the local AWS runs no Flink")]
    assert list(template["Resources"]) == ["Other"]
