"""What `platform explain` says."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from platform_cli.cli.explanations import Explanation, explanations

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal


def render_explanation(terminal: Terminal, explanation: Explanation) -> None:
    """Show what one code means."""
    if terminal.json:
        terminal.data(explanation)
        return
    terminal.result(f"{explanation.severity}[{explanation.code}] ({explanation.subject})")
    terminal.result(
        "", *textwrap.wrap(explanation.text, min(terminal.out.width, 100), break_on_hyphens=False)
    )


def render_explanations(terminal: Terminal) -> None:
    """List all codes."""
    if terminal.json:
        terminal.data(list(explanations().values()))
        return
    subjects = dict.fromkeys(explanation.subject for explanation in explanations().values())
    for subject in sorted(subjects):
        terminal.result(f"{subject}:")
        terminal.result(*(f"  {code}" for code, e in explanations().items() if e.subject == subject))
    terminal.say("`platform explain CODE` says what one means")
