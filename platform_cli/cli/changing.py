"""A change of an environment, from the question to the record: the same steps for every command.

A command looks at what is there, and then::

    change = Change(session, "dead-letters", reason)
    change.approve("Delete 3 messages for good?", *lines)
    with change.underway("orders"):
        …
    change.record("orders", "deleted 3 messages")
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from platform_cli.cli.approval import approve_change
from platform_cli.cli.deploying import declined, reach
from platform_cli.cli.session import Session

if TYPE_CHECKING:
    from platform_cli.aws.clients import Clients
    from platform_cli.cli.work import Work


@dataclass(frozen=True)
class Change:
    """What a command changes in its environment.

    Attributes:
        session: With the environment.
        kind: Under which `platform history` lists it.
        reason: Why, as the user said; may be empty.
    """

    session: Session
    kind: str
    reason: str = ""

    @property
    def clients(self) -> Clients:
        """Clients of the environment."""
        return reach(self.session)

    def approve(self, question: str, *shown: Any) -> None:
        """Show what would change, and ask as the environment demands.

        Args:
            question: Ends with a question mark.
            *shown: Lines, or what Rich draws; on stderr, as all talk.

        Raises:
            PlatformError: `declined`; nobody can be asked; or the credentials are of another account.
        """
        self.session.terminal.say(*shown)
        if not approve_change(self.session, question):
            raise declined()

    def record(self, subject: str, what: str, **details: str) -> None:
        """Leave a record of what was done.

        Args:
            subject: What was changed.
            what: What was done to it. Nothing in it may be secret.
            **details: Small facts for programs.

        Raises:
            PlatformError: `history-unwritten`: it was done, and cannot be recorded.
        """
        from platform_cli.operate.history import record

        record(
            self.clients,
            self.session.environment,
            kind=self.kind,
            subject=subject,
            what=what,
            reason=self.reason,
            details=details,
        )

    @contextmanager
    def underway(self, subject: str) -> Iterator[None]:
        """Whatever Ctrl-C or a signal ends inside leaves a record of how far it came.

        What was done step by step left records of its own; the step that was under way may have been done.

        Args:
            subject: What is changed, where no single step of `session.work` was under way.
        """
        from platform_cli.errors import PlatformError

        try:
            yield
        except KeyboardInterrupt:
            work = self.session.work
            if work.left or not work.done:
                try:
                    self.record(work.left[0] if work.left else subject, _interrupted(work))
                except PlatformError as error:
                    self.session.terminal.say(error.message, style="yellow")
            raise

    def announce(self, subject: str, what: str) -> None:
        """Leave a record before something is done that a killed process could not record.

        Raises:
            PlatformError: It cannot be recorded, so nothing must be done.
        """
        from platform_cli.errors import PlatformError

        try:
            self.record(subject, what)
        except PlatformError as error:
            cause = error.__cause__ if isinstance(error.__cause__, PlatformError) else error
            raise PlatformError(
                f"this cannot be recorded, so it was not begun: {cause.message}",
                hint=cause.hint,
                code=cause.code,
            ) from error


def _interrupted(work: Work) -> str:
    from platform_cli.cli.rendering.words import few

    if not work.left:
        return "interrupted before its end; it may have been done"
    after = f"interrupted after step {work.done[-1]}" if work.done else "interrupted in the first step"
    later = f"; not begun: {', '.join(few(work.left[1:]))}" if work.left[1:] else ""
    return f"{after}; {work.left[0]} may have been done{later}"
