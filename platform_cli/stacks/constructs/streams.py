"""Kinesis data streams."""

from __future__ import annotations

from aws_cdk import aws_kinesis as kinesis

from platform_cli.blueprint.resolved import ResolvedStream
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.logical import pascal


class Stream(Capability):
    """A stream, encrypted with the environment's key or the one that AWS manages for Kinesis.

    Args:
        stack: The one of the data.
        stream: What is wanted.
        key_arn: The environment's key, if the stream is under it.
    """

    def __init__(self, stack: PlatformStack, stream: ResolvedStream, key_arn: str | None = None) -> None:
        super().__init__(stack, f"Stream-{stream.name}", f"streams.{stream.name}")
        mode = "ON_DEMAND" if stream.shards is None else "PROVISIONED"
        resource = kinesis.CfnStream(
            self,
            "Stream",
            name=stream.physical_name,
            retention_period_hours=stream.retention_hours,
            shard_count=stream.shards,
            stream_mode_details=kinesis.CfnStream.StreamModeDetailsProperty(stream_mode=mode),
            stream_encryption=kinesis.CfnStream.StreamEncryptionProperty(
                encryption_type="KMS", key_id=key_arn or "alias/aws/kinesis"
            ),
        )
        self.place(resource, f"Stream{pascal(stream.name)}", keeps_data=True)
