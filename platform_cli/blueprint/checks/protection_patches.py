"""Patches of a template that take away what keeps data safe.

In: a patch of an environment alone. Out: what it weakens. Never: templates; where one cannot be told from its
path and value, a patch counts as weakening.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platform_cli.blueprint.model.operations import Patch

_WHOLE = 3
"""Steps of `/Resources/X/Properties`: up to there, a patch replaces what a resource is."""

PROTECTING: Mapping[str, tuple[Any, ...]] = {
    "AdminCreateUserConfig": (),
    "AssumeRolePolicyDocument": (),
    "AtRestEncryptionEnabled": (True,),
    "AuthenticationMode": (),
    "AutomaticFailoverEnabled": (True,),
    "BackupPlanRule": (),
    "BackupRetentionPeriod": (),
    "BackupSelection": (),
    "BlockPublicAcls": (True,),
    "BlockPublicPolicy": (True,),
    "BucketEncryption": (),
    "CacheDataEncrypted": (True,),
    "Condition": (),
    "DataProtectionConfig": (),
    "DataProtectionPolicy": (),
    "DefaultAction": (),
    "DeletionPolicy": ("Retain", "RetainExceptOnCreate"),
    "DeletionProtection": (True, "ACTIVE"),
    "DeletionProtectionEnabled": (True,),
    "EnableIAMDatabaseAuthentication": (True,),
    "EnableKeyRotation": (True,),
    "EncryptionType": ("KMS",),
    "IgnorePublicAcls": (True,),
    "KMSMasterKeyId": (),
    "KeyPolicy": (),
    "KmsKeyArn": (),
    "KmsKeyId": (),
    "KmsMasterKeyId": (),
    "LifecycleConfiguration": (),
    "ListenerAttributes": (),
    "LoadBalancerAttributes": (),
    "LockConfiguration": (),
    "LoggingConfiguration": (),
    "LoggingFilter": (),
    "ManageMasterUserPassword": (True,),
    "ManagedPolicyArns": (),
    "MasterUserPassword": (),
    "MessageRetentionPeriod": (),
    "MfaConfiguration": ("ON",),
    "MinimumProtocolVersion": ("TLSv1.2_2021", "TLSv1.3_2025"),
    "MultiAZEnabled": (True,),
    "NumCacheClusters": (),
    "OwnershipControls": (),
    "PasswordPolicy": (),
    "PointInTimeRecoveryEnabled": (True,),
    "PointInTimeRecoverySpecification": (),
    "Policies": (),
    "PolicyDocument": (),
    "PublicAccessBlockConfiguration": (),
    "PubliclyAccessible": (False,),
    "RedactedFields": (),
    "RedrivePolicy": (),
    "ReplicaRegions": (),
    "Replicas": (),
    "ReplicationConfiguration": (),
    "RequireTLS": (True,),
    "RestrictPublicBuckets": (True,),
    "RetentionInDays": (),
    "RetentionPeriodHours": (),
    "RotationRules": (),
    "Rules": (),
    "SSESpecification": (),
    "SecurityGroupIngress": (),
    "SecurityPolicy": (),
    "ServerSideEncryptionConfiguration": (),
    "SnapshotRetentionLimit": (),
    "SqsManagedSseEnabled": (True,),
    "SslPolicy": (),
    "StorageEncrypted": (True,),
    "StreamEncryption": (),
    "TimeToLiveSpecification": (),
    "TransitEncryptionEnabled": (True,),
    "TransitEncryptionMode": ("required",),
    "Type": (),
    "UpdateReplacePolicy": ("Retain",),
    "UserGroupIds": (),
    "UserPoolAddOns": (),
    "VersioningConfiguration": (),
    "ViewerProtocolPolicy": ("https-only", "redirect-to-https"),
    "VpcSecurityGroupIds": (),
    "WebACLArn": (),
    "WebACLId": (),
    "rds.force_ssl": ("1", 1),
    "security": (),
    "securitySchemes": (),
    "x-amazon-apigateway-policy": (),
    "x-amazon-apigateway-request-validator": (),
}
"""Keys of templates that keep data safe, with the values that do; without any, none can be told."""


def weakened_by(patch: Patch) -> str | None:
    """What a patch may weaken: a key that protects, or a whole resource; None if nothing."""
    if patch.op == "test":
        return None
    taken = patch.from_path if patch.op == "move" else patch.path if patch.op == "remove" else None
    if taken is not None and _is_whole(taken):
        return f"takes away {_named(taken)}"
    if patch.op != "add" or len(_steps(patch.path)) != 2:
        # Adding a resource is harmless; what one is made of is not.
        if _is_whole(patch.path):
            return f"replaces {_named(patch.path)}"
        for path in filter(None, (patch.path, taken)):
            for step in reversed(_steps(path)[2:]):
                if step in PROTECTING:
                    kept = taken is None and patch.op != "copy" and _keeps(path, step, patch.value)
                    return None if kept else f"patches {step}"
        found = next(_unsafe(patch.value), None)
        if found is not None:
            return f"patches {found}"
    return None


def _steps(path: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def _is_whole(path: str) -> bool:
    """Whether a path leads to the template, its resources, one of them or all of its properties."""
    steps = _steps(path)
    if steps[:1] not in ([], ["Resources"]):
        return False
    return len(steps) < _WHOLE or (len(steps) == _WHOLE and steps[-1] == "Properties")


def _named(path: str) -> str:
    steps = _steps(path)
    return steps[1] if len(steps) > 1 else "all resources"


def _keeps(path: str, step: str, value: Any) -> bool:
    """Whether the value is for the key itself, and one that protects; `True` is not the number 1."""
    return _steps(path)[-1] == step and any(
        value == safe and type(value) is type(safe) for safe in PROTECTING[step]
    )


def _unsafe(value: Any) -> Iterator[str]:
    """Keys inside of a value that protect, with values that do not."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            safe = PROTECTING.get(str(key), ())
            if safe and not any(inner == one and type(inner) is type(one) for one in safe):
                yield str(key)
            yield from _unsafe(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _unsafe(inner)
