"""What `platform invoke` shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.invoking import Invocation
    from platform_cli.operate.reports import InvocationReport


def render_invocation(terminal: Terminal, invocation: Invocation) -> None:
    """Show the log, the answer or the error, and what the call took."""
    if terminal.json:
        terminal.data(_invocation_data(invocation))
        return
    for line in invocation.log:
        terminal.say(line.rstrip(), style="dim")
    error = invocation.error
    if error is not None:
        terminal.say(f"{invocation.address} failed with {error.type}: {error.message}", style="bold red")
        terminal.say(*(f"  {line.rstrip()}" for line in error.trace))
    terminal.raw(invocation.payload + b"\n")
    if invocation.report is not None:
        terminal.say(_taken(invocation.report), style="dim")


def _taken(report: InvocationReport) -> str:
    parts = [
        f"{label} {value:g} {unit}"
        for label, value, unit in (
            ("took", report.duration_ms, "ms"),
            ("billed", report.billed_ms, "ms"),
            ("started in", report.init_ms, "ms"),
            ("used", report.max_memory_mb, "MB"),
            ("of", report.memory_mb, "MB"),
        )
        if value is not None
    ]
    return ", ".join(parts).replace(", of", " of")


def _invocation_data(invocation: Invocation) -> dict[str, Any]:
    try:
        payload = json.loads(invocation.payload) if invocation.payload else None
    except ValueError:
        payload = invocation.payload.decode(errors="replace")
    return {
        "function": invocation.address,
        "function_name": invocation.function_name,
        "request_id": invocation.request_id,
        "version": invocation.version,
        "payload": payload,
        "error": invocation.error,
        "log": list(invocation.log),
        "report": invocation.report,
    }
