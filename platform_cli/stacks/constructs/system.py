"""The stacks of a system. They only wire: what a resource looks like is the constructs' business."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar

from aws_cdk import App

from platform_cli.blueprint.resolved import (
    BucketTrigger,
    ResolvedApi,
    ResolvedEnvironment,
    ResolvedService,
)
from platform_cli.stacks import outputs
from platform_cli.stacks.concerns import concerns_of, uses_key
from platform_cli.stacks.constructs.base import PlatformStack
from platform_cli.stacks.constructs.buckets import Bucket
from platform_cli.stacks.constructs.caches import Cache
from platform_cli.stacks.constructs.databases import Database
from platform_cli.stacks.constructs.flags import Flags
from platform_cli.stacks.constructs.functions import Code, Dependencies, Function
from platform_cli.stacks.constructs.http_api import HttpApi
from platform_cli.stacks.constructs.keys import DataKey
from platform_cli.stacks.constructs.messaging import Bus, Queue, Topic
from platform_cli.stacks.constructs.networks import Network
from platform_cli.stacks.constructs.pools import UserPool
from platform_cli.stacks.constructs.secrets import Secret
from platform_cli.stacks.constructs.streams import Stream
from platform_cli.stacks.constructs.tables import Table
from platform_cli.stacks.constructs.triggers import Triggers
from platform_cli.stacks.events import Report, StackDefined
from platform_cli.stacks.openapi import routes_of

if TYPE_CHECKING:
    from platform_cli.package.building import ServicePackage


READABLE_ROUTES = 200
"""Beyond as many, an API's template is written without indentation: CloudFormation takes 1 MB of text."""


class _HasName(Protocol):
    @property
    def name(self) -> str: ...


class _MayBeExternal(_HasName, Protocol):
    @property
    def external(self) -> bool: ...


_Named = TypeVar("_Named", bound=_HasName)
_Kept = TypeVar("_Kept", bound=_MayBeExternal)


def build_stacks(
    app: App, system: ResolvedEnvironment, packages: Mapping[str, ServicePackage], report: Report
) -> Mapping[str, PlatformStack]:
    """All stacks of a system, each to be deployed after those it needs; by the keys of their concerns."""
    stacks: dict[str, PlatformStack] = {}
    concerns = concerns_of(system)
    for concern in concerns:
        match concern.kind:
            case "data":
                stack = data_stack(app, system)
            case "identity":
                stack = identity_stack(app, system)
            case "events":
                stack = events_stack(app, system)
            case "network":
                stack = network_stack(app, system)
            case "databases":
                stack = databases_stack(app, system)
            case "service":
                service = system.services[concern.name]
                stack = service_stack(app, system, service, packages[service.name])
            case "api":
                stack = api_stack(app, system, system.apis[concern.name])
        for needed in concern.needs:
            stack.add_stack_dependency(stacks[needed])
        stacks[concern.key] = stack
        report(StackDefined(stack.stack_name, len(stacks), len(concerns)))
    return stacks


def data_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """Tables, buckets, secrets, streams, flags, and the key of their data."""
    stack = PlatformStack(app, system, "data", description=f"Data of {system.system}")
    key = DataKey(stack) if uses_key(system) else None
    if key:
        stack.give(outputs.KEY_ARN, key.arn, "The customer-managed key of the data")

    def key_of(encryption: str) -> str | None:
        return key.arn if key and encryption == "customer_managed" else None

    for table in _ours(system.tables.values()):
        made = Table(stack, table, key_of(table.encryption))
        if table.stream:
            stack.give(outputs.table_stream_arn(table.name), made.stream_arn, f"Stream of table {table.name}")
    telling = _telling_buckets(system)
    for bucket in _ours(system.buckets.values()):
        Bucket(stack, bucket, key_of(bucket.encryption), tells_events=bucket.name in telling)
    for secret in _sorted(system.secrets.values()):
        stack.give(outputs.secret_arn(secret.name), Secret(stack, secret).arn, f"Secret {secret.name}")
    for stream in _sorted(system.streams.values()):
        Stream(stack, stream)
    if system.flags:
        flags = Flags(stack)
        stack.give(outputs.FLAGS_APPLICATION_ID, flags.application_id, "AppConfig application of the flags")
        stack.give(outputs.FLAGS_ENVIRONMENT_ID, flags.environment_id, "AppConfig environment of the flags")
        stack.give(outputs.FLAGS_PROFILE_ID, flags.profile_id, "AppConfig profile of the flags")
        stack.give(outputs.FLAGS_STRATEGY_ID, flags.strategy_id, "AppConfig strategy for a change of flags")
    return stack


def identity_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """User pools with their clients."""
    stack = PlatformStack(app, system, "identity", description=f"Users of {system.system}")
    for identity in _sorted(system.identity.values()):
        pool = UserPool(stack, identity)
        stack.give(outputs.pool_id(identity.name), pool.pool_id, f"User pool {identity.name}")
        for client in sorted(identity.clients):
            output = outputs.client_id(identity.name, client)
            stack.give(output, pool.client_id(client), f"Client {client} of user pool {identity.name}")
    return stack


def events_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """Buses, topics and queues."""
    stack = PlatformStack(app, system, "events", description=f"Events of {system.system}")
    buses = {bus.name: Bus(stack, bus) for bus in _sorted(system.buses.values())}
    topics = {topic.name: Topic(stack, topic) for topic in _sorted(system.topics.values())}
    for queue in _sorted(system.queues.values()):
        made = Queue(stack, queue)
        source = queue.subscription
        if source and source.bus:
            made.fill_from_bus(queue, system.buses[source.bus])
            made.after(buses[source.bus])
        if source and source.topic:
            made.fill_from_topic(queue, system.topics[source.topic])
            made.after(topics[source.topic])
    return stack


def network_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """Networks of ours."""
    stack = PlatformStack(app, system, "network", description=f"Networks of {system.system}")
    for network in _ours(system.networks.values()):
        Network(stack, network)
    return stack


def databases_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """Databases and caches: apart from the other data, as they take minutes where a table takes seconds."""
    stack = PlatformStack(app, system, "databases", description=f"Databases and caches of {system.system}")
    for database in _sorted(system.databases.values()):
        Database(stack, database)
    for cache in _sorted(system.caches.values()):
        Cache(stack, cache)
    return stack


def service_stack(
    app: App, system: ResolvedEnvironment, service: ResolvedService, package: ServicePackage
) -> PlatformStack:
    """The functions of a service with all that belongs to them."""
    stack = PlatformStack(
        app,
        system,
        "service",
        service.name,
        description=f"Service {service.name} of {system.system}",
        tags={"service": service.name},
    )
    code = Code(stack, "Code", package.code)
    layers: dict[tuple[str, str], list[str]] = {}
    for (runtime, architecture), artifact in sorted(package.layers.items()):
        if artifact:
            made = Dependencies(stack, service, runtime, architecture, artifact)
            layers[runtime, architecture] = [made.arn]
    for model in _sorted(service.functions.values()):
        target = (model.runtime, model.architecture)
        function = Function(stack, model, code, layers.get(target, []))
        if model.triggers:
            Triggers(stack, function, model)
    return stack


def api_stack(app: App, system: ResolvedEnvironment, api: ResolvedApi) -> PlatformStack:
    """An API with all of its routes."""
    served = routes_of(api, system.functions)
    stack = PlatformStack(
        app,
        system,
        "api",
        api.name,
        description=f"API {api.name} of {system.system}",
        compact=len(served) > READABLE_ROUTES,
    )
    made = HttpApi(stack, api, served)
    stack.give("ApiId", made.api_id, "Id of the API")
    stack.give("Url", made.url, "Where the API answers")
    return stack


def _ours(things: Iterable[_Kept]) -> list[_Kept]:
    return [thing for thing in _sorted(things) if not thing.external]


def _sorted(things: Iterable[_Named]) -> list[_Named]:
    return sorted(things, key=lambda thing: thing.name)


def _telling_buckets(system: ResolvedEnvironment) -> set[str]:
    return {
        trigger.bucket
        for function in system.functions
        for trigger in function.triggers
        if isinstance(trigger, BucketTrigger)
    }
