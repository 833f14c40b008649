"""Each row of the table of rewrites, and that rows change nothing else."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from platform_cli.local.adapting import adapt_template
from platform_cli.local.policies import demands_tls
from platform_cli.local.rewrites import REWRITES, Notice
from platform_cli.local.server import LocalAws

SHOP = sorted((Path(__file__).parents[1] / "golden" / "local").glob("*.json"))
SUPPORTED = frozenset(
    {
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Authorizer",
        "AWS::ApiGatewayV2::Integration",
        "AWS::ApiGatewayV2::Route",
        "AWS::ApiGatewayV2::Stage",
        "AWS::ApiGateway::RestApi",
        "AWS::Cognito::UserPool",
        "AWS::Events::EventBus",
        "AWS::IAM::Policy",
        "AWS::Kinesis::Stream",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SecretsManager::Secret",
        "AWS::SQS::QueuePolicy",
        "AWS::SSM::Parameter",
    }
)


def adapted(template: dict[str, Any], local: LocalAws) -> tuple[dict[str, Any], tuple[Notice, ...]]:
    before = copy.deepcopy(template)
    after, notices, omitted = adapt_template(template, local, "shop-local-orders", SUPPORTED)
    assert template == before, "the original was changed"
    assert omitted == ()
    return after, notices


def function(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "python3.13", **properties}}


def test_every_rewrite_has_a_name_of_its_own_and_a_reason() -> None:
    assert len({rewrite.name for rewrite in REWRITES}) == len(REWRITES)
    assert all(len(rewrite.reason) > 20 for rewrite in REWRITES)


def test_a_template_without_anything_special_stays_as_it_is(local: LocalAws) -> None:
    template = {
        "Resources": {
            "Function": function(Environment={"Variables": {"TABLE_MAIN_NAME": "main"}}),
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "Properties": {"BucketName": {"Fn::Sub": "b-${AWS::Region}"}},
            },
        },
        "Outputs": {"Name": {"Value": {"Ref": "Bucket"}}},
    }
    assert adapted(template, local) == (template, ())


# --- secure transport ----------------------------------------------------------------------------

DENY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}


def test_statements_that_demand_tls_are_taken_out_of_a_policy(local: LocalAws) -> None:
    template = {"Resources": {"Policy": queue_policy(ALLOW, DENY)}}
    after, _ = adapted(template, local)
    assert after["Resources"]["Policy"] == queue_policy(ALLOW)


def test_a_policy_that_only_demanded_tls_is_not_there(local: LocalAws) -> None:
    template = {"Resources": {"Policy": queue_policy(DENY), "Other": function()}}
    after, _ = adapted(template, local)
    assert list(after["Resources"]) == ["Other"]


@pytest.mark.parametrize(
    "statement",
    [
        ALLOW,
        {**DENY, "Effect": "Allow"},
        {**DENY, "Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:x": "y"}}},
        {**DENY, "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "1"}}},
        {"Effect": "Deny", "Action": "*", "Resource": "*"},
    ],
)
def test_other_statements_stay(statement: dict[str, Any]) -> None:
    assert not demands_tls(statement)


def test_a_demanded_tls_version_is_a_demand_for_tls() -> None:
    assert demands_tls({"Effect": "Deny", "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}})


def queue_policy(*statements: dict[str, Any]) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [], "PolicyDocument": document}}


# --- secrets and pools ---------------------------------------------------------------------------


def test_a_reference_to_a_secret_gives_its_arn(local: LocalAws) -> None:
    policy = {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Resource": {"Ref": "Secret"}}]}}
    template = {
        "Resources": {
            "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {}},
            "Bucket": {"Type": "AWS::S3::Bucket"},
            "Policy": {"Type": "AWS::IAM::Policy", "Properties": policy},
        },
        "Outputs": {
            "Arn": {"Value": {"Ref": "Secret"}},
            "Text": {"Value": {"Fn::Sub": "${Secret}/${Bucket}/${Secret.Id}"}},
            "Bucket": {"Value": {"Ref": "Bucket"}},
        },
    }
    after, _ = adapted(template, local)
    statement = after["Resources"]["Policy"]["Properties"]["PolicyDocument"]["Statement"][0]
    assert statement["Resource"] == {"Fn::GetAtt": ["Secret", "Id"]}
    assert {name: output["Value"] for name, output in after["Outputs"].items()} == {
        "Arn": {"Fn::GetAtt": ["Secret", "Id"]},
        "Text": {"Fn::Sub": "${Secret.Id}/${Bucket}/${Secret.Id}"},
        "Bucket": {"Ref": "Bucket"},
    }


def test_a_pools_provider_address_is_made_of_its_name(local: LocalAws) -> None:
    template = {
        "Resources": {"Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {}}},
        "Outputs": {"Issuer": {"Value": {"Fn::GetAtt": ["Pool", "ProviderURL"]}}},
    }
    after, _ = adapted(template, local)
    name = {"Fn::GetAtt": ["Pool", "ProviderName"]}
    assert after["Outputs"]["Issuer"]["Value"] == {"Fn::Join": ["", ["https://", name]]}


# --- settings by path ----------------------------------------------------------------------------


def test_a_role_that_reads_settings_by_path_is_let_through_and_it_is_said(local: LocalAws) -> None:
    path = "arn:aws:ssm:us-east-1:000000000000:parameter/shop/local/prices/*"
    reads = {"Effect": "Allow", "Action": ["ssm:GetParameter", "ssm:GetParametersByPath"], "Resource": path}
    policy = {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [ALLOW, reads]}}}
    after, notices = adapted({"Resources": {"Policy": policy}}, local)
    statements = after["Resources"]["Policy"]["Properties"]["PolicyDocument"]["Statement"]
    added = {"Effect": "Allow", "Action": ["ssm:GetParametersByPath"], "Resource": "*"}
    assert statements == [ALLOW, reads, added]
    assert [notice.logical_id for notice in notices] == ["Policy"]


def test_a_role_that_reads_single_settings_stays_as_it_is(local: LocalAws) -> None:
    reads = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "arn:aws:ssm:::parameter/a"}
    policy = {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {"Statement": [reads]}}}
    assert adapted({"Resources": {"Policy": policy}}, local) == ({"Resources": {"Policy": policy}}, ())


def test_no_wildcard_comes_to_the_shop_but_reads_of_many_settings(local: LocalAws) -> None:
    added: dict[str, set[tuple[str, str]]] = {}
    for path in SHOP:
        template = json.loads(path.read_text())
        kinds = {resource["Type"] for resource in template["Resources"].values()}
        after, _, _ = adapt_template(template, local, path.stem, kinds)
        if new := wildcards(after) - wildcards(template):
            added[path.stem] = new
    by_path = {("ssm:GetParameters", "*"), ("ssm:GetParametersByPath", "*")}
    assert added == {"shop-local-service-notifications": by_path, "shop-local-service-orders": by_path}


def wildcards(value: Any) -> set[tuple[str, str]]:
    """Each action that is allowed on something with a `*` in it, or is one, with the resource."""
    if isinstance(value, list):
        return {found for part in value for found in wildcards(part)}
    if not isinstance(value, dict):
        return set()
    found = {pair for part in value.values() for pair in wildcards(part)}
    if value.get("Effect") == "Allow" and "Action" in value:
        actions, on = value["Action"], value.get("Resource", [])
        for action in [actions] if isinstance(actions, str) else actions:
            for resource in on if isinstance(on, list) else [on]:
                text = resource if isinstance(resource, str) else json.dumps(resource)
                if "*" in action + text:
                    found.add((action, text))
    return found


# --- functions -----------------------------------------------------------------------------------


def test_functions_that_read_flags_learn_the_port_of_the_stand_in(local: LocalAws) -> None:
    template = {
        "Resources": {
            "Reads": function(Environment={"Variables": {"FLAGS_APPLICATION": "shop"}}),
            "Not": function(Environment={"Variables": {"CURRENCY": "EUR"}}),
            "Bare": function(),
        }
    }
    after, _ = adapted(template, local)
    reads, other, bare = (after["Resources"][name]["Properties"] for name in ("Reads", "Not", "Bare"))
    assert reads["Environment"]["Variables"] == {
        "FLAGS_APPLICATION": "shop",
        "AWS_APPCONFIG_EXTENSION_HTTP_PORT": "4567",
    }
    assert other["Environment"]["Variables"] == {"CURRENCY": "EUR"}
    assert "Environment" not in bare


def test_layers_of_other_accounts_are_dropped_and_only_the_agents_silently(local: LocalAws) -> None:
    agent = "arn:aws:lambda:us-east-1:027255383542:layer:AWS-AppConfig-Extension:200"
    powertools = "arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3:1"
    own = "arn:aws:lambda:us-east-1:000000000000:layer:shop:1"
    template = {"Resources": {"Function": function(Layers=[agent, {"Ref": "Layer"}, own, powertools])}}
    after, notices = adapted(template, local)
    assert after["Resources"]["Function"]["Properties"]["Layers"] == [{"Ref": "Layer"}, own]
    message = f"runs without the layer {powertools}, which is not here"
    assert notices == (Notice("shop-local-orders", "Function", message),)


def test_a_runtime_that_is_not_the_one_here_is_said(local: LocalAws) -> None:
    template = {"Resources": {"Old": function(Runtime="python3.12"), "Same": function()}}
    _, notices = adapted(template, local)
    message = "is written for python3.12 and runs on python3.13"
    assert notices == (Notice("shop-local-orders", "Old", message),)


# --- sources -------------------------------------------------------------------------------------


def test_limits_that_a_kinesis_source_ignores_are_said(local: LocalAws) -> None:
    mapping = {"EventSourceArn": {"Fn::GetAtt": ["Stream", "Arn"]}, "MaximumRetryAttempts": 3}
    template = {
        "Resources": {
            "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {}},
            "Source": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping},
        }
    }
    _, notices = adapted(template, local)
    assert [notice.logical_id for notice in notices] == ["Source"]
    assert "MaximumRetryAttempts" in notices[0].message


def test_reported_failures_of_a_table_stream_are_said_and_those_of_a_queue_are_not(local: LocalAws) -> None:
    reporting = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
    table = {"EventSourceArn": {"Fn::GetStackOutput": {"StackName": "d", "OutputName": "TableMainStreamArn"}}}
    queue = {"EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}}
    template = {
        "Resources": {
            "Table": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": table | reporting},
            "Queue": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": queue | reporting},
        }
    }
    _, notices = adapted(template, local)
    assert [notice.logical_id for notice in notices] == ["Table"]


def test_a_source_that_reads_as_a_consumer_reads_the_stream_itself(local: LocalAws) -> None:
    stream = "arn:aws:kinesis:us-east-1:000000000000:stream/shop-local-orders"
    consumer = {"ConsumerName": "shop-local-orders-count", "StreamARN": stream}
    mapping = {"EventSourceArn": {"Fn::GetAtt": ["Consumer", "ConsumerARN"]}}
    template = {
        "Resources": {
            "Consumer": {"Type": "AWS::Kinesis::StreamConsumer", "Properties": consumer},
            "Source": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping},
        }
    }
    after, notices = adapted(template, local)
    assert after["Resources"] == {
        "Source": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"EventSourceArn": stream}}
    }
    assert [notice.logical_id for notice in notices] == ["Source"]


def test_an_archive_becomes_a_note_at_its_bus(local: LocalAws) -> None:
    template = {
        "Resources": {
            "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "shop-local-events"}},
            "Archive": {
                "Type": "AWS::Events::Archive",
                "Properties": {"SourceArn": {"Fn::GetAtt": ["Bus", "Arn"]}, "RetentionDays": 30},
            },
        }
    }
    after, _ = adapted(template, local)
    assert list(after["Resources"]) == ["Bus"]
    assert after["Resources"]["Bus"]["Metadata"] == {"platform:archive": 30}


# --- endpoints -----------------------------------------------------------------------------------

BASE = "http://127.0.0.1:4566/_aws/execute-api/"
REGION = {"Ref": "AWS::Region"}
SUFFIX = {"Ref": "AWS::URLSuffix"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Fn::GetAtt": ["Api", "ApiEndpoint"]}, [BASE, {"Ref": "Api"}]),
        ({"Fn::GetAtt": "Api.ApiEndpoint"}, [BASE, {"Ref": "Api"}]),
        (
            {"Fn::Join": ["", ["https://", {"Ref": "Api"}, ".execute-api.", REGION, ".", SUFFIX, "/"]]},
            [BASE, {"Ref": "Api"}, "/"],
        ),
        (
            {
                "Fn::Join": [
                    "",
                    ["https://", {"Ref": "Rest"}, ".execute-api.us-east-1.", SUFFIX, "/", {"Ref": "Stage"}],
                ]
            },
            [BASE, {"Ref": "Rest"}, "/", {"Ref": "Stage"}],
        ),
        (
            {"Fn::Sub": "https://${Api}.execute-api.${AWS::Region}.amazonaws.com/v1/${Stage}"},
            [BASE, {"Ref": "Api"}, "/v1/", {"Ref": "Stage"}],
        ),
        ({"Fn::Sub": "https://${Api}.execute-api.us-east-1.amazonaws.com"}, [BASE, {"Ref": "Api"}]),
    ],
)
def test_an_apis_address_is_the_one_on_this_machine(value: Any, expected: list[Any], local: LocalAws) -> None:
    template = {"Resources": apis(), "Outputs": {"Url": {"Value": value}}}
    after, _ = adapted(template, local)
    assert after["Outputs"]["Url"]["Value"] == {"Fn::Join": ["", expected]}


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Join": ["", ["arn:aws:execute-api:", REGION, ":1:", {"Ref": "Api"}, "/*"]]},
        {"Fn::Sub": "https://${Bucket}.s3.amazonaws.com/"},
        {"Ref": "Api"},
        "https://example.com",
    ],
)
def test_what_is_no_apis_address_stays(value: Any, local: LocalAws) -> None:
    template = {"Resources": apis(), "Outputs": {"Value": {"Value": value}}}
    after, _ = adapted(template, local)
    assert after["Outputs"] == template["Outputs"]


def test_an_api_on_another_port_is_a_change_of_a_resource_too(local: LocalAws) -> None:
    template = {"Resources": apis(), "Outputs": {"Url": {"Value": {"Fn::GetAtt": ["Api", "ApiEndpoint"]}}}}
    here, _ = adapted(template, local)
    moved = LocalAws(port=1, pid=1, endpoint_url="http://127.0.0.1:1", python_version="3.13.1")
    there, _ = adapted(template, moved)
    assert json.dumps(here["Resources"]["Api"]) != json.dumps(there["Resources"]["Api"])


def apis() -> dict[str, Any]:
    return {
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "a", "ProtocolType": "HTTP"}},
        "Rest": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "r"}},
    }


def test_an_alias_moves_at_once_and_keeps_nothing_warm(local: LocalAws) -> None:
    warm = {"ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 5}}
    alias = {
        "Type": "AWS::Lambda::Alias",
        "Properties": {"Name": "live", **warm},
        "UpdatePolicy": {"CodeDeployLambdaAliasUpdate": {"ApplicationName": {"Ref": "Releases"}}},
    }
    template = {"Resources": {"Alias": alias, "Other": {**alias, "Properties": {"Name": "live"}}}}
    after, notices, omitted = adapt_template(template, local, "shop-local-orders", {"AWS::Lambda::Alias"})
    plain = {"Type": "AWS::Lambda::Alias", "Properties": {"Name": "live"}}
    assert (after["Resources"], omitted) == ({"Alias": plain, "Other": plain}, ())
    assert [(notice.logical_id, notice.message.split()[0]) for notice in notices] == [
        ("Alias", "moves"),
        ("Alias", "keeps"),
        ("Other", "moves"),
    ]
