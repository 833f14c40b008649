"""The checks of policies that let anybody in, and of routes that ask nobody who they are."""

import json

import pytest

from platform_cli.operate.doctor.model import Verdict
from platform_cli.operate.doctor.policies import open_statements

ACCOUNT = "111111111111"
LAYER = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:layer:shop-dev-orders:3"
EVERYTHING = (
    ("AWS::Lambda::Function", "shop-dev-orders-create"),
    ("AWS::Lambda::LayerVersion", LAYER),
    ("AWS::SQS::Queue", f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/shop-dev-mail"),
    ("AWS::SNS::Topic", f"arn:aws:sns:eu-west-1:{ACCOUNT}:shop-dev-news"),
    ("AWS::Events::EventBus", "shop-dev-events"),
    ("AWS::Kinesis::Stream", "shop-dev-clicks"),
    ("AWS::KMS::Key", "7f3a91aa-0000-4000-8000-000000000000"),
    ("AWS::SecretsManager::Secret", f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:shop/dev/payment-1"),
    ("AWS::Backup::BackupVault", "shop-dev"),
    ("AWS::IAM::Role", "shop-dev-orders-create"),
)
ANYBODY = {"Effect": "Allow", "Principal": "*", "Action": "x:Act", "Resource": "*"}


def policy(**more):
    return json.dumps({"Version": "2012-10-17", "Statement": [{**ANYBODY, **more}]})


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["arn:aws:iam::1:root", "*"]}])
def test_a_statement_for_everybody_is_open(principal):
    assert len(list(open_statements(policy(Principal=principal)))) == 1


def test_a_statement_for_everybody_but_some_is_open():
    statement = {k: v for k, v in ANYBODY.items() if k != "Principal"}
    assert list(open_statements({"Statement": {**statement, "NotPrincipal": {"AWS": ACCOUNT}}}))


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        policy(Effect="Deny"),
        policy(Principal={"Service": "events.amazonaws.com"}),
        policy(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
    ],
)
def test_what_lets_nobody_or_somebody_known_in_is_not_open(said):
    assert list(open_statements(said)) == []


@pytest.mark.parametrize(
    ("condition", "is_open"),
    [
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, False),
        ({"StringEquals": {"AWS:SourceOwner": [ACCOUNT, "222222222222"]}}, False),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:events:*:{ACCOUNT}:rule/*"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::receipts"}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, True),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/0"]}}, True),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/ou-1/"}}, False),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}, True),
        ({"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}, True),
        ({"StringLike": {"aws:PrincipalAccount": "*"}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"kms:CallerAccount": ACCOUNT}}, False),
    ],
)
def test_a_condition_closes_a_statement_only_if_it_names_who_is_let_in(condition, is_open):
    assert bool(list(open_statements(policy(Condition=condition)))) is is_open


def answers_with(deployed, refused, said, *, qualified=None):
    """What all services answer where every policy is `said`, that of aliases and versions `qualified`."""
    attributes = {"Attributes": {"Policy": said} if said else {}}
    of_function = {"Policy": said} if said else refused("ResourceNotFoundException")
    of_qualifier = {"Policy": qualified} if qualified else refused("ResourceNotFoundException")
    summary = {
        "StreamName": "s",
        "StreamARN": "arn:aws:kinesis:eu-west-1:111111111111:stream/shop-dev-clicks",
        "StreamStatus": "ACTIVE",
        "RetentionPeriodHours": 24,
        "StreamCreationTimestamp": "2026-01-01T00:00:00Z",
        "EnhancedMonitoring": [],
        "OpenShardCount": 1,
    }
    role = {
        "Path": "/",
        "RoleName": "r",
        "RoleId": "AROA0000000000000000",
        "Arn": "arn:aws:iam::111111111111:role/shop-dev-orders-create",
        "CreateDate": "2026-01-01T00:00:00Z",
        **({"AssumeRolePolicyDocument": said} if said else {}),
    }
    return deployed(
        *EVERYTHING,
        lambda_={
            "GetPolicy": lambda asked: of_qualifier if "Qualifier" in asked else of_function,
            "ListAliases": {"Aliases": [{"Name": "live", "FunctionVersion": "7"}]},
            "ListVersionsByFunction": {"Versions": [{"Version": "$LATEST"}, {"Version": "7"}]},
            "GetLayerVersionPolicy": of_function,
        },
        sqs={"GetQueueAttributes": attributes},
        sns={"GetTopicAttributes": attributes},
        events={"DescribeEventBus": {"Policy": said} if said else {}},
        kinesis={
            "DescribeStreamSummary": {"StreamDescriptionSummary": summary},
            "GetResourcePolicy": of_function,
        },
        kms={"GetKeyPolicy": {"Policy": said} if said else {}},
        secretsmanager={
            "GetResourcePolicy": {"Name": "shop/dev/payment", **({"ResourcePolicy": said} if said else {})}
        },
        backup={"GetBackupVaultAccessPolicy": of_function},
        iam={"GetRole": {"Role": role}},
    )


@pytest.mark.parametrize("said", [None, policy(Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}})])
def test_policies_that_let_nobody_unknown_in_are_well(doctor, deployed, refused, said):
    result = doctor(answers=answers_with(deployed, refused, said)).says("open-policies")

    assert (result.verdict, result.summary) == (
        Verdict.OK,
        "no policy of 10 resources lets anybody in",
    )


def test_every_policy_that_lets_anybody_in_is_named(doctor, deployed, refused):
    result = doctor(answers=answers_with(deployed, refused, policy())).says("open-policies")

    assert result.verdict is Verdict.FAILURE
    assert result.evidence == tuple(
        f"{what}: its policy lets anybody x:Act"
        for what in (
            "function shop-dev-orders-create",
            "layer shop-dev-orders",
            "queue shop-dev-mail",
            "topic shop-dev-news",
            "bus shop-dev-events",
            "stream shop-dev-clicks",
            "key 7f3a91aa-0000-4000-8000-000000000000",
            "secret shop/dev/payment",
            "backup vault shop-dev",
            "role shop-dev-orders-create",
        )
    )


def test_policies_of_aliases_and_versions_are_read(doctor, deployed, refused):
    answers = answers_with(deployed, refused, None, qualified=policy(Action=["a:B", "a:C"]))

    assert doctor(answers=answers).says("open-policies").evidence == (
        "function shop-dev-orders-create, alias live: its policy lets anybody a:B, a:C",
        "function shop-dev-orders-create, version 7: its policy lets anybody a:B, a:C",
    )


def test_the_statement_that_a_url_without_authorization_needs_is_left_to_the_check_of_urls(
    doctor, deployed, refused
):
    of_url = policy(Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}})
    answers = answers_with(deployed, refused, None, qualified=of_url)

    assert doctor(answers=answers).says("open-policies").verdict is Verdict.OK


def test_a_policy_that_may_not_be_read_is_named(doctor, deployed, refused):
    answers = answers_with(deployed, refused, None)
    answers["kms"]["GetKeyPolicy"] = refused("AccessDeniedException")
    result = doctor(answers=answers).says("open-policies")

    assert result.verdict is Verdict.SKIPPED
    assert result.summary.startswith("not looked at: policies of keys, since ")


# --- routes --------------------------------------------------------------------------------------

APIS = """\
identity: { users: { clients: [web] } }
apis: { public: { kind: KIND, authorizer: users } }
services:
  orders:
    path: services/orders
    functions:
      create:
        handler: orders.create.handler
        routes: [POST /orders, { route: "GET /health", auth: none }]
"""


def routed(deployed, make_stack, kind, auth, more=()):
    """An API with both routes; `auth` is what the first of them asks for."""
    routes = {"POST /orders": auth, "GET /health": "NONE", **dict.fromkeys(more, "NONE")}
    if kind == "http":
        items = [{"RouteKey": key, "AuthorizationType": value} for key, value in routes.items()]
        resource, answers = (
            ("AWS::ApiGatewayV2::Api", "a1b2c3"),
            {"apigatewayv2": {"GetRoutes": {"Items": items}}},
        )
    else:
        items = [
            {
                "path": key.split()[1],
                "resourceMethods": {
                    key.split()[0]: {"authorizationType": value},
                    "OPTIONS": {"authorizationType": "NONE"},
                },
            }
            for key, value in routes.items()
        ]
        resource, answers = (
            ("AWS::ApiGateway::RestApi", "a1b2c3"),
            {"apigateway": {"GetResources": {"items": items}}},
        )
    return deployed(resource, stacks=[make_stack("shop-dev-api-public")], **answers)


@pytest.mark.parametrize(("kind", "auth"), [("http", "JWT"), ("rest", "COGNITO_USER_POOLS")])
def test_routes_that_are_open_as_the_blueprint_says_are_well_and_listed(
    doctor, deployed, make_stack, kind, auth
):
    instance = doctor(APIS.replace("KIND", kind), answers=routed(deployed, make_stack, kind, auth))
    result = instance.says("open-routes")

    assert (result.verdict, result.evidence) == (Verdict.OK, ("public: GET /health, as the blueprint says",))


@pytest.mark.parametrize("kind", ["http", "rest"])
def test_routes_that_lost_their_authorizer_or_were_made_by_hand_are_named(doctor, deployed, make_stack, kind):
    answers = routed(deployed, make_stack, kind, "NONE", more=["GET /admin"])
    result = doctor(APIS.replace("KIND", kind), answers=answers).says("open-routes")

    assert result.verdict is Verdict.FAILURE
    assert result.evidence == (
        "public: POST /orders, which the blueprint gives the authorizer users",
        "public: GET /admin, which the blueprint does not know",
    )


def test_without_apis_there_are_no_routes(doctor, deployed):
    assert doctor(answers=deployed()).says("open-routes").verdict is Verdict.SKIPPED
