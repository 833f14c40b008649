"""A YAML document as a tree that knows where everything stands.

In: text. Out: `Node`s with lines and columns of keys and values, and plain data made of them.
Never: models, defaults, meaning; only what YAML 1.2 itself says.

The tree is built from the events of ruamel.yaml's parser, which costs about half of what its
round-trip loader costs and keeps the place of keys and values alike. Scalars are read by the core
schema of YAML 1.2 (yaml.org/spec/1.2.2, chapter 10.3): `on`, `yes` and dates are texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Node:
    """A value in a document.

    Attributes:
        file: The file as it is shown to the user.
        line: From 1.
        column: From 1, in characters.
        length: Characters on that line.
    """

    file: str
    line: int
    column: int
    length: int


@dataclass(slots=True)
class ScalarNode(Node):
    """A text, number, boolean or null; `plain` if it stands without quotes."""

    text: str
    plain: bool

    @property
    def value(self) -> str | int | float | bool | None:
        """The value by the core schema of YAML 1.2."""
        return scalar_value(self.text) if self.plain else self.text


@dataclass(slots=True)
class SequenceNode(Node):
    """A list."""

    items: list[Node]
    flow: bool = False


@dataclass(slots=True)
class MappingNode(Node):
    """A mapping, in the order of the file."""

    entries: dict[str, tuple[ScalarNode, Node]] = field(default_factory=dict)
    flow: bool = False

    def get(self, key: str) -> Node | None:
        """The value under a key."""
        entry = self.entries.get(key)
        return entry[1] if entry else None

    def key(self, key: str) -> ScalarNode | None:
        """The key itself."""
        entry = self.entries.get(key)
        return entry[0] if entry else None


_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_OCTAL = re.compile(r"0o[0-7]+\Z")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_INFINITY = re.compile(r"[-+]?\.(inf|Inf|INF)\Z")
_NOT_A_NUMBER = frozenset({".nan", ".NaN", ".NAN"})


def scalar_value(text: str) -> str | int | float | bool | None:
    """What a plain scalar means by the core schema of YAML 1.2."""
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if text[0] not in "+-.0123456789":
        return text
    if _INTEGER.match(text):
        # Python refuses to convert thousands of digits; such a text is no number anybody meant.
        return int(text) if len(text) < 1000 else text
    if _OCTAL.match(text):
        return int(text[2:], 8)
    if _HEXADECIMAL.match(text):
        return int(text[2:], 16)
    if _FLOAT.match(text):
        return float(text)
    if _INFINITY.match(text):
        return float("-inf") if text[0] == "-" else float("inf")
    return float("nan") if text in _NOT_A_NUMBER else text


def plain_data(node: Node) -> Any:
    """The node as dicts, lists and scalars."""
    if isinstance(node, MappingNode):
        return {key: plain_data(value) for key, (_, value) in node.entries.items()}
    if isinstance(node, SequenceNode):
        return [plain_data(item) for item in node.items]
    assert isinstance(node, ScalarNode)
    return node.value


def find(node: Node, path: Path) -> Node | None:
    """The value at a path, or None."""
    for step in path:
        child = _child(node, step)
        if child is None:
            return None
        node = child
    return node


def find_key(node: Node, path: Path) -> ScalarNode | None:
    """The key at a path, or None (a list has none)."""
    parent = find(node, path[:-1]) if path else None
    return parent.key(str(path[-1])) if isinstance(parent, MappingNode) else None


def nearest(node: Node, path: Path) -> tuple[Node, Path]:
    """The deepest value on the way to a path, and its path."""
    for depth, step in enumerate(path):
        child = _child(node, step)
        if child is None:
            return node, path[:depth]
        node = child
    return node, path


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """All values of a tree with their paths, parents first."""
    yield path, node
    if isinstance(node, MappingNode):
        for key, (_, value) in node.entries.items():
            yield from walk(value, (*path, key))
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.items):
            yield from walk(item, (*path, index))


def mapping_of(node: Node | None) -> Mapping[str, tuple[ScalarNode, Node]]:
    """The entries of a node, empty if it is no mapping."""
    return node.entries if isinstance(node, MappingNode) else {}


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return node.get(str(step))
    if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None
