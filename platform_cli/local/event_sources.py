"""What MiniStack does otherwise with sources of events that functions read: streams and their consumers.

Facts about MiniStack are of version 1.5.33, tried in November 2026.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from platform_cli.local.templates import attribute_of, properties, references, resources

_MAPPING = "AWS::Lambda::EventSourceMapping"
_CONSUMER = "AWS::Kinesis::StreamConsumer"
_STREAM_LIMITS = (
    "MaximumRetryAttempts",
    "BisectBatchOnFunctionError",
    "MaximumRecordAgeInSeconds",
    "DestinationConfig",
)

Told = tuple[str, str]
"""Logical id, and what differs, as a sentence without its full stop."""


def join_consumers(template: dict[str, Any]) -> Iterator[Told]:
    """Let sources that read as registered consumers read the stream itself, in place."""
    consumers = resources(template, _CONSUMER)
    for logical_id, mapping in resources(template, _MAPPING).items():
        source = properties(mapping).get("EventSourceArn")
        if not isinstance(source, Mapping) or "Fn::GetAtt" not in source:
            continue
        consumer, _, _ = attribute_of(source["Fn::GetAtt"])
        if consumer in consumers:
            properties(mapping)["EventSourceArn"] = properties(consumers[consumer])["StreamARN"]
            yield logical_id, "reads its stream together with the others: there are no throughputs here"
    for consumer in consumers:
        del template["Resources"][consumer]


def ignored_limits(template: dict[str, Any]) -> Iterator[Told]:
    """The sources that are streams, and what of their settings does nothing."""
    for logical_id, mapping in resources(template, _MAPPING).items():
        described = properties(mapping)
        source = str(described.get("EventSourceArn"))
        limits = [name for name in _STREAM_LIMITS if name in described]
        if _reads_kinesis(described.get("EventSourceArn"), template) and limits:
            yield logical_id, f"ignores {', '.join(limits)}: a batch that fails is tried for ever"
        elif ("StreamArn" in source or ":dynamodb:" in source) and "ReportBatchItemFailures" in described.get(
            "FunctionResponseTypes", []
        ):
            yield logical_id, "does not repeat records that the function reports as failed"


def _reads_kinesis(source: Any, template: Mapping[str, Any]) -> bool:
    if ":kinesis:" in str(source):
        return True
    streams = resources(template, "AWS::Kinesis::Stream")
    return any(logical_id in streams for logical_id, _ in references(source))
