"""The checks of an environment: its stacks, what differs, its secrets, certificates and dead letters."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from platform_cli.operate.doctor.model import Verdict

SECRETS = "secrets: { payment: { generate: { length: 32 } } }\n"
ONE_ENVIRONMENT = """\
blueprint: 1
system: shop
owner: team-commerce
environments: { dev: { account: "111111111111", region: eu-west-1 } }
"""
DOMAIN = """\
apis:
  public:
    kind: http
    domain: { name: api.example.com, certificate: api }
external:
  certificates: { api: { arn: "arn:aws:acm:eu-west-1:111111111111:certificate/c-1" } }
"""
QUEUES = "queues: { mail: { dead_letter: { max_receives: 3 } } }\n"
FUNCTION = """\
services:
  orders: { path: services/orders, functions: { create: { handler: orders.create.handler } } }
"""


# --- what is not there ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "check",
    ["bootstrap", "stacks", "drift", "secrets", "alarms-firing", "throttles", "encryption", "local-aws"],
)
def test_without_a_name_no_environment_is_looked_at(doctor, check):
    result = doctor(env=None).says(check)

    assert result.verdict is Verdict.SKIPPED
    assert "--env NAME" in result.summary


# --- the local AWS -------------------------------------------------------------------------------


def test_a_local_aws_that_does_not_run_can_be_started(doctor):
    result = doctor(env="local").says("local-aws")

    assert result.verdict is Verdict.FAILURE
    assert result.fix is not None
    assert result.fix.does == "start the local AWS"
    assert doctor(env="dev").says("local-aws").verdict is Verdict.SKIPPED


@pytest.mark.parametrize(
    ("agent", "outdated", "verdict"),
    [(True, False, Verdict.OK), (False, False, Verdict.FAILURE), (True, True, Verdict.WARNING)],
)
def test_how_a_running_local_aws_is(doctor, agent, outdated, verdict):
    from pathlib import Path

    from platform_cli.local.server import LocalAws, LocalStatus
    from platform_cli.operate.checks.environment_local import check_local

    local = LocalAws(4566, 1, "http://127.0.0.1:4566")
    status = LocalStatus(True, local, False, 5.0, agent, Path("log"), Path("f"), True, "1.5", outdated)
    result = check_local(doctor(env="local").context, lambda root: status)

    assert result.verdict is verdict
    assert (result.fix is not None) is (verdict is not Verdict.OK)


# --- bootstrap and stacks ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "verdict"), [("999", Verdict.OK), ("21", Verdict.WARNING), ("4", Verdict.FAILURE)]
)
def test_the_version_of_the_bootstrap(doctor, version, verdict):
    answers = {"ssm": {"GetParameter": {"Parameter": {"Value": version}}}}
    result = doctor(answers=answers).says("bootstrap")

    assert result.verdict is verdict
    assert f"version {version}" in result.summary


def test_an_account_that_is_not_bootstrapped(doctor, refused):
    result = doctor(answers={"ssm": {"GetParameter": refused("ParameterNotFound")}}).says("bootstrap")

    assert (result.verdict, result.summary) == (Verdict.FAILURE, "not bootstrapped")
    assert "platform bootstrap --env dev" in result.mend


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("UPDATE_COMPLETE", Verdict.OK),
        ("UPDATE_IN_PROGRESS", Verdict.WARNING),
        ("ROLLBACK_COMPLETE", Verdict.FAILURE),
    ],
)
def test_the_states_of_the_stacks(doctor, deployed, make_stack, status, verdict):
    result = doctor(answers=deployed(stacks=[make_stack(status=status)])).says("stacks")

    assert result.verdict is verdict
    if verdict is not Verdict.OK:
        assert f"shop-dev-data: {status}" in result.evidence


def test_nothing_deployed_is_said_once_and_to_be_done_first(doctor, deployed):
    result = doctor(answers=deployed(stacks=[])).says("stacks")

    assert result.verdict is Verdict.WARNING
    assert result.mend == "run `platform deploy --env dev`"


def test_a_last_deployment_that_failed(doctor, deployed):
    told = {
        "who": "jo@laptop",
        "command": "platform deploy",
        "started": "2026-11-20T10:00:00+00:00",
        "finished": "2026-11-20T10:05:00+00:00",
        "result": "failed",
        "stacks": {},
        "templates": {},
        "reason": "the table is gone",
    }
    record = {"Name": "/shop/dev/platform/deployments/20261120T100000Z-abc", "Value": json.dumps(told)}
    result = doctor(answers=deployed(records=[record])).says("stacks")

    assert result.verdict is Verdict.WARNING
    assert "the table is gone" in result.evidence


def test_stacks_of_a_protected_environment_refuse_deletion(doctor, deployed, make_stack):
    open_one = [make_stack("shop-prod-data")]
    closed = [make_stack("shop-prod-data", EnableTerminationProtection=True)]

    assert doctor(env="prod", answers=deployed(stacks=open_one)).says("stacks").verdict is Verdict.WARNING
    assert doctor(env="prod", answers=deployed(stacks=closed)).says("stacks").verdict is Verdict.OK


# --- what differs --------------------------------------------------------------------------------


def drifting(status, drifts=(), detection="DETECTION_COMPLETE"):
    looks = iter(["DETECTION_IN_PROGRESS", detection])

    def described(params):
        state = next(looks)
        more = {"StackDriftStatus": status} if state != "DETECTION_IN_PROGRESS" else {}
        return {
            "StackId": "arn",
            "StackDriftDetectionId": params["StackDriftDetectionId"],
            "DetectionStatus": state,
            "DetectionStatusReason": "one type cannot be compared",
            "Timestamp": "2026-11-21T12:00:00Z",
            **more,
        }

    return {
        "DetectStackDrift": {"StackDriftDetectionId": "d-1"},
        "DescribeStackDriftDetectionStatus": described,
        "DescribeStackResourceDrifts": {"StackResourceDrifts": list(drifts)},
    }


def drifted(how, **more):
    return {
        "StackId": "arn",
        "LogicalResourceId": "TableMain",
        "ResourceType": "AWS::DynamoDB::GlobalTable",
        "StackResourceDriftStatus": how,
        "Timestamp": "2026-11-21T12:00:00Z",
        **more,
    }


def test_drift_names_the_resource_and_the_property(doctor, deployed):
    changed = drifted(
        "MODIFIED",
        PropertyDifferences=[
            {
                "PropertyPath": "/BillingMode",
                "ExpectedValue": "a",
                "ActualValue": "b",
                "DifferenceType": "NOT_EQUAL",
            }
        ],
    )
    answers = deployed(cloudformation=drifting("DRIFTED", [changed, drifted("DELETED")]))
    result = doctor(answers=answers).says("drift")

    assert result.verdict is Verdict.WARNING
    assert result.evidence == (
        "shop-dev-data: TableMain (AWS::DynamoDB::GlobalTable) differs in BillingMode",
        "shop-dev-data: TableMain (AWS::DynamoDB::GlobalTable) is gone",
    )


def test_stacks_as_they_were_deployed_have_no_drift(doctor, deployed):
    assert doctor(answers=deployed(cloudformation=drifting("IN_SYNC"))).says("drift").verdict is Verdict.OK


def test_what_cannot_be_compared_is_said(doctor, deployed, refused):
    failed = drifting("IN_SYNC", detection="DETECTION_FAILED")
    busy = {"DetectStackDrift": refused("ValidationError", "cannot be called on current stack status")}

    told = doctor(answers=deployed(cloudformation=failed)).says("drift")
    assert told.summary == "no stack could be compared: shop-dev-data: one type cannot be compared"
    assert doctor(answers=deployed(cloudformation=busy)).says("drift").verdict is Verdict.SKIPPED


def assembly_of(tmp_path, template):
    from platform_cli.assembly.model import Assembly, StackArtifact

    artifact = StackArtifact(
        id="data",
        name="shop-dev-data",
        account="111111111111",
        region="eu-west-1",
        template=template,
        template_path=tmp_path / "t.json",
    )
    return Assembly(tmp_path, (artifact,))


@pytest.mark.parametrize(("changed", "verdict"), [(False, Verdict.OK), (True, Verdict.WARNING)])
def test_a_workspace_that_is_newer_than_what_runs(doctor, deployed, tmp_path, changed, verdict):
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "a"}}}}
    wanted = json.loads(json.dumps(template).replace('"a"', '"b"')) if changed else template
    answers = deployed(cloudformation={"GetTemplate": {"TemplateBody": json.dumps(template)}})
    instance = doctor(answers=answers, synthesize=lambda environment: assembly_of(tmp_path, wanted))
    result = instance.says("undeployed-changes")

    assert result.verdict is verdict
    if changed:
        assert "shop-dev-data: update" in result.evidence


def test_without_synthesis_changes_are_not_looked_for(doctor, deployed):
    assert doctor(answers=deployed()).says("undeployed-changes").verdict is Verdict.SKIPPED


# --- secrets, certificates, dead letters ---------------------------------------------------------


def secret(**more):
    described = {
        "ARN": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop/dev/payment-abc",
        "Name": "shop/dev/payment",
        "VersionIdsToStages": {"v" * 32: ["AWSCURRENT"]},
        **more,
    }
    return {
        "secretsmanager": {
            "DescribeSecret": described,
            "ListSecretVersionIds": {
                "Versions": [{"VersionId": "v" * 32, "CreatedDate": datetime(2026, 11, 1, tzinfo=UTC)}]
            },
        }
    }


@pytest.mark.parametrize(
    ("more", "verdict", "word"),
    [
        ({}, Verdict.OK, "1 secret with a value"),
        ({"VersionIdsToStages": {}}, Verdict.FAILURE, "payment has no value"),
        (
            {"DeletedDate": datetime(2026, 11, 20, tzinfo=UTC)},
            Verdict.FAILURE,
            "payment is marked for deletion",
        ),
        (
            {"VersionIdsToStages": {"v" * 32: ["AWSCURRENT"], "w" * 32: ["AWSPENDING"]}},
            Verdict.FAILURE,
            "payment a rotation stopped half-way",
        ),
    ],
)
def test_secrets_are_judged(doctor, deployed, more, verdict, word):
    result = doctor(SECRETS, answers={**deployed(), **secret(**more)}).says("secrets")

    assert result.verdict is verdict
    assert word in (result.summary, *result.evidence) or result.summary.startswith(word)


def test_a_rotation_that_is_overdue(doctor, deployed):
    rotation = "length: 32 }, rotation: { every_days: 7, strategy: generic, function: orders.create }"
    rotating = SECRETS.replace("length: 32 }", rotation) + FUNCTION
    result = doctor(rotating, answers={**deployed(), **secret()}).says("secrets")

    assert result.verdict is Verdict.WARNING
    assert result.mend == "run `platform secrets rotate --overdue --env dev`"


def test_without_secrets_there_is_nothing_to_judge(doctor, deployed):
    assert doctor(answers=deployed()).says("secrets").verdict is Verdict.SKIPPED


@pytest.mark.parametrize(
    ("days", "status", "verdict"),
    [
        (200, "ISSUED", Verdict.OK),
        (20, "ISSUED", Verdict.WARNING),
        (3, "ISSUED", Verdict.FAILURE),
        (200, "PENDING_VALIDATION", Verdict.FAILURE),
    ],
)
def test_certificates_that_end(doctor, deployed, now, days, status, verdict):
    told = {"Certificate": {"Status": status, "NotAfter": now + timedelta(days=days)}}
    answers = deployed(acm={"DescribeCertificate": told})
    result = doctor(DOMAIN, head=ONE_ENVIRONMENT, answers=answers).says("certificates")

    assert result.verdict is verdict
    assert any("api.example.com" in line for line in result.evidence)


def test_a_certificate_that_is_gone_and_an_api_without_one(doctor, deployed, refused):
    gone = deployed(acm={"DescribeCertificate": refused("ResourceNotFoundException")})

    found = doctor(DOMAIN, head=ONE_ENVIRONMENT, answers=gone).says("certificates")
    assert found.verdict is Verdict.FAILURE
    assert doctor(answers=deployed()).says("certificates").verdict is Verdict.SKIPPED


@pytest.mark.parametrize(("waiting", "verdict"), [("0", Verdict.OK), ("3", Verdict.WARNING)])
def test_dead_letters_that_wait(doctor, deployed, waiting, verdict):
    answers = deployed(
        sqs={
            "GetQueueUrl": {"QueueUrl": "https://sqs/1/shop-dev-mail-dead"},
            "GetQueueAttributes": {
                "Attributes": {
                    "ApproximateNumberOfMessages": waiting,
                    "ApproximateNumberOfMessagesNotVisible": "0",
                    "MessageRetentionPeriod": "1209600",
                }
            },
        }
    )
    result = doctor(QUEUES, answers=answers).says("dead-letters")

    assert result.verdict is verdict
    if verdict is Verdict.WARNING:
        assert result.summary == "3 messages failed for good"
        assert result.evidence == ("mail: 3, each kept for 14 days",)


def test_without_dead_letter_queues_there_is_nothing_to_count(doctor, deployed, refused):
    answers = deployed(sqs={"GetQueueUrl": refused("AWS.SimpleQueueService.NonExistentQueue")})

    assert doctor(FUNCTION, answers=answers).says("dead-letters").verdict is Verdict.SKIPPED
