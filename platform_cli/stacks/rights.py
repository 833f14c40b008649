"""The IAM statements of a function: those of its `access` lines, of its triggers, of its log, and no other.

Pure: a frozen function and environment in, frozen statements out. The actions of `access` come from the one
table in `blueprint.access`; here they meet the things that they are for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from platform_cli.blueprint.access import KEY_WRITE, KINDS, Verb
from platform_cli.blueprint.event_stores import table_name
from platform_cli.blueprint.resolved import (
    ResolvedAccess,
    ResolvedEnvironment,
    ResolvedFunction,
    ResolvedSecret,
)
from platform_cli.stacks import outputs
from platform_cli.stacks.addresses import Addresses, names_of
from platform_cli.stacks.logical import database_user, pascal
from platform_cli.stacks.restrictions import (
    Conditions,
    bucket_conditions,
    bus_conditions,
    object_arns,
    secret_conditions,
    table_actions,
    table_conditions,
)
from platform_cli.stacks.statements import Statement, policy
from platform_cli.stacks.trigger_rights import KeyPlace, trigger_keys, trigger_statements

__all__ = [
    "ASYNCHRONOUS",
    "Statement",
    "database_user",
    "keeps_failures",
    "policy",
    "statements_of",
]

_TRACING = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")
_SEEING_INTERFACES = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets")
_RANDOM = ("secretsmanager:GetRandomPassword",)
_MAKING_INTERFACES = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
)
"""What Lambda does as the role of a function in a network (Lambda guide, November 2026)."""

_ROTATION = (
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
)
"""What the four steps of a rotation call (Secrets Manager guide, «Rotation permissions», 2026-11)."""
_KEYED = {
    "buckets": ("buckets", "data", "s3"),
    "databases": ("databases", "databases", "secretsmanager"),
    "event_stores": ("tables", "data", "dynamodb"),
    "queues": ("queues", "events", "sqs"),
    "secrets": ("secrets", "data", "secretsmanager"),
    "streams": ("streams", "data", "kinesis"),
    "tables": ("tables", "data", "dynamodb"),
    "topics": ("topics", "events", "sns"),
}
"""Kinds that may be under a key of ours: their section, the stack of the key, the service that uses it."""
ASYNCHRONOUS = frozenset({"bus", "schedule", "bucket", "topic"})
"""Kinds of triggers whose caller does not wait, so that a failed event needs a place to go."""


def keeps_failures(function: ResolvedFunction) -> bool:
    """Whether something calls the function without waiting for it."""
    return any(trigger.kind in ASYNCHRONOUS for trigger in function.triggers)


def statements_of(
    function: ResolvedFunction, environment: ResolvedEnvironment, lookup: outputs.Lookup
) -> tuple[Statement, ...]:
    """All that a function's role allows, in an order that does not depend on the blueprint's.

    Args:
        function: The function.
        environment: Where the things are that its `access` names.
        lookup: Gives the values that AWS invented.
    """
    rights = _Rights(environment, lookup, function.service)
    found: list[Statement] = []
    key_actions: dict[KeyPlace, set[str]] = {}
    for access in function.access:
        found.extend(rights.of_access(access))
        if place := rights.key_place(access):
            key_actions.setdefault(place, set()).update(_verb(access).key_actions)
    for trigger in function.triggers:
        found.extend(trigger_statements(function, trigger, environment))
        for place, actions in trigger_keys(trigger, environment):
            key_actions.setdefault(place, set()).update(actions)
    rotated = [s for s in environment.secrets.values() if s.rotation_function == function.address]
    found.extend(rights.of_rotation(rotated))
    for secret in rotated:
        if secret.encryption == "customer_managed":
            home = outputs.secret_home(secret.database)
            key_actions.setdefault((home, "secretsmanager"), set()).update(KEY_WRITE)
    found.extend(rights.of_keys(key_actions))
    found.extend(rights.of_runtime(function))
    # Two lines can need the same statement (several flags, two triggers with one failure queue).
    named = {str(statement.sid): statement for statement in found}
    raw = (Statement(None, p.actions, p.resources) for p in function.permissions)
    return (*(named[sid] for sid in sorted(named)), *raw)


def _verb(access: ResolvedAccess) -> Verb:
    return KINDS[access.kind].verbs[access.verb]


def _aggregates(access: ResolvedAccess) -> Conditions:
    """The partition keys that may be used: every call that `event_stores` allows names one."""
    if not access.aggregates:
        return {}
    return {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": access.aggregates}}


class _Rights:
    def __init__(self, environment: ResolvedEnvironment, lookup: outputs.Lookup, service: str) -> None:
        self._service = service
        self._environment = environment
        self._lookup = lookup
        self._at = Addresses.of(environment)
        self._names = names_of(environment)

    # --- access ----------------------------------------------------------------------------------

    def of_access(self, access: ResolvedAccess) -> Iterator[Statement]:
        verb = _verb(access)
        # All flags are one configuration, so lines for several flags are one statement.
        sid = (
            "Flags" if access.kind == "flags" else pascal(access.kind.replace("_", "-")) + pascal(access.name)
        )
        if actions := table_actions(verb.actions, access):
            yield Statement(sid, actions, self._resources(access), self._conditions(access))
        if verb.index_actions and (indexes := self._indexes(access)):
            actions = table_actions(verb.index_actions, access)
            yield Statement(f"{sid}Indexes", actions, indexes, self._conditions(access))
        if verb.object_actions:
            bucket = self._at.bucket(self._environment.buckets[access.name].physical_name)
            yield Statement(f"{sid}Objects", verb.object_actions, object_arns(access, bucket))
        if verb.secret_actions:
            secret = self._lookup("databases", outputs.database(access.name, outputs.SECRET_ARN))
            yield Statement(f"{sid}Secret", verb.secret_actions, (secret,))

    def _conditions(self, access: ResolvedAccess) -> Conditions:
        match access.kind:
            case "tables":
                return table_conditions(access, self._environment.tables[access.name])
            case "event_stores":
                return _aggregates(access)
            case "buckets":
                return bucket_conditions(access)
            case "buses":
                return bus_conditions(access)
            case "secrets":
                return secret_conditions(access)
        return {}

    def _resources(self, access: ResolvedAccess) -> tuple[str, ...]:
        environment, at, name = self._environment, self._at, access.name
        match access.kind:
            case "tables":
                return (at.table(environment.tables[name].physical_name),)
            case "event_stores":
                return (at.table(environment.tables[table_name(name)].physical_name),)
            case "buckets":
                return (at.bucket(environment.buckets[name].physical_name),)
            case "buses":
                return (at.bus(environment.buses[name].physical_name),)
            case "queues":
                return (at.queue(environment.queues[name].physical_name),)
            case "topics":
                return (at.topic(environment.topics[name].physical_name),)
            case "streams":
                return (at.stream(environment.streams[name].physical_name),)
            case "secrets":
                return (self._secret(environment.secrets[name]),)
            case "config":
                path = self._names.parameter(name, "").rstrip("/")
                return (at.parameter(path), at.parameter(f"{path}/*"))
            case "flags":
                ids = (outputs.FLAGS_APPLICATION_ID, outputs.FLAGS_ENVIRONMENT_ID, outputs.FLAGS_PROFILE_ID)
                return (at.configuration(*(self._lookup("data", output) for output in ids)),)
            case "identity":
                pool = self._lookup("identity", outputs.pool_id(name))
                return (at.arn("cognito-idp", f"userpool/{pool}"),)
            case "functions":
                service, _, function = name.partition(".")
                return (at.function(environment.services[service].functions[function].called_name),)
            case "databases":
                user = database_user(self._service)
                told = [outputs.RESOURCE_ID]
                if environment.databases[name].proxy:
                    told.append(outputs.PROXY_ID)
                return tuple(
                    at.arn(
                        "rds-db", f"dbuser:{self._lookup('databases', outputs.database(name, one))}/{user}"
                    )
                    for one in told
                )
            case "caches":
                cache = environment.caches[name].physical_name
                return (
                    at.arn("elasticache", f"replicationgroup:{cache}"),
                    at.arn("elasticache", f"user:{cache}"),
                )
        raise AssertionError(f"access to {access.kind} is refused by support.py")

    def _indexes(self, access: ResolvedAccess) -> tuple[str, ...]:
        table = self._environment.tables[access.name]
        arn = self._at.table(table.physical_name)
        if access.indexes is not None:
            return tuple(f"{arn}/index/{index}" for index in sorted(access.indexes))
        return (f"{arn}/index/*",) if table.indexes or table.external else ()

    def key_place(self, access: ResolvedAccess) -> KeyPlace | None:
        """The stack of our key for this line, and the service that uses it; None without one."""
        if access.kind not in _KEYED:
            return None
        section, home, service = _KEYED[access.kind]
        name = table_name(access.name) if access.kind == "event_stores" else access.name
        thing = getattr(self._environment, section)[name]
        if thing.encryption != "customer_managed":
            return None
        if access.kind == "secrets":
            home = outputs.secret_home(thing.database)
        return home, service

    def _secret(self, secret: ResolvedSecret) -> str:
        return self._lookup(outputs.secret_home(secret.database), outputs.secret_arn(secret.name))

    def of_rotation(self, secrets: Iterable[ResolvedSecret]) -> Iterator[Statement]:
        """What changing secrets takes."""
        for secret in secrets:
            arn = self._secret(secret)
            yield Statement(f"Rotation{pascal(secret.name)}", _ROTATION, (arn,))
            yield Statement("RandomPassword", _RANDOM, ("*",))

    def of_keys(self, actions: Mapping[KeyPlace, set[str]]) -> Iterator[Statement]:
        """The key is used through the service that keeps the data, never by the function itself."""
        for (home, service), needed in sorted(actions.items()):
            if not needed:
                continue
            yield Statement(
                f"Key{pascal(service)}" if home == "data" else f"Key{pascal(home)}{pascal(service)}",
                tuple(sorted(needed)),
                (self._lookup(home, outputs.KEY_ARN),),
                {"StringEquals": {"kms:ViaService": self._at.via(service)}},
            )

    # --- what every function needs ---------------------------------------------------------------

    def of_runtime(self, function: ResolvedFunction) -> Iterator[Statement]:
        group = self._names.log_group(function.service, function.name)
        writing = ("logs:CreateLogStream", "logs:PutLogEvents")
        yield Statement("Log", writing, (self._at.log_group(group),))
        if function.encryption == "customer_managed":
            # Its environment variables, when it starts.
            own = self._at.function(self._names.function(function.service, function.name))
            yield Statement(
                "KeyEnvironment",
                ("kms:Decrypt",),
                (self._lookup("data", outputs.KEY_ARN),),
                {"StringEquals": {"kms:EncryptionContext:aws:lambda:FunctionArn": own}},
            )
        if function.tracing:
            yield Statement("Tracing", _TRACING, ("*",))
        if function.network:
            # Lambda checks these on all kinds of resources; narrower, and it may not reach the network.
            yield Statement("Network", _MAKING_INTERFACES, (self._at.arn("ec2", "*/*"),))
            yield Statement("NetworkInterfaces", _SEEING_INTERFACES, ("*",))
        if keeps_failures(function):
            queue = self._at.queue(self._names.failures_queue(function.service, function.name))
            yield Statement("Failures", ("sqs:SendMessage",), (queue,))
