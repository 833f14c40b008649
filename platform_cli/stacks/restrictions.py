"""What narrows a line of `access` beyond its resource: conditions on keys, attributes, prefixes, types. Pure.

Condition keys and how they are meant: «Using IAM policy conditions for fine-grained access control» (DynamoDB
guide), «Using IAM policy conditions in Amazon EventBridge», «Bucket policy examples using condition keys» (S3
guide), «Actions, resources, and condition keys for AWS Secrets Manager»; read November 2026.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from platform_cli.blueprint.resolved import ResolvedAccess, ResolvedTable

Conditions = Mapping[str, Mapping[str, str | tuple[str, ...]]]

_WITHOUT_KEY = frozenset({"dynamodb:Scan"})
"""Calls that name no partition key, which a condition for all its values would let pass."""
_WHOLE_ITEMS = frozenset({"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem"})
"""Calls that replace or remove an item, and so attributes that they do not name."""


def table_actions(actions: Iterable[str], access: ResolvedAccess) -> tuple[str, ...]:
    """The actions on a table or its indexes that keep to the line's keys and attributes."""
    left_out: set[str] = set()
    if access.partition_keys:
        left_out |= _WITHOUT_KEY
    if access.attributes:
        left_out |= _WHOLE_ITEMS
    return tuple(action for action in actions if action not in left_out)


def table_conditions(access: ResolvedAccess, table: ResolvedTable) -> Conditions:
    """The conditions of a line on a table.

    Every call names the attributes of the keys that it uses, so these are always among those allowed. What is
    returned is narrowed too: a call that asks for all attributes is refused.
    """
    every: dict[str, Mapping[str, str | tuple[str, ...]]] = {}
    if access.partition_keys:
        every["ForAllValues:StringLike"] = {"dynamodb:LeadingKeys": access.partition_keys}
    if access.attributes:
        allowed = tuple(sorted({*access.attributes, *_key_attributes(access, table)}))
        every["ForAllValues:StringEquals"] = {"dynamodb:Attributes": allowed}
        every["StringEqualsIfExists"] = {
            "dynamodb:ReturnValues": ("NONE", "UPDATED_NEW", "UPDATED_OLD"),
            "dynamodb:Select": "SPECIFIC_ATTRIBUTES",
        }
    return every


def _key_attributes(access: ResolvedAccess, table: ResolvedTable) -> Iterable[str]:
    readable = table.indexes if access.indexes is None else access.indexes
    keys = [table.partition_key, table.sort_key]
    for name in readable:
        if name in table.indexes:
            keys += [table.indexes[name].partition_key, table.indexes[name].sort_key]
    return (key.name for key in keys if key is not None and key.name)


def bucket_conditions(access: ResolvedAccess) -> Conditions:
    """What may be listed of a bucket; whoever lists all of it gives no prefix, and is refused."""
    if not access.prefixes:
        return {}
    return {"StringLike": {"s3:prefix": tuple(f"{prefix}*" for prefix in access.prefixes)}}


def object_arns(access: ResolvedAccess, bucket_arn: str) -> tuple[str, ...]:
    """The objects of a bucket that a line is about."""
    return tuple(f"{bucket_arn}/{prefix}*" for prefix in access.prefixes or ("",))


def bus_conditions(access: ResolvedAccess) -> Conditions:
    """In whose name, and of which types, events may be published; each has both, or AWS takes none of it."""
    conditions: dict[str, Mapping[str, str | tuple[str, ...]]] = {}
    if access.detail_types:
        conditions["StringEquals"] = {"events:detail-type": access.detail_types}
    if access.sources:
        # A call with several events has several sources.
        conditions["ForAllValues:StringEquals"] = {"events:source": access.sources}
        conditions["Null"] = {"events:source": "false"}
    return conditions


def secret_conditions(access: ResolvedAccess) -> Conditions:
    """Which versions may be read; a call that names none is answered with the current one."""
    if not access.stages:
        return {}
    return {"StringEqualsIfExists": {"secretsmanager:VersionStage": access.stages}}
