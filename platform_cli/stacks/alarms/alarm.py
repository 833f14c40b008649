"""Alarms to be: a rule applied to a thing, with what the blueprint changes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from platform_cli.blueprint.consoles import cloudwatch_console
from platform_cli.blueprint.dashboards import OVERVIEW, dashboard_names
from platform_cli.blueprint.resolved import ResolvedAlarmChange, ResolvedEnvironment, merged_change
from platform_cli.stacks.addresses import names_of
from platform_cli.stacks.alarms.advice import ADVICE
from platform_cli.stacks.alarms.catalog import rule_of
from platform_cli.stacks.alarms.rule import AlarmRule, Missing, Severity

DEVIATIONS = 2.0
"""Standard deviations around what is expected, within which CloudWatch's own examples find nothing odd."""
MOST_DESCRIPTION = 1024
"""Characters of a description (PutMetricAlarm, 2026-11)."""
_WHAT = {
    "function": "Function",
    "http-api": "API",
    "rest-api": "API",
    "table": "Table",
    "index": "Index",
    "replica": "Replica",
    "queue": "Queue",
    "dead-letters": "Queue",
    "topic": "Topic",
    "stream": "Stream",
    "database": "Database",
    "cache": "Cache node",
    "firewall": "Firewall",
    "cdn-firewall": "Firewall",
    "cdn": "CDN",
    "balancer": "Load balancer",
    "target": "Load balancer",
    "certificate": "Certificate of",
    "backup": "Backup plan",
    "client": "Client",
    "application": "Application",
    "flags": "Flag",
}
_SHORT = {
    "http-api": "api",
    "rest-api": "api",
    "dead-letters": "queue",
    "cdn-firewall": "firewall",
    "target": "balancer",
}


@dataclass(frozen=True)
class Subject:
    """Something that alarms watch.

    Attributes:
        kind: A key of `catalog.RULES`.
        name: As messages call it: `orders.create`, `main.GSI1`.
        origin: Dotted path of the blueprint that it comes from.
        dimensions: Values of all dimensions that its rules name.
        scales: What a threshold in percent is a percentage of.
        namespaces: Of its metrics, where a rule only has a word for one.
        thresholds: Where they follow from the thing itself, by the last word of the rule's key.
        missing: What no data means for this thing, where not what the rules say.
    """

    kind: str
    name: str
    origin: str
    dimensions: Mapping[str, str]
    scales: Mapping[str, float] = field(default_factory=dict)
    namespaces: Mapping[str, str] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    missing: Missing | None = None


@dataclass(frozen=True)
class Alarm:
    """An alarm to be; `threshold` in the unit of the metric, or of the rule's expression.

    With `deviations`, the threshold is not used: bad is what lies so many standard deviations beyond what
    CloudWatch has learned to expect.
    """

    name: str
    rule: AlarmRule
    subject: Subject
    description: str
    severity: Severity
    threshold: float
    period_seconds: int
    evaluation_periods: int
    datapoints: int
    missing: Missing = "notBreaching"
    deviations: float | None = None

    @property
    def namespaces(self) -> Mapping[str, str]:
        """What the words stand for that rules have in the place of namespaces."""
        return self.subject.namespaces


def alarms_of(
    system: ResolvedEnvironment,
    subject: Subject,
    names: Iterable[str],
    own: Mapping[str, ResolvedAlarmChange] | None = None,
) -> Iterator[Alarm]:
    """The alarms of a thing.

    Args:
        system: The environment.
        subject: The thing.
        names: Last words of the keys of the rules that apply to it.
        own: What the blueprint changes for this function alone, by the same words.
    """
    for name in names:
        rule = rule_of(subject.kind, name)
        change = merged_change(system.alarms.change_of(rule.key, subject.origin), (own or {}).get(name))
        if change.enabled is not False:
            yield alarm_of(system, subject, rule, change)


def alarms_by(system: ResolvedEnvironment, subject: Subject, rule: AlarmRule) -> Iterator[Alarm]:
    """A rule of its own applied to a thing, unless the blueprint switches it off."""
    change = system.alarms.change_of(rule.key, subject.origin)
    if change.enabled is not False:
        yield alarm_of(system, subject, rule, change)


def alarm_of(
    system: ResolvedEnvironment, subject: Subject, rule: AlarmRule, change: ResolvedAlarmChange
) -> Alarm:
    """A rule applied to a thing, with what the blueprint changes of it."""
    bad = change.threshold
    if bad is None:
        bad = subject.thresholds.get(rule.name, rule.threshold)
    deviations = (change.deviations or DEVIATIONS) if change.anomaly else None
    looked_at = change.evaluation_periods or max(rule.evaluation_periods, change.datapoints or 0)
    kind = _SHORT.get(subject.kind, subject.kind)
    return Alarm(
        name=names_of(system).alarm(kind, subject.name, rule.name.replace("_", "-")),
        rule=rule,
        subject=subject,
        description=describe(
            system,
            f"{_WHAT.get(subject.kind, subject.kind.capitalize())} {subject.name}",
            f"{rule.meaning} ({_limit(rule, bad, deviations)})",
            rule.slug,
        ),
        severity=change.severity or rule.severity,
        threshold=bad * subject.scales[rule.scale] / 100 if rule.scale else bad,
        period_seconds=change.period_seconds or rule.period_seconds,
        evaluation_periods=looked_at,
        datapoints=change.datapoints or min(rule.datapoints, looked_at),
        missing=subject.missing or rule.missing,
        deviations=deviations,
    )


def _limit(rule: AlarmRule, bad: float, deviations: float | None) -> str:
    more = "more" if rule.bad == "above" else "less"
    if deviations:
        return f"{more} than expected, by over {deviations:g} standard deviations"
    return f"{more} than {bad:g} {rule.unit}"


def describe(system: ResolvedEnvironment, what: str, wrong: str, slug: str) -> str:
    """What an alarm says: what is wrong with which thing, what to do, and where to read on.

    Args:
        system: The environment.
        what: The thing.
        wrong: What is wrong with it when the alarm is on.
        slug: Of the rule, as in the address of its runbook.
    """
    said = f"{what} of {names_of(system).prefix}: {wrong}. {ADVICE[slug]}"
    link = f" Runbook: {_runbook(system, slug)}"
    return said[: MOST_DESCRIPTION - len(link)] + link


def _runbook(system: ResolvedEnvironment, slug: str) -> str:
    """Where it says more: the blueprint's own place, or the dashboard that shows what the alarm is about."""
    if system.alarms.runbook_url:
        return system.alarms.runbook_url.replace("{alarm}", slug)
    console = cloudwatch_console(system)
    if console is None:
        return f"docs/alarms.md#{slug}"
    made = OVERVIEW in dashboard_names(system)
    return f"{console}#dashboards/dashboard/{names_of(system).resource(OVERVIEW)}" if made else console
