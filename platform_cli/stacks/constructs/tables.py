"""DynamoDB tables."""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb

from platform_cli.blueprint.resolved import ResolvedIndex, ResolvedKey, ResolvedTable
from platform_cli.stacks.constructs.base import Capability, PlatformStack, tag_list
from platform_cli.stacks.logical import pascal

_TYPES = {"string": "S", "number": "N", "binary": "B"}
_GlobalTable = dynamodb.CfnGlobalTable


class Table(Capability):
    """A table, as `AWS::DynamoDB::GlobalTable`: a replica can be added later without replacing it.

    Args:
        stack: The data stack.
        table: The table.
        key_arn: The environment's key, where the table asks for it.
    """

    def __init__(self, stack: PlatformStack, table: ResolvedTable, key_arn: str | None) -> None:
        super().__init__(stack, f"Table-{table.name}", f"tables.{table.name}")
        indexes = [index for _, index in sorted(table.indexes.items())]
        resource = _GlobalTable(
            self,
            "Table",
            table_name=table.physical_name,
            billing_mode="PAY_PER_REQUEST",
            attribute_definitions=_attributes(table, indexes),
            key_schema=_key_schema(table.partition_key, table.sort_key),
            global_secondary_indexes=[_index(index) for index in indexes] or None,
            sse_specification=None
            if table.encryption == "aws_owned"
            else _GlobalTable.SSESpecificationProperty(sse_enabled=True, sse_type="KMS"),
            stream_specification=_GlobalTable.StreamSpecificationProperty(
                stream_view_type=table.stream.upper()
            )
            if table.stream
            else None,
            time_to_live_specification=_GlobalTable.TimeToLiveSpecificationProperty(
                enabled=True, attribute_name=table.ttl
            )
            if table.ttl
            else None,
            replicas=[
                _GlobalTable.ReplicaSpecificationProperty(
                    region=stack.system.region,
                    deletion_protection_enabled=stack.system.protect,
                    point_in_time_recovery_specification=_GlobalTable.PointInTimeRecoverySpecificationProperty(
                        point_in_time_recovery_enabled=table.point_in_time_recovery
                    ),
                    sse_specification=_GlobalTable.ReplicaSSESpecificationProperty(kms_master_key_id=key_arn)
                    if key_arn
                    else None,
                    tags=tag_list(stack),
                )
            ],
        )
        self.place(resource, f"Table{pascal(table.name)}", keeps_data=True)
        self._resource = resource

    @property
    def stream_arn(self) -> str:
        """ARN of the table's stream."""
        return self._resource.attr_stream_arn


def _key_schema(
    partition: ResolvedKey, sort: ResolvedKey | None
) -> list[dynamodb.CfnGlobalTable.KeySchemaProperty]:
    schema = [_GlobalTable.KeySchemaProperty(attribute_name=partition.name, key_type="HASH")]
    if sort:
        schema.append(_GlobalTable.KeySchemaProperty(attribute_name=sort.name, key_type="RANGE"))
    return schema


def _attributes(
    table: ResolvedTable, indexes: list[ResolvedIndex]
) -> list[dynamodb.CfnGlobalTable.AttributeDefinitionProperty]:
    keys = [table.partition_key, table.sort_key]
    for index in indexes:
        keys += [index.partition_key, index.sort_key]
    types = {key.name: _TYPES[key.type] for key in keys if key}
    return [
        _GlobalTable.AttributeDefinitionProperty(attribute_name=name, attribute_type=kind)
        for name, kind in sorted(types.items())
    ]


def _index(index: ResolvedIndex) -> dynamodb.CfnGlobalTable.GlobalSecondaryIndexProperty:
    if isinstance(index.projection, str):
        projection = _GlobalTable.ProjectionProperty(projection_type=index.projection.upper())
    else:
        projection = _GlobalTable.ProjectionProperty(
            projection_type="INCLUDE", non_key_attributes=list(index.projection)
        )
    return _GlobalTable.GlobalSecondaryIndexProperty(
        index_name=index.name,
        key_schema=_key_schema(index.partition_key, index.sort_key),
        projection=projection,
    )
