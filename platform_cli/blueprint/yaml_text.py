"""Values as YAML text, in the style of the file that they go into.

In: plain data and a `Style`. Out: text. Never: files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_cli.blueprint.nodes import scalar_value

_INDICATORS = "-?:,[]{}#&*!|>'\"%@`"
_FLOW_WIDTH = 100
"""Characters up to which a mapping in a list is written in one line."""


@dataclass(frozen=True)
class Style:
    """How a file is written.

    Attributes:
        indent: Spaces a level of mappings.
        sequence_indent: Spaces between a key and the dashes of its list.
        quote: The quotation mark that is used where one is needed.
        newline: How lines end.
        flow_space: Whether there is a space inside of braces.
    """

    indent: int = 2
    sequence_indent: int = 2
    quote: str = '"'
    newline: str = "\n"
    flow_space: bool = True


def scalar_text(value: Any, style: Style, *, flow: bool = False, quote: str | None = None) -> str:
    """A scalar.

    Args:
        value: A text, number, boolean or None.
        style: How the file is written.
        flow: Whether it stands inside of brackets or braces.
        quote: The quotation mark to use even where none is needed.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if quote is None and _is_plain(text, flow=flow):
        return text
    mark = quote or style.quote
    if mark == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, text)) + '"'


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _escaped(character: str) -> str:
    """A character inside of double quotes; YAML knows no pairs of surrogates, so JSON's way will not do."""
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    number = ord(character)
    return (
        f"\\x{number:02x}"
        if number < 0x100
        else f"\\u{number:04x}"
        if number < 0x10000
        else f"\\U{number:08x}"
    )


def _float_text(value: float) -> str:
    if value != value:
        return ".nan"
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    return repr(value)


def _is_plain(text: str, *, flow: bool) -> bool:
    if not text or text != text.strip() or not text.isprintable():
        return False
    if scalar_value(text) != text or not isinstance(scalar_value(text), str):
        return False
    if text[0] in _INDICATORS and not (text[0] in "-?:" and len(text) > 1 and text[1] not in " ,[]{}"):
        return False
    if text.startswith(("---", "...")) or ": " in text or " #" in text or text.endswith(":"):
        return False
    return not (flow and re.search(r"[,\[\]{}:]", text))


def flow_text(value: Any, style: Style) -> str:
    """A value in one line: `{ queue: notifications, batch_size: 10 }`."""
    if isinstance(value, Mapping):
        if not value:
            return "{}"
        space = " " if style.flow_space else ""
        inside = ", ".join(
            f"{scalar_text(str(key), style, flow=True)}: {flow_text(item, style)}"
            for key, item in value.items()
        )
        return f"{{{space}{inside}{space}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow_text(item, style) for item in value) + "]"
    return scalar_text(value, style, flow=True)


def entry_lines(key: str, value: Any, column: int, style: Style) -> list[str]:
    """`key: value` as lines of a mapping whose keys begin at a column (from 0)."""
    head = " " * column + scalar_text(key, style) + ":"
    if isinstance(value, Mapping) and value:
        return [head, *mapping_lines(value, column + style.indent, style)]
    if _is_list(value) and value:
        return [head, *sequence_lines(value, column + style.sequence_indent, style)]
    text = (
        flow_text(value, style)
        if isinstance(value, Mapping) or _is_list(value)
        else scalar_text(value, style)
    )
    return [f"{head} {text}"]


def mapping_lines(value: Mapping[str, Any], column: int, style: Style) -> list[str]:
    """A mapping as lines."""
    return [line for key, item in value.items() for line in entry_lines(str(key), item, column, style)]


def sequence_lines(value: Sequence[Any], column: int, style: Style) -> list[str]:
    """A list as lines, short mappings in one line each."""
    lines: list[str] = []
    for item in value:
        pad = " " * column
        if isinstance(item, Mapping) and item and not _is_short(item, column, style):
            first, *rest = mapping_lines(item, column + 2, style)
            lines += [f"{pad}- {first.lstrip(' ')}", *rest]
        elif isinstance(item, Mapping) or _is_list(item):
            lines.append(f"{pad}- {flow_text(item, style)}")
        else:
            lines.append(f"{pad}- {scalar_text(item, style)}")
    return lines


def _is_short(item: Mapping[str, Any], column: int, style: Style) -> bool:
    nested = any(isinstance(value, Mapping) for value in item.values())
    return not nested and column + 2 + len(flow_text(item, style)) <= _FLOW_WIDTH


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
