"""What `platform logs` shows."""

from __future__ import annotations

from collections.abc import Iterable
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
    """Draw a line: time, function, level, text."""
    from rich.text import Text

    text = Text(style="dim" if line.platform else "")
    text.append(line.time.astimezone().strftime("%H:%M:%S.%f")[:-3], style="dim")
    text.append(f" {line.address} ", style="cyan")
    if line.level:
        text.append(f"{line.level} ", style=LEVEL_STYLES.get(line.level, ""))
    return text.append(line.text.rstrip())


def _line_data(line: LogLine) -> dict[str, object]:
    return {
        "time": line.time,
        "function": line.address,
        "level": line.level,
        "message": line.text,
        "fields": dict(line.fields),
        "platform": line.platform,
    }
