"""The IAM statements of a function: those of its `access` lines, of its triggers, of its log, and no other.

Pure: a frozen function and environment in, frozen statements out. The actions of `access` come from the one
table in `blueprint.access`; here they meet the things that they are for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from platform_cli.blueprint.access import KEY_READ, KEY_WRITE, KINDS, Verb
from platform_cli.blueprint.event_stores import table_name
from platform_cli.blueprint.resolved import (
    ResolvedAccess,
    ResolvedEnvironment,
    ResolvedFunction,
    ResolvedSecret,
)
from platform_cli.stacks import outputs
from platform_cli.stacks.addresses import Addresses, names_of
from platform_cli.stacks.analytics import SEEING_NETWORKS
from platform_cli.stacks.logical import pascal
from platform_cli.stacks.statements import Statement, policy
from platform_cli.stacks.trigger_rights import stream_key_service, trigger_statements

__all__ = [
    "ASYNCHRONOUS",
    "UNRESTRICTABLE",
    "Statement",
    "database_user",
    "keeps_failures",
    "policy",
    "statements_of",
]

_TRACING = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")
_SEEING_INTERFACES = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets")
_RANDOM = ("secretsmanager:GetRandomPassword",)

UNRESTRICTABLE = frozenset({*_TRACING, *_SEEING_INTERFACES, *SEEING_NETWORKS, *_RANDOM})
"""The actions whose only resource is `*`: AWS X-Ray has no resource that a segment belongs to, EC2 describes
network interfaces and subnets of an account, or not at all, and a random password belongs to no secret yet.

Service Authorization Reference, November 2026. Nothing else that this tool writes may have the resource `*`.
"""

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
ASYNCHRONOUS = frozenset({"bus", "schedule", "bucket", "topic"})
"""Kinds of triggers whose caller does not wait, so that a failed event needs a place to go."""


def database_user(service: str) -> str:
    """The user of a database as whom a service may log in by IAM; `order-desk` is `order_desk`."""
    return service.replace("-", "_")


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
    key_actions: dict[str, set[str]] = {}
    for access in function.access:
        found.extend(rights.of_access(access))
        if service := rights.key_service(access):
            key_actions.setdefault(service, set()).update(_verb(access).key_actions)
    for trigger in function.triggers:
        found.extend(trigger_statements(function, trigger, environment))
        if service := stream_key_service(trigger, environment):
            key_actions.setdefault(service, set()).update(KEY_READ)
    rotated = [s for s in environment.secrets.values() if s.rotation_function == function.address]
    found.extend(rights.of_rotation(rotated))
    if any(secret.encryption == "customer_managed" for secret in rotated):
        key_actions.setdefault("secretsmanager", set()).update(KEY_WRITE)
    found.extend(rights.of_keys(key_actions))
    found.extend(rights.of_runtime(function))
    # Two lines can need the same statement (several flags, two triggers with one failure queue).
    named = {str(statement.sid): statement for statement in found}
    raw = (Statement(None, p.actions, p.resources) for p in function.permissions)
    return (*(named[sid] for sid in sorted(named)), *raw)


def _verb(access: ResolvedAccess) -> Verb:
    return KINDS[access.kind].verbs[access.verb]


def _aggregates(access: ResolvedAccess) -> Mapping[str, Mapping[str, str | tuple[str, ...]]]:
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
        if verb.actions:
            yield Statement(sid, verb.actions, self._resources(access), _aggregates(access))
        if verb.index_actions and (indexes := self._indexes(access)):
            yield Statement(f"{sid}Indexes", verb.index_actions, indexes)
        if verb.object_actions:
            bucket = self._at.bucket(self._environment.buckets[access.name].physical_name)
            yield Statement(f"{sid}Objects", verb.object_actions, (f"{bucket}/*",))
        if verb.secret_actions:
            secret = self._lookup("databases", outputs.database(access.name, outputs.SECRET_ARN))
            yield Statement(f"{sid}Secret", verb.secret_actions, (secret,))

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
                return (self._lookup("data", outputs.secret_arn(name)),)
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
                cluster = self._lookup("databases", outputs.database(name, outputs.RESOURCE_ID))
                return (at.arn("rds-db", f"dbuser:{cluster}/{database_user(self._service)}"),)
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

    def key_service(self, access: ResolvedAccess) -> str | None:
        """The service that uses our key for this line, or None."""
        environment, name = self._environment, access.name
        if access.kind == "tables" and environment.tables[name].encryption == "customer_managed":
            return "dynamodb"
        if access.kind == "event_stores":
            own = environment.tables[table_name(name)].encryption == "customer_managed"
            return "dynamodb" if own else None
        if access.kind == "buckets" and environment.buckets[name].encryption == "customer_managed":
            return "s3"
        if access.kind == "streams" and environment.streams[name].encryption == "customer_managed":
            return "kinesis"
        if access.kind == "secrets" and environment.secrets[name].encryption == "customer_managed":
            return "secretsmanager"
        return None

    def of_rotation(self, secrets: Iterable[ResolvedSecret]) -> Iterator[Statement]:
        """What changing secrets takes."""
        for secret in secrets:
            arn = self._lookup("data", outputs.secret_arn(secret.name))
            yield Statement(f"Rotation{pascal(secret.name)}", _ROTATION, (arn,))
            yield Statement("RandomPassword", _RANDOM, ("*",))

    def of_keys(self, actions: Mapping[str, set[str]]) -> Iterator[Statement]:
        """The key is used through the service that keeps the data, never by the function itself."""
        for service, needed in sorted(actions.items()):
            yield Statement(
                f"Key{pascal(service)}",
                tuple(sorted(needed)),
                (self._lookup("data", outputs.KEY_ARN),),
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
