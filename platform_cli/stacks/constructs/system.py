"""The stacks of a system. They only wire: what a resource looks like is the constructs' business."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Protocol, TypeVar

from aws_cdk import App

from platform_cli.blueprint.log_queries import of_api, of_service
from platform_cli.blueprint.resolved import (
    BucketTrigger,
    ResolvedApi,
    ResolvedEnvironment,
    ResolvedService,
)
from platform_cli.stacks import outputs
from platform_cli.stacks.alarms.composites import service_composites
from platform_cli.stacks.alarms.guarding import cache_alarms, database_alarms, firewall_alarms
from platform_cli.stacks.alarms.watching import api_alarms, data_alarms, delivery_alarms, function_alarms
from platform_cli.stacks.backups import is_used
from platform_cli.stacks.concerns import concerns_of, recovery_regions, regional_firewalls
from platform_cli.stacks.constructs.access_logs import LogBucket
from platform_cli.stacks.constructs.alarms import Alarms, AlarmTopics, Unhealthy
from platform_cli.stacks.constructs.backups import BackupPlan, Vault
from platform_cli.stacks.constructs.base import PlatformStack
from platform_cli.stacks.constructs.bucket_copies import BucketCopy
from platform_cli.stacks.constructs.buckets import Bucket, encryption_by
from platform_cli.stacks.constructs.budgets import Budget
from platform_cli.stacks.constructs.caches import Cache
from platform_cli.stacks.constructs.cost_anomalies import CostAnomalies
from platform_cli.stacks.constructs.databases import Database
from platform_cli.stacks.constructs.derived import DerivedMetrics
from platform_cli.stacks.constructs.domains import ApiDomain
from platform_cli.stacks.constructs.edge import add_guards, balancer_stack, cdn_stack, global_stack
from platform_cli.stacks.constructs.firewall import Association, Firewall
from platform_cli.stacks.constructs.flags import Flags
from platform_cli.stacks.constructs.functions import Code, Dependencies, Function
from platform_cli.stacks.constructs.http_api import HttpApi
from platform_cli.stacks.constructs.keys import DataKey
from platform_cli.stacks.constructs.logs import SavedQueries
from platform_cli.stacks.constructs.messaging import Bus, Queue, Topic
from platform_cli.stacks.constructs.networks import Network
from platform_cli.stacks.constructs.objectives import watch_service
from platform_cli.stacks.constructs.overview import overview_stack
from platform_cli.stacks.constructs.pools import UserPool
from platform_cli.stacks.constructs.releases import Releases, versions_for
from platform_cli.stacks.constructs.rest_api import STAGE, RestApi
from platform_cli.stacks.constructs.rotations import Rotation
from platform_cli.stacks.constructs.sampling import SamplingRule
from platform_cli.stacks.constructs.secrets import Secret
from platform_cli.stacks.constructs.security_events import SecurityEvents, watch_clients
from platform_cli.stacks.constructs.streams import Stream
from platform_cli.stacks.constructs.tables import Table
from platform_cli.stacks.constructs.triggers import Triggers
from platform_cli.stacks.derived import OF_APIS, OF_FUNCTIONS, api_namespace, function_namespace
from platform_cli.stacks.edge import guarded_apis
from platform_cli.stacks.events import Report, StackDefined
from platform_cli.stacks.keys import key_uses, replica_uses
from platform_cli.stacks.openapi import routes_of
from platform_cli.stacks.releases import in_order

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
            case "recovery":
                stack = recovery_stack(app, system, concern.name)
            case "data":
                stack = data_stack(app, system)
            case "observability":
                stack = observability_stack(app, system)
            case "identity":
                stack = identity_stack(app, system)
            case "events":
                stack = events_stack(app, system)
            case "firewalls":
                stack = firewalls_stack(app, system)
            case "network":
                stack = network_stack(app, system)
            case "databases":
                stack = databases_stack(app, system)
            case "service":
                service = system.services[concern.name]
                stack = service_stack(app, system, service, packages[service.name])
                watch_service(stack, system, service)
            case "api":
                stack = api_stack(app, system, system.apis[concern.name])
            case "global":
                stack = global_stack(app, system)
            case "cdn":
                stack = cdn_stack(app, system, system.cdns[concern.name])
            case "overview":
                stack = overview_stack(app, system)
            case "balancer":
                stack = balancer_stack(app, system, system.load_balancers[concern.name])
        for needed in concern.needs:
            stack.add_stack_dependency(stacks[needed])
        stacks[concern.key] = stack
        report(StackDefined(stack.stack_name, len(stacks), len(concerns)))
    return stacks


def recovery_stack(app: App, system: ResolvedEnvironment, region: str) -> PlatformStack:
    """What another region must have before copies can go there: vaults, and a key for replicas."""
    stack = PlatformStack(
        app, system, "recovery", region, description=f"Copies of the data of {system.system}", region=region
    )
    for plan in _sorted(system.backups.values()):
        if plan.copy_to == region and is_used(plan, system):
            Vault(stack, plan)
    key_arn: str | None = None
    if uses := replica_uses(system, region):
        key_arn = DataKey(stack, uses).arn
        stack.give(outputs.KEY_ARN, key_arn, "The customer-managed key of the copies")
    for bucket in _ours(system.buckets.values()):
        if region in bucket.replicas:
            own_key = bucket.encryption == "customer_managed"
            BucketCopy(stack, bucket, encryption_by(key_arn if own_key else None))
    return stack


def data_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """Tables, buckets, secrets, streams, flags, their backups, and the key of them all."""
    stack = PlatformStack(app, system, "data", description=f"Data of {system.system}")
    uses = key_uses(system)
    keys: dict[str, str] = {}
    if uses:
        keys[system.region] = DataKey(stack, uses).arn
        stack.give(outputs.KEY_ARN, keys[system.region], "The customer-managed key of the data")
    for region in recovery_regions(system):
        if replica_uses(system, region):
            keys[region] = stack.look_up("recovery", outputs.KEY_ARN, region)

    def keys_of(encryption: str) -> Mapping[str, str]:
        return keys if encryption == "customer_managed" else {}

    for table in _ours(system.tables.values()):
        made = Table(stack, table, keys_of(table.encryption))
        if table.stream:
            stack.give(outputs.table_stream_arn(table.name), made.stream_arn, f"Stream of table {table.name}")
    buckets = _ours(system.buckets.values())
    telling = _telling_buckets(system)
    recorded = [bucket for bucket in buckets if bucket.access_log_retention_days]
    log = LogBucket(stack, recorded) if recorded else None
    for bucket in buckets:
        Bucket(
            stack,
            bucket,
            keys_of(bucket.encryption).get(system.region),
            tells_events=bucket.name in telling,
            log=log if bucket.access_log_retention_days else None,
            copies=keys_of(bucket.encryption),
        )
    for secret in _sorted(system.secrets.values()):
        key_arn = keys_of(secret.encryption).get(system.region)
        stack.give(
            outputs.secret_arn(secret.name), Secret(stack, secret, key_arn).arn, f"Secret {secret.name}"
        )
    for plan in _sorted(system.backups.values()):
        if is_used(plan, system):
            BackupPlan(stack, plan, Vault(stack, plan).name, keys.get(system.region))
    for stream in _sorted(system.streams.values()):
        Stream(stack, stream)
    if system.flags:
        flags = Flags(stack)
        stack.give(outputs.FLAGS_APPLICATION_ID, flags.application_id, "AppConfig application of the flags")
        stack.give(outputs.FLAGS_ENVIRONMENT_ID, flags.environment_id, "AppConfig environment of the flags")
        stack.give(outputs.FLAGS_PROFILE_ID, flags.profile_id, "AppConfig profile of the flags")
        stack.give(outputs.FLAGS_STRATEGY_ID, flags.strategy_id, "AppConfig strategy for a change of flags")
    return stack


def observability_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """Whom alarms tell, the alarms of tables, queues and streams, and the budgets."""
    stack = PlatformStack(app, system, "observability", description=f"Alarms and budgets of {system.system}")
    if system.alarms.wanted:
        AlarmTopics(stack)
        for origin, alarms in groupby(data_alarms(system), key=lambda alarm: alarm.subject.origin):
            Alarms(stack, origin, alarms)
    if system.cost_anomalies:
        CostAnomalies(stack, system.cost_anomalies)
    for budget in _sorted(system.budgets.values()):
        Budget(stack, budget)
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
        if system.alarms.wanted:
            watch_clients(stack, identity, pool)
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
            rule_name = made.fill_from_bus(queue, system.buses[source.bus])
            made.after(buses[source.bus])
            if system.alarms.wanted:
                Alarms(stack, f"queues.{queue.name}.from", delivery_alarms(system, queue, rule_name))
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
        if system.alarms.wanted:
            Alarms(stack, f"databases.{database.name}", database_alarms(system, database))
    for cache in _sorted(system.caches.values()):
        Cache(stack, cache)
        if system.alarms.wanted:
            Alarms(stack, f"caches.{cache.name}", cache_alarms(system, cache))
    return stack


def firewalls_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """Firewalls of REST APIs and load balancers, several behind one; guards of what a CDN leads to."""
    stack = PlatformStack(app, system, "firewalls", description=f"Firewalls of {system.system}")
    for name in regional_firewalls(system):
        firewall = Firewall(stack, system.firewalls[name])
        stack.give(outputs.firewall_arn(name), firewall.arn, f"Firewall {name}")
        if system.alarms.wanted:
            alarms = firewall_alarms(system, system.firewalls[name], firewall.metric_name)
            Alarms(stack, f"firewalls.{name}", alarms)
    add_guards(stack, system)
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
    layers: dict[tuple[str, str], list[Dependencies]] = {}
    for (runtime, architecture), artifact in sorted(package.layers.items()):
        if artifact:
            made = Dependencies(stack, service, runtime, architecture, artifact)
            layers[runtime, architecture] = [made]
    functions: dict[str, Function] = {}
    watched: dict[str, Alarms] = {}
    for model in in_order(service):
        target = (model.runtime, model.architecture)
        versions = versions_for(model, system, functions)
        function = functions[model.name] = Function(stack, model, code, layers.get(target, []), versions)
        if model.triggers:
            Triggers(stack, function, model)
        for secret in _sorted(system.secrets.values()):
            if secret.rotation_function == model.address:
                Rotation(stack, secret, function)
        if system.alarms.wanted:
            origin = f"services.{service.name}.functions.{model.name}"
            namespace = function_namespace(stack.names, service.name, model.name)
            DerivedMetrics(stack, origin, function.log_group, namespace, OF_FUNCTIONS)
            watched[model.name] = Alarms(stack, origin, function_alarms(system, model))
    SavedQueries(stack, f"services.{service.name}", of_service(service), functions.values())
    Releases(stack, service, functions, watched)
    alarms = [alarm for _, one in sorted(watched.items()) for alarm in one.made]
    for composed in service_composites(system, service, alarms):
        Unhealthy(stack, service.name, composed, watched.values())
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
    made: HttpApi | RestApi
    if api.kind == "rest":
        made = RestApi(stack, api, served)
        if system.sampling and any(function.tracing for function, _ in served):
            SamplingRule(stack, api, STAGE, system.sampling)
        if api.firewall:
            firewall = stack.look_up("firewalls", outputs.firewall_arn(api.firewall))
            Association(stack, firewall, made.stage_arn, f"apis.{api.name}.firewall")
        elif api.name in guarded_apis(system):
            guard = stack.look_up("firewalls", outputs.guard_arn(api.name))
            Association(stack, guard, made.stage_arn, f"apis.{api.name}")
    else:
        made = HttpApi(stack, api, served)
    if api.security_stream:
        to = stack.at.stream(system.streams[api.security_stream].physical_name)
        SecurityEvents(stack, api.name, made.log_group, to)
    if system.alarms.wanted:
        origin, namespace = f"apis.{api.name}", api_namespace(stack.names, api.name)
        DerivedMetrics(stack, origin, made.log_group, namespace, OF_APIS)
        Alarms(stack, origin, api_alarms(system, api, made.api_id, made.stage.stage_name or ""))
    SavedQueries(stack, f"apis.{api.name}", of_api(api), [made])
    stack.give("ApiId", made.api_id, "Id of the API")
    stack.give("Url", made.url, "Where the API answers")
    if api.domain:
        domain = ApiDomain(stack, api.domain, api.name, made.api_id, made.stage)
        stack.give("DomainUrl", domain.url, "Where the API answers under its own name")
        stack.give("DomainTarget", domain.target, "What that name has to lead to")
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
