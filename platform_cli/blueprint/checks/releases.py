"""How functions start, how many may run, and how new versions take over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_cli.blueprint.access_lines import parse_access
from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.document import Environment
from platform_cli.blueprint.model.services import Function
from platform_cli.blueprint.nodes import Path

UNRESERVED = 100
"""What Lambda keeps for functions that reserve nothing (Lambda guide, «Reserved concurrency», 2026-11)."""
_WITHOUT_SNAPSHOTS = ("python3.10", "python3.11")
_SNAPSHOT_STORAGE_MB = 512


def check_starts(context: Context) -> None:
    """SnapStart only where Lambda has it."""
    for service, _, name, function, path in context.functions():
        if not function.snap_start:
            continue
        runtime = function.runtime or context.blueprint.defaults.runtime
        why, hint = None, "take one of the two away"
        if runtime in _WITHOUT_SNAPSHOTS:
            why, hint = f"runs on {runtime}", "write runtime: python3.13, or take snap_start away"
        elif function.concurrency and function.concurrency.provisioned:
            why = "keeps environments warm by provisioned concurrency"
        elif function.ephemeral_storage_mb > _SNAPSHOT_STORAGE_MB:
            why = (
                f"has {function.ephemeral_storage_mb} MB of /tmp, and {_SNAPSHOT_STORAGE_MB} MB are the most"
            )
        if why:
            context.report(
                "snap-start-unsupported",
                f"function {service}.{name} cannot start from a snapshot: it {why}",
                (*path, "snap_start"),
                hint=hint,
            )


def check_releases(context: Context) -> None:
    """Releases have hooks that exist, alarms that are on, and callers that they reach."""
    called = set(_invoked(context))
    rotating = {secret.rotation.function for secret in context.blueprint.secrets.values() if secret.rotation}
    for service, _, name, function, path in context.functions():
        address = f"{service}.{name}"
        if address in rotating and _is_published(function):
            context.report(
                "invalid-release",
                f"function {address} rotates a secret, and is called without an alias then",
                (*path, _published_key(function)),
                key=True,
                hint="give the rotation a function of its own",
            )
        release = function.release
        if release is None:
            continue
        for moment in ("pre_traffic", "post_traffic"):
            hook = getattr(release.hooks, moment) if release.hooks else None
            if hook is not None:
                _check_hook(context, service, address, hook, (*path, "release", "hooks", moment))
        _check_release_alarms(context, address, function, path)
        if not (function.routes or function.triggers or address in called):
            context.report(
                "release-without-callers",
                f"nothing calls function {address} through its alias, so no release reaches anybody",
                (*path, "release"),
                key=True,
                hint=f"give it a route or a trigger, or another function access: functions.{address}: invoke",
            )


def check_changing_warmth(context: Context) -> None:
    """A release step by step and provisioned concurrency do not change at the same time."""
    for service, _, name, function, path in context.functions():
        provisioned = function.concurrency.provisioned if function.concurrency else None
        release = function.release
        if provisioned is None or release is None or release.strategy == "all_at_once":
            continue
        context.report(
            "provisioned-during-release",
            f"while function {service}.{name} is released step by step, what is kept warm cannot change",
            (*path, "concurrency", "provisioned"),
            key=True,
            hint="change `min` and `max` in a deployment that changes nothing else of the function",
        )


def _check_hook(context: Context, service: str, address: str, hook: str, path: Path) -> None:
    functions = context.blueprint.services[service].functions
    home, _, name = hook.rpartition(".")
    if home and home != service:
        context.report(
            "invalid-release",
            f"the hook {hook} of function {address} is in another service, which is deployed by itself",
            path,
            hint=f"name a function of service {service}",
        )
    elif name not in functions:
        names = [other for other in functions if f"{service}.{other}" != address]
        context.report(
            "unknown-function",
            f'function {address} is released with function "{hook}", which is not declared',
            path,
            hint=nearest_hint(name, names, otherwise=f"declare it under `services.{service}.functions`"),
        )
    elif _is_published(functions[name]):
        itself = f"{service}.{name}" == address
        context.report(
            "invalid-release",
            f"function {address} cannot look at its own release"
            if itself
            else f"the hook {hook} of function {address} is called without an alias, and has one itself",
            path,
            hint="name another function"
            if itself
            else f"take `{_published_key(functions[name])}` of function {service}.{name} away",
        )


def _check_release_alarms(context: Context, address: str, function: Function, path: Path) -> None:
    release = function.release
    assert release is not None
    general = context.blueprint.alarms.functions
    for index, alarm in enumerate(release.alarms):
        own, common = getattr(function.alarms, alarm), getattr(general, alarm)
        enabled = own.enabled if own and own.enabled is not None else common.enabled if common else None
        if enabled is False:
            context.report(
                "invalid-release",
                f'the alarm "{alarm}", which guards the release of function {address}, is switched off',
                (*path, "release", "alarms", index),
                hint="switch it on, or take it out here",
            )
    if not any(environment.target == "aws" for environment in standing_for(context)):
        return
    contacts = context.blueprint.alarms.contacts
    if release.strategy != "all_at_once" and not release.alarms:
        context.report(
            "release-without-alarms",
            f"function {address} is released step by step, and no alarm would take it back",
            (*path, "release", "strategy"),
            hint="write alarms: [errors] beside it",
        )
    elif release.alarms and not (contacts.critical or contacts.warning or contacts.info):
        context.report(
            "release-without-alarms",
            f"the alarms that guard the release of function {address} do not exist, as nobody is to be told",
            (*path, "release", "alarms"),
            hint="name somebody under `alarms: contacts`",
        )


def standing_for(context: Context) -> list[Environment]:
    """The environments that are as this context says."""
    environments = context.blueprint.environments
    if context.environment is not None:
        return [environments[context.environment]]
    return [environment for environment in environments.values() if not environment.overrides]


def _invoked(context: Context) -> Iterator[str]:
    for service, _, _, function, _ in context.functions():
        for key in function.access:
            target = parse_access(key, service)
            if target and target.kind == "functions":
                yield target.name


def _is_published(function: Function) -> bool:
    return bool(_published_key(function))


def _published_key(function: Function) -> str:
    """What gives a function versions and an alias."""
    if function.release:
        return "release"
    if function.snap_start:
        return "snap_start"
    return "concurrency" if function.concurrency and function.concurrency.provisioned else ""


def check_account_concurrency(contexts: Sequence[Context]) -> None:
    """What is reserved and kept warm in an account and region leaves enough for all others."""
    base = contexts[0]
    variants = {context.environment: context for context in contexts[1:]}
    places: dict[tuple[str, str], list[str]] = {}
    for name, environment in base.blueprint.environments.items():
        if environment.target == "aws" and environment.account and environment.region:
            places.setdefault((environment.account, environment.region), []).append(name)
    for (account, region), names in places.items():
        shown = [(name, variants.get(name, base)) for name in names]
        taken = {name: sum(_taken(context.blueprint).values()) for name, context in shown}
        limit = min(base.blueprint.environments[name].account_concurrency for name in names)
        most = limit - UNRESERVED
        total = sum(taken.values())
        if total <= most or not total:
            continue
        heaviest = max(names, key=lambda name: taken[name])
        service, function = max(
            _taken(dict(shown)[heaviest].blueprint).items(), key=lambda entry: (entry[1], entry[0])
        )[0]
        place: Path = ("services", service, "functions", function, "concurrency")
        if heaviest in variants:
            place = ("environments", heaviest, "overrides", *place)
        together = f"environment {names[0]} takes" if len(names) == 1 else f"{' and '.join(names)} take"
        base.report(
            "account-concurrency",
            f"{together} {total:,} of the {limit:,} functions that may run at once in account {account}, "
            f"{region}, and {UNRESERVED} must stay unreserved",
            place,
            key=True,
            hint=f"reserve {total - most:,} less, or say what AWS granted as account_concurrency of "
            f"environment {heaviest}",
        )


def _taken(blueprint: Blueprint) -> dict[tuple[str, str], int]:
    """What each function takes of the account's quota; provisioned comes out of what is reserved."""
    found: dict[tuple[str, str], int] = {}
    for service_name, service in blueprint.services.items():
        for name, function in service.functions.items():
            concurrency = function.concurrency
            if concurrency is None:
                continue
            warm = concurrency.provisioned.max if concurrency.provisioned else 0
            found[service_name, name] = warm if concurrency.reserved is None else concurrency.reserved
    return found
