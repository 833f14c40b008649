"""Buses, topics and queues, and what a queue takes from the other two."""

from __future__ import annotations

from typing import Any

from aws_cdk import Fn
from aws_cdk import aws_events as events
from aws_cdk import aws_eventschemas as eventschemas
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from platform_cli.blueprint.resolved import ResolvedBus, ResolvedQueue, ResolvedTopic
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.logical import composite, pascal

SECONDS_PER_DAY = 86_400
_DATA_KEY_SECONDS = 300
"""How long SQS keeps a data key: its own default; longer is cheaper, shorter safer."""


class Bus(Capability):
    """An event bus, and the archive from which its events can be replayed."""

    def __init__(self, stack: PlatformStack, bus: ResolvedBus) -> None:
        super().__init__(stack, f"Bus-{bus.name}", f"buses.{bus.name}")
        resource = events.CfnEventBus(self, "Bus", name=bus.physical_name)
        self.place(resource, f"Bus{pascal(bus.name)}")
        if bus.archive_days is not None:
            archive = events.CfnArchive(
                self,
                "Archive",
                source_arn=resource.attr_arn,
                retention_days=bus.archive_days,
                description=f"Events of {bus.physical_name}",
            )
            self.place(archive, f"Archive{pascal(bus.name)}", keeps_data=True)
        if any(event.schema_text for event in bus.events):
            self._register(bus)

    def _register(self, bus: ResolvedBus) -> None:
        """Put the schemas of events where other teams and their editors find them."""
        registry = eventschemas.CfnRegistry(
            self,
            "Registry",
            registry_name=bus.physical_name,
            description=f"Events of {bus.physical_name}",
        )
        self.place(registry, f"Registry{pascal(bus.name)}")
        for event in bus.events:
            if event.schema_text is None:
                continue
            schema = eventschemas.CfnSchema(
                self,
                f"Schema-{event.detail_type}",
                registry_name=registry.attr_registry_name,
                schema_name=event.detail_type.replace(" ", "-"),
                type="JSONSchemaDraft4",
                description=event.description or f"The detail of {event.detail_type}",
                content=event.schema_text,
            )
            self.place(schema, composite("Schema", bus.name, event.detail_type))


class Topic(Capability):
    """A topic, encrypted with the key that AWS manages for SNS, or with ours."""

    def __init__(self, stack: PlatformStack, topic: ResolvedTopic, key_arn: str | None = None) -> None:
        super().__init__(stack, f"Topic-{topic.name}", f"topics.{topic.name}")
        resource = sns.CfnTopic(
            self,
            "Topic",
            topic_name=topic.physical_name,
            fifo_topic=True if topic.fifo else None,
            content_based_deduplication=topic.content_deduplication if topic.fifo else None,
            kms_master_key_id=key_arn or "alias/aws/sns",
        )
        self.place(resource, f"Topic{pascal(topic.name)}")


class Queue(Capability):
    """A queue with its dead-letter queue, and the rule or subscription that fills it.

    Without a key of ours it is under one of SQS itself, and not under the one that AWS manages for SQS: SNS
    and EventBridge could not put anything into it.
    """

    def __init__(self, stack: PlatformStack, queue: ResolvedQueue, key_arn: str | None = None) -> None:
        super().__init__(stack, f"Queue-{queue.name}", f"queues.{queue.name}")
        arn = stack.at.queue(queue.physical_name)
        redrive: dict[str, Any] | None = None
        if queue.dead_letter:
            dead = sqs.CfnQueue(
                self,
                "DeadLetters",
                queue_name=queue.dead_letter.physical_name,
                fifo_queue=True if queue.fifo else None,
                message_retention_period=queue.dead_letter.retention_days * SECONDS_PER_DAY,
                redrive_allow_policy={"redrivePermission": "byQueue", "sourceQueueArns": [arn]},
                **_encryption(key_arn),
            )
            self.place(dead, f"DeadLetters{pascal(queue.name)}")
            redrive = {
                "deadLetterTargetArn": dead.attr_arn,
                "maxReceiveCount": queue.dead_letter.max_receives,
            }
        self._resource = sqs.CfnQueue(
            self,
            "Queue",
            queue_name=queue.physical_name,
            fifo_queue=True if queue.fifo else None,
            content_based_deduplication=queue.content_deduplication if queue.fifo else None,
            deduplication_scope="messageGroup" if queue.high_throughput else None,
            fifo_throughput_limit="perMessageGroupId" if queue.high_throughput else None,
            delay_seconds=queue.delay_seconds,
            message_retention_period=queue.retention_days * SECONDS_PER_DAY,
            visibility_timeout=queue.visibility_timeout_seconds,
            redrive_policy=redrive,
            **_encryption(key_arn),
        )
        self.place(self._resource, f"Queue{pascal(queue.name)}")

    def fill_from_bus(self, queue: ResolvedQueue, bus: ResolvedBus) -> str:
        """Let the events of a bus that the queue asks for reach it; gives the name of the rule."""
        assert queue.subscription
        rule = events.CfnRule(
            self,
            "Rule",
            event_bus_name=bus.physical_name,
            event_pattern=event_pattern(
                self.stack, queue.subscription.detail_types, queue.subscription.sources
            ),
            targets=[
                events.CfnRule.TargetProperty(
                    id="queue",
                    arn=self._resource.attr_arn,
                    sqs_parameters=events.CfnRule.SqsParametersProperty(
                        message_group_id=queue.subscription.message_group or bus.name
                    )
                    if queue.fifo
                    else None,
                )
            ],
        )
        self.place(rule, f"Rule{pascal(queue.name)}")
        self._admit("events.amazonaws.com", rule.attr_arn, queue)
        # The rule's `Ref` has the bus before the name: `shop-dev-events|…`. Its ARN ends in `/BUS/NAME`.
        return Fn.select(2, Fn.split("/", rule.attr_arn))

    def fill_from_topic(self, queue: ResolvedQueue, topic: ResolvedTopic) -> None:
        """Subscribe the queue to a topic; messages arrive as they were published."""
        topic_arn = self.stack.at.topic(topic.physical_name)
        subscription = sns.CfnSubscription(
            self,
            "Subscription",
            topic_arn=topic_arn,
            protocol="sqs",
            endpoint=self._resource.attr_arn,
            raw_message_delivery=True,
        )
        self.place(subscription, f"Subscription{pascal(queue.name)}")
        self._admit("sns.amazonaws.com", topic_arn, queue)

    def after(self, other: Capability) -> None:
        """Create what is in this construct after what is in another of the same stack."""
        self.node.add_dependency(other)

    def _admit(self, service: str, source_arn: str, queue: ResolvedQueue) -> None:
        policy = sqs.CfnQueuePolicy(
            self,
            "Policy",
            queues=[self._resource.ref],
            policy_document={
                "Version": "2012-10-17",
                "Statement": [admission(service, source_arn, self._resource.attr_arn)],
            },
        )
        self.place(policy, f"QueuePolicy{pascal(queue.name)}")


def _encryption(key_arn: str | None) -> dict[str, Any]:
    if key_arn is None:
        return {"sqs_managed_sse_enabled": True}
    return {"kms_master_key_id": key_arn, "kms_data_key_reuse_period_seconds": _DATA_KEY_SECONDS}


def admission(service: str, source_arn: str, queue_arn: str) -> dict[str, Any]:
    """The statement of a queue's policy that lets one rule or topic send to it."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": ["sqs:SendMessage"],
        "Resource": [queue_arn],
        "Condition": {"ArnEquals": {"aws:SourceArn": source_arn}},
    }


def event_pattern(
    stack: PlatformStack, detail_types: tuple[str, ...], sources: tuple[str, ...]
) -> dict[str, Any]:
    """The pattern for events of these types and sources; with neither, all events of the account."""
    pattern: dict[str, Any] = {}
    if detail_types:
        pattern["detail-type"] = list(detail_types)
    if sources:
        pattern["source"] = list(sources)
    return pattern or {"account": [stack.system.account]}
