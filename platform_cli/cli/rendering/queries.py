"""What `platform logs query` shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from platform_cli.cli.rendering.words import number

if TYPE_CHECKING:
    from platform_cli.blueprint.log_queries import SavedQuery
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.queries import QueryResult

_LOG_GROUP_OF_FUNCTIONS = "/aws/lambda/"


def render_queries(terminal: Terminal, queries: Sequence[SavedQuery]) -> None:
    """List saved queries."""
    if terminal.json:
        terminal.data(list(queries))
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_header=False)
    for query in queries:
        table.add_row(query.name, query.description, style="")
    terminal.result(table if queries else "no query is saved")


def render_results(terminal: Terminal, results: Sequence[QueryResult]) -> None:
    """Show the answers, each as a table."""
    if terminal.json:
        terminal.data(
            [
                {
                    "query": result.query.name,
                    "rows": [dict(zip(result.columns, row, strict=True)) for row in result.rows],
                    "scanned_bytes": result.scanned_bytes,
                    "scanned_records": result.scanned_records,
                    "matched_records": result.matched_records,
                    "missing_log_groups": result.missing,
                }
                for result in results
            ]
        )
        return
    from rich.table import Table
    from rich.text import Text

    for result in results:
        title = f"{result.query.name}  {result.query.description}".strip()
        terminal.result(Text(title, style="bold"))
        if result.rows:
            table = Table(box=None, pad_edge=False, header_style="dim")
            for at, column in enumerate(result.columns):
                numeric = all(_is_number(row[at]) for row in result.rows)
                table.add_column(column, justify="right" if numeric else "left", overflow="fold")
            for row in result.rows:
                table.add_row(*(_cell(value) for value in row))
            terminal.result(table)
        else:
            terminal.result("nothing was found")
        missing = f", {number(len(result.missing), 'log group')} not there yet" if result.missing else ""
        terminal.say(
            f"{result.matched_records:,} of {result.scanned_records:,} lines, "
            f"{result.scanned_bytes / 1e6:,.1f} MB looked at{missing}\n",
            style="dim",
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return not text
    return True


def _cell(text: str) -> str:
    """Numbers to at most two places; a function's log group by the function's name."""
    if _is_number(text) and text and "." in text:
        return f"{float(text):,.2f}".rstrip("0").rstrip(".")
    return text.rpartition(_LOG_GROUP_OF_FUNCTIONS)[2] if _LOG_GROUP_OF_FUNCTIONS in text else text
