"""An override of a protected environment never protects less: one weakening after the other, each refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from platform_cli.blueprint.loading import Inspection

BASE = """
blueprint: 1
system: shop
owner: team-commerce
tags: { kept: daily }
environments:
  prod: { account: "222222222222", region: eu-west-1, protect: PROTECT, overrides: { OVERRIDES } }
networks: { main: { cidr: 10.0.0.0/16, availability_zones: 3, nat_gateways: 2, endpoints: [dynamodb] } }
tables:
  main: { partition_key: PK, encryption: customer_managed, backup: standard }
  other: { partition_key: PK }
buckets:
  receipts: { versioned: true, replicas: [eu-central-1], lifecycle: { expire_noncurrent_after_days: 90 } }
  plain: {}
databases: { ledger: { engine: aurora-postgresql, network: main, readers: 1, encryption: customer_managed } }
topics: { news: { encryption: customer_managed } }
caches: { sessions: { network: main }, rates: { network: main, multi_az: true } }
secrets:
  key: { generate: { length: 48 }, rotation: { every_days: 30, function: keys.turn, strategy: api_key } }
  ledger: { database: ledger, rotation: { every_days: 30, function: keys.turn, strategy: alternating_users } }
backups:
  standard:
    daily: { keep_days: 35 }
    lock: { keep_at_least_days: 7, final_after_days: 3 }
    select: { tags: { kept: daily } }
  short: { daily: { keep_days: 7 } }
  long: { daily: { keep_days: 350 }, lock: { keep_at_least_days: 7, final_after_days: 3 } }
firewalls:
  wall:
    blocked_countries: [KP]
    block_ips: [192.0.2.0/24]
    allow_ips: [198.51.100.0/24]
    rate_limit_per_5_minutes: 99
  default: {}
queues: { jobs: {}, lost: {} }
streams: { clicks: { retention_hours: 48 } }
identity: { users: { self_sign_up: false, mfa: required, security_events: { stream: clicks } }, guests: {} }
apis:
  partner:
    kind: rest
    firewall: wall
    authorizer: users
    throttle: { rate: 1, burst: 1 }
    usage_plans: { a: { keys: [b], quota: { requests: 5 } } }
    allowed_ips: [203.0.113.0/24]
    security_events: { stream: clicks }
    models: { Order: { type: object } }
  open: { kind: rest, cors: { origins: ["https://a.example"] } }
cdns: { site: { assets: web } }
alarms: { contacts: { critical: [oncall@example.com], warning: [w@example.com], info: [team@example.com] } }
flags_release: { strategy: linear, alarms: [errors] }
services:
  keys:
    metrics: { Failed: { alarm: { above: 3 } } }
    functions:
      turn:
        handler: keys.turn.handler
        network: main
        routes:
          - { api: partner, route: GET /x, scopes: [read], request: { headers: [X-T] } }
          - { api: partner, route: POST /x, request: { body: Order } }
        access: { tables.main: { verb: read, indexes: [] } }
        triggers: [{ stream: clicks, on_failure: lost }]
        release: { strategy: canary_10_percent_5_minutes, alarms: [errors], hooks: { pre_traffic: check } }
        log_retention_days: 365
      check: { handler: keys.check.handler, encryption: customer_managed }
"""

PROPERTIES = "path: /Resources/X/Properties"
UNSAFE = "value: false, reason: why"
FUNCTION = "services: { keys: { functions: { turn: { %s } } } }"
PATCH = "patches: { data: [{ %s, reason: why }] }"
WEAKER = (
    "tables: { main: null }",
    "tables: { main: { point_in_time_recovery: false } }",
    "tables: { main: { encryption: aws_owned } }",
    "tables: { main: { backup: null } }",
    "tables: { main: { backup: short } }",
    "tables: { main: { ttl: expires } }",
    'tables: { main: { contributor_insights: "off" } }',
    "tags: { kept: never }",
    "tags: { kept: null }",
    "backups: { standard: { daily: { keep_days: 7 } } }",
    "backups: { standard: { lock: { final_after_days: null } } }",
    "backups: { standard: { lock: { final_after_days: 300 } } }",
    "backups: { standard: { select: { tags: { kept: null } } } }",
    "backups: { standard: { select: { tags: { more: of } } } }",
    "buckets: { receipts: { versioned: false } }",
    "buckets: { plain: { versioned: false } }",
    "buckets: { plain: { lifecycle: { expire_noncurrent_after_days: 30 } } }",
    "buckets: { plain: { lifecycle: { expire_after_days: 365 } } }",
    "buckets: { receipts: { access_log: false } }",
    "buckets: { receipts: { replicas: [] } }",
    "buckets: { receipts: { lifecycle: { expire_noncurrent_after_days: 1 } } }",
    "databases: { ledger: { readers: 0 } }",
    "databases: { ledger: { backup_retention_days: 7 } }",
    "caches: { sessions: { multi_az: false } }",
    "caches: { rates: { multi_az: false } }",
    "networks: { main: { flow_logs: false } }",
    "networks: { main: { nat_gateways: 1 } }",
    "networks: { main: { endpoints: [] } }",
    "secrets: { key: { rotation: null } }",
    "secrets: { key: { rotation: { every_days: 365 } } }",
    "secrets: { key: { rotation: { strategy: generic } } }",
    "secrets: { ledger: { rotation: { strategy: single_user } } }",
    "secrets: { ledger: { rotation: { strategy: null } } }",
    "secrets: { key: { rotation: { function: null } } }",
    "secrets: { key: { generate: { length: 8 } } }",
    "queues: { jobs: { dead_letter: null } }",
    "queues: { jobs: { retention_days: 1 } }",
    "streams: { clicks: { retention_hours: 24 } }",
    "identity: { users: { self_sign_up: true } }",
    "identity: { users: { mfa: optional } }",
    "identity: { users: { password: { numbers: false } } }",
    "firewalls: { wall: { mode: count } }",
    "firewalls: { wall: { sql_injection: count } }",
    "firewalls: { wall: { sql_injection: null } }",
    "firewalls: { wall: { cross_site_scripting: null } }",
    "firewalls: { wall: { managed: [core] } }",
    "firewalls: { wall: { count: [core] } }",
    "firewalls: { wall: { blocked_countries: [] } }",
    "firewalls: { wall: { block_ips: [] } }",
    "firewalls: { wall: { block_ips: [192.0.2.0/25] } }",
    "firewalls: { wall: { allow_ips: [198.51.0.0/16] } }",
    "firewalls: { default: { allow_ips: [198.51.100.1/32] } }",
    "firewalls: { wall: { rate_limit_per_5_minutes: null } }",
    "firewalls: { wall: { rate_limit_per_5_minutes: 100 } }",
    "firewalls: { default: { rate_limit_per_5_minutes: 5000 } }",
    "firewalls: { wall: { log_retention_days: 30 } }",
    "apis: { partner: { firewall: null } }",
    "apis: { partner: { firewall: default } }",
    "apis: { partner: { authorizer: null } }",
    "apis: { partner: { authorizer: guests } }",
    "apis: { partner: { throttle: null } }",
    "apis: { partner: { usage_plans: null } }",
    "apis: { partner: { usage_plans: { a: { quota: null } } } }",
    'apis: { partner: { cors: { origins: ["*"] } } }',
    "apis: { open: { cors: { credentials: true } } }",
    "apis: { partner: { allowed_ips: [] } }",
    "apis: { partner: { allowed_ips: [0.0.0.0/0] } }",
    "apis: { partner: { allowed_ips: [203.0.113.0/24, 198.51.100.1/32] } }",
    'apis: { partner: { allowed_ips: [203.0.113.0/24, "2001:db8::/64"] } }',
    "apis: { partner: { security_events: null } }",
    "apis: { partner: { access_log_retention_days: 30 } }",
    "cdns: { site: { content_security_policy: \"default-src 'self'\" } }",
    "logs: { encryption: aws_managed }",
    "logs: { mask: [] }",
    "defaults: { log_retention_days: 60 }",
    "alarms: { functions: { errors: { enabled: false } } }",
    "alarms: { functions: { errors: { severity: info } } }",
    "alarms: { contacts: { critical: [] } }",
    "alarms: { contacts: { warning: [] } }",
    "flags_release: { strategy: all_at_once }",
    "flags_release: { alarms: [] }",
    "extend: only_there.py",
    "services: { keys: { metrics: { Failed: { alarm: null } } } }",
    "services: { keys: { presets: [{ preset: user_data, table: other }] } }",
    "databases: { ledger: { encryption: aws_managed } }",
    "topics: { news: { encryption: aws_managed } }",
    "identity: { users: { security_events: null } }",
    "services: { keys: { functions: { check: { encryption: null } } } }",
    "services: { keys: { functions: { check: { log_retention_days: 60 } } } }",
    *(
        FUNCTION % what
        for what in (
            "log_retention_days: 90",
            "log_retention_days: null",
            "alarms: { errors: { enabled: false } }",
            "network: null",
            "routes: [{ api: partner, route: GET /x, auth: none }]",
            "routes: [{ api: partner, route: GET /x, scopes: [read, more], request: { headers: [X-T] } }]",
            "routes: [{ api: partner, route: GET /x, scopes: [read] }]",
            "routes: [{ api: partner, route: POST /x, request: { headers: [X-T] } }]",
            "routes: [{ api: partner, route: POST /x, request: { body: Order }, api_key: false }]",
            "triggers: [{ stream: clicks }]",
            "access: { tables.main: { verb: read_write } }",
            "access: { tables.main: read }",
            "permissions: [{ actions: [ses:SendEmail], resources: [a], reason: why }]",
            "release: null",
            "release: { strategy: all_at_once }",
            "release: { alarms: [] }",
            "release: { hooks: null }",
        )
    ),
    *(
        PATCH % what
        for what in (
            "op: replace, path: /Resources/X/Properties/DeletionProtectionEnabled, value: false",
            "op: remove, path: /Resources/X/Properties/VersioningConfiguration",
            "op: replace, path: /Resources/X/Properties/TransitEncryptionEnabled, value: false",
            "op: replace, path: /Resources/X/Properties/TransitEncryptionMode, value: preferred",
            "op: replace, path: /Resources/X/Properties/ManageMasterUserPassword, value: false",
            "op: replace, path: /Resources/X/Properties/BackupRetentionPeriod, value: 1",
            "op: remove, path: /Resources/X/Properties/BucketEncryption",
            "op: remove, path: /Resources/X/Properties/StreamEncryption",
            "op: replace, path: /Resources/X/Properties/ReplicaRegions, value: []",
            'op: replace, path: /Resources/X/Properties/LoadBalancerAttributes/2/Value, value: "false"',
            "op: replace, path: /Resources/X/Properties/Replicas/0/SSESpecification, value: {}",
            "op: replace, path: /Resources/X/Properties/Policies/0, value: {}",
            "op: replace, path: /Resources/X/Properties, value: {}",
            "op: replace, path: /Resources/X, value: {}",
            "op: remove, path: /Resources/BucketPolicy",
            "op: remove, path: /Resources",
            "op: move, from: /Resources/X, path: /Metadata/X",
            "op: move, from: /Resources/X/Properties/KmsKeyId, path: /Metadata/X",
            "op: copy, from: /Metadata/X, path: /Resources/X/Properties/KeyPolicy",
            "op: add, path: /Resources/X/DeletionPolicy, value: Delete",
            "op: add, path: /Resources/X/Condition, value: Never",
            "op: add, path: /Resources/X/Properties/Settings, value: { In: [{ StorageEncrypted: false }] }",
        )
    ),
)
AS_STRONG = (
    "defaults: { log_retention_days: 90 }",
    "logs: { encryption: customer_managed }",
    "tables: { main: { backup: long } }",
    "backups: { standard: { daily: { keep_days: 60 } } }",
    "buckets: { receipts: { lifecycle: { expire_noncurrent_after_days: 365 } } }",
    "buckets: { plain: { lifecycle: { expire_noncurrent_after_days: 365 } } }",
    "buckets: { plain: { versioned: true } }",
    "databases: { ledger: { readers: 2, capacity: { max_acu: 64 }, backup_retention_days: 35 } }",
    "secrets: { key: { rotation: { every_days: 7, strategy: jwt_key } } }",
    "firewalls: { wall: { blocked_countries: [KP, IR], rate_limit_per_5_minutes: 98 } }",
    "firewalls: { wall: { block_ips: [192.0.0.0/16], allow_ips: [198.51.100.0/25] } }",
    "apis: { partner: { allowed_ips: [198.51.100.16/28], throttle: { rate: 100 } } }",
    "cdns: { site: { content_security_policy: \"default-src 'self' a.example; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'\" } }",
    "networks: { main: { nat_gateways: 3 } }",
    "networks: { main: { nat_gateways: 0 } }",
    "alarms: { functions: { errors: { threshold: 2 } }, contacts: { critical: [other@example.com] } }",
    FUNCTION % "routes: [{ api: partner, route: GET /x, scopes: [read], request: { headers: [X-T, A] } }]",
    FUNCTION % "triggers: [{ stream: clicks, on_failure: jobs, batch_size: 7 }]",
    PATCH % "op: add, path: /Resources/X/Properties/DeletionProtectionEnabled, value: true",
    PATCH % "op: add, path: /Resources/X/Properties/Tags/0/Value, value: a",
    PATCH % "op: add, path: /Resources/New, value: { Type: AWS::SNS::Topic }",
)


def refused(
    inspect: Callable[..., Inspection], overrides: str, *, protect: str = "true", beside: str = ""
) -> list[str]:
    text = BASE.replace("OVERRIDES", overrides).replace("PROTECT", protect) + beside
    found = inspect(text).findings
    assert [f.message for f in found if f.code in ("unknown-key", "wrong-type", "yaml-syntax")] == []
    return [finding.message for finding in found if finding.code == "weakened-protection"]


@pytest.mark.parametrize("override", WEAKER)
def test_each_weakening_is_refused_once(inspect: Callable[..., Inspection], override: str) -> None:
    assert len(refused(inspect, override)) == 1


@pytest.mark.parametrize("override", WEAKER[::20])
def test_an_environment_that_is_not_protected_may_have_less(
    inspect: Callable[..., Inspection], override: str
) -> None:
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
