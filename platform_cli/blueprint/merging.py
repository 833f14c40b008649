"""Overrides of an environment, merged into the tree of the blueprint.

In: the blueprint's tree and the tree under `overrides`. Out: a new tree whose values still know the
file and line they came from. Never: defaults.

Maps merge deeply; scalars and lists replace; null takes an optional value away. Named things (tables,
services, functions, …) can be changed and taken away, not added.
"""

from __future__ import annotations

from platform_cli.blueprint.collecting import Collector
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.nodes import MappingNode, Node, Path, ScalarNode

FIXED_KEYS = ("blueprint", "system", "include", "environments")

_SECTIONS = (
    "analytics",
    "apis",
    "backups",
    "budgets",
    "buckets",
    "buses",
    "caches",
    "cdns",
    "config",
    "dashboards",
    "databases",
    "event_stores",
    "firewalls",
    "flags",
    "identity",
    "load_balancers",
    "networks",
    "queues",
    "secrets",
    "services",
    "streams",
    "tables",
    "topics",
)
_NAMED: frozenset[tuple[str, ...]] = frozenset(
    {
        *((section,) for section in _SECTIONS),
        ("config", "*"),
        ("external", "buckets"),
        ("external", "hosts"),
        ("external", "networks"),
        ("external", "tables"),
        ("services", "*", "functions"),
        ("tables", "*", "indexes"),
    }
)
"""Mappings whose keys are names of things: an override cannot add to them."""
_FREE: frozenset[tuple[str, ...]] = frozenset(
    {
        ("tags",),
        ("patches",),
        ("flags", "*", "attributes"),
        ("services", "*", "functions", "*", "access"),
        ("services", "*", "functions", "*", "environment"),
        ("usage", "functions"),
        ("analytics", "*", "from", "*", "columns"),
        ("analytics", "*", "into", "*", "columns"),
        ("backups", "*", "select", "tags"),
        ("cdns", "*", "apis"),
        ("cdns", "*", "load_balancers"),
        ("load_balancers", "*", "functions"),
    }
)
"""Mappings whose keys are the user's, and that an override may add to."""
NAMED_SECTIONS = _SECTIONS


def merge(base: Node, override: Node, environment: str, collector: Collector) -> Node:
    """Merge an environment's overrides into the blueprint.

    Args:
        base: The blueprint's tree.
        override: What stands under `overrides`.
        environment: The environment's name, for the paths of findings.
        collector: Takes the findings.

    Returns:
        A new tree; both arguments stay as they are.
    """
    if not isinstance(base, MappingNode) or not isinstance(override, MappingNode):
        return base
    start: Path = ("environments", environment, "overrides")
    allowed = MappingNode(override.file, override.line, override.column, override.length, {}, override.flow)
    for key, (key_node, value) in override.entries.items():
        if key in FIXED_KEYS:
            collector.add(
                "override-not-allowed",
                f'"{key}" is the same in every environment',
                key_node,
                (*start, key),
            )
        else:
            allowed.entries[key] = (key_node, value)
    return _merge_mapping(base, allowed, (), start, collector)


def _merge_mapping(
    base: MappingNode, override: MappingNode, path: tuple[str, ...], start: Path, collector: Collector
) -> MappingNode:
    merged = MappingNode(base.file, base.line, base.column, base.length, dict(base.entries), base.flow)
    named = _matches(path, _NAMED)
    for key, (key_node, value) in override.entries.items():
        present = base.entries.get(key)
        if present is None and named:
            thing = _thing(path)
            collector.add(
                "override-adds",
                f'the override changes {thing} "{key}", which the blueprint does not have',
                key_node,
                (*start, *path, key),
                nearest_hint(
                    key,
                    base.entries,
                    otherwise=f"declare it under {'.'.join(path)} first; overrides do not add",
                ),
            )
        elif _is_null(value) and (named or _matches(path, _FREE)):
            merged.entries.pop(key, None)
        elif present is not None and isinstance(present[1], MappingNode) and isinstance(value, MappingNode):
            inner = _merge_mapping(present[1], value, (*path, key), start, collector)
            merged.entries[key] = (present[0], inner)
        elif present is None and isinstance(value, MappingNode) and _has_named_below((*path, key)):
            empty = MappingNode(value.file, value.line, value.column, value.length, {}, value.flow)
            _merge_mapping(empty, value, (*path, key), start, collector)
        else:
            merged.entries[key] = (key_node, value)
    return merged


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None


def _matches(path: tuple[str, ...], patterns: frozenset[tuple[str, ...]]) -> bool:
    return any(
        len(pattern) == len(path) and all(want in ("*", got) for want, got in zip(pattern, path, strict=True))
        for pattern in patterns
    )


def _has_named_below(path: tuple[str, ...]) -> bool:
    return _matches(path, _NAMED) or path == ("external",)


_THINGS = {
    "analytics": "the application",
    "apis": "the API",
    "backups": "the backup plan",
    "budgets": "the budget",
    "buckets": "the bucket",
    "buses": "the bus",
    "caches": "the cache",
    "cdns": "the CDN",
    "config": "the setting",
    "dashboards": "the dashboard",
    "databases": "the database",
    "firewalls": "the firewall",
    "flags": "the flag",
    "event_stores": "the event store",
    "functions": "the function",
    "identity": "the user pool",
    "indexes": "the index",
    "load_balancers": "the load balancer",
    "networks": "the network",
    "queues": "the queue",
    "secrets": "the secret",
    "services": "the service",
    "streams": "the stream",
    "tables": "the table",
    "topics": "the topic",
}


def _thing(path: tuple[str, ...]) -> str:
    return _THINGS.get(path[-1]) or _THINGS[path[0]]
