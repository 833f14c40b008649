"""What `platform synth` says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from platform_cli.cli.rendering.errors import shown_place
from platform_cli.errors import Place

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.stacks.synthesis import Synthesis


def render_synthesis(terminal: Terminal, synthesis: Synthesis) -> None:
    """Show the stacks and the folder."""
    if terminal.json:
        terminal.data({"out": synthesis.out, "reused": synthesis.reused, "stacks": synthesis.stacks})
        return
    terminal.result(*synthesis.stacks)
    folder = shown_place(Place(str(Path(synthesis.out))))
    said = "Nothing changed: the assembly in" if synthesis.reused else "Wrote the assembly in"
    terminal.say(f"{said} {folder}{' is up to date' if synthesis.reused else ''}")
