"""Alarms on applications of Apache Flink.

How far an application is behind is watched at its streams: `streams.age`.
"""

from __future__ import annotations

from collections.abc import Iterator

from platform_cli.blueprint.resolved import ResolvedAnalytics, ResolvedEnvironment
from platform_cli.stacks.alarms.alarm import Alarm, Subject, alarms_of
from platform_cli.stacks.alarms.analytics_rules import APPLICATIONS

LONGEST_CHECKPOINT = 0.5
"""Of the time between two checkpoints, that one may take: beyond it, little is left for the work itself."""


def analytics_alarms(system: ResolvedEnvironment, application: ResolvedAnalytics) -> Iterator[Alarm]:
    """The alarms of an application."""
    subject = Subject(
        "application",
        application.name,
        f"analytics.{application.name}",
        {"Application": application.physical_name},
        thresholds={"checkpoint_duration": application.checkpoint_seconds * 1000 * LONGEST_CHECKPOINT},
    )
    yield from alarms_of(system, subject, [rule.name for rule in APPLICATIONS])
