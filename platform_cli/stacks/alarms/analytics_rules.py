"""What is bad about an application of Apache Flink.

Guide of Managed Service for Apache Flink, «Metrics and dimensions» and «Use CloudWatch Alarms» (November
2026). Counters that only rise are watched by how much. `downtime` and `fullRestarts` are those of Flink 1:
Flink 2.2 has them no more.
"""

from __future__ import annotations

from platform_cli.stacks.alarms.rule import AlarmRule, Measure

_NAMESPACE = "AWS/KinesisAnalytics"
_APPLICATION = ("Application",)
_STOPPED = "an application that is stopped sends no metrics"

APPLICATIONS = (
    AlarmRule(
        "analytics.downtime",
        _NAMESPACE,
        (Measure("down", "downtime", "Average", _APPLICATION),),
        None,
        0,
        "ms",
        "critical",
        "it has failed, and works on nothing",
        _STOPPED,
        period_seconds=60,
        evaluation_periods=5,
        datapoints=3,
    ),
    AlarmRule(
        "analytics.restarts",
        _NAMESPACE,
        (Measure("restarts", "fullRestarts", "Maximum", _APPLICATION),),
        "DIFF(restarts)",
        0,
        "restarts in a period",
        "warning",
        "it fails and starts again",
        _STOPPED,
        evaluation_periods=3,
        datapoints=2,
    ),
    AlarmRule(
        "analytics.checkpoint_failures",
        _NAMESPACE,
        (Measure("failures", "numberOfFailedCheckpoints", "Maximum", _APPLICATION),),
        "DIFF(failures)",
        0,
        "failures in a period",
        "warning",
        "its state is not saved: after a failure, it would begin far back",
        _STOPPED,
        evaluation_periods=3,
        datapoints=2,
    ),
    AlarmRule(
        "analytics.checkpoint_duration",
        _NAMESPACE,
        (Measure("duration", "lastCheckpointDuration", "Maximum", _APPLICATION),),
        None,
        30_000,
        "ms",
        "warning",
        "saving its state takes too long; the state grows, or its load does",
        _STOPPED,
        evaluation_periods=3,
        datapoints=3,
    ),
)
