"""How changes of flags reach everybody, and which alarms take them back."""

from __future__ import annotations

from collections.abc import Iterator

from platform_cli.blueprint.access_lines import parse_access
from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.checks.releases import standing_for
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.model.releases import FlagsRelease
from platform_cli.blueprint.nodes import Path

MOST_MONITORS = 5
"""Alarms that an environment of AppConfig watches (AWS::AppConfig::Environment, Monitors, 2026-11)."""
READERS_AN_ALARM = 5
"""Functions in an alarm on a rate: it takes ten metrics, and a rate is made of two."""
WATCHABLE = {
    "queues": ("age", "depth", "dead_letters"),
    "streams": ("age", "throttles"),
    "tables": ("throttles", "errors"),
}
"""Alarms that are there before the flags, and that take no data for good."""
_PATH: Path = ("flags_release",)
_EXAMPLE = "write errors, which watches all functions that read flags, or queues.NAME.dead_letters"


def check_flags_release(context: Context) -> None:
    """The strategy is whole, and its alarms are there in time."""
    release = context.blueprint.flags_release
    if "flags_release" not in context.blueprint.model_fields_set:
        return
    for key in ("percent", "minutes") if release.strategy == "all_at_once" else ():
        if getattr(release, key) is not None:
            context.report(
                "invalid-flags-release",
                f"`{key}` is for changes in steps, and these reach everybody at once",
                (*_PATH, key),
                hint="write strategy: linear beside it, or take it out",
            )
    _check_alarms(context, release)
    _check_guards(context, release)


def _check_alarms(context: Context, release: FlagsRelease) -> None:
    monitors = 0
    for index, alarm in enumerate(dict.fromkeys(release.alarms)):
        path = (*_PATH, "alarms", index)
        if alarm == "errors":
            readers = len(set(_readers(context)))
            monitors += max(1, -(-readers // READERS_AN_ALARM))
            if not readers and context.blueprint.flags:
                context.report(
                    "invalid-flags-release",
                    "no function reads a flag, so there are no errors to watch",
                    path,
                    hint="give a function access: flags.NAME: read, or take it out",
                )
            continue
        monitors += 1
        _check_named(context, alarm, path)
    if monitors > MOST_MONITORS:
        context.report(
            "invalid-flags-release",
            f"{monitors} alarms are to take changes of flags back, and AppConfig watches {MOST_MONITORS}",
            (*_PATH, "alarms"),
            key=True,
            hint=f"keep the {MOST_MONITORS} that say most; `errors` takes one for each {READERS_AN_ALARM} "
            "functions that read flags",
        )


def _check_named(context: Context, alarm: str, path: Path) -> None:
    section, _, rest = alarm.partition(".")
    name, _, rule = rest.rpartition(".")
    if section not in WATCHABLE or not name:
        late = section in ("services", "functions", "apis", "databases", "caches", "identity", "firewalls")
        context.report(
            "invalid-flags-release",
            f'the alarm "{alarm}" is made after the flags, or by itself, so that AppConfig cannot be given it'
            if late
            else f'"{alarm}" names no alarm',
            path,
            hint=_EXAMPLE,
        )
        return
    if not context.require(section, name, path, "a change of flags is taken back by an alarm of"):
        return
    if rule not in WATCHABLE[section]:
        context.report(
            "invalid-flags-release",
            f'{section}.{name} has no alarm "{rule}" that can take a change of flags back',
            path,
            hint=nearest_hint(rule, WATCHABLE[section]),
        )
        return
    change = getattr(getattr(context.blueprint.alarms, section), rule)
    if change is not None and change.enabled is False:
        context.report(
            "invalid-flags-release",
            f'the alarm "{alarm}", which takes changes of flags back, is switched off',
            path,
            hint=f"switch it on under `alarms: {section}`, or take it out here",
        )
    if rule == "dead_letters" and not context.blueprint.queues[name].dead_letter:
        context.report(
            "invalid-flags-release",
            f"queue {name} has no dead letters to watch",
            path,
            hint="give the queue `dead_letter`, or take the alarm out",
        )


def _check_guards(context: Context, release: FlagsRelease) -> None:
    """A change that is brought carefully, and that nothing takes back, is only slow."""
    if not any(environment.target == "aws" for environment in standing_for(context)):
        return
    contacts = context.blueprint.alarms.contacts
    careful = release.strategy != "all_at_once" or release.bake_minutes
    if careful and not release.alarms:
        key = "strategy" if release.strategy != "all_at_once" else "bake_minutes"
        context.report(
            "flags-release-without-alarms",
            "changes of flags are brought with care, and no alarm takes one back",
            (*_PATH, key),
            hint="write alarms: [errors] beside it",
        )
    elif release.alarms and not (contacts.critical or contacts.warning or contacts.info):
        context.report(
            "flags-release-without-alarms",
            "the alarms that take changes of flags back do not exist, as nobody is to be told",
            (*_PATH, "alarms"),
            hint="name somebody under `alarms: contacts`",
        )
    elif release.alarms and not careful:
        context.report(
            "flags-release-without-alarms",
            "changes of flags are through at once, before an alarm can take one back",
            (*_PATH, "alarms"),
            hint="write bake_minutes: 10 beside it",
        )


def _readers(context: Context) -> Iterator[str]:
    for service, _, name, function, _ in context.functions():
        for key in function.access:
            target = parse_access(key, service)
            if target and target.kind == "flags":
                yield f"{service}.{name}"
