"""Whether who is signed in may make the next deployment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from platform_cli.operate.doctor.model import Check, Need, Result, failure, ok
from platform_cli.operate.doctor.rights import has_own_keys, needed_rights

if TYPE_CHECKING:
    from platform_cli.blueprint.resolved import ResolvedEnvironment
    from platform_cli.operate.doctor.context import Context

_LIMITS = "not judged: policies of the session, and those of the resources themselves"


def check_rights(context: Context) -> Result:
    """Let IAM simulate the policies of who is signed in."""
    from platform_cli.aws.errors import aws_errors
    from platform_cli.deploy.answers import pages

    clients = context.clients
    refused: list[str] = []
    environment = context.environment
    rights = needed_rights(environment, _keys(context) if has_own_keys(environment) else ())
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
                ContextEntries=_conditions(action, environment),
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


def _keys(context: Context) -> tuple[str, ...]:
    """Ids of the environment's own keys, as far as they are there."""
    from platform_cli.operate.doctor.resources import physical_ids

    return physical_ids(context, "AWS::KMS::Key")


def _conditions(action: str, environment: ResolvedEnvironment) -> list[dict[str, Any]]:
    """A key may be used through a service alone, and policies say so."""
    if not action.startswith("kms:"):
        return []
    suffix = "amazonaws.com.cn" if environment.region.startswith("cn-") else "amazonaws.com"
    through = f"secretsmanager.{environment.region}.{suffix}"
    return [
        {"ContextKeyName": "kms:ViaService", "ContextKeyType": "string", "ContextKeyValues": [through]},
        {
            "ContextKeyName": "kms:CallerAccount",
            "ContextKeyType": "string",
            "ContextKeyValues": [environment.account],
        },
    ]


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
        "settings, values of secrets and flags where they are missing, upload the files of CDNs, start and "
        "stop applications; each where the blueprint has such things. Permissions boundaries and the "
        "organisation's service control policies take part, and are named where they refuse; policies of "
        "the session and of the resources themselves do not.",
        check_rights,
        (Need.WORKSPACE, Need.ENVIRONMENT, Need.ACCOUNT, Need.REACH),
    ),
)
