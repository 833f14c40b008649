"""Data to `Blueprint`: pydantic checks the shape, and its errors become findings in our words.

In: a tree. Out: a `Blueprint`, and findings for unknown and missing keys, wrong types and values. Where
the shape is wrong, the parts that are right still become a `Blueprint`, so that names can be checked
and everything is said at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from platform_cli.blueprint.collecting import Collector, spot
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.base import CHOICE_PREFIX
from platform_cli.blueprint.nodes import MappingNode, Node, Path, ScalarNode, SequenceNode, find, plain_data
from platform_cli.blueprint.wording import Wrong, describe

_PLACEHOLDERS: Mapping[str, str | Mapping[str, Any]] = {
    "blueprint": "1",
    "system": "system",
    "owner": "owner",
    "environments": {"local": {"target": "local"}},
}
_ROUNDS = 12


@dataclass(frozen=True)
class Shape:
    """What could be made of a document.

    Attributes:
        blueprint: The parts that have the right shape; None if nothing can be made of them.
        tree: The document without the parts that are wrong.
        wrong: Where something is wrong; empty if everything is right.
    """

    blueprint: Blueprint | None
    tree: Node
    wrong: frozenset[Path] = frozenset()


def read_shape(tree: Node, collector: Collector) -> Shape:
    """Make a `Blueprint` of a document.

    Args:
        tree: The document, with includes and overrides merged.
        collector: Takes the findings.
    """
    try:
        return Shape(Blueprint.model_validate(plain_data(tree)), tree)
    except ValidationError as error:
        problems = error.errors(include_url=False)
    _report(problems, tree, collector)
    wrong = frozenset(_document_path(problem["loc"]) for problem in problems)
    rest = _copy(tree)
    for _ in range(_ROUNDS):
        _remove_all(rest, problems)
        try:
            return Shape(Blueprint.model_validate(plain_data(rest)), rest, wrong)
        except ValidationError as error:
            problems = error.errors(include_url=False)
    return Shape(None, rest, wrong)


def _document_path(location: tuple[int | str, ...]) -> Path:
    return tuple(
        step for step in location if not (isinstance(step, str) and step.startswith((CHOICE_PREFIX, "[key]")))
    )


def _report(problems: list[Any], tree: Node, collector: Collector) -> None:
    said: set[Path] = set()
    paths = [_document_path(problem["loc"]) for problem in problems]
    for problem in problems:
        path = _document_path(problem["loc"])
        if problem["type"] not in ("missing", "extra_forbidden"):
            # Scalars of several types fail once a type; what counts is the value in the document.
            while path and find(tree, path) is None:
                path = path[:-1]
            if path in said:
                continue
            if problem["type"] == "too_short" and any(p != path and p[: len(path)] == path for p in paths):
                # A list is not too short because its entries are wrong.
                continue
            said.add(path)
        wrong = Wrong(
            type=problem["type"],
            path=path,
            value=problem["input"],
            context=problem.get("ctx", {}),
            is_key="[key]" in problem["loc"],
            text=getattr(find(tree, path), "text", None),
        )
        finding = describe(wrong)
        point_at_key = wrong.is_key or wrong.type == "extra_forbidden"
        node = spot(tree, path, key=point_at_key)
        collector.add(finding.code, finding.message, node, path, finding.hint)


def _copy(node: Node) -> Node:
    """A tree whose mappings and lists can be changed without changing the original."""
    if isinstance(node, MappingNode):
        entries = {key: (key_node, _copy(value)) for key, (key_node, value) in node.entries.items()}
        return MappingNode(node.file, node.line, node.column, node.length, entries, node.flow)
    if isinstance(node, SequenceNode):
        items = [_copy(item) for item in node.items]
        return SequenceNode(node.file, node.line, node.column, node.length, items, node.flow)
    return node


def _remove_all(root: Node, problems: Iterable[Any]) -> None:
    """Take what is wrong out of a tree: the value, or what lacks a key."""
    paths = set()
    for problem in problems:
        path = _document_path(problem["loc"])
        if problem["type"] == "missing":
            path, absent = path[:-1], str(path[-1])
            if not path:
                _replace(root, absent)
                continue
        paths.add(path)
    # From the end of lists to their beginning, so that what is left to remove keeps its place.
    for path in sorted(
        paths, key=lambda path: [(isinstance(step, int), step) for step in path], reverse=True
    ):
        _remove(root, path)


def _remove(root: Node, path: Path) -> None:
    parent, depth = root, 0
    while depth < len(path) - 1:
        child = find(parent, (path[depth],))
        if not isinstance(child, MappingNode | SequenceNode):
            break
        parent, depth = child, depth + 1
    if not path:
        return
    key = path[depth]
    if isinstance(parent, SequenceNode) and isinstance(key, int) and key < len(parent.items):
        parent.items.pop(key)
    elif isinstance(parent, MappingNode):
        parent.entries.pop(str(key), None)
        if parent is root:
            _replace(root, str(key))


def _replace(root: Node, key: str) -> None:
    """Put something in place of what every blueprint must have."""
    if key in _PLACEHOLDERS and isinstance(root, MappingNode):
        root.entries[key] = (_scalar(root, key), _placeholder(root, _PLACEHOLDERS[key]))


def _placeholder(root: Node, value: Any) -> Node:
    if isinstance(value, Mapping):
        entries = {key: (_scalar(root, key), _placeholder(root, inner)) for key, inner in value.items()}
        return MappingNode(root.file, root.line, root.column, root.length, entries)
    return _scalar(root, value)


def _scalar(root: Node, text: str) -> ScalarNode:
    return ScalarNode(root.file, root.line, root.column, 1, text, True)
