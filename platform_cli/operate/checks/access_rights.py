"""Whether who is signed in may make the next deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from platform_cli.operate.doctor.model import Check, Need, Result, failure, ok

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

QUALIFIER = "hnb659fds"
"""Of the roles that the CDK's bootstrap makes, if nobody chose another."""
_LIMITS = "not judged: policies of the session, and those of the resources themselves"
_ROLES = ("deploy-role", "file-publishing-role")


def needed_rights(context: Context) -> Mapping[str, tuple[str, ...]]:
    """The actions that a deployment takes with one's own rights, with the resources that it takes them on.

    All else is done by the roles of the bootstrap, which these rights lead to.
    """
    environment = context.environment
    account, region = environment.account, environment.region
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if "-gov-" in region else "aws"
    path = f"arn:{partition}:ssm:{region}:{account}:parameter/{environment.system}/{environment.environment}"
    rights = {
        # Stacks of other regions are deployed by the roles of the bootstrap there.
        "sts:AssumeRole": tuple(
            f"arn:{partition}:iam::{account}:role/cdk-{QUALIFIER}-{role}-{account}-{place}"
            for place in environment.regions
            for role in _ROLES
        ),
        "cloudformation:DescribeStacks": ("*",),
        "ssm:DescribeParameters": ("*",),
        "ssm:GetParameter": (f"{path}/platform/lock",),
        "ssm:GetParameters": (f"{path}/platform/deployments/*",),
        "ssm:PutParameter": (f"{path}/platform/lock", f"{path}/platform/deployments/*"),
        "ssm:DeleteParameter": (f"{path}/platform/lock",),
    }
    if environment.settings:
        rights["ssm:PutParameter"] += tuple(
            f"{path}/{group}/*" for group in sorted({setting.group for setting in environment.settings})
        )
    if environment.secrets:
        secret = f"arn:{partition}:secretsmanager:{region}:{account}:secret:{environment.system}"
        rights["secretsmanager:ListSecrets"] = ("*",)
        rights["secretsmanager:PutSecretValue"] = (f"{secret}/{environment.environment}/*",)
    if environment.flags:
        rights["appconfig:CreateHostedConfigurationVersion"] = ("*",)
        rights["appconfig:StartDeployment"] = ("*",)
    return rights


def check_rights(context: Context) -> Result:
    """Let IAM simulate the policies of who is signed in."""
    from platform_cli.aws.errors import aws_errors
    from platform_cli.deploy.answers import pages

    clients = context.clients
    refused: list[str] = []
    rights = needed_rights(context)
    with aws_errors("simulating the rights", target=clients.target):
        caller = clients.client("sts").get_caller_identity()["Arn"]
        if caller.endswith(":root"):
            return ok(
                "the root user may do everything", "work with a role instead: nothing can limit this one"
            )
        principal = _principal(caller, clients.client("iam"))
        for action, resources in rights.items():
            for result in pages(
                clients.client("iam").simulate_principal_policy,
                "EvaluationResults",
                paging=("Marker", "Marker"),
                PolicySourceArn=principal,
                ActionNames=[action],
                ResourceArns=list(resources),
            ):
                specific = result.get("ResourceSpecificResults") or [
                    {
                        "EvalResourceName": result.get("EvalResourceName", "*"),
                        "EvalResourceDecision": result["EvalDecision"],
                    }
                ]
                refused += [
                    f"{action} on {one['EvalResourceName']}: {_said(one, result)}"
                    for one in specific
                    if one["EvalResourceDecision"] != "allowed"
                ]
    if not refused:
        return ok(
            f"{principal.rsplit('/', 1)[-1]} may do what a deployment needs",
            f"{len(rights)} actions, by its policies, its permissions boundary and the organisation's",
            _LIMITS,
        )
    return failure(
        f"{principal.rsplit('/', 1)[-1]} may not do all that a deployment needs",
        *dict.fromkeys(refused),
        _LIMITS,
        consequence="the next deployment stops in its middle, or cannot leave a record",
        mend="let an administrator allow these actions, or use another profile in the blueprint",
    )


def _principal(caller: str, iam: Any) -> str:
    """The role behind the ARN of a session, which IAM wants with the role's path."""
    if ":assumed-role/" not in caller:
        return caller
    role = caller.split("/")[1]
    arn: str = iam.get_role(RoleName=role)["Role"]["Arn"]
    return arn


def _said(one: Mapping[str, Any], result: Mapping[str, Any]) -> str:
    """Who refuses. A boundary and the organisation take part in a simulation, and say so themselves."""
    boundary = one.get("PermissionsBoundaryDecisionDetail") or result.get("PermissionsBoundaryDecisionDetail")
    if not (result.get("OrganizationsDecisionDetail") or {}).get("AllowedByOrganizations", True):
        return "the organisation does not allow it"
    if not (boundary or {}).get("AllowedByPermissionsBoundary", True):
        return "the permissions boundary does not allow it"
    denied = one["EvalResourceDecision"] == "explicitDeny"
    return "denied by a policy" if denied else "no policy allows it"


CHECKS = (
    Check(
        "deploy-rights",
        "access",
        "rights that the next deployment needs",
        "Lets IAM simulate the policies of who is signed in against what a deployment does with one's own "
        "rights: assume the roles of the bootstrap, keep the lock and the records in Parameter Store, create "
        "settings, values of secrets and flags where they are missing. Permissions boundaries and the "
        "organisation's service control policies take part, and are named where they refuse; policies of "
        "the session and of the resources themselves do not.",
        check_rights,
        (Need.WORKSPACE, Need.ENVIRONMENT, Need.ACCOUNT, Need.REACH),
    ),
)
