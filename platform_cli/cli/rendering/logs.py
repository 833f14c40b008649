"""What `platform logs` shows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from textwrap import indent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.logs import LogLine

LEVEL_STYLES = {"ERROR": "bold red", "CRITICAL": "bold red", "WARNING": "yellow", "WARN": "yellow"}


def render_logs(terminal: Terminal, lines: Iterable[LogLine]) -> None:
    """Show lines as they come; with `--json`, a document a line."""
    for line in lines:
        if terminal.json:
            terminal.data(_line_data(line), compact=True)
        else:
            terminal.result(line_text(line))


def line_text(line: LogLine) -> Text:
    """Draw a line: time, function, level, text, the function's own fields; below it a traceback."""
    from rich.text import Text

    text = Text(style="dim" if line.platform else "")
    text.append(line.time.astimezone().strftime("%H:%M:%S.%f")[:-3], style="dim")
    text.append(f" {line.address} ", style="cyan")
    if line.level:
        text.append(f"{line.level} ", style=LEVEL_STYLES.get(line.level, ""))
    text.append(line.text.rstrip())
    if line.platform:
        return text
    for name, value in line.extras.items():
        told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        text.append(f" {name}=", style="dim").append(told, style="dim")
    if line.trace:
        text.append("\n" + indent(line.trace.rstrip(), "    "), style="red")
    return text


def _line_data(line: LogLine) -> dict[str, object]:
    return {
        "time": line.time,
        "function": line.address,
        "level": line.level,
        "message": line.text,
        "correlation_id": line.correlation_id or None,
        "fields": dict(line.fields),
        "platform": line.platform,
    }
