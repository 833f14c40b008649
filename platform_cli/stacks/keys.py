"""What is under the environment's key, and the policy that is as narrow as that. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from platform_cli.blueprint.access import KEY_WRITE
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.stacks.addresses import Addresses

ADMINISTRATION = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RetireGrant",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""All that changes or shows a key, and nothing that uses it (KMS guide, «Key administrators», 2026-11)."""


@dataclass(frozen=True)
class KeyUse:
    """Something under the key.

    Attributes:
        service: Through which the key is used: `dynamodb`, `s3`, `kinesis`, `secretsmanager`, `lambda`,
            `logs`.
        origin: Dotted path of the line in the blueprint that asks for it.
    """

    service: str
    origin: str


def key_uses(system: ResolvedEnvironment) -> tuple[KeyUse, ...]:
    """What of ours asks for the key of the environment, in the order of the blueprint's sections."""
    return tuple(_uses(system))


def has_logs(system: ResolvedEnvironment) -> bool:
    """Whether there are functions or applications, and so logs."""
    return bool(system.functions or system.analytics)


def replica_uses(system: ResolvedEnvironment, region: str) -> tuple[KeyUse, ...]:
    """What asks for a key in a region that holds copies: replicas of tables and buckets under one."""
    return tuple(
        KeyUse(service, f"{section}.{name}.replicas")
        for section, service in (("tables", "dynamodb"), ("buckets", "s3"))
        for name, thing in sorted(getattr(system, section).items())
        if thing.encryption == "customer_managed" and region in thing.replicas
    )


def _uses(system: ResolvedEnvironment) -> Iterator[KeyUse]:
    for section, service in (("tables", "dynamodb"), ("buckets", "s3")):
        for name, thing in sorted(getattr(system, section).items()):
            if thing.encryption == "customer_managed" and not thing.external:
                origin = thing.origin if section == "tables" else f"{section}.{name}"
                yield KeyUse(service, f"{origin}.encryption")
    for name, stream in sorted(system.streams.items()):
        if stream.encryption == "customer_managed":
            yield KeyUse("kinesis", f"streams.{name}.encryption")
    for name, secret in sorted(system.secrets.items()):
        if secret.encryption == "customer_managed":
            yield KeyUse("secretsmanager", f"secrets.{name}.encryption")
    for function in sorted(system.functions, key=lambda f: f.address):
        if function.encryption == "customer_managed":
            origin = f"services.{function.service}.functions.{function.name}.encryption"
            yield KeyUse("lambda", origin)
    if system.logs.encryption == "customer_managed" and has_logs(system):
        yield KeyUse("logs", "logs.encryption")


def key_statements(at: Addresses, prefix: str, uses: Sequence[KeyUse]) -> list[dict[str, Any]]:
    """The statements of the key's policy; in them the resource `*` is the key itself, and nothing else."""
    services = sorted({use.service for use in uses} - {"logs"})
    through = {
        "StringEquals": {
            "kms:CallerAccount": at.account,
            "kms:ViaService": [at.via(service) for service in services],
        }
    }
    statements = [_statement("Administration", at, ADMINISTRATION)]
    if services:
        granted = {**through, "Bool": {"kms:GrantIsForAWSResource": "true"}}
        statements.append(_statement("UseThroughServices", at, KEY_WRITE, through))
        statements.append(_statement("GrantsOfServices", at, ("kms:CreateGrant",), granted))
    if "lambda" in services:
        # When a function starts, its own role decrypts its environment variables, and nothing else.
        function = {"kms:EncryptionContext:aws:lambda:FunctionArn": at.function(f"{prefix}-*")}
        statements.append(_statement("StartOfFunctions", at, ("kms:Decrypt",), {"StringLike": function}))
    if any(use.service == "logs" for use in uses):
        statements.append(_logs(at, prefix))
    return statements


def _logs(at: Addresses, prefix: str) -> dict[str, Any]:
    """CloudWatch Logs uses a key in its own name, and says for which group («Encrypt log data»)."""
    groups = ("/aws/kinesis-analytics/", "/aws/lambda/", "/aws/vendedlogs/apis/", "aws-waf-logs-")
    context = [at.arn("logs", f"log-group:{group}{prefix}-*") for group in groups]
    return {
        "Sid": "Logs",
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{at.region}.{at.dns_suffix}"},
        "Action": list(KEY_WRITE),
        "Resource": "*",
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": context}},
    }


def _statement(
    sid: str, at: Addresses, actions: Sequence[str], condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": at.root()},
        "Action": list(actions),
        "Resource": "*",
    }
    if condition:
        statement["Condition"] = condition
    return statement
