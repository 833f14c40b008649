"""Approval before something that cannot be taken back."""

from __future__ import annotations

from platform_cli.cli.session import Session


def approve_environment(session: Session, question: str, *, by_name: bool = False) -> bool:
    """Ask as the environment demands.

    The local AWS never asks. A protected environment wants its name typed, where a `y` would come too
    easily; so does every other for what deletes it. `--yes` answers all of them.

    Args:
        session: With the terminal, the options and the environment.
        question: Ends with a question mark.
        by_name: Whether the name must be typed even where the environment is not protected.

    Returns:
        Whether to go on.

    Raises:
        PlatformError: Nobody can be asked.
    """
    environment = session.environment
    if session.options.yes or environment.target == "local":
        return True
    if environment.protect or by_name:
        return session.terminal.confirm_by_name(question, environment.environment)
    return session.terminal.confirm(question)
