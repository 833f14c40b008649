"""What is under the environment's key, and the policy that is as narrow as that. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from platform_cli.blueprint.access import KEY_WRITE
from platform_cli.blueprint.resolved import ResolvedBackup, ResolvedEnvironment
from platform_cli.stacks.addresses import Addresses
from platform_cli.stacks.backups import is_used

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
        service: Through which the key is used: `dynamodb`, `s3`, `kinesis`, `secretsmanager`, `backup`,
            `lambda`, `logs`, `sqs`, `sns`, `rds`, `elasticache`.
        origin: Dotted path of the line in the blueprint that asks for it.
    """

    service: str
    origin: str


def key_uses(system: ResolvedEnvironment) -> tuple[KeyUse, ...]:
    """What of ours asks for the key of the data stack, in the order of the blueprint's sections."""
    return tuple(_uses(system))


def has_logs(system: ResolvedEnvironment) -> bool:
    """Whether there are functions or applications, and so logs."""
    return bool(system.functions or system.analytics)


def replica_uses(system: ResolvedEnvironment, region: str) -> tuple[KeyUse, ...]:
    """What asks for a key in a region with copies: of tables, buckets, secrets and backups under one."""
    return tuple(_replica_uses(system, region))


def _replica_uses(system: ResolvedEnvironment, region: str) -> Iterator[KeyUse]:
    for section, service in (("tables", "dynamodb"), ("buckets", "s3"), ("secrets", "secretsmanager")):
        for name, thing in sorted(getattr(system, section).items()):
            if thing.encryption == "customer_managed" and region in thing.replicas:
                yield KeyUse(service, f"{section}.{name}.replicas")
    for plan in _vaults(system):
        if plan.copy_to == region:
            yield KeyUse("backup", f"backups.{plan.name}.copy_to")


def event_key_uses(system: ResolvedEnvironment) -> tuple[KeyUse, ...]:
    """What asks for the key of the events stack."""
    return tuple(
        KeyUse(service, f"{section}.{name}.encryption")
        for section, service in (("queues", "sqs"), ("topics", "sns"))
        for name, thing in sorted(getattr(system, section).items())
        if thing.encryption == "customer_managed"
    )


def database_key_uses(system: ResolvedEnvironment) -> tuple[KeyUse, ...]:
    """What asks for the key of the databases' stack, which stands before that of the data."""
    return tuple(_database_uses(system))


def _database_uses(system: ResolvedEnvironment) -> Iterator[KeyUse]:
    for name, database in sorted(system.databases.items()):
        if database.encryption == "customer_managed":
            origin = f"databases.{name}.encryption"
            # The master's login is under the key of the data.
            yield from (KeyUse("rds", origin), KeyUse("secretsmanager", origin))
    for name, cache in sorted(system.caches.items()):
        if cache.encryption == "customer_managed":
            yield KeyUse("elasticache", f"caches.{name}.encryption")
    for name, secret in sorted(system.secrets.items()):
        if secret.encryption == "customer_managed" and secret.database:
            yield KeyUse("secretsmanager", f"secrets.{name}.encryption")


def _vaults(system: ResolvedEnvironment) -> Iterator[ResolvedBackup]:
    for _, plan in sorted(system.backups.items()):
        if plan.encryption == "customer_managed" and is_used(plan, system):
            yield plan


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
        if secret.encryption == "customer_managed" and not secret.database:
            yield KeyUse("secretsmanager", f"secrets.{name}.encryption")
    for plan in _vaults(system):
        yield KeyUse("backup", f"backups.{plan.name}.encryption")
    for function in sorted(system.functions, key=lambda f: f.address):
        if function.encryption == "customer_managed":
            origin = f"services.{function.service}.functions.{function.name}.encryption"
            yield KeyUse("lambda", origin)
    if system.logs.encryption == "customer_managed" and has_logs(system):
        yield KeyUse("logs", "logs.encryption")


def sender_statements(system: ResolvedEnvironment, at: Addresses) -> list[dict[str, Any]]:
    """What lets topics and rules encrypt what they put into queues under a key of one's own.

    SNS and EventBridge do so in their own name, for which a key that AWS manages for SQS has no room: its
    policy cannot be changed («Encrypting messages published to Amazon SNS» and «Troubleshooting Amazon
    EventBridge», November 2026). The key lets in those topics and buses alone that fill such a queue.
    """
    topics: set[str] = set()
    buses: set[str] = set()
    for queue in system.queues.values():
        source = queue.subscription
        if queue.encryption != "customer_managed" or source is None:
            continue
        if source.topic:
            topics.add(at.topic(system.topics[source.topic].physical_name))
        if source.bus:
            buses.add(at.arn("events", f"rule/{system.buses[source.bus].physical_name}/*"))
    return [
        {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": at.account},
                "ArnLike": {"aws:SourceArn": sorted(sources)},
            },
        }
        for sid, service, sources in (
            ("Rules", "events.amazonaws.com", buses),
            ("Topics", "sns.amazonaws.com", topics),
        )
        if sources
    ]


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
