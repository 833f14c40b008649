"""What `platform lock` says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal


def render_locks(terminal: Terminal, locked: Iterable[tuple[str, bool]]) -> None:
    """Show each service as it is locked, and at the end all of them for `--json`."""
    results = []
    for service, changed in locked:
        results.append({"service": service, "changed": changed})
        if not terminal.json:
            terminal.result(f"{service}: {'locked anew' if changed else 'unchanged'}")
    if terminal.json:
        terminal.data({"services": results})
