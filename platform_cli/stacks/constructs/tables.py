"""DynamoDB tables."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_dynamodb as dynamodb

from platform_cli.blueprint.resolved import ResolvedIndex, ResolvedKey, ResolvedTable
from platform_cli.stacks.constructs import capacity
from platform_cli.stacks.constructs.base import Capability, PlatformStack, tag_list
from platform_cli.stacks.logical import pascal

_TYPES = {"string": "S", "number": "N", "binary": "B"}
_GlobalTable = dynamodb.CfnGlobalTable


class Table(Capability):
    """A table, as `AWS::DynamoDB::GlobalTable`: a replica can be added later without replacing it.

    Args:
        stack: The data stack.
        table: The table.
        key_arns: By region, the key of the table there, where the table asks for one.
    """

    def __init__(self, stack: PlatformStack, table: ResolvedTable, key_arns: Mapping[str, str]) -> None:
        super().__init__(stack, f"Table-{table.name}", table.origin)
        indexes = [index for _, index in sorted(table.indexes.items())]
        resource = _GlobalTable(
            self,
            "Table",
            table_name=table.physical_name,
            billing_mode="PROVISIONED" if table.capacity else "PAY_PER_REQUEST",
            write_provisioned_throughput_settings=capacity.writing(table),
            attribute_definitions=_attributes(table, indexes),
            key_schema=_key_schema(table.partition_key, table.sort_key),
            global_secondary_indexes=[_index(index, table) for index in indexes] or None,
            sse_specification=None
            if table.encryption == "aws_owned"
            else _GlobalTable.SSESpecificationProperty(sse_enabled=True, sse_type="KMS"),
            stream_specification=_GlobalTable.StreamSpecificationProperty(stream_view_type=view)
            if (view := _stream_view(table))
            else None,
            time_to_live_specification=_GlobalTable.TimeToLiveSpecificationProperty(
                enabled=True, attribute_name=table.ttl
            )
            if table.ttl
            else None,
            replicas=[
                _replica(stack, table, region, key_arns.get(region))
                for region in (stack.system.region, *table.replicas)
            ],
        )
        self.place(resource, f"Table{pascal(table.name)}", keeps_data=True)
        self._resource = resource

    @property
    def stream_arn(self) -> str:
        """ARN of the table's stream."""
        return self._resource.attr_stream_arn


def _stream_view(table: ResolvedTable) -> str | None:
    """What the stream carries; replicas are fed by one with both images, and take no other."""
    if table.replicas:
        return "NEW_AND_OLD_IMAGES"
    return table.stream.upper() if table.stream else None


def _replica(
    stack: PlatformStack, table: ResolvedTable, region: str, key_arn: str | None
) -> dynamodb.CfnGlobalTable.ReplicaSpecificationProperty:
    """The table in one region; the first one is the system's own."""
    return _GlobalTable.ReplicaSpecificationProperty(
        region=region,
        contributor_insights_specification=_insights(table),
        deletion_protection_enabled=stack.system.protect,
        global_secondary_indexes=[
            _GlobalTable.ReplicaGlobalSecondaryIndexSpecificationProperty(
                index_name=index.name,
                contributor_insights_specification=_insights(table),
                read_provisioned_throughput_settings=capacity.reading(table),
            )
            for _, index in sorted(table.indexes.items())
        ]
        if table.indexes and (table.capacity or table.contributor_insights)
        else None,
        point_in_time_recovery_specification=_GlobalTable.PointInTimeRecoverySpecificationProperty(
            point_in_time_recovery_enabled=table.point_in_time_recovery
        ),
        read_provisioned_throughput_settings=capacity.reading(table),
        sse_specification=_GlobalTable.ReplicaSSESpecificationProperty(kms_master_key_id=key_arn)
        if key_arn
        else None,
        tags=tag_list(stack),
    )


def _insights(
    table: ResolvedTable,
) -> dynamodb.CfnGlobalTable.ContributorInsightsSpecificationProperty | None:
    if table.contributor_insights is None:
        return None
    return _GlobalTable.ContributorInsightsSpecificationProperty(
        enabled=True, mode=table.contributor_insights.upper()
    )


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


def _index(
    index: ResolvedIndex, table: ResolvedTable
) -> dynamodb.CfnGlobalTable.GlobalSecondaryIndexProperty:
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
        write_provisioned_throughput_settings=capacity.writing(table),
    )
