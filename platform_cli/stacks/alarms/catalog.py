"""Every alarm that there is, by kind of thing: the rules of the modules beside this one, together.

Names and dimensions of metrics are those that AWS publishes; `tests/stacks/alarms/test_published.py` holds
each against the page of AWS's documentation that says so. CloudWatch compares dimensions exactly: one too
few, and the alarm looks at a metric that nobody writes.
"""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.stacks.alarms.analytics_rules import APPLICATIONS
from platform_cli.stacks.alarms.apis import HTTP_APIS, REST_APIS
from platform_cli.stacks.alarms.backup_rules import BACKUPS
from platform_cli.stacks.alarms.databases import CACHES, DATABASES
from platform_cli.stacks.alarms.edge import BALANCERS, CDNS, CERTIFICATES, TARGETS
from platform_cli.stacks.alarms.firewalls import CDN_FIREWALLS, FIREWALLS
from platform_cli.stacks.alarms.functions import FUNCTIONS
from platform_cli.stacks.alarms.identity import CLIENTS
from platform_cli.stacks.alarms.messaging import DEAD_LETTERS, QUEUES, STREAMS, TOPICS
from platform_cli.stacks.alarms.rule import AlarmRule, Severity
from platform_cli.stacks.alarms.tables import INDEXES, REPLICAS, TABLES

RULES: Mapping[str, tuple[AlarmRule, ...]] = {
    "function": FUNCTIONS,
    "http-api": HTTP_APIS,
    "rest-api": REST_APIS,
    "table": TABLES,
    "index": INDEXES,
    "replica": REPLICAS,
    "queue": QUEUES,
    "dead-letters": DEAD_LETTERS,
    "topic": TOPICS,
    "stream": STREAMS,
    "database": DATABASES,
    "cache": CACHES,
    "firewall": FIREWALLS,
    "cdn-firewall": CDN_FIREWALLS,
    "cdn": CDNS,
    "balancer": BALANCERS,
    "target": TARGETS,
    "certificate": CERTIFICATES,
    "backup": BACKUPS,
    "client": CLIENTS,
    "application": APPLICATIONS,
}
"""The alarms by kind of thing that they watch."""

UNHEALTHY = "services.unhealthy"
"""The key of the composite alarm of a service."""
UNHEALTHY_SEVERITY: Severity = "info"
"""Those it is made of have already told whoever must act."""


def rule_of(kind: str, name: str) -> AlarmRule:
    """The rule of a kind of thing by the last word of its key."""
    return next(rule for rule in RULES[kind] if rule.name == name)
