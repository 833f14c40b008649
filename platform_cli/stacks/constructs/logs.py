"""Log groups as all of ours are, kept for so long, under a key, with a mask; and saved queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aws_cdk import aws_logs as logs

from platform_cli.blueprint.log_queries import SavedQuery
from platform_cli.blueprint.personal_data import IDENTIFIERS
from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.logical import composite


def log_group(
    owner: Capability,
    construct_id: str,
    name: str,
    retention_days: int,
    logical_id: str,
    *,
    masked: bool = False,
    key_arn: str | None = None,
) -> logs.CfnLogGroup:
    """A log group of a capability.

    Args:
        owner: What the log is of.
        construct_id: Unique in it.
        name: Of the group.
        retention_days: Days that lines are kept.
        logical_id: For ever.
        key_arn: The key instead of the environment's, where that is of another region, or made later.
        masked: Whether handlers write into it, so that what looks like personal data is masked.
    """
    stack = owner.stack
    wanted = stack.system.logs
    keyed = wanted.encryption == "customer_managed"
    group = logs.CfnLogGroup(
        owner,
        construct_id,
        log_group_name=name,
        retention_in_days=retention_days,
        kms_key_id=(key_arn or stack.look_up("data", outputs.KEY_ARN)) if keyed else None,
        data_protection_policy=mask_of(stack, wanted.mask) if masked and wanted.mask else None,
    )
    owner.place(group, logical_id, keeps_data=True)
    return group


def mask_of(stack: PlatformStack, kinds: Iterable[str]) -> dict[str, Any]:
    """The policy that counts and masks kinds of personal data; findings go nowhere but into a metric."""
    identifiers = [
        f"arn:{stack.at.partition}:dataprotection::aws:data-identifier/{identifier}"
        for kind in kinds
        for identifier in IDENTIFIERS[kind]
    ]
    return {
        "Name": stack.names.resource("personal-data"),
        "Description": "Masks what looks like personal data",
        "Version": "2021-06-01",
        "Statement": [
            {
                "Sid": "Count",
                "DataIdentifier": identifiers,
                "Operation": {"Audit": {"FindingsDestination": {}}},
            },
            {
                "Sid": "Mask",
                "DataIdentifier": identifiers,
                "Operation": {"Deidentify": {"MaskConfig": {}}},
            },
        ],
    }


class SavedQueries(Capability):
    """Queries of Logs Insights, in a folder of the environment's name.

    Args:
        stack: A stack that is made after the log groups, or makes them.
        origin: Dotted path of the blueprint that the queries come from.
        queries: What is saved.
        after: The log groups of this stack: AWS is not asked for those that are not there yet.
    """

    def __init__(
        self,
        stack: PlatformStack,
        origin: str,
        queries: Iterable[SavedQuery],
        after: Iterable[Capability] = (),
    ) -> None:
        super().__init__(stack, f"Queries-{origin or 'system'}", origin)
        if stack.system.target == "local":
            return
        for query in queries:
            resource = logs.CfnQueryDefinition(
                self,
                query.name.replace("/", "-"),
                name=f"{stack.names.prefix}/{query.name}",
                query_string=f"# {query.description}\n{query.text}",
                log_group_names=list(query.log_groups),
            )
            self.place(resource, composite("Query", query.name))
        for made in after:
            self.node.add_dependency(made)
