"""Alarms that are set for a thing which has nothing that they could watch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from platform_cli.blueprint.checks.alarms import changes_in, own_alarms
from platform_cli.blueprint.checks.context import SINGULAR, Context
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model import triggers as source
from platform_cli.blueprint.model.data import Capacity
from platform_cli.blueprint.model.events import StreamShards
from platform_cli.blueprint.model.objectives import Objectives
from platform_cli.blueprint.model.services import Function
from platform_cli.blueprint.nodes import Path

FEWEST_SHARDS = 2
"""Of a stream that could do with fewer."""


def check_needless_alarms(contexts: Sequence[Context]) -> None:
    """Report what is said of an alarm that no environment has: most likely another one is meant."""
    needless = [dict(_needless(context.blueprint)) for context in contexts]
    written = [set(_written(context.blueprint)) for context in contexts]
    reported: set[Path] = set()
    for context, found in zip(contexts, needless, strict=True):
        for path, (why, hint) in found.items():
            there = (one for one, paths in zip(needless, written, strict=True) if path in paths)
            if path in reported or not all(path in one for one in there):
                continue
            reported.add(path)
            section, name, rule = path[0], path[1], path[-1]
            if "functions" in path:
                section, name = "functions", f"{path[1]}.{path[3]}"
            what = SINGULAR.get(str(section), str(section).removesuffix("s"))
            context.report(
                "alarm-without-effect",
                f"{what} {name} has no alarm `{rule}`: {why}",
                path,
                key=True,
                hint=hint,
            )


def _written(blueprint: Blueprint) -> Iterator[Path]:
    for path, _, alarms in own_alarms(blueprint):
        yield from ((*path, rule) for rule, _ in changes_in(alarms))


def _needless(blueprint: Blueprint) -> Iterator[tuple[Path, tuple[str, str]]]:
    without = {
        "backups": _backups,
        "event_stores": _event_stores,
        "queues": _queues,
        "services": _services,
        "streams": _streams,
        "tables": _tables,
    }
    for path, _, alarms in own_alarms(blueprint):
        section, name = str(path[0]), str(path[1])
        if "functions" in path:
            missing = _function(blueprint.services[name].functions[str(path[3])])
        else:
            missing = without[section](blueprint, name) if section in without else {}
        for rule, _ in changes_in(alarms):
            if rule in missing:
                yield (*path, rule), missing[rule]


Missing = Mapping[str, tuple[str, str]]
"""By the rule: why a thing does not have it, and what to do."""
_LEAVE = "leave it out"


def _tables(blueprint: Blueprint, name: str) -> Missing:
    table = blueprint.tables[name]
    missing: dict[str, tuple[str, str]] = {}
    if not isinstance(table.capacity, Capacity):
        why = "it is paid by request, so that no capacity is unused", "leave it out, or write `capacity`"
        missing |= {"unused_reads": why, "unused_writes": why}
    if not table.replicas:
        missing["replication"] = "it has no replicas", "leave it out, or write `replicas`"
    return missing


def _event_stores(_blueprint: Blueprint, _name: str) -> Missing:
    why = "an event store is paid by request, so that no capacity is unused", _LEAVE
    replicas = "an event store has no replicas", _LEAVE
    return {"unused_reads": why, "unused_writes": why, "replication": replicas}


def _streams(blueprint: Blueprint, name: str) -> Missing:
    capacity = blueprint.streams[name].capacity
    if not isinstance(capacity, StreamShards):
        why = "it is paid by use, so that no shard is unused"
    elif capacity.shards < FEWEST_SHARDS:
        why = "it has one shard, and none less is possible"
    else:
        return {}
    return {"unused": (why, _LEAVE)}


def _queues(blueprint: Blueprint, name: str) -> Missing:
    queue = blueprint.queues[name]
    missing = {}
    if not (queue.subscription and queue.subscription.bus):
        missing["undelivered"] = "no bus fills it", "leave it out, or write `from: { bus: … }`"
    aside = {
        trigger.on_failure
        for service in blueprint.services.values()
        for function in service.functions.values()
        for trigger in function.triggers
        if isinstance(trigger, source.RecordTrigger)
    }
    if queue.dead_letter is None and name not in aside:
        missing["dead_letters"] = "it has no dead-letter queue", "leave it out, or write `dead_letter`"
    return missing


def _backups(blueprint: Blueprint, name: str) -> Missing:
    if blueprint.backups[name].copy_to is not None:
        return {}
    return {"copies": ("it makes no copies", "leave it out, or write `copy_to`")}


def _services(blueprint: Blueprint, name: str) -> Missing:
    own, general = blueprint.services[name].objectives, blueprint.objectives
    missing = {}
    hint = "leave it out, or write `objectives` of the service"
    if not _promises(own, "availability_percent", "error_percent"):
        for rule in ("fast_burn", "slow_burn", "availability"):
            missing[rule] = "the service itself promises neither availability nor a share of errors", hint
    if not _promises(own, "p99_ms"):
        missing["p99"] = "the service itself promises no `p99_ms`", hint
    if not (_promises(own, "cold_start_ms") or _promises(general, "cold_start_ms")):
        missing["cold_start"] = "no `cold_start_ms` is promised", hint
    return missing


def _promises(objectives: Objectives, *keys: str) -> bool:
    return any(getattr(objectives, key) is not None for key in keys)


def _function(function: Function) -> Missing:
    missing = {}
    if not any(isinstance(trigger, source.RecordTrigger) for trigger in function.triggers):
        missing["iterator_age"] = "no stream drives it", _LEAVE
    concurrency = function.concurrency
    if concurrency is None or concurrency.reserved is None:
        missing["concurrency"] = "it reserves no concurrency", "leave it out, or write `concurrency`"
    if concurrency is None or concurrency.provisioned is None:
        why = "no concurrency is provisioned", "leave it out, or write `concurrency: { provisioned: … }`"
        missing["unused"] = why
    return missing
