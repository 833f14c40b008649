"""What `platform history` shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from platform_cli.cli.rendering.words import moment

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.history import HistoryEntry


def render_history(terminal: Terminal, entries: Sequence[HistoryEntry]) -> None:
    """Show changes, the latest first."""
    if terminal.json:
        terminal.data(list(entries))
        return
    if not entries:
        terminal.result("no change is recorded")
    width = max((len(entry.kind) for entry in entries), default=0)
    for entry in entries:
        reason = f" - {entry.reason}" if entry.reason else ""
        terminal.result(
            f"{moment(entry.when)}  {entry.kind.ljust(width)}  {entry.who}  "
            f"{entry.subject}: {entry.what}{reason}"
        )
