"""What of a blueprint protects its data, one row for each key.

In: nothing. Out: the rows, with how two values are compared. Never: findings; `protection.py` makes them. A
key that no row names is in `protection_free.py`, with the reason why it may differ; a test walks all keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from platform_cli.blueprint.checks import protection_comparisons as is_
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.alarms import ALARM_SECTIONS, WATCHED
from platform_cli.blueprint.model.services import AccessLine
from platform_cli.blueprint.nodes import Path


@dataclass(frozen=True)
class Rule:
    """Something that an override of a protected environment must leave at least as strong.

    Attributes:
        path: Where it stands; `*` is any name.
        weaker: Whether a second value is weaker than a first one.
        loss: What would be lost.
        section: Where what the value names is declared; then that is compared.
    """

    path: tuple[str, ...]
    weaker: is_.Weaker
    loss: str
    section: str | None = None

    def is_weaker(self, before: Any, after: Any, base: Blueprint, variant: Blueprint) -> bool:
        """Whether the second value protects less; each may name a thing of its blueprint."""
        if self.weaker(before, after):
            return True
        if self.section is None or before == after or before is None:
            return False
        was, now = getattr(base, self.section).get(before), getattr(variant, self.section).get(after)
        if was is None or now is None:
            return False  # a finding of its own
        return any(
            rule.weaker(old, new)
            for rule in RULES
            if rule.path[:2] == (self.section, "*") and rule.path[2] != "select"
            for _, old, new in pairs(was, now, rule.path[2:])
        )


def pairs(
    before: Any, after: Any, path: tuple[str, ...], walked: Path = ()
) -> Iterator[tuple[Path, Any, Any]]:
    """The values at a path in both, with where they are; what only one of them has is not compared."""
    if not path:
        yield walked, before, after
        return
    first, *rest = path
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in before if first == "*" else (first,):
            if name in before and name in after:
                yield from pairs(before[name], after[name], tuple(rest), (*walked, name))
    elif isinstance(before, BaseModel) and isinstance(after, BaseModel):
        for name in type(before).model_fields if first == "*" else (first,):
            yield from pairs(getattr(before, name), getattr(after, name), tuple(rest), (*walked, name))


def _rule(path: str, weaker: Callable[[Any, Any], bool], loss: str, section: str | None = None) -> Rule:
    return Rule(tuple(path.split(".")), weaker, loss, section)


_GONE = "what it holds would stay, without backups, alarms, or a stack that knows it"
_HOLDING = (
    "tables",
    "event_stores",
    "buckets",
    "databases",
    "caches",
    "streams",
    "queues",
    "secrets",
    "identity",
    "backups",
    "networks",
)
_ENCRYPTED = (
    "tables",
    "event_stores",
    "buckets",
    "databases",
    "caches",
    "streams",
    "queues",
    "topics",
    "secrets",
    "backups",
)
_NARROWING = tuple(key for key in AccessLine.model_fields if key != "verb")
"""Keys of a line of `access` that leave less of what its verb allows."""
_SHORTER_LOGS = "logs would be kept for a shorter time"
_PAST_THE_CDN = "calls could go past the CDN, and its firewall"
_OWN_KEY = "the data would no longer be under a key of your own"
_LESS_BACKED_UP = "less would be backed up, or for a shorter time"
_WEAKER_FIREWALL = "less of a firewall would stand before it"
_OPEN = "routes would be open to everybody, or signing in would ask for less"
_SILENT = "nobody would be told"
_MORE_RIGHTS = "the function could do more than elsewhere"
_OUTSIDE = "it would stand outside of the network, its groups and its flow logs"
_KEPT_SHORTER = "backups would be kept for a shorter time"
_ALL_AT_ONCE = "a change would reach everybody at once"
_NOTHING_TAKES_BACK = "an alarm would no longer take a bad change back"

RULES: tuple[Rule, ...] = (
    *(_rule(section, is_.fewer, _GONE) for section in _HOLDING),
    *(_rule(f"{section}.*.encryption", is_.lower("encryption"), _OWN_KEY) for section in _ENCRYPTED),
    _rule("tables.*.point_in_time_recovery", is_.switched_off, "the table could not be restored to a moment"),
    _rule("tables.*.ttl", is_.introduced, "items would be deleted by an attribute that they have"),
    _rule("tables.*.backup", is_.taken_away, _LESS_BACKED_UP, "backups"),
    _rule("tables.*.replicas", is_.fewer, "a copy in another region would go"),
    _rule("tables.*.contributor_insights", is_.becomes("off"), "nobody could say which keys are throttled"),
    _rule("event_stores.*.backup", is_.taken_away, _LESS_BACKED_UP, "backups"),
    _rule("buckets.*.versioned", is_.switched_off, "what is overwritten or deleted could not be had back"),
    _rule("buckets.*.access_log", is_.switched_off, "nobody could say who read the objects"),
    _rule("buckets.*.replicas", is_.fewer, "a copy in another region would go"),
    _rule("buckets.*.lifecycle.expire_after_days", is_.sooner, "objects would be deleted, or sooner"),
    _rule(
        "buckets.*.lifecycle.expire_noncurrent_after_days",
        is_.sooner,
        "what is overwritten or deleted could be had back for a shorter time",
    ),
    _rule("databases.*.backup", is_.taken_away, _LESS_BACKED_UP, "backups"),
    _rule("databases.*.backup_retention_days", is_.less, "restoring would reach back less far"),
    _rule("databases.*.readers", is_.less, "less would take over where the writer fails"),
    _rule("networks.*.availability_zones", is_.less, "a zone that fails would take more along"),
    _rule("networks.*.nat_gateways", is_.fewer_but_some, "a zone that fails would take the way out along"),
    _rule("networks.*.flow_logs", is_.switched_off, "connections would no longer be recorded"),
    _rule("networks.*.endpoints", is_.fewer, "calls to AWS would leave the network"),
    _rule("caches.*.multi_az", is_.switched_off, "the cache would go with its zone"),
    _rule("buses.*.archive_days", is_.less, "events could be replayed for a shorter time"),
    _rule("streams.*.retention_hours", is_.less, "records would be lost sooner"),
    _rule("analytics.*.snapshots", is_.switched_off, "what it has counted would be lost when it stops"),
    _rule("analytics.*.network", is_.taken_away, _OUTSIDE),
    _rule("analytics.*.log_retention_days", is_.less, _SHORTER_LOGS),
    _rule("queues.*.dead_letter", is_.taken_away, "messages that fail would be lost"),
    _rule("queues.*.dead_letter.retention_days", is_.less, "messages that fail would be lost sooner"),
    _rule("queues.*.retention_days", is_.less, "messages would be lost sooner"),
    _rule("secrets.*.generate.length", is_.less, "shorter values would do"),
    _rule("secrets.*.generate.exclude_punctuation", is_.becomes(True), "values of fewer characters would do"),
    _rule("secrets.*.replicas", is_.fewer, "a copy in another region would go"),
    _rule("secrets.*.rotation", is_.taken_away, "the secret would no longer change"),
    _rule("secrets.*.rotation.every_days", is_.more, "the secret would change less often"),
    _rule(
        "secrets.*.rotation.strategy",
        is_.weaker_rotation,
        "who reads the secret while it changes would be turned away",
    ),
    _rule("secrets.*.rotation.function", is_.taken_away, "nothing would change the secret"),
    _rule("config.*.*.secure", is_.switched_off, "the setting would be stored in clear text"),
    _rule("identity.*.mfa", is_.lower("mfa"), "signing in would ask for less"),
    _rule("identity.*.password.min_length", is_.less, "shorter passwords would do"),
    *(
        _rule(f"identity.*.password.{kind}", is_.switched_off, "weaker passwords would do")
        for kind in ("lowercase", "uppercase", "numbers", "symbols")
    ),
    _rule("identity.*.security_events", is_.taken_away, "nobody would see failed sign-ins one by one"),
    _rule("identity.*.self_sign_up", is_.becomes(True), "everybody could register"),
    _rule("apis.*.authorizer", is_.taken_away, _OPEN, "identity"),
    _rule("apis.*.firewall", is_.taken_away, _WEAKER_FIREWALL, "firewalls"),
    _rule("cdns.*.firewall", is_.taken_away, _WEAKER_FIREWALL, "firewalls"),
    _rule("load_balancers.*.firewall", is_.taken_away, _WEAKER_FIREWALL, "firewalls"),
    _rule("apis.*.cors", is_.open_to_all, "every page could read the API's answers"),
    _rule("apis.*.cors.origins", is_.opened, "every page could read the API's answers"),
    _rule("apis.*.cors.credentials", is_.becomes(True), "pages could call with the cookies of who sees them"),
    _rule("apis.*.allowed_ips", is_.admits_more, "more addresses could call the API"),
    _rule("cdns.*.allowed_ips", is_.admits_more, "more addresses could call the CDN"),
    _rule("load_balancers.*.allowed_ips", is_.admits_more, "more addresses could call the load balancer"),
    _rule("apis.*.throttle", is_.taken_away, "nothing would limit the requests"),
    _rule("apis.*.usage_plans", is_.switched_off, "routes would no longer ask for a key"),
    _rule("apis.*.usage_plans.*.throttle", is_.taken_away, "nothing would limit the requests of a key"),
    _rule("apis.*.usage_plans.*.quota", is_.taken_away, "nothing would limit the requests of a key"),
    _rule("apis.*.security_events", is_.taken_away, "nobody would see refused requests one by one"),
    _rule("apis.*.metrics.*.alarm", is_.taken_away, _SILENT),
    _rule("apis.*.access_log_retention_days", is_.less, _SHORTER_LOGS),
    _rule("cdns.*.access_log_retention_days", is_.less, _SHORTER_LOGS),
    _rule("cdns.*.apis.*.direct_calls", is_.becomes("allow"), _PAST_THE_CDN),
    _rule("cdns.*.load_balancers.*.direct_calls", is_.becomes("allow"), _PAST_THE_CDN),
    _rule("cdns.*.content_security_policy", is_.looser_policy, "scripts of others could run in its pages"),
    _rule("load_balancers.*.access_log_retention_days", is_.less, _SHORTER_LOGS),
    _rule("firewalls.*.log_retention_days", is_.less, _SHORTER_LOGS),
    _rule("firewalls.*.mode", is_.becomes("count"), "the firewall would only count what it blocks"),
    _rule("firewalls.*.sql_injection", is_.no_longer("block"), "the firewall would let SQL injection pass"),
    _rule("firewalls.*.cross_site_scripting", is_.no_longer("block"), "the firewall would let scripts pass"),
    _rule("firewalls.*.managed", is_.fewer, "a group of rules would go"),
    _rule("firewalls.*.count", is_.added, "a rule would only count what it blocks"),
    _rule("firewalls.*.blocked_countries", is_.fewer, "a blocked country would be let in"),
    _rule("firewalls.*.allow_ips", is_.lets_more_pass, "more addresses would pass without any other rule"),
    _rule("firewalls.*.block_ips", is_.uncovers, "blocked addresses would be let in"),
    _rule("firewalls.*.rate_limit_per_5_minutes", is_.more, "one address could send more requests"),
    _rule("backups.*.daily", is_.taken_away, "there would be no daily backups"),
    _rule("backups.*.weekly", is_.taken_away, "there would be no weekly backups"),
    _rule("backups.*.monthly", is_.taken_away, "there would be no monthly backups"),
    _rule("backups.*.daily.keep_days", is_.less, _KEPT_SHORTER),
    _rule("backups.*.weekly.keep_days", is_.less, _KEPT_SHORTER),
    _rule("backups.*.monthly.keep_days", is_.less, _KEPT_SHORTER),
    _rule("backups.*.copy_to", is_.taken_away, "there would be no copies in another region"),
    _rule("backups.*.lock", is_.taken_away, "backups could be deleted early"),
    _rule("backups.*.lock.keep_at_least_days", is_.less, "backups could be deleted early"),
    _rule("backups.*.lock.final_after_days", is_.more, "the lock could be taken away, or for a longer time"),
    _rule("backups.*.select.arns", is_.fewer, "something would no longer be backed up"),
    _rule("backups.*.select.tags", is_.selects_less, "something would no longer be backed up"),
    _rule("services.*.functions.*.encryption", is_.lower("encryption"), _OWN_KEY),
    _rule("services.*.functions.*.log_retention_days", is_.less, _SHORTER_LOGS),
    _rule("services.*.functions.*.routes", is_.weaker_routes, "a route would ask for less"),
    _rule("services.*.functions.*.triggers", is_.weaker_triggers, "what is given up would be lost"),
    _rule("services.*.functions.*.network", is_.taken_away, _OUTSIDE),
    _rule("services.*.functions.*.permissions", is_.more_permissions, _MORE_RIGHTS),
    _rule("services.*.presets", is_.added, _MORE_RIGHTS),
    _rule("services.*.functions.*.access.*.verb", is_.wider_verb, _MORE_RIGHTS),
    *(_rule(f"services.*.functions.*.access.*.{key}", is_.wider, _MORE_RIGHTS) for key in _NARROWING),
    _rule("services.*.functions.*.release", is_.taken_away, _ALL_AT_ONCE),
    _rule("services.*.functions.*.release.strategy", is_.becomes("all_at_once"), _ALL_AT_ONCE),
    _rule("services.*.functions.*.release.alarms", is_.fewer, _NOTHING_TAKES_BACK),
    _rule("services.*.functions.*.release.hooks", is_.taken_away, "nothing would look at a new version"),
    _rule(
        "services.*.functions.*.release.hooks.pre_traffic",
        is_.taken_away,
        "nothing would look at a new version before others do",
    ),
    _rule(
        "services.*.functions.*.release.hooks.post_traffic",
        is_.taken_away,
        "nothing would look at a new version once it is everybody's",
    ),
    _rule("services.*.functions.*.alarms.*", is_.silenced, _SILENT),
    _rule("services.*.metrics.*.alarm", is_.taken_away, _SILENT),
    _rule("flags_release.strategy", is_.becomes("all_at_once"), _ALL_AT_ONCE),
    _rule("flags_release.alarms", is_.fewer, _NOTHING_TAKES_BACK),
    _rule("defaults.encryption", is_.lower("encryption"), _OWN_KEY),
    _rule("defaults.log_retention_days", is_.less, _SHORTER_LOGS),
    _rule("logs.encryption", is_.lower("encryption"), "logs would no longer be under a key of your own"),
    _rule("logs.mask", is_.fewer, "logs would show personal data"),
    *(_rule(f"alarms.{section}.*", is_.silenced, _SILENT) for section in ALARM_SECTIONS),
    *(_rule(f"{section}.*.alarms.*", is_.silenced, _SILENT) for section in WATCHED),
    _rule("alarms.contacts.critical", is_.switched_off, "nobody would be told of what cannot wait"),
    _rule("alarms.contacts.warning", is_.switched_off, "nobody would be told of what to look at today"),
    _rule("extend", is_.introduced, "code that runs there alone could take any of this away"),
)
"""One row for each thing that protects."""
