"""An override of a protected environment never protects less: one weakening after the other, each refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from platform_cli.blueprint.loading import Inspection

BASE = """
blueprint: 1
system: shop
owner: team-commerce
environments:
  prod: { account: "222222222222", region: eu-west-1, protect: PROTECT, overrides: { OVERRIDES } }
networks: { main: { cidr: 10.0.0.0/16 } }
tables: { main: { partition_key: PK, encryption: customer_managed, backup: standard } }
buckets:
  receipts: { versioned: true, replicas: [eu-central-1], lifecycle: { expire_noncurrent_after_days: 90 } }
databases: { ledger: { engine: aurora-postgresql, network: main, readers: 1 } }
caches: { sessions: { network: main, multi_az: true } }
secrets: { key: { generate: {}, rotation: { every_days: 30, function: keys.rotate } } }
backups: { standard: { daily: { keep_days: 35 }, lock: { keep_at_least_days: 7, final_after_days: 3 } } }
firewalls:
  wall:
    { sql_injection: block, blocked_countries: [KP], block_ips: [192.0.2.0/24], rate_limit_per_5_minutes: 99 }
queues: { jobs: {} }
identity: { users: { self_sign_up: false } }
apis:
  partner:
    kind: rest
    firewall: wall
    authorizer: users
    throttle: { rate: 1, burst: 1 }
    usage_plans: { a: { keys: [b] } }
alarms: { contacts: { critical: [oncall@example.com], info: [team@example.com] } }
services:
  keys: { functions: { rotate: { handler: keys.rotate.handler, routes: [GET /x], log_retention_days: 365 } } }
"""

PROPERTIES = "path: /Resources/X/Properties"
UNSAFE = "value: false, reason: why"
WEAKER = (
    "tables: { main: { point_in_time_recovery: false } }",
    "tables: { main: { encryption: aws_owned } }",
    "tables: { main: { backup: null } }",
    'tables: { main: { contributor_insights: "off" } }',
    "backups: { standard: { daily: { keep_days: 7 } } }",
    "backups: { standard: { lock: { final_after_days: null } } }",
    "buckets: { receipts: { versioned: false } }",
    "buckets: { receipts: { access_log: false } }",
    "buckets: { receipts: { replicas: [] } }",
    "buckets: { receipts: { lifecycle: { expire_noncurrent_after_days: 1 } } }",
    "databases: { ledger: { readers: 0 } }",
    "caches: { sessions: { multi_az: false } }",
    "networks: { main: { flow_logs: false } }",
    "secrets: { key: { rotation: null } }",
    "secrets: { key: { rotation: { every_days: 365 } } }",
    "queues: { jobs: { dead_letter: null } }",
    "queues: { jobs: { retention_days: 1 } }",
    "identity: { users: { self_sign_up: true } }",
    "identity: { users: { password: { numbers: false } } }",
    "firewalls: { wall: { mode: count } }",
    "firewalls: { wall: { sql_injection: count } }",
    "firewalls: { wall: { sql_injection: null } }",
    "firewalls: { wall: { managed: [core] } }",
    "firewalls: { wall: { count: [core] } }",
    "firewalls: { wall: { blocked_countries: [] } }",
    "firewalls: { wall: { block_ips: [] } }",
    "firewalls: { wall: { rate_limit_per_5_minutes: null } }",
    "apis: { partner: { authorizer: null } }",
    "apis: { partner: { throttle: null } }",
    "apis: { partner: { usage_plans: null } }",
    'apis: { partner: { cors: { origins: ["*"] } } }',
    "logs: { encryption: aws_managed }",
    "logs: { mask: [] }",
    "defaults: { log_retention_days: 60 }",
    "services: { keys: { functions: { rotate: { log_retention_days: 90 } } } }",
    "alarms: { functions: { errors: { enabled: false } } }",
    "services: { keys: { functions: { rotate: { alarms: { errors: { enabled: false } } } } } }",
    "alarms: { contacts: { critical: [] } }",
    f"patches: {{ data: [{{ op: replace, {PROPERTIES}/DeletionProtectionEnabled, {UNSAFE} }}] }}",
    f"patches: {{ data: [{{ op: remove, {PROPERTIES}/VersioningConfiguration, reason: r }}] }}",
    f"patches: {{ databases: [{{ op: replace, {PROPERTIES}/TransitEncryptionEnabled, {UNSAFE} }}] }}",
    "patches: { data: [{ op: remove, path: /Resources/BucketPolicy, reason: r }] }",
    "patches: { data: [{ op: add, path: /Resources/X/DeletionPolicy, value: Delete, reason: r }] }",
)
AS_STRONG = (
    "defaults: { log_retention_days: 90 }",
    "logs: { encryption: customer_managed }",
    "backups: { standard: { daily: { keep_days: 60 } } }",
    "buckets: { receipts: { lifecycle: { expire_noncurrent_after_days: 365 } } }",
    "databases: { ledger: { readers: 2, capacity: { max_acu: 64 } } }",
    "secrets: { key: { rotation: { every_days: 7 } } }",
    "firewalls: { wall: { blocked_countries: [KP, IR], rate_limit_per_5_minutes: 5000 } }",
    "alarms: { functions: { errors: { threshold: 2 } }, contacts: { critical: [other@example.com] } }",
    f"patches: {{ data: [{{ op: add, {PROPERTIES}/DeletionProtectionEnabled, value: true, reason: r }}] }}",
    f"patches: {{ data: [{{ op: add, {PROPERTIES}/Tags/0/Value, value: a, reason: r }}] }}",
)


def refused(
    inspect: Callable[..., Inspection], overrides: str, *, protect: str = "true", beside: str = ""
) -> list[str]:
    text = BASE.replace("OVERRIDES", overrides).replace("PROTECT", protect) + beside
    found = inspect(text).findings
    assert [f.message for f in found if f.code in ("unknown-key", "wrong-type", "yaml-syntax")] == []
    return [finding.message for finding in found if finding.code == "weakened-protection"]


@pytest.mark.parametrize("override", WEAKER)
def test_each_weakening_is_refused_once_and_only_where_the_environment_is_protected(
    inspect: Callable[..., Inspection], override: str
) -> None:
    assert len(refused(inspect, override)) == 1
    assert refused(inspect, override, protect="false") == []


@pytest.mark.parametrize("override", AS_STRONG)
def test_what_is_as_strong_or_stronger_is_taken(inspect: Callable[..., Inspection], override: str) -> None:
    assert refused(inspect, override) == []


def test_a_patch_of_every_environment_is_a_decision_of_its_own(inspect: Callable[..., Inspection]) -> None:
    patch = f"patches: {{ data: [{{ op: replace, {PROPERTIES}/MultiAZEnabled, {UNSAFE} }}] }}"
    assert len(refused(inspect, patch)) == 1
    assert refused(inspect, patch, beside=patch) == []


def test_the_reason_names_the_default_of_protected_environments(inspect: Callable[..., Inspection]) -> None:
    [message] = refused(inspect, "defaults: { log_retention_days: 60 }")
    assert message == (
        "environment prod is protected, and its override changes defaults.log_retention_days from 90 to 60: "
        "logs would be kept for a shorter time"
    )
