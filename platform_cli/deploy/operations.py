"""Operations on one stack: a change set, its execution, a deletion, a recovery."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platform_cli.assembly.differences import blueprint_path_of
from platform_cli.assembly.model import StackArtifact
from platform_cli.aws.clients import Clients
from platform_cli.deploy.answers import expecting
from platform_cli.deploy.causes import DeploymentFailed, failure
from platform_cli.deploy.deployed import ObservedStack
from platform_cli.deploy.following import Conduct, failed_events, follow, newest_events
from platform_cli.deploy.stateful import Destruction, is_stateful

_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
_SUCCESSES = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})


@dataclass(frozen=True)
class ChangeSet:
    """What CloudFormation would do; `changes` as it gives them."""

    id: str
    stack_id: str
    changes: tuple[Mapping[str, Any], ...]

    def destructions(
        self, stack: str, old: Mapping[str, Any] | None, new: Mapping[str, Any]
    ) -> list[Destruction]:
        """Resources with data that it would surely remove or replace."""
        found = []
        for change in self.changes:
            resource = change.get("ResourceChange") or {}
            if not is_stateful(resource.get("ResourceType", "")):
                continue
            removed = resource.get("Action") == "Remove"
            if not removed and resource.get("Replacement") != "True":
                continue
            name = resource["LogicalResourceId"]
            at = (((old if removed else new) or {}).get("Resources") or {}).get(name) or {}
            policy = at.get("DeletionPolicy" if removed else "UpdateReplacePolicy")
            found.append(
                Destruction(
                    stack=stack,
                    logical_id=name,
                    type=resource["ResourceType"],
                    fate="removed" if removed else "replaced",
                    retained=policy in ("Retain", "RetainExceptOnCreate", "Snapshot"),
                    blueprint_path=blueprint_path_of(at),
                )
            )
        return found


def create_change_set(
    artifact: StackArtifact,
    kind: str,
    template: Mapping[str, str],
    clients: Clients,
    conduct: Conduct,
    *,
    execution_role: str | None = None,
    parameters: Mapping[str, str] | None = None,
) -> ChangeSet | None:
    """Have CloudFormation compare; None if it finds no changes.

    Args:
        artifact: The stack.
        kind: `CREATE` or `UPDATE`.
        template: `{"TemplateURL": …}` or `{"TemplateBody": …}`.
        clients: With the rights to do it.
        conduct: How to follow it.
        execution_role: What CloudFormation takes on, or None.
        parameters: Values of the template's parameters that differ from their defaults.

    Raises:
        DeploymentFailed: CloudFormation refuses the template.
    """
    cloudformation = clients.client("cloudformation")
    request: dict[str, Any] = {
        "StackName": artifact.name,
        "ChangeSetName": f"platform-{secrets.token_hex(6)}",
        "ChangeSetType": kind,
        **template,
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(artifact.tags.items())],
    }
    if execution_role is not None:
        request["RoleARN"] = execution_role
    if parameters:
        request["Parameters"] = [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]
    answer: Mapping[str, Any] = {}
    if kind == "CREATE":
        # A failed creation then leaves nothing; who does not know the option leaves a ROLLBACK_COMPLETE.
        with expecting("ValidationError", message="OnStackFailure"):
            answer = cloudformation.create_change_set(**request, OnStackFailure="DELETE")
    if not answer:
        with expecting("ValidationError") as refused:
            answer = cloudformation.create_change_set(**request)
        if refused:
            raise DeploymentFailed((failure(artifact.name, "REFUSED", refused.message),))
    for _ in conduct.polls():
        described = cloudformation.describe_change_set(
            ChangeSetName=answer["Id"], StackName=answer["StackId"]
        )
        if described["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            break
    if described["Status"] == "FAILED":
        reason = described.get("StatusReason") or ""
        unchanged = any(text in reason for text in _NO_CHANGES)
        details = [] if unchanged else failed_events(clients, ChangeSetName=answer["Id"])
        discard_change_set(answer["Id"], answer["StackId"], clients)
        if unchanged:
            return None
        raise DeploymentFailed((failure(artifact.name, "FAILED", "; ".join([reason, *details])),))
    changes = list(described.get("Changes") or ())
    while token := described.get("NextToken"):
        described = cloudformation.describe_change_set(
            ChangeSetName=answer["Id"], StackName=answer["StackId"], NextToken=token
        )
        changes += described.get("Changes") or ()
    return ChangeSet(answer["Id"], answer["StackId"], tuple(changes))


def discard_change_set(change_set_id: str, stack_id: str, clients: Clients) -> None:
    """Delete a change set that is not executed."""
    with expecting("ValidationError", "ChangeSetNotFound", "ChangeSetNotFoundException"):
        clients.client("cloudformation").delete_change_set(ChangeSetName=change_set_id, StackName=stack_id)


def execute_change_set(
    artifact: StackArtifact, change_set: ChangeSet, clients: Clients, conduct: Conduct
) -> ObservedStack:
    """Execute a change set and follow it to its end.

    Raises:
        DeploymentFailed: With the root cause.
        Interrupted: The user wants to stop; the operation goes on in AWS.
    """
    cloudformation = clients.client("cloudformation")
    seen = {event["EventId"] for event in newest_events(change_set.stack_id, clients)}
    cloudformation.execute_change_set(ChangeSetName=change_set.id, StackName=change_set.stack_id)
    touched = {
        c["ResourceChange"]["LogicalResourceId"] for c in change_set.changes if c.get("ResourceChange")
    }
    return follow(
        artifact.name,
        change_set.stack_id,
        clients,
        conduct,
        template=artifact.template,
        seen=seen,
        touched=touched,
        succeeded=lambda status: status in _SUCCESSES,
    )


def delete_stack(
    name: str, stack_id: str, clients: Clients, conduct: Conduct, *, template: Mapping[str, Any] | None = None
) -> None:
    """Delete a stack and follow that to its end.

    Raises:
        DeploymentFailed: With the resource that could not be deleted.
        Interrupted: The user wants to stop; the operation goes on in AWS.
    """
    seen = {event["EventId"] for event in newest_events(stack_id, clients)}
    clients.client("cloudformation").delete_stack(StackName=stack_id)
    follow(
        name,
        stack_id,
        clients,
        conduct,
        template=template or {},
        seen=seen,
        touched=set((template or {}).get("Resources") or {}),
        succeeded=lambda status: status == "DELETE_COMPLETE",
    )


def recover(name: str, stack_id: str, clients: Clients, conduct: Conduct) -> None:
    """Continue a rollback that failed, so that the stack can be updated again."""
    seen = {event["EventId"] for event in newest_events(stack_id, clients)}
    clients.client("cloudformation").continue_update_rollback(StackName=stack_id)
    follow(
        name,
        stack_id,
        clients,
        conduct,
        template={},
        seen=seen,
        touched=set(),
        succeeded=lambda status: status == "UPDATE_ROLLBACK_COMPLETE",
    )
