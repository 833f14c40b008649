"""Text to tree: what YAML itself allows, and the traps that people step into.

In: the text of a file. Out: a `Node`, and findings for what is no valid YAML or what the blueprint
language leaves out of YAML (tags, merge keys, several documents). Never: raising for bad content.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from platform_cli.blueprint.collecting import Collector
from platform_cli.blueprint.nodes import MappingNode, Node, ScalarNode, SequenceNode
from platform_cli.blueprint.syntax_errors import report_syntax_error

MAX_NODES = 200_000
"""More values than any blueprint has; aliases that multiply beyond it are a mistake or an attack."""
MAX_DEPTH = 100


def parse(text: str, file: str, collector: Collector) -> Node | None:
    """Read a YAML document.

    Args:
        text: The content of the file.
        file: The file as it is shown to the user.
        collector: Takes the findings.

    Returns:
        The document's tree; None if it is empty or no YAML.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    collector.sources.add(file, text)
    reader = YAML(typ="safe", pure=True)
    try:
        builder = _Builder(reader.parse(text), file, collector)
        root = builder.document()
    except YAMLError as error:
        report_syntax_error(error, text, file, collector)
        return None
    except RecursionError:
        collector.add_at("yaml-syntax", "the document is nested too deeply", file=file, line=1, column=1)
        return None
    if root is None or (isinstance(root, ScalarNode) and root.plain and root.text == ""):
        collector.add_at(
            "empty-file",
            f"{file} is empty",
            file=file,
            line=1,
            column=1,
            hint="`platform init` writes a blueprint to start from",
        )
        return None
    return None if builder.broken else root


class _Builder:
    """Builds nodes from the parser's events."""

    def __init__(self, events: Iterator[Any], file: str, collector: Collector) -> None:
        self.events = events
        self.file = file
        self.collector = collector
        self.anchors: dict[str, Node] = {}
        self.sizes: dict[int, int] = {}
        self.total = 0
        self.broken = False
        """Whether a part of the document could not be read, so that what follows would only confuse."""

    def document(self) -> Node | None:
        root: Node | None = None
        for event in self.events:
            kind = type(event).__name__
            if kind in ("ScalarEvent", "MappingStartEvent", "SequenceStartEvent", "AliasEvent"):
                if root is None:
                    root = self.node(event, 0)
                    continue
                self.report(
                    event, "yaml-several-documents", "a blueprint is one document; `---` begins another"
                )
                for _ in self.events:
                    pass
        return root

    def node(self, event: Any, depth: int) -> Node:
        kind = type(event).__name__
        if depth > MAX_DEPTH:
            raise RecursionError
        if kind == "AliasEvent":
            return self.alias(event)
        self.total += 1
        if event.tag is not None and event.tag not in ("!", "tag:yaml.org,2002:str"):
            self.report(
                event,
                "yaml-tag",
                f"the tag {event.tag.replace('tag:yaml.org,2002:', '!!')} has no meaning in a blueprint",
                hint="write the plain value",
            )
        before = self.total
        node: Node
        if kind == "ScalarEvent":
            start, end = event.start_mark, event.end_mark
            length = end.column - start.column if end.line == start.line else 0
            node = ScalarNode(
                self.file, start.line + 1, start.column + 1, length, event.value, bool(event.implicit[0])
            )
        elif kind == "MappingStartEvent":
            node = self.mapping(event, depth)
        else:
            node = self.sequence(event, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
            self.sizes[id(node)] = self.total - before + 1
        return node

    def alias(self, event: Any) -> Node:
        target = self.anchors.get(event.anchor)
        if target is not None:
            self.total += self.sizes[id(target)]
            if self.total <= MAX_NODES:
                return target
            message = "the aliases multiply to too many values"
        else:
            message = f"the alias *{event.anchor} names no anchor that is complete before it"
        self.broken = True
        self.report(event, "yaml-alias", message, hint="an anchor is written &name before the value")
        mark = event.start_mark
        return ScalarNode(self.file, mark.line + 1, mark.column + 1, len(event.anchor) + 1, "", True)

    def sequence(self, event: Any, depth: int) -> SequenceNode:
        mark = event.start_mark
        node = SequenceNode(self.file, mark.line + 1, mark.column + 1, 0, [], bool(event.flow_style))
        for inner in self.events:
            if type(inner).__name__ == "SequenceEndEvent":
                node.length = _length(event, inner)
                break
            node.items.append(self.node(inner, depth + 1))
        return node

    def mapping(self, event: Any, depth: int) -> MappingNode:
        mark = event.start_mark
        node = MappingNode(self.file, mark.line + 1, mark.column + 1, 0, {}, bool(event.flow_style))
        for inner in self.events:
            if type(inner).__name__ == "MappingEndEvent":
                node.length = _length(event, inner)
                break
            key = self.node(inner, depth + 1)
            value = self.node(next(self.events), depth + 1)
            self.enter(node, key, value)
        return node

    def enter(self, node: MappingNode, key: Node, value: Node) -> None:
        if not isinstance(key, ScalarNode):
            self.broken = True
            self.collector.add("yaml-syntax", "a key is a text, not a list or a mapping", key)
            return
        if key.text == "<<" and key.plain:
            self.collector.add(
                "yaml-merge-key",
                "the merge key `<<` is not part of YAML 1.2",
                key,
                hint="write the keys out, use `defaults`, or an alias for the whole value",
            )
            return
        first = node.key(key.text)
        if first is not None:
            self.collector.add(
                "duplicate-key",
                f'the key "{key.text}" stands here for the second time',
                key,
                hint=f"the first one is in line {first.line}; keep one of them",
            )
            return
        node.entries[key.text] = (key, value)

    def report(self, event: Any, code: str, message: str, hint: str | None = None) -> None:
        mark, end = event.start_mark, event.end_mark
        self.collector.add_at(
            code,
            message,
            file=self.file,
            line=mark.line + 1,
            column=mark.column + 1,
            length=end.column - mark.column if end.line == mark.line else 0,
            hint=hint,
        )


def _length(start: Any, end: Any) -> int:
    """Characters on the first line; 0 (to the end of the line) for what goes over several."""
    if start.flow_style and start.start_mark.line == end.end_mark.line:
        return int(end.end_mark.column - start.start_mark.column)
    return 0
