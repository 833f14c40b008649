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


def approve_change(session: Session, question: str) -> bool:
    """Ask as the environment demands, and look whose credentials these are before anything is changed.

    Most things are found by name, so credentials of an account that holds the same system would change there
    what was meant for this one.

    Args:
        session: With the terminal, the options and the environment.
        question: Ends with a question mark.

    Returns:
        Whether to go on.

    Raises:
        PlatformError: Nobody can be asked; or `wrong-account`, `expired-credentials` and the like.
    """
    from platform_cli.aws.clients import verify_account
    from platform_cli.deploy.targets import connect

    if not approve_environment(session, question):
        return False
    if session.environment.target != "local":
        verify_account(connect(session.environment, session.root))
    return True
