"""What a line of `access` says beside its verb, so that it gives less: whether AWS can hold to it."""

from __future__ import annotations

from platform_cli.blueprint.access import NARROWED_BY
from platform_cli.blueprint.access_lines import AccessTarget
from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model.data import Attribute
from platform_cli.blueprint.model.services import AccessLine
from platform_cli.blueprint.nodes import Path

_KEYS = tuple(dict.fromkeys(key for keys in NARROWED_BY.values() for key in keys))


def check_narrowing(
    context: Context, address: str, target: AccessTarget, line: AccessLine, path: Path
) -> None:
    """One line of `access` of a function that is called by its address."""
    known = NARROWED_BY.get(target.kind, {})
    for key in _KEYS:
        values = getattr(line, key)
        if values is None:
            continue
        if key not in known:
            context.report(
                "invalid-access",
                f"{target.kind} have no {key.replace('_', ' ')}",
                (*path, key),
                key=True,
                hint=f"{target.kind} are narrowed by {', '.join(known)}" if known else None,
            )
        elif not values and key != "indexes":
            context.report(
                "invalid-access",
                f"function {address} names no {key.replace('_', ' ')}, and so nothing that it may use",
                (*path, key),
                key=True,
                hint="name at least one, or leave the key out: then it may use all",
            )
    if target.kind == "tables":
        _check_table(context, address, target.name, line, path)
    for index, prefix in enumerate(line.prefixes or ()):
        if target.kind == "buckets" and ("*" in prefix or prefix.startswith("/")):
            context.report(
                "invalid-access",
                f'function {address} uses objects below "{prefix}", and a prefix is how a key begins',
                (*path, "prefixes", index),
                hint=f'write "{prefix.lstrip("/").partition("*")[0] or "invoices/"}"',
            )


def _check_table(context: Context, address: str, name: str, line: AccessLine, path: Path) -> None:
    blueprint = context.blueprint
    ours, external = blueprint.tables.get(name), blueprint.external.tables.get(name)
    key = ours.partition_key if ours is not None else external.partition_key if external is not None else None
    if line.partition_keys and key is not None and key.type != "string":
        context.report(
            "invalid-access",
            f"function {address} uses some partition keys of table {name}, whose key {key.name} is no string",
            (*path, "partition_keys"),
            key=True,
            hint="patterns match texts: leave `partition_keys` out",
        )
    if not line.attributes:
        return
    if external is not None and external.partition_key is None:
        context.report(
            "invalid-access",
            f"function {address} uses some attributes of table {name}, whose keys are not known, and no "
            "call works without these",
            (*path, "attributes"),
            key=True,
            hint=f"write `partition_key`, and `sort_key` if there is one, under external.tables.{name}",
        )
    keys = {one.name for one in (key, *_sort_keys(context, name)) if one is not None}
    for index, attribute in enumerate(line.attributes):
        if attribute in keys:
            context.report(
                "needless-attribute",
                f"function {address} may use the key {attribute} of table {name} in any case",
                (*path, "attributes", index),
                hint="leave it out: no call works without the keys",
            )


def _sort_keys(context: Context, table: str) -> tuple[Attribute | None, ...]:
    ours, external = context.blueprint.tables.get(table), context.blueprint.external.tables.get(table)
    return (ours.sort_key if ours else None, external.sort_key if external else None)
