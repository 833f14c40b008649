"""Provisioned capacity of a table that follows its load, as `AWS::DynamoDB::GlobalTable` takes it.

A global table scales by its own settings: application auto scaling is registered by DynamoDB itself, for the
table and for each of its indexes, in every region. Targets of our own beside them would be refused.
"""

from __future__ import annotations

from aws_cdk import aws_dynamodb as dynamodb

from platform_cli.blueprint.resolved import ResolvedScaling, ResolvedTable

_GlobalTable = dynamodb.CfnGlobalTable


def reading(table: ResolvedTable) -> dynamodb.CfnGlobalTable.ReadProvisionedThroughputSettingsProperty | None:
    """Read units of the table or of an index, in a region; None if it is on demand."""
    if table.capacity is None:
        return None
    return _GlobalTable.ReadProvisionedThroughputSettingsProperty(
        read_capacity_auto_scaling_settings=_between(table.capacity.read)
    )


def writing(
    table: ResolvedTable,
) -> dynamodb.CfnGlobalTable.WriteProvisionedThroughputSettingsProperty | None:
    """Write units of the table or of an index, the same in all regions; None if it is on demand."""
    if table.capacity is None:
        return None
    return _GlobalTable.WriteProvisionedThroughputSettingsProperty(
        write_capacity_auto_scaling_settings=_between(table.capacity.write)
    )


def _between(scaling: ResolvedScaling) -> dynamodb.CfnGlobalTable.CapacityAutoScalingSettingsProperty:
    return _GlobalTable.CapacityAutoScalingSettingsProperty(
        min_capacity=scaling.min,
        max_capacity=scaling.max,
        # What a table gets that changes over from on demand; DynamoDB asks for it then.
        seed_capacity=scaling.min,
        target_tracking_scaling_policy_configuration=(
            _GlobalTable.TargetTrackingScalingPolicyConfigurationProperty(target_value=scaling.target_percent)
        ),
    )
