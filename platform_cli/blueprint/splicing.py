"""Changes to the text of a YAML document, at the spot and nowhere else.

In: text, keys, a value. Out: new text. Never: files; what cannot be changed without touching more than
the spot raises `CannotSplice`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from platform_cli.blueprint.yaml_text import (
    Style,
    entry_lines,
    flow_text,
    mapping_lines,
    scalar_text,
    sequence_lines,
)


class CannotSplice(Exception):
    """The text cannot take the change without losing something."""


@lru_cache(maxsize=2)
def compose(text: str) -> Any:
    """The document as ruamel's nodes, whose marks have positions in the text; nobody changes them.

    An edit reads the text before it twice and the one after it once, which the next edit begins with.
    """
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).compose(text)


def children(node: Any) -> Iterator[Any]:
    """The nodes directly inside of a node, keys included."""
    for item in node.value if isinstance(node.value, list) else ():
        if isinstance(item, tuple):
            yield from item
        else:
            yield item


def scalars(node: Any) -> Iterator[Any]:
    """All scalars of a tree."""
    if not isinstance(node.value, list):
        yield node
    for child in children(node):
        yield from scalars(child)


def detect_style(text: str, root: Any) -> Style:
    """How a document is written."""
    style = Style(newline="\r\n" if "\r\n" in text else "\n")
    indents: list[int] = []
    dashes: list[int] = []
    spaces: list[bool] = []
    _collect(root, text, indents, dashes, spaces)
    quotes = [scalar.style for scalar in scalars(root) if scalar.style in ("'", '"')]
    if indents:
        style = replace(style, indent=max(set(indents), key=indents.count))
    if dashes:
        style = replace(style, sequence_indent=max(set(dashes), key=dashes.count))
    if quotes:
        style = replace(style, quote=max(("'", '"'), key=quotes.count))
    if spaces:
        style = replace(style, flow_space=max((True, False), key=spaces.count))
    return style


def _collect(node: Any, text: str, indents: list[int], dashes: list[int], spaces: list[bool]) -> None:
    if _is_mapping(node):
        if node.flow_style and node.value:
            spaces.append(text[node.start_mark.index + 1 : node.start_mark.index + 2] == " ")
        for key, value in node.value:
            if not node.flow_style and isinstance(value.value, list) and not value.flow_style:
                step = value.start_mark.column - key.start_mark.column
                if _is_mapping(value) and step > 0:
                    indents.append(step)
                elif not _is_mapping(value) and step >= 0:
                    dashes.append(step)
    for child in children(node):
        _collect(child, text, indents, dashes, spaces)


def _is_mapping(node: Any) -> bool:
    return type(node).__name__ == "MappingNode"


def _is_empty(node: Any) -> bool:
    return not isinstance(node.value, list) and node.value == "" and node.style is None


def set_in_text(text: str, keys: tuple[str, ...], value: Any) -> str:
    """Put a value under keys, making what is missing on the way.

    Raises:
        CannotSplice: A key on the way leads into a list or a text, or comments would be lost.
    """
    root = compose(text)
    if root is None or not _is_mapping(root):
        raise CannotSplice("the document is no mapping")
    style = detect_style(text, root)
    node, key_node, depth = root, None, 0
    while depth < len(keys):
        found = (
            next(((k, v) for k, v in node.value if k.value == keys[depth]), None)
            if _is_mapping(node)
            else None
        )
        if found is None:
            break
        key_node, node = found
        depth += 1
    rest = keys[depth:]
    for key in reversed(rest[1:]):
        value = {key: value}
    if not rest:
        return _replace(text, root, key_node, node, value, style)
    if _is_mapping(node):
        return _append(text, node, rest[0], value, style)
    if _is_empty(node) and key_node is not None:
        return _fill(text, key_node, {rest[0]: value}, style)
    raise CannotSplice(f'"{keys[depth - 1]}" is no mapping')


def _replace(text: str, root: Any, key_node: Any, node: Any, value: Any, style: Style) -> str:
    if node.anchor is not None:
        raise CannotSplice("the value has an anchor, which other places use")
    if _is_empty(node):
        if isinstance(value, Mapping) and value:
            return _fill(text, key_node, value, style)
        at = key_node.end_mark.index + text[key_node.end_mark.index :].index(":") + 1
        return f"{text[:at]} {flow_text(value, style)}{text[at:]}"
    start = node.start_mark.index
    if not isinstance(node.value, list):
        end = node.end_mark.index
        if node.style in ("|", ">"):
            end = start + len(text[start:end].rstrip())
        quote = node.style if isinstance(value, str) and node.style in ("'", '"') else None
        in_flow = _inside_flow(root, node)
        if isinstance(value, Mapping | list | tuple):
            written = flow_text(value, style)
        else:
            written = scalar_text(value, style, flow=in_flow, quote=quote)
        return text[:start] + written + text[end:]
    if node.flow_style:
        end = node.end_mark.index
        written = flow_text(value, style)
    else:
        end = _content_end(node)
        column = node.start_mark.column
        if isinstance(value, Mapping) and value and _is_mapping(node):
            written = style.newline.join(mapping_lines(value, column, style)).lstrip(" ")
        elif isinstance(value, list | tuple) and value and not _is_mapping(node):
            written = style.newline.join(sequence_lines(value, column, style)).lstrip(" ")
        else:
            start = key_node.end_mark.index + text[key_node.end_mark.index :].index(":") + 1
            written = " " + flow_text(value, style)
    if comments_of(text[start:end]):
        raise CannotSplice("there are comments inside of the value")
    return text[:start] + written + text[end:]


def _inside_flow(root: Any, node: Any) -> bool:
    position = node.start_mark.index
    while True:
        around = [c for c in children(root) if c.start_mark.index <= position < c.end_mark.index]
        inner = next((c for c in around if isinstance(c.value, list)), None)
        if root.flow_style and isinstance(root.value, list):
            return True
        if inner is None:
            return False
        root = inner


def _content_end(node: Any) -> int:
    """Where the last thing inside of a node ends; the end of a block in YAML is where the next begins."""
    if isinstance(node.value, list) and not node.flow_style and node.value:
        return max(map(_content_end, children(node)))
    return int(node.end_mark.index)


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1


def _append(text: str, node: Any, key: str, value: Any, style: Style) -> str:
    if node.flow_style:
        if not node.value:
            return (
                text[: node.start_mark.index] + flow_text({key: value}, style) + text[node.end_mark.index :]
            )
        written = f"{scalar_text(key, style, flow=True)}: {flow_text(value, style)}"
        last = max(_content_end(child) for child in children(node))
        following = text[last : node.end_mark.index - 1]
        separator = " " if following.lstrip().startswith(",") else ", "
        at = last + following.index(",") + 1 if separator == " " else last
        return text[:at] + separator + written + text[at:]
    column = node.start_mark.column
    lines = entry_lines(key, value, column, style)
    at = _after_comments(text, _line_end(text, max(_last_character(text, node), 0)), column)
    if _has_blank_lines(text, node):
        lines.insert(0, "")
    return _insert_lines(text, at, lines, style)


def _last_character(text: str, node: Any) -> int:
    end = _content_end(node)
    start: int = node.start_mark.index
    return max(len(text[:end].rstrip()) - 1, start)


def _after_comments(text: str, at: int, column: int) -> int:
    """Past the comments that belong to the mapping: those that are indented at least as its keys."""
    if column == 0:
        return at
    best, position = at, at
    while position < len(text):
        end = _line_end(text, position)
        line = text[position:end]
        stripped = line.strip()
        if stripped.startswith("#") and len(line) - len(line.lstrip(" ")) >= column:
            best = end
        elif stripped:
            break
        position = end
    return best


def _has_blank_lines(text: str, node: Any) -> bool:
    """Whether entries of a mapping are kept apart by blank lines."""
    if len(node.value) < 2:
        return False
    before, last = node.value[-2], node.value[-1]
    between = text[_content_end(before[1]) : last[0].start_mark.index]
    return any(not line.strip() for line in between.split("\n")[1:-1])


def _fill(text: str, key_node: Any, value: Mapping[str, Any], style: Style) -> str:
    """Put a mapping under a key that has no value."""
    lines = mapping_lines(value, key_node.start_mark.column + style.indent, style)
    return _insert_lines(text, _line_end(text, key_node.end_mark.index), lines, style)


def _insert_lines(text: str, at: int, lines: list[str], style: Style) -> str:
    before = text[:at]
    if before and not before.endswith("\n"):
        before += style.newline
    return before + "".join(line + style.newline for line in lines) + text[at:]


def comments_of(text: str) -> list[str]:
    """All comments of a document, in order; of a part of a document, what may be comments."""
    try:
        root = compose(text)
    except Exception:  # noqa: BLE001 - a part of a document need not be one; then every # counts
        root = None
    inside: list[tuple[int, int]] = []
    if root is not None:
        inside = sorted((s.start_mark.index, s.end_mark.index) for s in scalars(root) if s.style is not None)
    comments: list[str] = []
    position = 0
    for line in text.splitlines(keepends=True):
        for index, character in enumerate(line):
            at = position + index
            begins = character == "#" and (index == 0 or line[index - 1] in " \t")
            if begins and not any(start <= at < end for start, end in inside):
                comments.append(line[index:].rstrip())
                break
        position += len(line)
    return comments
