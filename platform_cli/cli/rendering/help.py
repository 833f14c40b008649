"""Help pages: usage, what it does, arguments, options, examples, exit codes.

Typer's own pages import all of Rich, Markdown and syntax highlighting included, which costs more than
the rest of a `--help` together, and change with its releases; the reference in `docs/` is made from these.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.text import Text

OWN = "Options"
WIDEST = 100


@dataclass(frozen=True)
class Row:
    """What is typed, and what it means."""

    typed: str
    meaning: str


@dataclass(frozen=True)
class Section:
    """A heading with rows under it."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class HelpPage:
    """The help of one command.

    Attributes:
        usage: `platform deploy [OPTIONS]`.
        paragraphs: What it does; the first is one line.
        sections: Arguments, options, commands.
        examples: What to type, and what it does.
        exit_codes: One line.
    """

    usage: str
    paragraphs: tuple[str, ...]
    sections: tuple[Section, ...]
    examples: tuple[Row, ...] = ()
    exit_codes: str = ""


def parameter_sections(parameters: Iterable[Any]) -> tuple[Section, ...]:
    """Return the sections for Typer's parameters: arguments, own options, options of every command."""
    grouped: dict[str, list[Row]] = {"Arguments": [], OWN: []}
    for parameter in parameters:
        if getattr(parameter, "hidden", False):
            continue
        if parameter.param_type_name == "argument":
            grouped["Arguments"].append(Row(argument_name(parameter), parameter.help or ""))
        else:
            title = getattr(parameter, "rich_help_panel", None) or OWN
            grouped.setdefault(title, []).append(Row(_option_names(parameter), _option_meaning(parameter)))
    return tuple(Section(title, tuple(rows)) for title, rows in grouped.items() if rows)


def argument_name(parameter: Any) -> str:
    """Return how an argument stands in the usage: `NAME`, `[SERVICE]...`."""
    name = (parameter.metavar or parameter.name).upper().replace("_", "-")
    if not parameter.required:
        name = f"[{name}]"
    return f"{name}..." if parameter.nargs == -1 else name


def _option_names(parameter: Any) -> str:
    names = sorted(
        [*parameter.opts, *parameter.secondary_opts], key=lambda name: (name.startswith("--"), len(name))
    )
    text = ", ".join(names)
    if getattr(parameter, "is_flag", False):
        return text
    return f"{text} {parameter.metavar or parameter.name.upper()}"


def _option_meaning(parameter: Any) -> str:
    text = parameter.help or ""
    if parameter.required:
        text += " Required."
    if parameter.show_default and parameter.default not in (None, False, True, ()):
        default = parameter.default
        text += f" Default: {default.value if hasattr(default, 'value') else default}."
    if parameter.envvar:
        text += f" (Variable {parameter.envvar})"
    return text.strip()


def help_text(page: HelpPage, width: int) -> Text:
    """Lay out a page."""
    from rich.text import Text

    width = min(width, WIDEST)
    text = Text()
    text.append("Usage: ", style="bold").append(f"{page.usage}\n")
    for paragraph in page.paragraphs:
        text.append("\n" + textwrap.fill(paragraph, width, break_on_hyphens=False) + "\n")
    for section in page.sections:
        text.append(f"\n{section.title}:\n", style="bold")
        _append_rows(text, section.rows, width)
    if page.examples:
        text.append("\nExamples:\n", style="bold")
        for example in page.examples:
            text.append(f"  {example.typed}\n", style="cyan")
            text.append(textwrap.indent(textwrap.fill(example.meaning, width - 6), "      ") + "\n")
    if page.exit_codes:
        text.append("\nExit codes: ", style="bold")
        text.append(textwrap.fill(page.exit_codes, width, initial_indent=" " * 12)[12:] + "\n")
    return text


def _append_rows(text: Text, rows: Sequence[Row], width: int) -> None:
    column = min(max(len(row.typed) for row in rows), 26) + 4
    for row in rows:
        lines = textwrap.wrap(row.meaning, max(width - column, 30), break_on_hyphens=False) or [""]
        typed = f"  {row.typed}"
        text.append(typed, style="cyan")
        if len(typed) + 2 > column:
            text.append("\n" + " " * column)
        else:
            text.append(" " * (column - len(typed)))
        text.append(("\n" + " " * column).join(lines) + "\n")
