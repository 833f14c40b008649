"""Errors and findings, as the user sees them.

::

    error[unknown-table]: function orders.create reads table "mian", which is not declared
      --> blueprint.yaml:47:19
       |
    47 |         access: { tables.mian: read_write }
       |                   ^^^^^^^^^^^
    hint: did you mean "main"?
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_cli.errors import Place, PlatformError

if TYPE_CHECKING:
    from rich.text import Text

    from platform_cli.blueprint.findings import Finding
    from platform_cli.cli.terminal import Terminal

Locate = Callable[[str], Place | None]

STYLES = {"error": "bold red", "warning": "bold yellow", "notice": "bold blue"}
TAB_WIDTH = 4
_LONGEST_LINE = 200


def nowhere(path: str) -> Place | None:  # noqa: ARG001
    """Find nothing: for errors outside a workspace."""
    return None


def render_error(
    terminal: Terminal, error: PlatformError, locate: Locate, more: Mapping[str, Any] | None = None
) -> None:
    """Show an error: as text on stderr, or with `--json` as a document on stdout.

    Args:
        terminal: Where to.
        error: What happened.
        locate: Finds the line of a dotted path in the blueprint.
        more: What the document says beside the error, such as what was done before it.
    """
    findings: Sequence[Finding] = getattr(error, "findings", ())
    base = terminal.base
    if terminal.json:
        document = {"error": error_data(error, locate, base), **(more or {})}
        terminal.data({**document, "findings": findings_data(findings, base)} if findings else document)
        return
    for finding in findings:
        terminal.say(finding_text(finding, base))
    if findings:
        terminal.say(count(findings))
    for part in [] if findings else _parts(error):
        terminal.say(error_text(part, locate, base))


def _parts(error: PlatformError) -> Sequence[PlatformError]:
    """Split an error of several causes (a failed deployment, broken handlers) into them."""
    problems: Sequence[PlatformError] = getattr(error, "problems", ())
    if problems:
        return problems
    failures = getattr(error, "failures", ())
    return [
        PlatformError(str(f), hint=f.hint, code=error.code, where=f.blueprint_path or f.stack)
        for f in failures
    ] or [error]


def error_text(error: PlatformError, locate: Locate = nowhere, base: Path | None = None) -> Text:
    """Draw an error without a finding."""
    text = _headline("error", error.code, error.message)
    where = _located(error.where, locate)
    if where is not None:
        text.append("\n  --> ", style="blue").append(shown_place(where, base))
        _append_source(text, where, base)
    _append_hint(text, error.hint)
    return text


def finding_text(finding: Finding, base: Path | None = None) -> Text:
    """Draw a finding, with its line and the spot underlined."""
    text = _headline(finding.severity.value, finding.code, finding.message)
    text.append("\n  --> ", style="blue").append(shown_place(finding.place, base))
    if finding.source_line is not None and finding.place.line is not None:
        _append_line(text, finding.place.line, finding.source_line, finding.place.column, finding.length)
    _append_hint(text, finding.hint)
    text.append("\n")
    return text


def count(findings: Iterable[Finding]) -> str:
    """Count findings by severity: `1 error, 2 warnings`."""
    severities = [finding.severity.value for finding in findings]
    parts = []
    for severity in STYLES:
        number = severities.count(severity)
        if number:
            parts.append(f"{number} {severity}{'s' if number > 1 else ''}")
    return ", ".join(parts) or "no findings"


def error_data(error: PlatformError, locate: Locate = nowhere, base: Path | None = None) -> dict[str, Any]:
    """Return an error for `--json`."""
    where = _located(error.where, locate)
    return {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "where": _place_data(where, base) if isinstance(where, Place) else where,
    }


def findings_data(findings: Iterable[Finding], base: Path | None = None) -> list[dict[str, Any]]:
    """Return findings for `--json`."""
    return [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "message": finding.message,
            "hint": finding.hint,
            "where": _place_data(finding.place, base),
            "path": list(finding.path),
        }
        for finding in findings
    ]


def shown_place(place: Place | str, base: Path | None = None) -> str:
    """Return a place with its file as seen from here.

    Args:
        place: A relative file counts from `base`.
        base: The workspace; None: the current folder.
    """
    if isinstance(place, str):
        return place
    return str(Place(_shown_file(place.file, base), place.line, place.column))


def _shown_file(file: str, base: Path | None) -> str:
    full = os.path.normpath(Path.cwd() / (base or "") / file)
    relative = os.path.relpath(full)
    # A long way up says less than where the file is.
    return full if Path(relative).parts[:2] == ("..", "..") else relative


def _located(where: Place | str | None, locate: Locate) -> Place | str | None:
    return locate(where) or where if isinstance(where, str) else where


def _place_data(place: Place, base: Path | None) -> dict[str, Any]:
    return {"file": _shown_file(place.file, base), "line": place.line, "column": place.column}


def _headline(severity: str, code: str, message: str) -> Text:
    from rich.text import Text

    text = Text()
    text.append(f"{severity}[{code}]", style=STYLES[severity])
    text.append(f": {message}", style="bold")
    return text


def _append_source(text: Text, where: Place | str, base: Path | None) -> None:
    """Quote the line of a place whose error does not carry it."""
    if isinstance(where, str) or where.line is None:
        return
    try:
        lines = Path(base or "", where.file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    if where.line <= len(lines):
        _append_line(text, where.line, lines[where.line - 1], where.column, 1)


def _append_line(text: Text, number: int, source: str, column: int | None, length: int) -> None:
    gutter = " " * len(str(number))
    spot = (column or 1) - 1
    # A tab is as wide in the quoted line as the spaces that stand for it under the line.
    start = len(source[:spot].expandtabs(TAB_WIDTH))
    width = len(source[: spot + max(length, 1)].expandtabs(TAB_WIDTH)) - start
    quoted, start = _around(source.expandtabs(TAB_WIDTH).rstrip(), start)
    text.append(f"\n{gutter} |\n", style="blue")
    text.append(f"{number} | ", style="blue").append(quoted)
    if column is not None:
        text.append(f"\n{gutter} | ", style="blue")
        text.append(" " * start + "^" * max(min(width, _LONGEST_LINE), 1), style="bold red")


def _around(line: str, start: int) -> tuple[str, int]:
    """A line that is too long to read, cut to what is around a spot; and where the spot is then."""
    if len(line) <= _LONGEST_LINE:
        return line, start
    begin = max(0, start - _LONGEST_LINE // 2)
    end = begin + _LONGEST_LINE
    left = "…" if begin else ""
    return left + line[begin:end] + ("…" if end < len(line) else ""), start - begin + len(left)


def _append_hint(text: Text, hint: str | None) -> None:
    if hint:
        text.append("\nhint", style="bold cyan").append(f": {hint}")
