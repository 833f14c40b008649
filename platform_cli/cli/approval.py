"""Approval before something that cannot be taken back."""

from __future__ import annotations

from platform_cli.cli.session import Session
from platform_cli.errors import PlatformError


def approve(session: Session, question: str, *, type_name: str | None = None) -> None:
    """Go on only if the user agrees, or said `--yes`.

    Args:
        session: With the terminal and the options.
        question: Ends with a question mark.
        type_name: What must be typed instead of `y`, where a `y` would come too easily.

    Raises:
        PlatformError: The user declined, or nobody can be asked.
    """
    if session.options.yes:
        return
    terminal = session.terminal
    agreed = terminal.confirm_by_name(question, type_name) if type_name else terminal.confirm(question)
    if not agreed:
        raise PlatformError("declined; nothing was changed", code="declined")
