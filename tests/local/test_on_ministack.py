"""What adapting and completing are for: templates as the CDK writes them, on the real MiniStack."""

from __future__ import annotations

import copy
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.assembly.model import Assembly
from platform_cli.aws.clients import Clients
from platform_cli.local import server
from platform_cli.local.adapting import adapt, adapt_template
from platform_cli.local.completing import Completion, complete
from platform_cli.local.environment import ensure_environment
from platform_cli.local.urls import local_url, mailbox_url

pytestmark = pytest.mark.e2e

HANDLER = """
import json, os, urllib.request
import boto3

def show(event, context):
    context = event["requestContext"]
    return {"statusCode": 200, "body": json.dumps({
        "route": event["routeKey"], "path": event["rawPath"], "names": event.get("pathParameters"),
        "user": context.get("authorizer", {}).get("jwt", {}).get("claims", {}).get("email"),
    })}

def flags(event, context):
    port = os.environ["AWS_APPCONFIG_EXTENSION_HTTP_PORT"]
    names = [os.environ[name] for name in ("FLAGS_APPLICATION", "FLAGS_ENVIRONMENT", "FLAGS_PROFILE")]
    url = "http://localhost:{}/applications/{}/environments/{}/configurations/{}".format(port, *names)
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Context": "plan=pro"})) as response:
        return json.load(response)

def secret(event, context):
    client = boto3.client("secretsmanager")
    return {"mine": client.get_secret_value(SecretId=os.environ["SECRET"])["SecretString"],
            "environment": sorted(os.environ)}

def count(event, context):
    for record in event["Records"]:
        key = record["dynamodb"]["Keys"]["PK"]["S"]
        boto3.client("ssm").put_parameter(Name="/seen/" + key, Value="1", Type="String", Overwrite=True)
"""


def role(*statements: dict[str, Any]) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": "rights", "PolicyDocument": document}] if statements else [],
        },
    }


def function(code: dict[str, str], name: str, **variables: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": f"handlers.{name}",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": code,
            "Timeout": 60,
            "Environment": {"Variables": variables},
        },
    }


# --- an API ----------------------------------------------------------------------------------------


def test_an_api_of_one_body_answers_with_tokens_scopes_and_cors(
    running: Any, build_assembly: Callable[..., Assembly], tmp_path: Path, fetch: Callable[..., Any]
) -> None:
    code = running.upload("api.zip", {"handlers.py": HANDLER})
    uri = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Show.Arn}/invocations"
    operation = {
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": {"Fn::Sub": uri},
            "credentials": {"Fn::GetAtt": ["Role", "Arn"]},
            "payloadFormatVersion": "2.0",
        }
    }
    pool = {"Fn::GetStackOutput": {"StackName": "shop-local-identity", "OutputName": "PoolId"}}
    client = {"Fn::GetStackOutput": {"StackName": "shop-local-identity", "OutputName": "ClientId"}}
    issuer = {"Fn::Join": ["", ["https://cognito-idp.us-east-1.amazonaws.com/", pool]]}
    body = {
        "openapi": "3.0.1",
        "info": {"title": "shop-public", "version": "1"},
        "paths": {
            "/orders/{id}": {"get": operation | {"security": [{"users": []}]}},
            "/admin": {"get": operation | {"security": [{"users": ["orders.write"]}]}},
            "/health": {"get": operation},
        },
        "components": {
            "securitySchemes": {
                "users": {
                    "type": "oauth2",
                    "x-amazon-apigateway-authorizer": {
                        "type": "jwt",
                        "identitySource": "$request.header.Authorization",
                        "jwtConfiguration": {"issuer": issuer, "audience": [client]},
                    },
                }
            }
        },
        "x-amazon-apigateway-cors": {"allowOrigins": ["https://shop.example"], "allowMethods": ["GET"]},
    }
    identity = {
        "Resources": {
            "Pool": {
                "Type": "AWS::Cognito::UserPool",
                "Properties": {"UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"]},
            },
            "Client": {
                "Type": "AWS::Cognito::UserPoolClient",
                "Properties": {
                    "UserPoolId": {"Ref": "Pool"},
                    "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
                },
            },
            "Budget": {"Type": "AWS::Budgets::Budget", "Properties": {}},
        },
        "Outputs": {
            "PoolId": {"Value": {"Ref": "Pool"}},
            "ClientId": {"Value": {"Ref": "Client"}},
            "Issuer": {"Value": {"Fn::GetAtt": ["Pool", "ProviderURL"]}},
        },
    }
    stage = {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True}
    api = {
        "Resources": {
            "Role": role(),
            "Show": function(code, "show"),
            "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": body}},
            "Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": stage},
        },
        "Outputs": {
            "Url": {"Value": {"Fn::GetAtt": ["Api", "ApiEndpoint"]}},
            "Id": {"Value": {"Ref": "Api"}},
        },
    }
    assembly = build_assembly({"api": api, "identity": identity}, {"api": ["identity"]})
    adaptation = adapt(assembly, running.local, tmp_path / "local")
    assert [item.type for item in adaptation.omitted] == ["AWS::Budgets::Budget"]
    outputs = running.deploy(adaptation.assembly)
    url = outputs["shop-local-api"]["Url"]
    assert url == local_url(running.local, outputs["shop-local-api"]["Id"])
    known = outputs["shop-local-identity"]
    assert known["Issuer"] == f"https://cognito-idp.us-east-1.amazonaws.com/{known['PoolId']}"

    open_answer = fetch(f"{url}/health")
    assert (open_answer.status, open_answer.json["route"]) == (200, "GET /health")
    assert fetch(f"{url}/orders/1").status == 401
    assert fetch(f"{url}/nowhere").status == 404

    token = sign_in(running, known["ClientId"], fetch)
    answer = fetch(f"{url}/orders/1", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 200
    assert answer.json == {
        "route": "GET /orders/{id}",
        "path": "/orders/1",
        "names": {"id": "1"},
        "user": "a@example.com",
    }
    assert fetch(f"{url}/orders/1", headers={"Authorization": f"Bearer {token}x"}).status == 401
    assert fetch(f"{url}/admin", headers={"Authorization": f"Bearer {token}"}).status == 403

    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "GET"}
    preflight = fetch(f"{url}/orders/1", method="OPTIONS", headers=asked)
    allowed = {key.lower(): value for key, value in preflight.headers.items()}
    assert (preflight.status, allowed["access-control-allow-origin"]) == (204, "https://shop.example")

    # A route less is a route less: resources of the body follow it.
    del body["paths"]["/health"]  # type: ignore[attr-defined]
    assembly = build_assembly({"api": api, "identity": identity}, {"api": ["identity"]})
    adapted = adapt(assembly, running.local, tmp_path / "local").assembly.stack("shop-local-api")
    assert running.deploy_stack(adapted.name, adapted.template)["Url"] == url
    assert fetch(f"{url}/health").status == 404


def sign_in(running: Any, client_id: str, fetch: Callable[..., Any]) -> str:
    cognito = running.clients.client("cognito-idp")
    who = {"ClientId": client_id, "Username": "a@example.com"}
    attributes = [{"Name": "email", "Value": "a@example.com"}]
    cognito.sign_up(**who, Password="Correct-horse-9", UserAttributes=attributes)
    assert "123456" in fetch(mailbox_url(running.local)).text
    with pytest.raises(ClientError, match="CodeMismatch"):
        cognito.confirm_sign_up(**who, ConfirmationCode="000000")
    cognito.confirm_sign_up(**who, ConfirmationCode="123456")
    answer = cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "a@example.com", "PASSWORD": "Correct-horse-9"},
    )
    return str(answer["AuthenticationResult"]["IdToken"])


# --- rights, secrets, flags ------------------------------------------------------------------------


def test_a_secret_is_read_by_who_may_and_nothing_of_the_users_environment_arrives(running: Any) -> None:
    code = running.upload("secret.zip", {"handlers.py": HANDLER})
    read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": {"Ref": "Secret"}}
    template = {
        "Resources": {
            "Secret": {
                "Type": "AWS::SecretsManager::Secret",
                "Properties": {"Name": "mine", "GenerateSecretString": {"PasswordLength": 20}},
            },
            "Role": role(read),
            "Reads": function(code, "secret", SECRET={"Ref": "Secret"}),
        },
        "Outputs": {"Name": {"Value": {"Ref": "Reads"}}},
    }
    template, _, _ = adapt_template(template, running.local, "shop-local-secrets")
    name = running.deploy_stack("shop-local-secrets", template)["Name"]
    answer = running.clients.client("lambda").invoke(FunctionName=name)
    payload = json.loads(answer["Payload"].read())
    assert answer.get("FunctionError") is None, payload
    assert len(payload["mine"]) == 20
    assert not {"VIRTUAL_ENV", "PYTHONPATH", "PLATFORM_CACHE_DIR"} & set(payload["environment"])

    template["Resources"]["Role"]["Properties"]["Policies"] = []
    running.deploy_stack("shop-local-secrets", template)
    refused = running.clients.client("lambda").invoke(FunctionName=name)
    assert "AccessDenied" in refused["Payload"].read().decode()


def test_a_handler_reads_its_flags_where_it_would_on_aws(running: Any) -> None:
    code = running.upload("flags.zip", {"handlers.py": HANDLER})
    template = {
        "Resources": {
            "App": {"Type": "AWS::AppConfig::Application", "Properties": {"Name": "shop"}},
            "Env": {
                "Type": "AWS::AppConfig::Environment",
                "Properties": {"ApplicationId": {"Ref": "App"}, "Name": "local"},
            },
            "Profile": {
                "Type": "AWS::AppConfig::ConfigurationProfile",
                "Properties": {
                    "ApplicationId": {"Ref": "App"},
                    "Name": "flags",
                    "LocationUri": "hosted",
                    "Type": "AWS.AppConfig.FeatureFlags",
                },
            },
            "Strategy": {
                "Type": "AWS::AppConfig::DeploymentStrategy",
                "Properties": {
                    "Name": "at-once",
                    "DeploymentDurationInMinutes": 0,
                    "GrowthFactor": 100,
                    "FinalBakeTimeInMinutes": 0,
                    "ReplicateTo": "NONE",
                },
            },
            "Role": role(),
            "Reads": function(
                code, "flags", FLAGS_APPLICATION="shop", FLAGS_ENVIRONMENT="local", FLAGS_PROFILE="flags"
            ),
        },
        "Outputs": {
            name: {"Value": {"Ref": name}} for name in ("App", "Env", "Profile", "Strategy", "Reads")
        },
    }
    template, _, _ = adapt_template(template, running.local, "shop-local-flags")
    made = running.deploy_stack("shop-local-flags", template)
    rule = '(eq $plan "pro")'
    variants = [
        {"name": "pro", "enabled": True, "rule": rule, "attributeValues": {"limit": 9}},
        {"name": "default", "enabled": False},
    ]
    flags = {
        "version": "1",
        "flags": {"limits": {"name": "limits", "attributes": {"limit": {"constraints": {"type": "number"}}}}},
        "values": {"limits": {"_variants": variants}},
    }
    appconfig = running.clients.client("appconfig")
    where = {"ApplicationId": made["App"], "ConfigurationProfileId": made["Profile"]}
    content = json.dumps(flags).encode()
    version = appconfig.create_hosted_configuration_version(
        **where, Content=content, ContentType="application/json"
    )
    appconfig.start_deployment(
        **where,
        EnvironmentId=made["Env"],
        DeploymentStrategyId=made["Strategy"],
        ConfigurationVersion=str(version["VersionNumber"]),
    )
    answer = running.clients.client("lambda").invoke(FunctionName=made["Reads"])
    assert json.loads(answer["Payload"].read()) == {
        "limits": {"_variant": "pro", "enabled": True, "limit": 9}
    }


# --- tables ----------------------------------------------------------------------------------------

TABLE = {
    "Type": "AWS::DynamoDB::GlobalTable",
    "Properties": {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
        "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
        "Replicas": [
            {"Region": "us-east-1", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
        ],
    },
}


@pytest.mark.parametrize("named", [True, False])
def test_a_table_gets_its_time_to_live_and_recovery(
    named: bool, running: Any, build_assembly: Callable[..., Assembly]
) -> None:
    table = copy.deepcopy(TABLE)
    if named:
        table["Properties"]["TableName"] = "named"  # type: ignore[index]
    template = {"Resources": {"Table": table}, "Outputs": {"Name": {"Value": {"Ref": "Table"}}}}
    assembly = build_assembly({f"data{named}": template})
    stack = f"shop-local-data{named}"
    name = running.deploy(assembly)[stack]["Name"]
    dynamodb = running.clients.client("dynamodb")
    assert complete(assembly, running.clients) == (
        Completion(stack, "Table", "time to live"),
        Completion(stack, "Table", "point-in-time recovery"),
    )
    assert dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "expires_at",
    }
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert complete(assembly, running.clients) == ()


def test_a_tables_stream_is_read_after_a_restart_too(
    running: Any, tmp_path: Path, free_port: int, eventually: Callable[..., Any]
) -> None:
    root = tmp_path / "other"
    local = server.start(root, port=free_port)
    try:
        mine = type(running)(root, local, Clients(local.target))
        code = mine.upload("stream.zip", {"handlers.py": HANDLER})
        stream = {"Fn::GetAtt": ["Table", "StreamArn"]}
        read = {"Effect": "Allow", "Action": ["dynamodb:*"], "Resource": stream}
        note = {"Effect": "Allow", "Action": ["ssm:PutParameter"], "Resource": "*"}
        source = {"EventSourceArn": stream, "FunctionName": {"Ref": "Count"}, "StartingPosition": "LATEST"}
        template = {
            "Resources": {
                "Table": TABLE,
                "Role": role(read, note),
                "Count": function(code, "count"),
                "Source": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": source},
            },
            "Outputs": {"Name": {"Value": {"Ref": "Table"}}},
        }
        name = mine.deploy_stack("stream", template)["Name"]
        for number in range(5):
            write(mine, name, f"before{number}")
        eventually(lambda: seen(mine, "before4"))
        server.stop(root)
        local = server.start(root)
        mine = type(running)(root, local, Clients(local.target))
        write(mine, name, "after")
        eventually(lambda: seen(mine, "after"), 20)
    finally:
        server.reset(root)


def write(mine: Any, table: str, key: str) -> None:
    mine.clients.client("dynamodb").put_item(TableName=table, Item={"PK": {"S": key}})


def seen(mine: Any, key: str) -> bool:
    try:
        mine.clients.client("ssm").get_parameter(Name=f"/seen/{key}")
    except ClientError:
        return False
    return True


# --- bootstrap -------------------------------------------------------------------------------------


def test_a_bucket_that_demands_tls_is_written_by_a_role(running: Any) -> None:
    bucket = {"Fn::GetAtt": ["Bucket", "Arn"]}
    objects = {"Fn::Join": ["", [bucket, "/*"]]}
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket, objects],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
        "Action": "sts:AssumeRole",
    }
    rights = {"Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": objects}]}
    template = {
        "Resources": {
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "staging"}},
            "Policy": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": [deny]}},
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": "publishing",
                    "AssumeRolePolicyDocument": {"Statement": [trust]},
                    "Policies": [{"PolicyName": "write", "PolicyDocument": rights}],
                },
            },
        }
    }
    template, _, _ = adapt_template(template, running.local, "staging")
    running.deploy_stack("staging", template)
    publisher = running.clients.assume("arn:aws:iam::000000000000:role/publishing", "publisher").client("s3")
    publisher.put_object(Bucket="staging", Key="a.zip", Body=b"x")
    with pytest.raises(ClientError, match="AccessDenied"):
        publisher.get_object(Bucket="staging", Key="a.zip")


def test_the_types_that_are_kept_are_those_that_the_emulator_knows(running: Any) -> None:
    types = ensure_environment().resource_types
    assert {"AWS::Lambda::Function", "AWS::DynamoDB::GlobalTable", "AWS::ApiGatewayV2::Route"} <= types
    assert "AWS::Budgets::Budget" not in types


def test_what_was_lost_by_a_kill_can_be_deployed_again(running: Any, tmp_path: Path, free_port: int) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "kept"}}
    template = {"Resources": {"Bucket": bucket, "Role": role()}, "Outputs": {"R": {"Value": {"Ref": "Role"}}}}
    root = tmp_path / "other"
    local = server.start(root, port=free_port)
    try:
        mine = type(running)(root, local, Clients(local.target))
        mine.deploy_stack("lost", template)
        mine.clients.client("s3").put_object(Bucket="kept", Key="a", Body=b"x")
        os.kill(local.pid, signal.SIGKILL)
        local = server.start(root)
        mine = type(running)(root, local, Clients(local.target))
        assert mine.clients.client("cloudformation").describe_stacks()["Stacks"] == []
        assert mine.deploy_stack("lost", template)["R"]
    finally:
        server.reset(root)
