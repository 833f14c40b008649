"""Alarms, the topics that they tell, and who hears of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from platform_cli.stacks.alarms.alarm import Alarm
from platform_cli.stacks.alarms.catalog import UNHEALTHY
from platform_cli.stacks.alarms.composites import Composite, any_of
from platform_cli.stacks.alarms.rule import SEVERITIES, Severity
from platform_cli.stacks.constructs.base import Capability, PlatformStack
from platform_cli.stacks.constructs.keys import ROTATION_DAYS
from platform_cli.stacks.keys import ADMINISTRATION
from platform_cli.stacks.logical import composite

ALARM_METADATA = "platform:alarm"
"""Key of an alarm's metadata with the key of its rule: `functions.errors`."""
_Alarm = cloudwatch.CfnAlarm
_RESULT = "result"
"""Id of the expression of an alarm; no metric is called so."""
_BAND = "expected"
"""Id of the band of values that CloudWatch expects; no metric is called so."""


class AlarmTopics(Capability):
    """A topic for each severity, under a key that alarms may use, with the contacts of the blueprint.

    Alarms cannot publish to a topic under the key that AWS manages for SNS: its policy admits no service.
    """

    def __init__(self, stack: PlatformStack) -> None:
        super().__init__(stack, "AlarmTopics", "alarms.contacts")
        self._key = kms.CfnKey(
            self,
            "Key",
            description=f"Notices of alarms of {stack.names.prefix}",
            enable_key_rotation=True,
            rotation_period_in_days=ROTATION_DAYS,
            pending_window_in_days=30 if stack.system.protect else 7,
            key_policy={"Version": "2012-10-17", "Statement": self._key_statements()},
        )
        self.place(self._key, "AlarmsKey")
        for severity in SEVERITIES:
            self._topic(severity)

    def _topic(self, severity: Severity) -> None:
        stack, name = self.stack, self.stack.names.alarm_topic(severity)
        title = severity.capitalize()
        topic = sns.CfnTopic(
            self,
            f"Topic{title}",
            topic_name=name,
            display_name=f"{stack.names.prefix} {severity}",
            kms_master_key_id=self._key.attr_arn,
        )
        self.place(topic, f"AlarmTopic{title}")
        policy = sns.CfnTopicPolicy(
            self,
            f"Policy{title}",
            topics=[topic.ref],
            policy_document={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "Alarms",
                        "Effect": "Allow",
                        "Principal": {"Service": "cloudwatch.amazonaws.com"},
                        "Action": "sns:Publish",
                        "Resource": topic.ref,
                        "Condition": self._only_alarms(),
                    },
                    {
                        "Sid": "OnlyTls",
                        "Effect": "Deny",
                        "Principal": {"AWS": "*"},
                        "Action": "sns:Publish",
                        "Resource": topic.ref,
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    },
                ],
            },
        )
        self.place(policy, f"AlarmTopicPolicy{title}")
        for contact in getattr(stack.system.alarms, severity):
            subscription = sns.CfnSubscription(
                self,
                f"{title}-{contact}",
                topic_arn=topic.ref,
                protocol="https" if contact.startswith("https://") else "email",
                endpoint=contact,
            )
            self.place(subscription, composite(f"Contact{title}", contact))

    def _only_alarms(self) -> dict[str, Any]:
        at = self.stack.at
        alarms = at.arn("cloudwatch", f"alarm:{self.stack.names.prefix}-*")
        return {"StringEquals": {"aws:SourceAccount": at.account}, "ArnLike": {"aws:SourceArn": alarms}}

    def _key_statements(self) -> list[dict[str, Any]]:
        """In the policy of a key, the resource `*` is the key itself."""
        at = self.stack.at
        through = {"kms:CallerAccount": at.account, "kms:ViaService": at.via("sns")}
        use = ["kms:Decrypt", "kms:GenerateDataKey*"]
        return [
            {
                "Sid": "Administration",
                "Effect": "Allow",
                "Principal": {"AWS": at.root()},
                "Action": list(ADMINISTRATION),
                "Resource": "*",
            },
            {
                "Sid": "PublishByHand",
                "Effect": "Allow",
                "Principal": {"AWS": at.root()},
                "Action": use,
                "Resource": "*",
                "Condition": {"StringEquals": through},
            },
            # No condition: AWS does not say that alarms send `aws:SourceAccount` to KMS, and without it each
            # notice would be lost. The topics' own policies admit none but the alarms of this environment.
            {
                "Sid": "Alarms",
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Action": use,
                "Resource": "*",
            },
        ]


class Alarms(Capability):
    """Alarms of one thing.

    Args:
        stack: The stack that they belong to.
        origin: Dotted path of the blueprint that they come from.
        alarms: All of the same subject; none, where all are switched off.
        name: Where several subjects come from one place of the blueprint.
    """

    def __init__(
        self, stack: PlatformStack, origin: str, alarms: Iterable[Alarm], name: str | None = None
    ) -> None:
        super().__init__(stack, f"Alarms-{name or origin}", origin)
        self.made = tuple(alarms)
        for alarm in self.made:
            told = [_topic_arn(stack, alarm.severity)]
            resource = _Alarm(
                self,
                f"{alarm.subject.name}-{alarm.rule.name}",
                alarm_name=alarm.name,
                alarm_description=alarm.description,
                alarm_actions=told,
                ok_actions=told,
                # Where silence is not taken for good or bad, it is told of.
                insufficient_data_actions=told if alarm.missing == "missing" else None,
                comparison_operator=_operator(alarm),
                threshold=None if alarm.deviations else alarm.threshold,
                threshold_metric_id=_BAND if alarm.deviations else None,
                evaluation_periods=alarm.evaluation_periods,
                datapoints_to_alarm=alarm.datapoints,
                treat_missing_data=alarm.missing,
                evaluate_low_sample_count_percentile="ignore" if alarm.rule.is_percentile else None,
                **_watched(alarm),
            )
            resource.add_metadata(ALARM_METADATA, alarm.rule.key)
            self.place(resource, composite("Alarm", alarm.subject.kind, alarm.subject.name, alarm.rule.name))


class Unhealthy(Capability):
    """The composite alarm of a service."""

    def __init__(
        self, stack: PlatformStack, service: str, composed: Composite, after: Iterable[Capability]
    ) -> None:
        super().__init__(stack, f"Unhealthy-{composed.part}", f"services.{service}")
        resource = cloudwatch.CfnCompositeAlarm(
            self,
            "Alarm",
            alarm_name=composed.name,
            alarm_description=composed.description,
            alarm_rule=any_of(composed.children),
            alarm_actions=[_topic_arn(stack, composed.severity)],
            ok_actions=[_topic_arn(stack, composed.severity)],
        )
        resource.add_metadata(ALARM_METADATA, UNHEALTHY)
        self.place(resource, composite("Alarm", UNHEALTHY, str(composed.part)))
        for alarms in after:
            # CloudWatch refuses a rule that names an alarm which is not there.
            self.node.add_dependency(alarms)


def _topic_arn(stack: PlatformStack, severity: Severity) -> str:
    return stack.at.topic(stack.names.alarm_topic(severity))


def _operator(alarm: Alarm) -> str:
    if alarm.deviations:
        return "GreaterThanUpperThreshold" if alarm.rule.bad == "above" else "LessThanLowerThreshold"
    return "GreaterThanThreshold" if alarm.rule.bad == "above" else "LessThanThreshold"


def _watched(alarm: Alarm) -> dict[str, Any]:
    """A metric as it is, or several and an expression over them, or what is expected of either."""
    rule = alarm.rule
    if rule.expression is None and not alarm.deviations:
        (measure,) = rule.measures
        statistic = "extended_statistic" if rule.is_percentile else "statistic"
        return {
            "namespace": _namespace(alarm, 0),
            "metric_name": measure.metric,
            "dimensions": _dimensions(alarm, 0),
            "period": alarm.period_seconds,
            statistic: measure.statistic,
        }
    queries = [
        _Alarm.MetricDataQueryProperty(
            id=measure.id,
            metric_stat=_Alarm.MetricStatProperty(
                metric=_Alarm.MetricProperty(
                    namespace=_namespace(alarm, number),
                    metric_name=measure.metric,
                    dimensions=_dimensions(alarm, number),
                ),
                period=alarm.period_seconds,
                stat=measure.statistic,
            ),
            return_data=rule.expression is None,
        )
        for number, measure in enumerate(rule.measures)
    ]
    result = rule.measures[0].id if rule.expression is None else _RESULT
    if rule.expression:
        queries.insert(0, _expression(_RESULT, rule.expression, rule.meaning))
    if alarm.deviations:
        band = f"ANOMALY_DETECTION_BAND({result}, {alarm.deviations:g})"
        queries.append(_expression(_BAND, band, "what is expected"))
    return {"metrics": queries}


def _expression(query_id: str, expression: str, label: str) -> cloudwatch.CfnAlarm.MetricDataQueryProperty:
    return _Alarm.MetricDataQueryProperty(id=query_id, expression=expression, label=label, return_data=True)


def _namespace(alarm: Alarm, number: int) -> str:
    named = alarm.rule.measures[number].namespace or alarm.rule.namespace
    return alarm.namespaces.get(named, named)


def _dimensions(alarm: Alarm, number: int) -> list[cloudwatch.CfnAlarm.DimensionProperty]:
    measure = alarm.rule.measures[number]
    values = {name: alarm.subject.dimensions[name] for name in measure.dimensions} | dict(measure.fixed)
    return [_Alarm.DimensionProperty(name=name, value=value) for name, value in values.items()]
