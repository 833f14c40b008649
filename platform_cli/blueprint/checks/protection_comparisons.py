"""When a second value of the language protects less than a first one.

In: two values of the model, the first of the blueprint, the second of a protected environment. Out: whether
the second is weaker. Never: findings, places, keys; `protection_rules.py` says which key is compared how.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from platform_cli.blueprint.model.triggers import TRIGGER_KINDS
from platform_cli.blueprint.routes import parse_route

Weaker = Callable[[Any, Any], bool]

_RANKS: Mapping[str, tuple[str, ...]] = {
    "encryption": ("aws_owned", "aws_managed", "customer_managed"),
    "mfa": ("off", "optional", "required"),
    "severity": ("info", "warning", "critical"),
}
_LOOSE_SOURCES = frozenset({"*", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:", "http:", "https:"})
_ALL = {4: 2**32, 6: 2**128}
_WIDER = {"read_write": {"read", "write"}}


def switched_off(before: Any, after: Any) -> bool:
    """There was one, or it was on."""
    return bool(before) and not after


def taken_away(before: Any, after: Any) -> bool:
    """There was a value, whatever it was."""
    return before is not None and after is None


def introduced(before: Any, after: Any) -> bool:
    """There is a value, and it is not the one that there was."""
    return after is not None and before != after


def fewer(before: Any, after: Any) -> bool:
    """One of a list, or of the names of a mapping, is missing."""
    return bool(set(before or ()) - set(after or ()))


def added(before: Any, after: Any) -> bool:
    """A list has one more."""
    return bool(set(after or ()) - set(before or ()))


def less(before: Any, after: Any) -> bool:
    """A number is lower, or nothing."""
    return before is not None and (after is None or after < before)


def more(before: Any, after: Any) -> bool:
    """A number is greater, or without a limit."""
    return before is not None and (after is None or after > before)


def sooner(before: Any, after: Any) -> bool:
    """What is deleted after some days, or never, goes earlier."""
    return after is not None and (before is None or after < before)


def fewer_but_some(before: Any, after: Any) -> bool:
    """A number is lower, and not zero."""
    return bool(before > after > 0)


def no_longer(wanted: Any) -> Weaker:
    """There was this value, and now there is another, or none."""

    def changed(before: Any, after: Any) -> bool:
        return bool(before == wanted != after)

    return changed


def becomes(unwanted: Any) -> Weaker:
    """There is this value, and there was another."""

    def changed(before: Any, after: Any) -> bool:
        return bool(before != unwanted == after)

    return changed


def lower(kind: str) -> Weaker:
    """A value stands lower in the order of its kind."""
    order = _RANKS[kind]

    def is_lower(before: Any, after: Any) -> bool:
        return before in order and after in order and order.index(after) < order.index(before)

    return is_lower


def silenced(before: Any, after: Any) -> bool:
    """An alarm is taken away, or tells those who do not look at once."""
    if getattr(after, "enabled", None) is False and getattr(before, "enabled", None) is not False:
        return True
    was, now = getattr(before, "severity", None), getattr(after, "severity", None)
    return lower("severity")(was, now) or (was is None and now == "info")


def open_to_all(before: Any, after: Any) -> bool:
    """There were no pages of others that could read the answers; now all can."""
    return before is None and after is not None and "*" in after.origins


def opened(before: Any, after: Any) -> bool:
    """`*` is in a list in which it was not."""
    return "*" in after and "*" not in before


def admits_more(before: Any, after: Any) -> bool:
    """Blocks of addresses hold more addresses, by version of IP; none at all are all addresses."""
    was, now = _addresses(before), _addresses(after)
    return any(now[version] > was[version] for version in (4, 6))


def lets_more_pass(before: Any, after: Any) -> bool:
    """The same of a list that is an exception: none at all are none."""
    return bool(after) and (not before or admits_more(before, after))


def uncovers(before: Any, after: Any) -> bool:
    """A block of addresses is not inside of the blocks of a second list."""
    covering = _networks(after)
    return any(
        not any(one.version == other.version and one.subnet_of(other) for other in covering)  # type: ignore[arg-type]
        for one in _networks(before)
    )


def weaker_rotation(before: Any, after: Any) -> bool:
    """Who reads the secret while it changes would be turned away."""
    keeps = ("alternating_users", "api_key", "jwt_key")
    return before in keeps and after is not None and after not in keeps


def selects_less(before: Any, after: Any) -> bool:
    """What has all tags of a first mapping need not have all of a second."""
    return bool(before) and not (after and after.items() <= before.items())


def looser_policy(before: Any, after: Any) -> bool:
    """A Content-Security-Policy loses a directive, or one gets a source that lets anything in."""
    was, now = _directives(before), _directives(after)
    gained = {source for name, sources in now.items() for source in sources - was.get(name, set())}
    return bool(set(was) - set(now)) or bool(gained & _LOOSE_SOURCES)


def weaker_routes(before: Any, after: Any) -> bool:
    """A route that both have asks for less: no sign-in, more scopes that do, no key, a request unchecked."""
    return any(_asks_less(was, now) for was in before for now in after if _same_route(was, now))


def weaker_triggers(before: Any, after: Any) -> bool:
    """A trigger that both have no longer says where what is given up goes."""
    told = {_trigger(one) for one in before if getattr(one, "on_failure", None) is not None}
    return any(getattr(one, "on_failure", None) is None and _trigger(one) in told for one in after)


def more_permissions(before: Any, after: Any) -> bool:
    """A raw statement allows what none of a first list does."""
    return bool(_allowed(after) - _allowed(before))


def wider(before: Any, after: Any) -> bool:
    """A list that narrows is gone, or has one more."""
    return before is not None and (after is None or bool(set(after) - set(before)))


def wider_verb(before: Any, after: Any) -> bool:
    """A verb allows what another does not."""
    return bool(_WIDER.get(after, {after}) - _WIDER.get(before, {before}))


def _networks(blocks: Iterable[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    found = []
    for block in blocks:
        try:
            found.append(ipaddress.ip_network(block))
        except ValueError:
            continue  # a finding of its own
    return found


def _addresses(blocks: Iterable[str]) -> dict[int, int]:
    networks = _networks(blocks)
    if not networks:
        return dict(_ALL)
    count = {4: 0, 6: 0}
    for version in (4, 6):
        same = [network for network in networks if network.version == version]
        for network in ipaddress.collapse_addresses(same):  # type: ignore[type-var]
            count[version] += network.num_addresses
    return count


def _directives(policy: str) -> dict[str, set[str]]:
    parts = (part.split() for part in policy.lower().split(";"))
    return {name: set(sources) for name, *sources in filter(None, parts)}


def _same_route(one: Any, other: Any) -> bool:
    try:
        same = parse_route(one.route) == parse_route(other.route)
    except ValueError:
        return False  # a finding of its own
    return same and (one.api is None or other.api is None or one.api == other.api)


def _asks_less(before: Any, after: Any) -> bool:
    if after.auth == "none" != before.auth:
        return True
    if before.scopes and (not after.scopes or added(before.scopes, after.scopes)):
        return True
    if after.api_key is False and before.api_key is not False:
        return True
    was, now = before.request, after.request
    if was is None:
        return False
    return (
        now is None
        or taken_away(was.body, now.body)
        or fewer(was.query, now.query)
        or fewer(was.headers, now.headers)
    )


def _trigger(trigger: Any) -> tuple[str, str]:
    kind = next(key for key in TRIGGER_KINDS if key in type(trigger).model_fields)
    return kind, str(getattr(trigger, kind))


def _allowed(permissions: Any) -> set[tuple[str, str]]:
    return {(action, resource) for one in permissions for action in one.actions for resource in one.resources}
