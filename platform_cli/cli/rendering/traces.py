"""What `platform trace` shows: a tree with a bar for when each part ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.operate.traces import Span, Trace

_BAR = 30
_NAME = 44


def render_trace(terminal: Terminal, trace: Trace) -> None:
    """Show a trace."""
    if terminal.json:
        terminal.data(trace)
        return
    from rich.text import Text

    first = trace.spans[0]
    terminal.result(
        Text(f"{trace.id}  {first.begin:%Y-%m-%d %H:%M:%S} UTC  {trace.duration_ms:,.0f} ms", style="bold")
    )
    for span in trace.spans:
        style = {"fault": "bold red", "error": "red", "throttle": "yellow"}.get(span.trouble, "")
        name = f"{'  ' * span.depth}{span.name}"
        kind = span.kind.removeprefix("AWS::") if span.kind != "aws" else ""
        told = f"{name}  {kind}" if kind and len(name) + len(kind) < _NAME else name
        took = f"{span.duration_ms:,.0f} ms" if span.duration_ms is not None else "running"
        line = Text(told[:_NAME].ljust(_NAME), style=style).append(f"{took:>10}  ", style="not bold default")
        line.append(_bar(span, trace.duration_ms), style="cyan")
        terminal.result(line.append(f"  {span.trouble}" if span.trouble else "", style=style))
        if span.message:
            terminal.result(Text(f"{'  ' * (span.depth + 1)}{span.message}", style="red"))
        if span.annotations:
            noted = " ".join(f"{name}={value}" for name, value in span.annotations.items())
            terminal.result(Text(f"{'  ' * (span.depth + 1)}{noted}", style="dim"))
    if trace.limited:
        terminal.say("X-Ray left parts of this trace away: it has too many", style="yellow")


def _bar(span: Span, whole_ms: float) -> str:
    scale = _BAR / whole_ms if whole_ms else 0.0
    start = min(_BAR - 1, int(span.offset_ms * scale))
    length = max(1, min(_BAR - start, round((span.duration_ms or 0) * scale)))
    return "·" * start + "█" * length + "·" * (_BAR - start - length)
