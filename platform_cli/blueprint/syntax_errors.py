"""What the YAML parser says, in words that say what to do."""

from __future__ import annotations

import re
from typing import Any

from platform_cli.blueprint.collecting import Collector

_ROUTE_IN_FLOW = re.compile(
    r"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ANY) /(?:[^\s,\[\]{}\"']*\{[^\s{}]*\})+[^\s,\[\]{}\"']*"
)
_EXPECTED = re.compile(r"expected (?P<expected>.+), but (?:got|found) (?P<got>.+)")


def report_syntax_error(error: Exception, text: str, file: str, collector: Collector) -> None:
    """Turn an error of the parser into one finding."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or "")
    if mark is None:
        _report_character(error, text, file, collector)
        return
    line, column = mark.line + 1, mark.column + 1
    source = collector.sources.line(file, line) or ""
    context = getattr(error, "context_mark", None)
    if "\\t" in problem and "cannot start" in problem:
        collector.add_at(
            "yaml-tab",
            "a tab stands where YAML takes only spaces",
            file=file,
            line=line,
            column=column,
            length=len(source[column - 1 :]) - len(source[column - 1 :].lstrip("\t")),
            hint="indent with spaces; most editors can convert tabs",
        )
        return
    route = _ROUTE_IN_FLOW.search(source)
    if route and "while parsing a flow" in str(getattr(error, "context", "")):
        shown = route.group(0)
        collector.add_at(
            "yaml-unquoted-route",
            f"inside of [ ] or {{ }}, the braces of {shown} mean a mapping",
            file=file,
            line=line,
            column=route.start() + 1,
            length=len(shown),
            hint=f'put it into quotes: "{shown}"',
        )
        return
    message, hint = _friendly(problem, source, column, context)
    if mark.line >= len(collector.sources.lines.get(file, [])) or (
        not source.strip() and context is not None
    ):
        # The parser ran to the end of the file; the place to look at is where it began.
        line, column = context.line + 1 if context else line, context.column + 1 if context else column
        lines = collector.sources.lines[file]
        while line > 1 and not lines[line - 1].strip():
            line -= 1
            column = len(lines[line - 1].rstrip()) or 1
    collector.add_at("yaml-syntax", message, file=file, line=line, column=column, length=1, hint=hint)


def _friendly(problem: str, source: str, column: int, context: Any) -> tuple[str, str | None]:
    began = f"; it begins in line {context.line + 1}" if context else ""
    if problem.startswith("mapping values are not allowed"):
        indent = len(source) - len(source.lstrip())
        if ":" in source[:column] and source[indent : column - 1].count(":") > 0:
            return "a second `:` stands in this line", "put a text with `: ` in it into quotes"
        return "a key does not fit here", "check the indentation: keys of one mapping begin in one column"
    if "cannot start any token" in problem:
        character = source[column - 1 : column]
        return f"a text cannot begin with {character}", "put the text into quotes"
    if "unexpected end of stream" in problem:
        return "a quote is not closed", f"close it{began}" if began else "close it"
    if "unknown escape character" in problem:
        return (
            f"{problem.removeprefix('found ')} in a text",
            "inside of \"…\" write \\\\ for a backslash, or use '…'",
        )
    if "could not find expected ':'" in problem:
        return "a `:` is missing after a key", "write `key: value`"
    match = _EXPECTED.match(problem)
    if match:
        got = match["got"].replace("'<stream end>'", "the end of the file").replace("'?'", "a key")
        expected = match["expected"].replace("<block end>", "the end of the list or mapping before")
        if "block end" in match["expected"]:
            hint = "check the indentation: what belongs together begins in one column"
        else:
            hint = f"a bracket may not be closed{began}"
        return f"there should be {expected}, but there is {got}", hint
    return problem.removeprefix("found ") or "this is not valid YAML", None


def _report_character(error: Exception, text: str, file: str, collector: Collector) -> None:
    position = int(getattr(error, "position", 0) or 0)
    before = text[:position]
    line = before.count("\n") + 1
    column = position - (before.rfind("\n") + 1) + 1
    character = text[position : position + 1]
    collector.add_at(
        "yaml-syntax",
        f"the character U+{ord(character or chr(0)):04X} is not allowed in YAML",
        file=file,
        line=line,
        column=column,
        length=1,
        hint="remove it, or write it as an escape inside of double quotes",
    )
