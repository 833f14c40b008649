"""Keys that an override of a protected environment may change as it likes, each with the reason.

In: nothing. Out: the keys, by reason; a key speaks for all below it. Never: keys that protect, which are the
rows of `protection_rules.py`. A test walks all keys of the language: each is in one of the two.
"""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.model.alarms import ALARM_SECTIONS, WATCHED

_WORK = "how it works, not what becomes of data"
_SIZE = "how much it takes or does at once, which is what differs between environments"
_ELSEWHERE = "what exists already has another name in each account"
_REPLACED = "AWS would make it anew; `deploy` refuses that where data would be lost"
_SHOWN = "what is shown or promised; nothing is kept by it"
_REFERENCE = "what it names is compared where it is declared"
_COSTS = "costs, no data"
_CONTENT = "what it says; who may read or change it stays the same"
_FIXED = "the same everywhere: `override-not-allowed`"

_BY_REASON: Mapping[str, tuple[str, ...]] = {
    _FIXED: ("blueprint", "system", "include", "environments"),
    _WORK: (
        "defaults.runtime",
        "defaults.architecture",
        "defaults.timeout_seconds",
        "defaults.tracing",
        "identity.*.clients",
        "identity.*.groups",
        "identity.*.scopes",
        "identity.*.machines",
        "tables.*.indexes",
        "tables.*.stream",
        "buckets.*.lifecycle.infrequent_after_days",
        "buckets.*.lifecycle.archive_after_days",
        "buckets.*.lifecycle.intelligent_tiering",
        "backups.*.daily.cold_after_days",
        "backups.*.weekly.cold_after_days",
        "backups.*.monthly.cold_after_days",
        "backups.*.lock.keep_at_most_days",
        "databases.*.version",
        "databases.*.proxy",
        "caches.*.version",
        "analytics",
        "analytics.*.sql",
        "analytics.*.from",
        "analytics.*.into",
        "analytics.*.enabled",
        "analytics.*.checkpoint_seconds",
        "analytics.*.log_level",
        "analytics.*.connector",
        "buses",
        "buses.*.events",
        "queues.*.from",
        "queues.*.content_deduplication",
        "queues.*.high_throughput",
        "queues.*.visibility_timeout_seconds",
        "queues.*.delay_seconds",
        "queues.*.dead_letter.max_receives",
        "topics",
        "apis.*.cors.methods",
        "apis.*.cors.headers",
        "apis.*.cors.max_age_seconds",
        "apis.*.cors.exposed_headers",
        "apis.*.cache",
        "apis.*.models",
        "apis.*.usage_plans.*.keys",
        "topics.*.content_deduplication",
        "apis.*.security_events.stream",
        "identity.*.security_events.stream",
        "apis.*.metrics",
        "apis.*.metrics.*.logs",
        "apis.*.metrics.*.unit",
        "apis.*.metrics.*.description",
        "cdns.*.assets",
        "cdns.*.apis",
        "cdns.*.apis.*.api",
        "cdns.*.apis.*.keep_prefix",
        "cdns.*.apis.*.cache",
        "cdns.*.load_balancers",
        "cdns.*.load_balancers.*.load_balancer",
        "cdns.*.load_balancers.*.keep_prefix",
        "cdns.*.load_balancers.*.cache",
        "cdns.*.edges",
        "load_balancers.*.functions",
        "services.*.path",
        "services.*.functions.*.handler",
        "services.*.functions.*.runtime",
        "services.*.functions.*.architecture",
        "services.*.functions.*.timeout_seconds",
        "services.*.functions.*.tracing",
        "services.*.functions.*.environment",
        "services.*.functions.*.snap_start",
        "services.*.queries",
        "services.*.metrics",
        "services.*.metrics.*.unit",
        "services.*.metrics.*.description",
        "services.*.metrics.*.logs",
        "tracing",
        "flags_release.percent",
        "flags_release.minutes",
        "flags_release.bake_minutes",
    ),
    _SIZE: (
        "defaults.memory_mb",
        "tables.*.capacity",
        "databases.*.capacity",
        "caches.*.node_type",
        "streams.*.capacity",
        "analytics.*.parallelism",
        "analytics.*.parallelism_per_kpu",
        "analytics.*.auto_scaling",
        "apis.*.throttle.rate",
        "apis.*.throttle.burst",
        "apis.*.usage_plans.*.throttle.rate",
        "apis.*.usage_plans.*.throttle.burst",
        "apis.*.usage_plans.*.quota.requests",
        "apis.*.usage_plans.*.quota.per",
        "services.*.functions.*.memory_mb",
        "services.*.functions.*.ephemeral_storage_mb",
        "services.*.functions.*.concurrency",
        "usage",
    ),
    _ELSEWHERE: (
        "external",
        "networks.*.prefix_lists",
        "apis.*.domain",
        "cdns.*.domain",
        "load_balancers.*.domain",
    ),
    _REPLACED: (
        "identity.*.sign_in",
        "networks.*.cidr",
        "tables.*.partition_key",
        "tables.*.sort_key",
        "databases.*.engine",
        "databases.*.network",
        "databases.*.database_name",
        "caches.*.engine",
        "caches.*.network",
        "queues.*.fifo",
        "topics.*.fifo",
        "apis.*.kind",
        "load_balancers.*.network",
    ),
    _SHOWN: (
        "owner",
        "secrets.*.description",
        "alarms.runbook_url",
        "alarms.contacts.info",
        "objectives",
        "services.*.objectives",
        "dashboards",
    ),
    _REFERENCE: (
        "secrets.*.database",
        "secrets.*.generate",
        "services.*.functions.*.access",
    ),
    "a thing that is not there is open to nobody": (
        "apis",
        "cdns",
        "load_balancers",
        "firewalls",
        "services",
        "services.*.functions",
    ),
    "what is bad differs with the load; that somebody is told is compared": tuple(
        f"{alarms}.{key}"
        for alarms in (
            "alarms.*.*",
            "services.*.functions.*.alarms.*",
            *(f"{section}.*.alarms.*" for section in WATCHED),
        )
        for key in (
            "threshold",
            "anomaly",
            "deviations",
            "period_seconds",
            "evaluation_periods",
            "datapoints",
        )
    )
    + tuple(
        f"{metrics}.alarm.{key}"
        for metrics in ("apis.*.metrics.*", "services.*.metrics.*")
        for key in (
            "drop_percent",
            "anomaly",
            "deviations",
            "window_hours",
            "above",
            "period_seconds",
            "severity",
        )
    ),
    _COSTS: ("cost_anomalies", "budgets"),
    _CONTENT: ("config", "config.*", "config.*.*.value", "config.*.*.type", "flags"),
    "each is judged by what it touches: `protection_patches.py`": ("patches",),
    "those that a backup plan selects by are compared in `protection.py`": ("tags",),
}

LOOKED_INTO: Mapping[str, str] = {
    f"{alarms}.{key}": alarms
    for alarms in (
        *(f"alarms.{section}.*" for section in ALARM_SECTIONS),
        *(f"{section}.*.alarms.*" for section in WATCHED),
        "services.*.functions.*.alarms.*",
    )
    for key in ("enabled", "severity")
}
"""Keys that are compared by the row of what is above them."""

NOT_BELOW = frozenset(
    {
        "analytics",
        "apis",
        "apis.*.metrics",
        "buses",
        "cdns",
        "cdns.*.apis",
        "cdns.*.load_balancers",
        "config",
        "config.*",
        "firewalls",
        "load_balancers",
        "secrets.*.generate",
        "services",
        "services.*.functions",
        "services.*.functions.*.access",
        "services.*.metrics",
        "topics",
    }
)
"""Of these keys the reason is for taking them away; what stands below is decided key by key."""

FREE: Mapping[str, str] = {key: reason for reason, keys in _BY_REASON.items() for key in keys}
"""The reason of each key that may differ."""
