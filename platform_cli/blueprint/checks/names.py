"""Names on AWS: within their limits, and none twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.event_stores import table_name
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.triggers import BucketTrigger, BusTrigger, ScheduleTrigger, TopicTrigger
from platform_cli.blueprint.naming import CONCERNS, KIND_WORDS, LAST_CONCERNS, LIMITS, LOCAL_ACCOUNT, Names
from platform_cli.blueprint.nodes import Path

SEVERITIES = ("critical", "warning", "info")
ASYNCHRONOUS = (BusTrigger, ScheduleTrigger, BucketTrigger, TopicTrigger)
"""Triggers that do not wait for the function, so that what it failed on goes to a queue of its own."""
_RESERVED_PREFIXES = ("aws", "ssm")
"""Parameter Store refuses names that begin so (Parameter Store guide, 2026-11)."""
RESERVED_GROUP = "platform"
"""Under it, the platform keeps its own records."""


@dataclass(frozen=True)
class PhysicalName:
    """A name on AWS: of what kind (a row of `naming.LIMITS`), and from which place of the blueprint."""

    kind: str
    name: str
    path: Path


def physical_names(blueprint: Blueprint, names: Names) -> Iterator[PhysicalName]:
    """Every name that follows from a blueprint in one environment."""
    for concern in (*CONCERNS, *LAST_CONCERNS):
        yield PhysicalName("stack", names.stack(concern), ("system",))
    yield PhysicalName("key alias", names.key_alias("data"), ("system",))
    for section, kind in (
        ("tables", "table"),
        ("buses", "bus"),
        ("streams", "stream"),
        ("apis", "API"),
        ("identity", "user pool"),
        ("networks", "network"),
        ("firewalls", "firewall"),
        ("databases", "database"),
        ("caches", "cache"),
        ("dashboards", "dashboard"),
        ("budgets", "budget"),
        ("backups", "backup plan"),
        ("analytics", "application of Flink"),
    ):
        for name in getattr(blueprint, section):
            yield PhysicalName(kind, names.resource(name), (section, name))
    for name in blueprint.event_stores:
        yield PhysicalName("table", names.resource(table_name(name)), ("event_stores", name))
    for name in blueprint.apis:
        yield PhysicalName("stack", names.stack("api", name), ("apis", name))
    for name, cdn in blueprint.cdns.items():
        yield PhysicalName("stack", names.stack("cdn", name), ("cdns", name))
        yield PhysicalName("bucket", names.bucket(f"cdn-{name}-log"), ("cdns", name))
        if cdn.assets is not None:
            yield PhysicalName("bucket", names.bucket(f"cdn-{name}"), ("cdns", name))
    for name in blueprint.load_balancers:
        yield PhysicalName("stack", names.stack("balancer", name), ("load_balancers", name))
        yield PhysicalName("bucket", names.bucket(f"balancer-{name}-log"), ("load_balancers", name))
    for severity in SEVERITIES if any(getattr(blueprint.alarms.contacts, s) for s in SEVERITIES) else ():
        yield PhysicalName("topic", names.alarm_topic(severity), ("alarms", "contacts"))
    for name, topic in blueprint.topics.items():
        yield PhysicalName("topic", names.topic(name, fifo=topic.fifo), ("topics", name))
    for name, queue in blueprint.queues.items():
        yield PhysicalName("queue", names.queue(name, fifo=queue.fifo), ("queues", name))
        if queue.dead_letter is not None:
            dead = names.queue(name, dead_letter=True, fifo=queue.fifo)
            yield PhysicalName("queue", dead, ("queues", name))
    for name in blueprint.buckets:
        yield PhysicalName("bucket", names.bucket(name), ("buckets", name))
    for name, bucket in blueprint.buckets.items():
        for region in bucket.replicas:
            copy = replace(names, region=region).bucket(name)
            yield PhysicalName("bucket", copy, ("buckets", name, "replicas"))
    if blueprint.buckets:
        yield PhysicalName("bucket", names.access_log_bucket(), ("system",))
    for name in blueprint.secrets:
        yield PhysicalName("secret", names.secret(name), ("secrets", name))
    for group, settings in blueprint.config.items():
        for key in settings:
            yield PhysicalName("parameter", names.parameter(group, key), ("config", group, key))
    for service_name, service in blueprint.services.items():
        yield PhysicalName("stack", names.stack("service", service_name), ("services", service_name))
        for name, function in service.functions.items():
            path = ("services", service_name, "functions", name)
            yield PhysicalName("function", names.function(service_name, name), path)
            yield PhysicalName("log group", names.log_group(service_name, name), path)
            if any(isinstance(trigger, ASYNCHRONOUS) for trigger in function.triggers):
                yield PhysicalName("queue", names.failures_queue(service_name, name), path)


def check_names(contexts: Sequence[Context]) -> None:
    """Limits and collisions, over all environments together."""
    base = contexts[0]
    variants = {context.environment: context.blueprint for context in contexts}
    longest: dict[tuple[str, Path], PhysicalName] = {}
    taken: dict[tuple[str, str, str], tuple[Path, str]] = {}
    for environment, where in base.blueprint.environments.items():
        local = where.target == "local"
        account = LOCAL_ACCOUNT if local else where.account or LOCAL_ACCOUNT
        names = Names(base.blueprint.system, environment, account, where.region or "us-east-1")
        blueprint = variants.get(environment, base.blueprint)
        # Two environments share an account only if they say so; the local AWS is nobody else's.
        place = f"{'local' if local else account}"
        for physical in physical_names(blueprint, names):
            key = (physical.kind, physical.path)
            if len(physical.name) > LIMITS[physical.kind]:
                known = longest.get(key)
                if known is None or len(known.name) < len(physical.name):
                    longest[key] = physical
            # A log group is called after its function, whose name is checked itself.
            if physical.kind != "log group":
                _check_taken(base, taken, place, environment, physical)
    for physical in longest.values():
        limit = LIMITS[physical.kind]
        base.report(
            "name-too-long",
            f'the {physical.kind} would be called "{physical.name}" on AWS, which has {len(physical.name)} '
            f"characters and may have {limit}",
            physical.path,
            key=physical.path != ("system",),
            hint=f"shorten the names it is made of by {len(physical.name) - limit}",
        )
    _check_environments(base)
    _check_reserved(base)


def _check_environments(context: Context) -> None:
    """`shop-dev-api-x` is the API `x` of `dev`, or anything of `dev-api`: no such two in one account."""
    environments = context.blueprint.environments
    for longer, where in environments.items():
        for shorter, other in environments.items():
            rest = longer.removeprefix(f"{shorter}-")
            word = rest.partition("-")[0]
            same = (where.target, where.account) == (other.target, other.account)
            if rest != longer and word in KIND_WORDS and same:
                context.report(
                    "ambiguous-environment",
                    f'what is called "{context.blueprint.system}-{shorter}-{word}-…" could be of environment '
                    f"{longer} or of {shorter}, in the same account",
                    ("environments", longer),
                    key=True,
                    hint=f"call it otherwise, such as {longer.replace('-', '')}, or give it an account of "
                    "its own",
                )


def _check_taken(
    context: Context,
    taken: dict[tuple[str, str, str], tuple[Path, str]],
    place: str,
    environment: str,
    physical: PhysicalName,
) -> None:
    key = (place, physical.kind, physical.name)
    path, other = taken.setdefault(key, (physical.path, environment))
    if path == physical.path and other == environment:
        return
    whose = f" in environment {other}" if other != environment else ""
    context.report(
        "name-collision",
        f"{'.'.join(map(str, physical.path))} and {'.'.join(map(str, path))}{whose} would both be called "
        f'"{physical.name}" on AWS',
        physical.path,
        key=True,
        hint="rename one of them",
    )


def _check_reserved(context: Context) -> None:
    system = context.blueprint.system
    if system.startswith(_RESERVED_PREFIXES):
        context.report(
            "reserved-name",
            f'the system cannot be called "{system}": AWS keeps names that begin with {system[:3]}',
            ("system",),
        )
    if RESERVED_GROUP in context.blueprint.config:
        context.report(
            "reserved-name",
            f'the group of settings cannot be called "{RESERVED_GROUP}": the platform keeps its own there',
            ("config", RESERVED_GROUP),
            key=True,
        )
    for tag in context.blueprint.tags:
        if tag.lower().startswith("aws:"):
            context.report(
                "reserved-name", f'AWS keeps tags that begin with "{tag[:4]}"', ("tags", tag), key=True
            )
    if "none" in context.blueprint.identity:
        context.report(
            "reserved-name",
            'a user pool cannot be called "none": `auth: none` opens a route',
            ("identity", "none"),
            key=True,
        )
