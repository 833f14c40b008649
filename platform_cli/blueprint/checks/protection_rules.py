"""What of a blueprint protects its data, and when a second value protects it less than a first one.

In: values of the model. Out: whether one is weaker. Never: findings; `protection.py` makes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_cli.blueprint.personal_data import PROTECTED_MASK
from platform_cli.blueprint.resolution.protection import PROTECTED_RETENTION_DAYS

_RANKS: Mapping[str, Sequence[str]] = {
    "encryption": ("aws_owned", "aws_managed", "customer_managed"),
    "mfa": ("off", "optional", "required"),
}


@dataclass(frozen=True)
class Rule:
    """Something that an override of a protected environment must leave at least as strong.

    Attributes:
        path: Where it stands; `*` is any name.
        weaker: Whether a second value is weaker than a first one.
        loss: What would be lost.
        unsaid: What protected environments have where nobody says anything.
    """

    path: tuple[str, ...]
    weaker: Callable[[Any, Any], bool]
    loss: str
    unsaid: Any = None


def _switched_off(before: Any, after: Any) -> bool:
    return bool(before) and not after


def _taken_away(before: Any, after: Any) -> bool:
    return before is not None and after is None


def _fewer(before: Any, after: Any) -> bool:
    return bool(set(before) - set(after))


def _less(before: Any, after: Any) -> bool:
    return before is not None and (after is None or after < before)


def _more(before: Any, after: Any) -> bool:
    return before is not None and (after is None or after > before)


def _sooner(before: Any, after: Any) -> bool:
    """What is deleted after some days, or never, goes earlier."""
    return after is not None and (before is None or after < before)


def _added(before: Any, after: Any) -> bool:
    return bool(set(after) - set(before))


def _no_longer(wanted: Any) -> Callable[[Any, Any], bool]:
    """Whether there was this value, and now there is another, or none."""

    def changed(before: Any, after: Any) -> bool:
        return bool(before == wanted != after)

    return changed


def _becomes(unwanted: Any) -> Callable[[Any, Any], bool]:
    def changed(before: Any, after: Any) -> bool:
        return bool(before != unwanted == after)

    return changed


def _silenced(before: Any, after: Any) -> bool:
    """An alarm is taken away, whatever else was said of it."""
    return getattr(after, "enabled", None) is False and getattr(before, "enabled", None) is not False


def _open_to_all(before: Any, after: Any) -> bool:
    return before is None and after is not None and "*" in after.origins


def _opened(before: Any, after: Any) -> bool:
    return "*" in after and "*" not in before


def _lower(kind: str) -> Callable[[Any, Any], bool]:
    order = _RANKS[kind]

    def lower(before: Any, after: Any) -> bool:
        return before in order and after in order and order.index(after) < order.index(before)

    return lower


def _rule(path: str, weaker: Callable[[Any, Any], bool], loss: str, unsaid: Any = None) -> Rule:
    return Rule(tuple(path.split(".")), weaker, loss, unsaid)


_SHORTER_LOGS = "logs would be kept for a shorter time"
_PAST_THE_CDN = "calls could go past the CDN, and its firewall"
_OWN_KEY = "the data would no longer be under a key of your own"
RULES: tuple[Rule, ...] = (
    _rule("tables.*.point_in_time_recovery", _switched_off, "the table could not be restored to a moment"),
    _rule("tables.*.backup", _taken_away, "the table would no longer be backed up"),
    _rule("tables.*.replicas", _fewer, "a copy in another region would go"),
    _rule("tables.*.contributor_insights", _becomes("off"), "nobody could say which keys are throttled"),
    _rule("tables.*.encryption", _lower("encryption"), _OWN_KEY),
    _rule("event_stores.*.backup", _taken_away, "the events would no longer be backed up"),
    _rule("event_stores.*.encryption", _lower("encryption"), _OWN_KEY),
    _rule("buckets.*.versioned", _switched_off, "what is overwritten or deleted could not be had back"),
    _rule("buckets.*.access_log", _switched_off, "nobody could say who read the objects", True),
    _rule("buckets.*.replicas", _fewer, "a copy in another region would go"),
    _rule(
        "buckets.*.lifecycle.expire_noncurrent_after_days",
        _sooner,
        "what is overwritten or deleted could be had back for a shorter time",
    ),
    _rule("buckets.*.encryption", _lower("encryption"), _OWN_KEY),
    _rule("databases.*.backup", _taken_away, "the database would no longer be backed up"),
    _rule("databases.*.backup_retention_days", _less, "restoring would reach back less far"),
    _rule("databases.*.readers", _less, "less would take over where the writer fails"),
    _rule("networks.*.availability_zones", _less, "a zone that fails would take more along"),
    _rule("caches.*.multi_az", _switched_off, "the cache would go with its zone"),
    _rule("buses.*.archive_days", _less, "events could be replayed for a shorter time"),
    _rule("streams.*.encryption", _lower("encryption"), _OWN_KEY),
    _rule("queues.*.dead_letter", _taken_away, "messages that fail would be lost"),
    _rule("queues.*.dead_letter.retention_days", _less, "messages that fail would be lost sooner"),
    _rule("queues.*.retention_days", _less, "messages would be lost sooner"),
    _rule("streams.*.retention_hours", _less, "records would be lost sooner"),
    _rule("secrets.*.replicas", _fewer, "a copy in another region would go"),
    _rule("secrets.*.rotation", _taken_away, "the secret would no longer change"),
    _rule("secrets.*.rotation.every_days", _more, "the secret would change less often"),
    _rule("secrets.*.encryption", _lower("encryption"), _OWN_KEY),
    _rule("config.*.*.secure", _switched_off, "the setting would be stored in clear text"),
    _rule("identity.*.mfa", _lower("mfa"), "signing in would ask for less"),
    _rule("identity.*.password.min_length", _less, "shorter passwords would do"),
    *(
        _rule(f"identity.*.password.{kind}", _switched_off, "weaker passwords would do")
        for kind in ("lowercase", "uppercase", "numbers", "symbols")
    ),
    _rule("identity.*.self_sign_up", _becomes(True), "everybody could register"),
    _rule("networks.*.flow_logs", _switched_off, "connections would no longer be recorded"),
    _rule("apis.*.authorizer", _taken_away, "routes would be open to everybody"),
    _rule("apis.*.firewall", _taken_away, "the API would stand without a firewall"),
    _rule("cdns.*.firewall", _taken_away, "the CDN would stand without a firewall"),
    _rule("load_balancers.*.firewall", _taken_away, "the load balancer would stand without a firewall"),
    _rule("apis.*.cors.origins", _opened, "every page could read the API's answers"),
    _rule("apis.*.allowed_ips", _switched_off, "every address could call the API"),
    _rule("backups.*.daily", _taken_away, "there would be no daily backups"),
    _rule("backups.*.weekly", _taken_away, "there would be no weekly backups"),
    _rule("backups.*.monthly", _taken_away, "there would be no monthly backups"),
    _rule("backups.*.daily.keep_days", _less, "backups would be kept for a shorter time"),
    _rule("backups.*.weekly.keep_days", _less, "backups would be kept for a shorter time"),
    _rule("backups.*.monthly.keep_days", _less, "backups would be kept for a shorter time"),
    _rule("backups.*.copy_to", _taken_away, "there would be no copies in another region"),
    _rule("backups.*.lock", _taken_away, "backups could be deleted early"),
    _rule("backups.*.lock.keep_at_least_days", _less, "backups could be deleted early"),
    _rule("backups.*.lock.final_after_days", _taken_away, "the lock could be taken away"),
    _rule("backups.*.select.arns", _fewer, "something would no longer be backed up"),
    _rule("services.*.functions.*.encryption", _lower("encryption"), _OWN_KEY),
    _rule("defaults.encryption", _lower("encryption"), _OWN_KEY),
    _rule(
        "logs.encryption",
        _lower("encryption"),
        "logs would no longer be under a key of your own",
        "customer_managed",
    ),
    _rule("logs.mask", _fewer, "logs would show personal data", PROTECTED_MASK),
    _rule("defaults.log_retention_days", _less, _SHORTER_LOGS, PROTECTED_RETENTION_DAYS),
    _rule("services.*.functions.*.log_retention_days", _less, _SHORTER_LOGS),
    _rule("apis.*.access_log_retention_days", _less, _SHORTER_LOGS),
    _rule("cdns.*.access_log_retention_days", _less, _SHORTER_LOGS),
    _rule("load_balancers.*.access_log_retention_days", _less, _SHORTER_LOGS),
    _rule("firewalls.*.log_retention_days", _less, _SHORTER_LOGS),
    _rule("firewalls.*.mode", _becomes("count"), "the firewall would only count what it blocks"),
    _rule("firewalls.*.sql_injection", _no_longer("block"), "the firewall would let SQL injection pass"),
    _rule("firewalls.*.cross_site_scripting", _no_longer("block"), "the firewall would let scripts pass"),
    _rule("firewalls.*.managed", _fewer, "a group of rules would go"),
    _rule("firewalls.*.count", _added, "a rule would only count what it blocks"),
    _rule("firewalls.*.blocked_countries", _fewer, "a blocked country would be let in"),
    _rule("firewalls.*.block_ips", _fewer, "blocked addresses would be let in"),
    _rule(
        "firewalls.*.rate_limit_per_5_minutes", _taken_away, "one address could send any number of requests"
    ),
    _rule("apis.*.throttle", _taken_away, "nothing would limit the requests"),
    _rule("apis.*.usage_plans", _switched_off, "routes would no longer ask for a key"),
    _rule("apis.*.cors", _open_to_all, "every page could read the API's answers"),
    _rule("cdns.*.apis.*.direct_calls", _becomes("allow"), _PAST_THE_CDN),
    _rule("cdns.*.load_balancers.*.direct_calls", _becomes("allow"), _PAST_THE_CDN),
    _rule("alarms.*.*", _silenced, "nobody would be told"),
    _rule("services.*.functions.*.alarms.*", _silenced, "nobody would be told"),
    _rule("alarms.contacts.critical", _switched_off, "nobody would be told of what cannot wait"),
)
"""One row for each thing that protects; everything else an override may change."""


PROTECTING: Mapping[str, tuple[Any, ...]] = {
    "AtRestEncryptionEnabled": (True,),
    "BlockPublicAcls": (True,),
    "BlockPublicPolicy": (True,),
    "DeletionPolicy": ("Retain", "RetainExceptOnCreate"),
    "DeletionProtection": (True, "ACTIVE"),
    "DeletionProtectionEnabled": (True,),
    "EnableKeyRotation": (True,),
    "IgnorePublicAcls": (True,),
    "KMSMasterKeyId": (),
    "KmsKeyArn": (),
    "KmsKeyId": (),
    "LockConfiguration": (),
    "MultiAZEnabled": (True,),
    "PointInTimeRecoveryEnabled": (True,),
    "PointInTimeRecoverySpecification": (),
    "PolicyDocument": (),
    "PublicAccessBlockConfiguration": (),
    "RequireTLS": (True,),
    "RestrictPublicBuckets": (True,),
    "SSESpecification": (),
    "SecurityPolicy": (),
    "SslPolicy": (),
    "StorageEncrypted": (True,),
    "TransitEncryptionEnabled": (True,),
    "UpdateReplacePolicy": ("Retain",),
    "VersioningConfiguration": (),
    "rds.force_ssl": ("1", 1),
}
"""Keys of templates that keep data safe, with the values that do; without any, none can be told."""
