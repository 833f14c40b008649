"""The codes of findings about names that nothing bears, and about what nothing names."""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.finding_codes.kinds import FindingCode
from platform_cli.blueprint.finding_codes.kinds import error as _error
from platform_cli.blueprint.finding_codes.kinds import notice as _notice
from platform_cli.blueprint.finding_codes.kinds import warning as _warning

REFERENCE_CODES: Mapping[str, FindingCode] = {
    "unknown-table": _error("A table is named that neither `tables` nor `external` declares."),
    "unknown-bucket": _error("A bucket is named that neither `buckets` nor `external` declares."),
    "unknown-bus": _error("A bus is named that `buses` does not declare."),
    "unknown-queue": _error("A queue is named that `queues` does not declare."),
    "unknown-topic": _error("A topic is named that `topics` does not declare."),
    "unknown-stream": _error("A stream is named that `streams` does not declare."),
    "unknown-secret": _error("A secret is named that `secrets` does not declare."),
    "unknown-config": _error("A group of settings is named that `config` does not declare."),
    "unknown-flag": _error("A flag is named that `flags` does not declare."),
    "unknown-database": _error("A database is named that `databases` does not declare."),
    "unknown-cache": _error("A cache is named that `caches` does not declare."),
    "unknown-identity": _error("A user pool is named that `identity` does not declare."),
    "unknown-function": _error("A function is named that no service declares."),
    "unknown-index": _error("An index is named that its table does not have."),
    "unknown-api": _error("An API is named that `apis` does not declare."),
    "unknown-network": _error("A network is named that neither `networks` nor `external` declares."),
    "unknown-event-store": _error(
        "A function uses an event store that `event_stores` does not declare; a projection goes `of` one."
    ),
    "unknown-firewall": _error("A firewall is named that `firewalls` does not declare."),
    "unknown-load-balancer": _error("A CDN leads to a load balancer that `load_balancers` does not declare."),
    "unknown-certificate": _error("A certificate is named that `external` does not declare."),
    "unknown-host": _error("A host is named that `external` does not declare."),
    "unknown-hosted-zone": _error("A hosted zone is named that `external` does not declare."),
    "unknown-backup": _error("A plan is named that `backups` does not declare."),
    "unknown-region": _warning(
        "A region is named that AWS did not have when this version was made. If it is new, go on; if it is "
        "misspelt, the deployment would fail at its first call, or half-way where copies are made."
    ),
    "unknown-country": _warning(
        "A firewall blocks a country that AWS WAF did not know when this version was made. It refuses codes "
        "that it does not know, in the middle of a deployment."
    ),
    "unknown-stack": _error(
        "`patches` names a stack that the system does not have. Stacks are network, databases, data, "
        "firewalls, identity, events, observability, global, services.NAME, apis.NAME, cdns.NAME and "
        "load_balancers.NAME."
    ),
    "unknown-kind": _error("A line of `access` begins with the kind of thing; this is none."),
    "unknown-verb": _error("A line of `access` has a verb that this kind of thing does not know."),
    "invalid-access": _error(
        "A line of `access` is `kind.name: verb`. Each kind is narrowed by keys of its own: `indexes` of "
        "tables that are read, `partition_keys` and `attributes` of tables, `prefixes` of buckets, "
        "`detail_types` and `sources` of buses, `stages` of secrets, `aggregates` of event stores."
    ),
    "needless-attribute": _notice(
        "A line of `access` that is narrowed by `attributes` names a key of the table. Keys are always "
        "allowed, since no call works without them."
    ),
    "unused": _warning("Something is declared, and nothing uses it."),
}
