"""Protected environments: an override there may strengthen what keeps the data, never weaken it.

What the blueprint says for every environment is a decision that each of them shares and a review sees. An
override that takes protection away only where the data matters most is refused, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.nodes import Path

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
    """

    path: tuple[str, ...]
    weaker: Callable[[Any, Any], bool]
    loss: str


def _switched_off(before: Any, after: Any) -> bool:
    return bool(before) and not after


def _taken_away(before: Any, after: Any) -> bool:
    return before is not None and after is None


def _fewer(before: Any, after: Any) -> bool:
    return bool(set(before) - set(after))


def _fewer_kinds(before: Any, after: Any) -> bool:
    return before is not None and _fewer(before, after or ())


def _less(before: Any, after: Any) -> bool:
    return before is not None and (after is None or after < before)


def _opened(before: Any, after: Any) -> bool:
    return "*" in after and "*" not in before


def _lower(kind: str) -> Callable[[Any, Any], bool]:
    order = _RANKS[kind]

    def lower(before: Any, after: Any) -> bool:
        return before in order and after in order and order.index(after) < order.index(before)

    return lower


def _rule(path: str, weaker: Callable[[Any, Any], bool], loss: str) -> Rule:
    return Rule(tuple(path.split(".")), weaker, loss)


_OWN_KEY = "the data would no longer be under a key of your own"
RULES: tuple[Rule, ...] = (
    _rule("tables.*.point_in_time_recovery", _switched_off, "the table could not be restored to a moment"),
    _rule("tables.*.backup", _taken_away, "the table would no longer be backed up"),
    _rule("tables.*.replicas", _fewer, "a copy in another region would go"),
    _rule("tables.*.encryption", _lower("encryption"), _OWN_KEY),
    _rule("event_stores.*.backup", _taken_away, "the events would no longer be backed up"),
    _rule("event_stores.*.encryption", _lower("encryption"), _OWN_KEY),
    _rule("buckets.*.versioned", _switched_off, "what is overwritten or deleted could not be had back"),
    _rule("buckets.*.access_log", _switched_off, "nobody could say who read the objects"),
    _rule("buckets.*.encryption", _lower("encryption"), _OWN_KEY),
    _rule("databases.*.backup", _taken_away, "the database would no longer be backed up"),
    _rule("databases.*.backup_retention_days", _less, "restoring would reach back less far"),
    _rule("caches.*.multi_az", _switched_off, "the cache would go with its zone"),
    _rule("buses.*.archive_days", _less, "events could be replayed for a shorter time"),
    _rule("streams.*.encryption", _lower("encryption"), _OWN_KEY),
    _rule("queues.*.dead_letter", _taken_away, "messages that fail would be lost"),
    _rule("secrets.*.replicas", _fewer, "a copy in another region would go"),
    _rule("secrets.*.rotation", _taken_away, "the secret would no longer change"),
    _rule("secrets.*.encryption", _lower("encryption"), _OWN_KEY),
    _rule("config.*.*.secure", _switched_off, "the setting would be stored in clear text"),
    _rule("identity.*.mfa", _lower("mfa"), "signing in would ask for less"),
    _rule("identity.*.password.min_length", _less, "shorter passwords would do"),
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
    _rule("services.*.functions.*.encryption", _lower("encryption"), _OWN_KEY),
    _rule("defaults.encryption", _lower("encryption"), _OWN_KEY),
    _rule("logs.encryption", _lower("encryption"), "logs would no longer be under a key of your own"),
    _rule("logs.mask", _fewer_kinds, "logs would show personal data"),
    _rule("defaults.log_retention_days", _less, "logs would be kept for a shorter time"),
)
"""One row for each thing that protects; everything else an override may change."""


def check_told(contexts: Sequence[Context]) -> None:
    """A protected environment has somebody to tell when something is wrong."""
    base = contexts[0]
    variants = {context.environment: context.blueprint for context in contexts}
    for name, environment in base.blueprint.environments.items():
        if not environment.protect or environment.target != "aws":
            continue
        contacts = variants.get(name, base.blueprint).alarms.contacts
        if not (contacts.critical or contacts.warning or contacts.info):
            base.report(
                "nobody-is-told",
                f"environment {name} is protected, and no alarm tells anybody",
                ("environments", name, "protect"),
                key=True,
                hint="write `alarms: { contacts: { critical: [oncall@example.com] } }`",
            )


def check_protection(contexts: Sequence[Context]) -> None:
    """Compare each protected environment with what the blueprint says for all."""
    base = contexts[0]
    for context in contexts[1:]:
        environment = base.blueprint.environments[str(context.environment)]
        if not environment.protect or environment.target != "aws":
            continue
        start: Path = ("environments", str(context.environment), "overrides")
        for rule in RULES:
            for path, before, after in _pairs(base.blueprint, context.blueprint, rule.path, ()):
                if rule.weaker(before, after):
                    base.report(
                        "weakened-protection",
                        f"environment {context.environment} is protected, and its override changes "
                        f"{'.'.join(map(str, path))} from {_shown(before)} to {_shown(after)}: {rule.loss}",
                        (*start, *path),
                        hint="take it out of the override; an override here may only make it stronger",
                    )


def _pairs(before: Any, after: Any, path: tuple[str, ...], walked: Path) -> Iterator[tuple[Path, Any, Any]]:
    """The values at a path in both; what only one of them has is not compared."""
    if not path:
        yield walked, before, after
        return
    first, *rest = path
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in before if first == "*" else (first,):
            if name in before and name in after:
                yield from _pairs(before[name], after[name], tuple(rest), (*walked, name))
    elif isinstance(before, BaseModel) and isinstance(after, BaseModel):
        yield from _pairs(getattr(before, first), getattr(after, first), tuple(rest), (*walked, first))


def _shown(value: Any) -> str:
    if isinstance(value, BaseModel):
        return "what it is"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(str, value))}]"
    return {None: "nothing", True: "true", False: "false"}.get(value, str(value))
