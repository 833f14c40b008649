"""What drives a function: one construct a function, one method a kind of trigger.

Several triggers of one kind and source are told apart by their place among themselves, sorted by content; so
their order in the blueprint changes nothing, and a changed pattern updates its rule instead of replacing it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from platform_cli.blueprint.resolved import (
    BucketTrigger,
    BusTrigger,
    QueueTrigger,
    ResolvedFunction,
    ScheduleTrigger,
    StreamTrigger,
    TopicTrigger,
)
from platform_cli.stacks import outputs
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.functions import Function, trust
from platform_cli.stacks.constructs.messaging import admission, event_pattern
from platform_cli.stacks.logical import composite, pascal
from platform_cli.stacks.rights import Statement, keeps_failures, policy
from platform_cli.stacks.trigger_ids import identified, object_key

FAILURES_KEPT_SECONDS = 14 * 86_400
ASYNCHRONOUS_RETRIES = 2
"""Lambda's own maximum for asynchronous calls; then the event goes to the queue of failures."""
_Mapping = lambda_.CfnEventSourceMapping
_OBJECT_EVENTS = {"created": "Object Created", "removed": "Object Deleted"}


class Triggers(Capability):
    """All triggers of a function."""

    def __init__(self, stack: PlatformStack, function: Function, model: ResolvedFunction) -> None:
        origin = f"services.{model.service}.functions.{model.name}.triggers"
        super().__init__(stack, f"Triggers-{model.name}", origin)
        self._function = function
        self._model = model
        self._admitted: list[dict[str, Any]] = []
        self._failures = self._keep_failures() if keeps_failures(model) else None
        for trigger, *key in identified(model.triggers):
            match trigger:
                case QueueTrigger():
                    self._queue(trigger, key)
                case StreamTrigger():
                    self._stream(trigger, key)
                case BusTrigger():
                    self._bus(trigger, key)
                case ScheduleTrigger():
                    self._schedule(trigger, key)
                case BucketTrigger():
                    self._bucket(trigger, key)
                case TopicTrigger():
                    self._topic(trigger, key)
        self._admit_to_failures()

    # --- pulled by Lambda ------------------------------------------------------------------------

    def _queue(self, trigger: QueueTrigger, key: Sequence[str]) -> None:
        queue = self.stack.system.queues[trigger.queue]
        mapping = _Mapping(
            self,
            "-".join(key),
            event_source_arn=self.stack.at.queue(queue.physical_name),
            function_name=self._function.name,
            batch_size=trigger.batch_size,
            maximum_batching_window_in_seconds=trigger.batch_window_seconds,
            filter_criteria=_filters(trigger.filters),
            function_response_types=["ReportBatchItemFailures"],
            scaling_config=_Mapping.ScalingConfigProperty(maximum_concurrency=trigger.max_concurrency)
            if trigger.max_concurrency
            else None,
        )
        self.place(mapping, self._id("Trigger", key))

    def _stream(self, trigger: StreamTrigger, key: Sequence[str]) -> None:
        system, at = self.stack.system, self.stack.at
        if trigger.enhanced_fan_out:
            source = self._consumer(trigger, key)
        elif trigger.kind == "stream":
            source = at.stream(system.streams[trigger.source].physical_name)
        else:
            source = self.stack.look_up("data", outputs.table_stream_arn(trigger.source))
        on_failure = None
        if trigger.on_failure:
            queue = at.queue(system.queues[trigger.on_failure].physical_name)
            on_failure = _Mapping.DestinationConfigProperty(
                on_failure=_Mapping.OnFailureProperty(destination=queue)
            )
        mapping = _Mapping(
            self,
            "-".join(key),
            event_source_arn=source,
            function_name=self._function.name,
            batch_size=trigger.batch_size,
            bisect_batch_on_function_error=trigger.bisect_on_error,
            destination_config=on_failure,
            filter_criteria=_filters(trigger.filters),
            function_response_types=None if trigger.tumbling_window_seconds else ["ReportBatchItemFailures"],
            maximum_batching_window_in_seconds=trigger.batch_window_seconds,
            maximum_record_age_in_seconds=trigger.max_age_seconds,
            maximum_retry_attempts=trigger.max_retries,
            parallelization_factor=trigger.parallelization,
            starting_position=trigger.starting_position.upper(),
            tumbling_window_in_seconds=trigger.tumbling_window_seconds,
        )
        self.place(mapping, self._id("Trigger", key))

    def _consumer(self, trigger: StreamTrigger, key: Sequence[str]) -> str:
        """Register the function with the stream, so that it is sent records; gives the ARN to read from."""
        consumer = kinesis.CfnStreamConsumer(
            self,
            f"Consumer-{trigger.source}",
            consumer_name=self._model.physical_name,
            stream_arn=self.stack.at.stream(self.stack.system.streams[trigger.source].physical_name),
        )
        self.place(consumer, self._id("Consumer", key))
        return consumer.attr_consumer_arn

    # --- pushed by others ------------------------------------------------------------------------

    def _bus(self, trigger: BusTrigger, key: Sequence[str]) -> None:
        bus = self.stack.system.buses[trigger.bus]
        pattern = event_pattern(self.stack, trigger.detail_types, trigger.sources)
        self._rule(key, pattern, bus.physical_name)

    def _bucket(self, trigger: BucketTrigger, key: Sequence[str]) -> None:
        bucket = self.stack.system.buckets[trigger.bucket]
        detail: dict[str, Any] = {"bucket": {"name": [bucket.physical_name]}}
        if match := object_key(trigger.prefix, trigger.suffix):
            detail["object"] = {"key": [match]}
        pattern = {
            "source": ["aws.s3"],
            "detail-type": sorted(_OBJECT_EVENTS[event] for event in trigger.events),
            "detail": detail,
        }
        self._rule(key, pattern, None)

    def _rule(self, key: Sequence[str], pattern: dict[str, Any], bus_name: str | None) -> None:
        rule = events.CfnRule(
            self,
            "-".join(key),
            event_bus_name=bus_name,
            event_pattern=pattern,
            targets=[
                events.CfnRule.TargetProperty(
                    id="function",
                    arn=self._function.arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=self._failures),
                )
            ],
        )
        self.place(rule, self._id("Trigger", key))
        self._permit("events.amazonaws.com", rule.attr_arn, key)
        self._admitted.append(admission("events.amazonaws.com", rule.attr_arn, str(self._failures)))

    def _topic(self, trigger: TopicTrigger, key: Sequence[str]) -> None:
        topic = self.stack.at.topic(self.stack.system.topics[trigger.topic].physical_name)
        subscription = sns.CfnSubscription(
            self,
            "-".join(key),
            topic_arn=topic,
            protocol="lambda",
            endpoint=self._function.arn,
            filter_policy=json.loads(trigger.filter_policy) if trigger.filter_policy else None,
            redrive_policy={"deadLetterTargetArn": self._failures},
        )
        self.place(subscription, self._id("Trigger", key))
        self._permit("sns.amazonaws.com", topic, key)
        self._admitted.append(admission("sns.amazonaws.com", topic, str(self._failures)))

    def _schedule(self, trigger: ScheduleTrigger, key: Sequence[str]) -> None:
        # One role serves all schedules of the function: they may all do the same.
        role = self.node.try_find_child("SchedulerRole") or self._scheduler_role()
        assert isinstance(role, iam.CfnRole)
        schedule = scheduler.CfnSchedule(
            self,
            "-".join(key),
            description=f"Calls {self._model.address}",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            schedule_expression=trigger.schedule,
            schedule_expression_timezone=trigger.timezone,
            state="ENABLED" if trigger.enabled else "DISABLED",
            target=scheduler.CfnSchedule.TargetProperty(
                arn=self._function.arn,
                role_arn=role.attr_arn,
                input=trigger.input,
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=self._failures),
            ),
        )
        self.place(schedule, self._id("Trigger", key))

    def _scheduler_role(self) -> iam.CfnRole:
        role = iam.CfnRole(
            self,
            "SchedulerRole",
            description=f"Lets the scheduler call {self._model.address}",
            assume_role_policy_document=trust(
                "scheduler.amazonaws.com", source_account=self.stack.system.account
            ),
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="call",
                    policy_document=policy(
                        (
                            Statement("Call", ("lambda:InvokeFunction",), (self._function.arn,)),
                            Statement("Failures", ("sqs:SendMessage",), (str(self._failures),)),
                        )
                    ),
                )
            ],
        )
        self.place(role, f"SchedulerRole{pascal(self._model.name)}")
        return role

    def _permit(self, service: str, source_arn: str, key: Sequence[str]) -> None:
        permission = lambda_.CfnPermission(
            self,
            f"Permission-{'-'.join(key)}",
            action="lambda:InvokeFunction",
            function_name=self._function.name,
            principal=service,
            source_arn=source_arn,
        )
        self.place(permission, self._id("Permission", key))

    # --- failures --------------------------------------------------------------------------------

    def _keep_failures(self) -> str:
        """A queue for events that nobody waits for and that the function failed on; gives its ARN."""
        name = pascal(self._model.name)
        self._queue_of_failures = sqs.CfnQueue(
            self,
            "Failures",
            queue_name=self.stack.names.failures_queue(self._model.service, self._model.name),
            message_retention_period=FAILURES_KEPT_SECONDS,
            sqs_managed_sse_enabled=True,
        )
        self.place(self._queue_of_failures, f"Failures{name}")
        config = lambda_.CfnEventInvokeConfig(
            self,
            "InvokeConfig",
            function_name=self._function.own_name,
            qualifier=self._model.alias or "$LATEST",
            maximum_retry_attempts=ASYNCHRONOUS_RETRIES,
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(
                    destination=self._queue_of_failures.attr_arn
                )
            ),
        )
        if self._function.live:
            config.add_dependency(self._function.live.alias)
        self.place(config, f"InvokeConfig{name}")
        return self._queue_of_failures.attr_arn

    def _admit_to_failures(self) -> None:
        if not self._admitted:
            return
        resource = sqs.CfnQueuePolicy(
            self,
            "FailuresPolicy",
            queues=[self._queue_of_failures.ref],
            policy_document={"Version": "2012-10-17", "Statement": self._admitted},
        )
        self.place(resource, f"FailuresPolicy{pascal(self._model.name)}")

    def _id(self, kind: str, key: Sequence[str]) -> str:
        return composite(kind, self._model.name, *key)


def _filters(patterns: Sequence[str]) -> lambda_.CfnEventSourceMapping.FilterCriteriaProperty | None:
    if not patterns:
        return None
    return _Mapping.FilterCriteriaProperty(
        filters=[_Mapping.FilterProperty(pattern=pattern) for pattern in patterns]
    )
