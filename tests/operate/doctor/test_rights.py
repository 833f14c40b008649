"""What a deployment does with one's own rights, and what IAM says to it."""

import ast
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.operate.doctor.model import Verdict
from platform_cli.operate.doctor.rights import needed_rights


def simulated(decide):
    def answer(params):
        action = params["ActionNames"][0]
        results = [
            {"EvalActionName": action, "EvalResourceName": arn, "EvalDecision": decide(action, arn)}
            for arn in params["ResourceArns"]
        ]
        return {"EvaluationResults": results}

    role = {
        "Path": "/team/",
        "RoleName": "Developer",
        "RoleId": "AROA12345678901234",
        "Arn": "arn:aws:iam::111111111111:role/team/Developer",
        "CreateDate": "2026-01-01T00:00:00Z",
    }
    return {"iam": {"GetRole": {"Role": role}, "SimulatePrincipalPolicy": answer}}


SETTINGS = "config: { api: { rate-limit: 100 } }\nsecrets: { payment: { generate: { length: 32 } } }\n"


def test_rights_are_simulated_for_the_role_with_its_path(doctor):
    instance = doctor(SETTINGS, answers=simulated(lambda action, arn: "allowed"))

    assert instance.says("deploy-rights").verdict is Verdict.OK
    asked = instance.calls("SimulatePrincipalPolicy")
    assert {call["PolicySourceArn"] for call in asked} == {"arn:aws:iam::111111111111:role/team/Developer"}
    resources = {call["ActionNames"][0]: call["ResourceArns"] for call in asked}
    assert resources["sts:AssumeRole"][0] == (
        "arn:aws:iam::111111111111:role/cdk-hnb659fds-deploy-role-111111111111-eu-west-1"
    )
    assert "arn:aws:ssm:eu-west-1:111111111111:parameter/shop/dev/api/*" in resources["ssm:PutParameter"]
    assert resources["secretsmanager:PutSecretValue"] == [
        "arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop/dev/*"
    ]


def test_the_roles_of_every_region_that_has_stacks_have_to_be_assumed(doctor):
    copied = "buckets: { receipts: { versioned: true, replicas: [us-west-2] } }\n"
    decide = lambda action, arn: "implicitDeny" if arn.endswith("-us-west-2") else "allowed"  # noqa: E731
    result = doctor(copied, answers=simulated(decide)).says("deploy-rights")

    assert result.verdict is Verdict.FAILURE
    assert [line.split(":role/")[1] for line in result.evidence[:-1]] == [
        f"cdk-hnb659fds-{role}-111111111111-us-west-2: no policy allows it"
        for role in ("deploy-role", "file-publishing-role")
    ]


def test_only_rights_that_this_blueprint_needs_are_asked_for(doctor):
    instance = doctor(answers=simulated(lambda action, arn: "allowed"))
    instance.says("deploy-rights")
    asked = {call["ActionNames"][0] for call in instance.calls("SimulatePrincipalPolicy")}

    assert "ssm:PutParameter" in asked
    assert not {action for action in asked if action.startswith(("secretsmanager:", "appconfig:"))}


# With other clients than one's own, by the user's leave alone, or not by a deployment.
ELSEWHERE = {
    "bootstrapping": "an administrator's, but for the version, which need not be seen",
    "destroying": "no deployment",
    "following": "the bootstrap's role",
    "log_groups": "done without where it is refused",
    "operations": "the bootstrap's role",
    "publishing": "the bootstrap's role",
    "releases": "done without where it is refused",
    "roles": "the roles themselves",
    "steps": "the bootstrap's role",
}
BY_A_ROLE = {("observing", "cloudformation:GetTemplate")}
ON_THE_LOCAL_AWS = {
    ("observing", "secretsmanager:GetSecretValue"),
    ("seeding", "secretsmanager:GetSecretValue"),
}


def calls_of_a_deployment():
    """Module and action of each call with one's own clients in `deploy/`."""
    from botocore import xform_name
    from botocore.session import Session

    from platform_cli import deploy

    session, found = Session(), set()
    for path in sorted(Path(deploy.__file__).parent.glob("*.py")):
        if path.stem in ELSEWHERE:
            continue
        text = path.read_text()
        services = set(re.findall(r'\.client\("([a-z0-9]+)"\)', text))
        if "appconfig: Any" in text:  # handed on from the module that made it
            services.add("appconfig")
        named = {node.attr for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}
        named |= set(re.findall(r'get_paginator\("(\w+)"\)', text))
        for service in services:
            for operation in session.get_service_model(service).operation_names:
                if xform_name(operation) in named:
                    prefix = {"kinesisanalyticsv2": "kinesisanalytics"}.get(service, service)
                    action = {"ListObjectsV2": "ListBucket", "DeleteObjects": "DeleteObject"}.get(
                        operation if service == "s3" else "", operation
                    )
                    found.add((path.stem, f"{prefix}:{action}"))
    return found


def test_every_call_of_a_deployment_is_among_the_rights_and_no_right_is_needless():
    """A call that is added to `deploy/` has to be added to the rights, or the check says yes for nothing."""
    whole = Path(__file__).parents[2] / "blueprint" / "whole.yaml"
    figures = {"figures": SimpleNamespace(physical_name="shop-prod-figures")}
    environment = resolve(inspect_blueprint(whole), "prod").model_copy(update={"analytics": figures})
    calls = calls_of_a_deployment()
    assert calls >= BY_A_ROLE | ON_THE_LOCAL_AWS
    called = {action for _, action in calls - BY_A_ROLE - ON_THE_LOCAL_AWS}
    assert len(called) > 20

    rights = set(needed_rights(environment))
    assert called - rights == set()
    assert rights - called == {"sts:AssumeRole"} | {a for a in rights if a.startswith("kms:")}


def test_an_own_key_of_secrets_has_to_be_used_through_secrets_manager(doctor, deployed):
    own = "secrets: { payment: { generate: { length: 32 }, encryption: customer_managed } }\n"
    answers = deployed(("AWS::KMS::Key", "1234-5678")) | simulated(lambda action, arn: "allowed")
    instance = doctor(own, answers=answers)

    assert instance.says("deploy-rights").verdict is Verdict.OK
    asked = {call["ActionNames"][0]: call for call in instance.calls("SimulatePrincipalPolicy")}
    assert asked["kms:GenerateDataKey"]["ResourceArns"] == [
        "arn:aws:kms:eu-west-1:111111111111:key/1234-5678"
    ]
    through = {e["ContextKeyName"]: e["ContextKeyValues"] for e in asked["kms:Decrypt"]["ContextEntries"]}
    assert through["kms:ViaService"] == ["secretsmanager.eu-west-1.amazonaws.com"]
    assert asked["ssm:PutParameter"]["ContextEntries"] == []


def test_each_right_that_lacks_is_named(doctor):
    decide = lambda action, arn: "implicitDeny" if action == "sts:AssumeRole" else "allowed"  # noqa: E731
    result = doctor(answers=simulated(decide)).says("deploy-rights")

    assert result.verdict is Verdict.FAILURE
    *refused, judged = result.evidence
    assert len(refused) == 2
    assert all("sts:AssumeRole on arn:" in line and "no policy allows it" in line for line in refused)
    assert judged.startswith("not judged: policies of the session")


@pytest.mark.parametrize(
    ("detail", "who"),
    [
        (
            {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}},
            "the permissions boundary",
        ),
        ({"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}}, "the organisation"),
    ],
)
def test_a_boundary_or_an_organisation_that_refuses_is_named(doctor, detail, who):
    answers = simulated(lambda action, arn: "implicitDeny")
    simulate = answers["iam"]["SimulatePrincipalPolicy"]
    answers["iam"]["SimulatePrincipalPolicy"] = lambda params: {
        "EvaluationResults": [{**result, **detail} for result in simulate(params)["EvaluationResults"]]
    }
    assert doctor(answers=answers).says("deploy-rights").evidence[0].endswith(f": {who} does not allow it")


def test_who_may_not_simulate_is_not_called_forbidden(doctor, refused):
    answers = {"iam": {"GetRole": refused("AccessDenied")}}

    assert doctor(answers=answers).says("deploy-rights").verdict is Verdict.SKIPPED
