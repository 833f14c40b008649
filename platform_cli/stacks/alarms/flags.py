"""The alarms that take a change of flags back: those of the functions that read flags, and others by name.

AppConfig watches them while it deploys (AppConfig guide, «Monitoring deployments for automatic rollback»,
2026-11). It rolls back where one is on, and where one has insufficient data as well: all that can stand
here take no data for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from platform_cli.blueprint.resolved import ResolvedAlarmChange, ResolvedEnvironment, ResolvedFunction
from platform_cli.stacks.alarms.alarm import Alarm, Subject, alarm_of
from platform_cli.stacks.alarms.rule import MOST_METRICS, NO_CALLS, AlarmRule, Measure

READERS = "errors"
"""In `flags_release: alarms`: the calls of the functions that read flags."""
_PERIOD_SECONDS = 60


def readers(system: ResolvedEnvironment) -> tuple[ResolvedFunction, ...]:
    """The functions that read flags."""
    return tuple(f for f in system.functions if any(access.kind == "flags" for access in f.access))


def reader_alarms(system: ResolvedEnvironment) -> Iterator[Alarm]:
    """Alarms on the calls of the functions that read flags, five functions in one, if a release asks for it.

    The functions have such alarms themselves, in stacks that come after the flags: AppConfig can be given
    only what is there before.
    """
    if READERS not in system.flags_release.alarms or not system.flags:
        return
    watched, most = readers(system), MOST_METRICS // 2
    groups = [watched[start : start + most] for start in range(0, len(watched), most)]
    general = system.alarms.changes.get("functions.errors", ResolvedAlarmChange())
    change = ResolvedAlarmChange(threshold=general.threshold)
    for part, group in enumerate(groups, start=1):
        name = "readers" if part == 1 else f"readers-{part}"
        yield alarm_of(system, Subject("flags", name, "flags_release", {}), _rule(group), change)


def _rule(functions: Iterable[ResolvedFunction]) -> AlarmRule:
    at = [(("FunctionName", function.physical_name),) for function in functions]
    failed = [Measure(f"errors{i}", "Errors", "Sum", (), fixed) for i, fixed in enumerate(at)]
    total = [Measure(f"calls{i}", "Invocations", "Sum", (), fixed) for i, fixed in enumerate(at)]
    calls = " + ".join(f"FILL({measure.id}, 0)" for measure in total)
    errors = " + ".join(f"FILL({measure.id}, 0)" for measure in failed)
    return AlarmRule(
        "flags.errors",
        "AWS/Lambda",
        (*failed, *total),
        f"IF({calls} > 0, 100 * ({errors}) / ({calls}), 0)",
        1,
        "% of calls",
        # The alarms of the functions themselves tell whoever must act.
        "info",
        "calls of functions that read flags fail",
        NO_CALLS,
        period_seconds=_PERIOD_SECONDS,
    )


def monitored(system: ResolvedEnvironment, alarms: Iterable[Alarm]) -> tuple[str, ...]:
    """Names of the alarms that AppConfig watches while it deploys a change of flags.

    Args:
        system: The environment.
        alarms: Those that are there before the flags.
    """
    if not (system.flags and system.alarms.wanted):
        return ()
    wanted = set(system.flags_release.alarms)
    return tuple(
        alarm.name
        for alarm in alarms
        if (alarm.subject.kind == "flags" and READERS in wanted) or _written(alarm) in wanted
    )


def _written(alarm: Alarm) -> str:
    """As a blueprint names an alarm: `queues.notifications.dead_letters`."""
    section, _, rule = alarm.rule.key.partition(".")
    return f"{section}.{alarm.subject.name}.{rule}"
