"""The reference pages of `docs/`, made from the commands and codes themselves.

A test compares them with the files in `docs/`, so that neither can change without the other:
`pytest tests/cli/test_reference.py --update-golden` rewrites them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import typer
import typer.main

from platform_cli.cli.app import app
from platform_cli.cli.command import command_page, group_page
from platform_cli.cli.explanations import explanations
from platform_cli.cli.options import PANEL
from platform_cli.cli.rendering.help import HelpPage, Section
from platform_cli.cli.table import COMMANDS, Entry


def command_names(
    entries: Mapping[str, Entry] = COMMANDS, prefix: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Yield every command by the words that are typed: `("local", "start")`."""
    for name, entry in entries.items():
        if entry.module is not None:
            yield (*prefix, name)
        yield from command_names(entry.children, (*prefix, name))


def page_of(words: tuple[str, ...]) -> HelpPage:
    """Return the help page of a command; no words mean `platform` itself."""
    command: Any = typer.main.get_command(app)
    context = command.context_class(command, info_name="platform", **command.context_settings)
    for number, word in enumerate(words, 1):
        last = number == len(words)
        command = command.resolve_command(context, [word])[1] if last else command.get_command(context, word)
        context = command.context_class(command, info_name=word, parent=context)
    return command_page(command, context) if hasattr(command, "module") else group_page(command, context)


def cli_reference() -> str:
    """Return `docs/cli.md`."""
    root = page_of(())
    common = next(section for section in root.sections if section.title == PANEL)
    lines = [
        "# Commands",
        "",
        f"`{root.usage}`",
        "",
        "These options stand before or after the command:",
        "",
        *_rows(common),
        "",
        "Results go to stdout, talk and progress to stderr. With `--json`, stdout holds one JSON document,",
        "errors included; of `logs`, one a line. Without a terminal nothing is asked: the error names the",
        "option that answers.",
        "",
        f"Exit codes: {root.exit_codes}",
    ]
    for words in command_names():
        lines += ["", f"## platform {' '.join(words)}", "", *_page(page_of(words))]
    return "\n".join(lines) + "\n"


def error_reference() -> str:
    """Return `docs/errors.md`."""
    found = [e for e in explanations().values() if e.severity != "check"]
    lines = [
        "# Error codes",
        "",
        "Every error, warning and notice carries a code in brackets. `platform explain CODE` says the same",
        "as this page. The checks of `platform doctor` have [their own](doctor.md).",
    ]
    for subject in sorted({explanation.subject for explanation in found}):
        lines += ["", f"## {subject}"]
        for explanation in found:
            if explanation.subject == subject:
                severity = "" if explanation.severity == "error" else f" ({explanation.severity})"
                lines += ["", f"### {explanation.code}{severity}", "", explanation.text]
    return "\n".join(lines) + "\n"


def _page(page: HelpPage) -> list[str]:
    lines = [f"`{page.usage}`"]
    for paragraph in page.paragraphs:
        lines += ["", paragraph]
    for section in page.sections:
        rows = [row for row in section.rows if "--help" not in row.typed]
        if section.title != PANEL and rows:
            lines += ["", *_rows(Section(section.title, tuple(rows)))]
    lines += ["", "```sh"]
    for example in page.examples:
        lines += [f"# {example.meaning}", example.typed]
    return [*lines, "```", "", f"Exit codes: {page.exit_codes}"]


def _rows(section: Section) -> list[str]:
    cells = [(f"`{row.typed}`", row.meaning.replace("|", "\\|")) for row in section.rows]
    return [f"| {section.title} | |", "|---|---|", *(f"| {typed} | {meaning} |" for typed, meaning in cells)]
