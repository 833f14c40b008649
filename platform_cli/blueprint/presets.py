"""Presets: the usual bundles of `access`, named once for all functions of a service.

In: the document's tree. Out: a tree in which each function has the lines of its service's presets beside its
own. Everything after it (checks, roles, variables, docs) sees plain lines of `access`; a preset gives nothing
that a line could not. A function's own line for the same thing wins over the preset's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from platform_cli.blueprint.collecting import Collector
from platform_cli.blueprint.nodes import MappingNode, Node, Path, ScalarNode, SequenceNode, mapping_of

PRESETS: Mapping[str, Mapping[str, str]] = {
    "authentication": {"identity": "sign_in"},
    "notifications": {"tables": "write"},
    "orders": {"tables": "read_write", "buses": "publish"},
    "user_data": {"tables": "read_write"},
}
"""Name of a preset, to the kinds of things it is about and what may be done with them."""

ARGUMENTS: Mapping[str, str] = {"identity": "identity", "tables": "table", "buses": "bus"}
"""The key of a preset that names the thing, by the thing's kind."""


def expand_presets(tree: Node, collector: Collector) -> Node:
    """Add the lines of presets to the functions of their services.

    Args:
        tree: The document, with includes and overrides; it stays as it is.
        collector: Takes a notice for what each preset gives, and an error where a thing must be named.

    Returns:
        A new tree where there are presets, else the same.
    """
    services = mapping_of(tree.get("services")) if isinstance(tree, MappingNode) else {}
    expanded: dict[str, tuple[ScalarNode, Node]] = {}
    for name, (key, service) in services.items():
        presets = service.get("presets") if isinstance(service, MappingNode) else None
        if isinstance(service, MappingNode) and isinstance(presets, SequenceNode):
            lines = dict(_lines(tree, name, presets, collector))
            expanded[name] = (key, _with_lines(service, lines))
    if not expanded:
        return tree
    assert isinstance(tree, MappingNode)
    key, node = tree.entries["services"]
    return _changed(tree, "services", key, _updated(node, expanded))


def _lines(
    tree: Node, service: str, presets: SequenceNode, collector: Collector
) -> Iterator[tuple[str, tuple[ScalarNode, Node]]]:
    for index, item in enumerate(presets.items):
        named = item.get("preset") if isinstance(item, MappingNode) else item
        name = named.text if isinstance(named, ScalarNode) else ""
        path: Path = ("services", service, "presets", index)
        given: list[str] = []
        for kind, verb in PRESETS.get(name, {}).items():
            thing = _thing(tree, item, kind, name, path, collector)
            if thing is None:
                continue
            line = f"{kind}.{thing}"
            given.append(f"{line}: {verb}")
            yield line, (_scalar(item, line), _scalar(item, verb))
        if given:
            said = f"the preset {name} gives each function of service {service} {', '.join(given)}"
            collector.add("expanded-preset", said, named or item, path)


def _thing(tree: Node, item: Node, kind: str, preset: str, path: Path, collector: Collector) -> str | None:
    """What a preset is about: what it names, or else the only thing of its kind."""
    key = ARGUMENTS[kind]
    named = item.get(key) if isinstance(item, MappingNode) else None
    if isinstance(named, ScalarNode):
        return named.text
    declared = list(mapping_of(tree.get(kind) if isinstance(tree, MappingNode) else None))
    if len(declared) == 1:
        return declared[0]
    found = "declares none" if not declared else f"has {len(declared)}: {', '.join(declared)}"
    example = declared[0] if declared else "NAME"
    collector.add(
        "ambiguous-preset",
        f"the preset {preset} does not say which {key}, and the blueprint {found}",
        item,
        path,
        f"write {{ preset: {preset}, {key}: {example} }}",
    )
    return None


def _with_lines(service: MappingNode, lines: Mapping[str, tuple[ScalarNode, Node]]) -> MappingNode:
    functions = service.entries.get("functions")
    if not lines or functions is None or not isinstance(functions[1], MappingNode):
        return service
    changed: dict[str, tuple[ScalarNode, Node]] = {}
    for name, (key, function) in functions[1].entries.items():
        if isinstance(function, MappingNode):
            changed[name] = (key, _with_access(function, lines))
    return _changed(service, "functions", functions[0], _updated(functions[1], changed))


def _with_access(function: MappingNode, lines: Mapping[str, tuple[ScalarNode, Node]]) -> MappingNode:
    own = function.entries.get("access")
    if own is not None and isinstance(own[1], MappingNode):
        access = own[1]
        return _changed(function, "access", own[0], _updated(access, {**lines, **access.entries}))
    first = next(iter(lines.values()))[0]
    if own is not None and not (isinstance(own[1], ScalarNode) and own[1].value is None):
        return function  # of the wrong shape, which is said elsewhere
    empty = MappingNode(first.file, first.line, first.column, first.length, {}, flow=False)
    return _changed(function, "access", own[0] if own else _scalar(first, "access"), _updated(empty, lines))


def _changed(node: MappingNode, name: str, key: ScalarNode, value: Node) -> MappingNode:
    return _updated(node, {name: (key, value)})


def _updated(node: Node, entries: Mapping[str, tuple[ScalarNode, Node]]) -> MappingNode:
    assert isinstance(node, MappingNode)
    merged = {**node.entries, **entries}
    return MappingNode(node.file, node.line, node.column, node.length, merged, node.flow)


def _scalar(place: Node, text: str) -> ScalarNode:
    return ScalarNode(place.file, place.line, place.column, place.length, text, plain=True)
