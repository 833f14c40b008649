"""From a blueprint to a running system: the rooms in their order, with approval in between."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from platform_cli.cli.rendering.progress import LiveProgress
from platform_cli.cli.session import Session

if TYPE_CHECKING:
    from platform_cli.stacks.synthesis import Synthesis


def synthesize(session: Session, out: Path | None = None) -> Synthesis:
    """Synthesize the environment into its folder.

    Raises:
        PlatformError: The blueprint is invalid, or something cannot be built.
    """
    from platform_cli.stacks import synthesis

    environment = session.environment
    folder = session.output_folder(out)
    with LiveProgress(session.terminal) as progress:
        return synthesis.synthesize(environment, session.root, folder, session.cache, report=progress)
