"""Read the alarms of an environment, and what each is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.findings import known_hint
from platform_cli.blueprint.naming import Names, pattern_word
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import pages
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.local.mutes import unmuted
from platform_cli.operate.functions import names_of

State = Literal["ALARM", "OK", "INSUFFICIENT_DATA"]
SEVERITIES = ("critical", "warning", "info")
_ELSEWHERE = "other"
"""What an alarm without a service is listed under: tables, queues and whatever services share."""


@dataclass(frozen=True)
class AlarmStatus:
    """An alarm as it is now.

    Attributes:
        name: Its name.
        kind: What it watches: `function`, `table`, `service` (all of one), …
        subject: Which of them: `orders.create`.
        rule: What is wrong when it is on: `errors`.
        service: Which it belongs to; `other` where to none.
        severity: By the topic that it tells; empty where it tells none of ours.
        state: What CloudWatch says.
        since: Since when.
        reason: Why, in CloudWatch's words.
        description: What is wrong, and where to read on.
        composite: Whether it is made of others.
        actions: ARNs that are told when it goes on.
        actions_enabled: Whether they are; a silence does not change it.
        document: As CloudWatch describes it.
        silent_until: Until when a silence keeps it from telling; None if none does, or nobody asked.
    """

    name: str
    kind: str
    subject: str
    rule: str
    service: str
    severity: str
    state: State
    since: datetime
    reason: str
    description: str
    composite: bool
    actions: tuple[str, ...]
    actions_enabled: bool
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)
    silent_until: datetime | None = None

    @property
    def region(self) -> str:
        """Where it is; empty where CloudWatch does not say its ARN."""
        return region_of(str(self.document.get("AlarmArn") or ""))

    @property
    def fires(self) -> bool:
        """Whether it is on."""
        return self.state == "ALARM"


def region_of(arn: str) -> str:
    """The region in an ARN; empty where it has none."""
    return arn.split(":")[3] if arn.count(":") >= 3 else ""


def there(region: str, clients: Clients) -> Clients:
    """Clients of the region of an alarm or a topic: those of CDNs are in us-east-1."""
    return clients.elsewhere(region) if region and region != clients.target.region else clients


def read_alarms(environment: ResolvedEnvironment, clients: Clients) -> tuple[AlarmStatus, ...]:
    """All alarms of an environment, in all of its regions, those that fire first, by severity.

    Raises:
        PlatformError: What AWS refuses.
    """
    names = names_of(environment)
    prefix = f"{names.prefix}-"
    asked: dict[str, Any] = {"AlarmNamePrefix": prefix, "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    with aws_errors("reading the alarms", target=clients.target):
        found = [
            _status(environment, prefix, document, composite=kind == "CompositeAlarms")
            for region in ("", *environment.alarm_regions)
            for kind in ("MetricAlarms", "CompositeAlarms")
            for document in unmuted(
                pages(there(region, clients).client("cloudwatch").describe_alarms, kind, **asked), clients
            )
        ]
    return tuple(sorted((a for a in found if is_ours(names, a.document)), key=urgency))


def is_ours(names: Names, alarm: Mapping[str, Any]) -> bool:
    """Whether an alarm whose name begins as the environment's is one of it, and of no `dev-eu` beside `dev`.

    Its name says so; or, if a patch added it under a name of its own, the topic that it tells.

    Args:
        names: Of the environment.
        alarm: As CloudWatch describes it.
    """
    topics = tuple(f":{names.alarm_topic(severity)}" for severity in SEVERITIES)
    told = alarm.get("AlarmActions") or ()
    return names.is_alarm(alarm["AlarmName"]) or any(action.endswith(topics) for action in told)


def urgency(alarm: AlarmStatus) -> tuple[bool, int, str]:
    """By what alarms are sorted: firing, severity, name."""
    order = SEVERITIES.index(alarm.severity) if alarm.severity in SEVERITIES else len(SEVERITIES)
    return (not alarm.fires, order, alarm.name)


def select_alarms(
    alarms: Sequence[AlarmStatus], selector: str | None, *, severity: str | None = None
) -> tuple[AlarmStatus, ...]:
    """The alarms of a service, of a thing, or with a name; all if `selector` is None.

    Raises:
        PlatformError: `unknown-alarm`, with the nearest name.
    """
    chosen = [a for a in alarms if severity is None or a.severity == severity]
    if selector is None:
        return tuple(chosen)
    found = tuple(a for a in chosen if selector in (a.name, a.service, a.subject, f"{a.subject}.{a.rule}"))
    if not found:
        known = sorted({word for a in alarms for word in (a.service, a.subject, a.name)})
        raise PlatformError(
            f'there is no alarm of "{selector}"',
            hint=known_hint(selector, known, otherwise="`platform alarms check` lists them"),
            code="unknown-alarm",
            exit_code=ExitCode.USAGE,
        )
    return found


def _status(
    environment: ResolvedEnvironment, prefix: str, document: Mapping[str, Any], *, composite: bool
) -> AlarmStatus:
    kind, _, rest = document["AlarmName"].removeprefix(prefix).partition("-")
    subject = max((n for n in _subjects(environment) if rest.startswith(f"{n}-")), key=len, default="")
    actions = tuple(document.get("AlarmActions") or ())
    return AlarmStatus(
        name=document["AlarmName"],
        kind=kind,
        subject=subject,
        rule=rest.removeprefix(f"{subject}-") if subject else rest,
        service=_service(environment, subject),
        severity=next((s for s in SEVERITIES if any(a.endswith(f"-alarms-{s}") for a in actions)), ""),
        state=document["StateValue"],
        since=document.get("StateTransitionedTimestamp")
        or document.get("StateUpdatedTimestamp")
        or datetime.now(UTC),
        reason=str(document.get("StateReason") or ""),
        description=str(document.get("AlarmDescription") or ""),
        composite=composite,
        actions=actions,
        actions_enabled=bool(document.get("ActionsEnabled", True)),
        document=document,
    )


def _subjects(environment: ResolvedEnvironment) -> Iterator[str]:
    """Names of things, as names of alarms have them; of two that fit, the longer is meant."""
    yield environment.system
    yield from environment.services
    yield from (function.address for function in environment.functions)
    for service in environment.services.values():
        yield from (f"{service.name}.{metric}" for metric in service.metrics)
    for api in environment.apis.values():
        yield from (f"{api.name}.{metric}" for metric in api.metrics)
    for table in environment.tables.values():
        yield table.name
        yield from (f"{table.name}.{index}" for index in table.indexes)
    for things in (
        environment.apis,
        environment.queues,
        environment.streams,
        environment.buses,
        environment.databases,
        environment.caches,
        environment.firewalls,
        environment.cdns,
        environment.load_balancers,
        environment.backups,
    ):
        yield from things
    yield from (f"{name}.cdn" for name in environment.firewalls)
    for balancer in environment.load_balancers.values():
        yield from (f"{balancer.name}.{pattern_word(pattern)}" for pattern in balancer.functions)


def _service(environment: ResolvedEnvironment, subject: str) -> str:
    service = subject.partition(".")[0]
    return service if service in environment.services else _ELSEWHERE
