"""The stacks that services and APIs stand on: alarms, users, events, networks, firewalls."""

from __future__ import annotations

from itertools import groupby

from aws_cdk import App

from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.stacks import outputs
from platform_cli.stacks.alarms.entrances import firewall_alarms
from platform_cli.stacks.alarms.watching import data_alarms, delivery_alarms
from platform_cli.stacks.concerns import regional_firewalls
from platform_cli.stacks.constructs.alarms import Alarms, AlarmTopics
from platform_cli.stacks.constructs.base import PlatformStack
from platform_cli.stacks.constructs.budgets import Budget
from platform_cli.stacks.constructs.cost_anomalies import CostAnomalies
from platform_cli.stacks.constructs.edge import add_guards
from platform_cli.stacks.constructs.firewall import Firewall
from platform_cli.stacks.constructs.keys import DataKey
from platform_cli.stacks.constructs.log_keys import LogKey
from platform_cli.stacks.constructs.messaging import Bus, Queue, Topic
from platform_cli.stacks.constructs.networks import FLOW_LOGS, Network
from platform_cli.stacks.constructs.pools import UserPool
from platform_cli.stacks.constructs.security_events import watch_clients
from platform_cli.stacks.constructs.sign_ins import FailedSignIns
from platform_cli.stacks.keys import event_key_uses, sender_statements
from platform_cli.stacks.ordering import by_name, ours


def observability_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """Whom alarms tell, the alarms of tables, queues and streams, and the budgets."""
    stack = PlatformStack(app, system, "observability", description=f"Alarms and budgets of {system.system}")
    if system.alarms.wanted:
        AlarmTopics(stack)
        for origin, alarms in groupby(data_alarms(system), key=lambda alarm: alarm.subject.origin):
            Alarms(stack, origin, alarms)
    if system.cost_anomalies:
        CostAnomalies(stack, system.cost_anomalies)
    for budget in by_name(system.budgets.values()):
        Budget(stack, budget)
    return stack


def identity_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """User pools with their clients."""
    stack = PlatformStack(app, system, "identity", description=f"Users of {system.system}")
    for identity in by_name(system.identity.values()):
        pool = UserPool(stack, identity)
        stack.give(outputs.pool_id(identity.name), pool.pool_id, f"User pool {identity.name}")
        for client in sorted(identity.clients):
            output = outputs.client_id(identity.name, client)
            stack.give(output, pool.client_id(client), f"Client {client} of user pool {identity.name}")
        for machine in sorted(identity.machines):
            output = outputs.machine_id(identity.name, machine)
            stack.give(output, pool.machine_id(machine), f"Machine {machine} of user pool {identity.name}")
        # The local AWS answers at an address of its own, which no template knows.
        if identity.domain_prefix and system.target == "aws":
            url = stack.at.token_url(identity.domain_prefix)
            stack.give(outputs.token_url(identity.name), url, f"Tokens for machines of {identity.name}")
        if identity.security_stream:
            FailedSignIns(stack, identity, pool, system.streams[identity.security_stream])
        if system.alarms.wanted:
            watch_clients(stack, identity, pool)
    return stack


def events_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """Buses, topics and queues."""
    stack = PlatformStack(app, system, "events", description=f"Events of {system.system}")
    key_arn: str | None = None
    if uses := event_key_uses(system):
        key_arn = DataKey(stack, uses, "events", sender_statements(system, stack.at)).arn
        stack.give(outputs.KEY_ARN, key_arn, "The customer-managed key of the events")
    buses = {bus.name: Bus(stack, bus) for bus in by_name(system.buses.values())}
    topics = {
        topic.name: Topic(stack, topic, key_arn if topic.encryption == "customer_managed" else None)
        for topic in by_name(system.topics.values())
    }
    for queue in by_name(system.queues.values()):
        made = Queue(stack, queue, key_arn if queue.encryption == "customer_managed" else None)
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
    networks = ours(system.networks.values())
    recorded = any(network.flow_logs for network in networks)
    keyed = recorded and system.logs.encryption == "customer_managed"
    log_key = LogKey(stack, "flow-logs", FLOW_LOGS).arn if keyed else None
    for network in networks:
        Network(stack, network, log_key)
    return stack


def firewalls_stack(app: App, system: ResolvedEnvironment) -> PlatformStack:
    """Firewalls of REST APIs and load balancers, several behind one; guards of what a CDN leads to."""
    stack = PlatformStack(app, system, "firewalls", description=f"Firewalls of {system.system}")
    for name in regional_firewalls(system):
        firewall = Firewall(stack, system.firewalls[name])
        stack.give(outputs.firewall_arn(name), firewall.arn, f"Firewall {name}")
        if system.alarms.wanted:
            alarms = firewall_alarms(system, system.firewalls[name])
            Alarms(stack, f"firewalls.{name}", alarms)
    add_guards(stack, system)
    return stack
