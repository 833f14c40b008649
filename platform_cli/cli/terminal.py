"""The one place that writes and asks.

Results go to stdout, talk, progress and questions to stderr. Without a terminal nothing is asked:
the error says which flag answers. Rich is imported when something is first written in colour.
"""

from __future__ import annotations

import json as json_format
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from rich.console import Console


class Terminal:
    """Where a run talks to.

    Args:
        interactive: Whether somebody can answer; None asks the streams.
        stdin: Where answers come from; None takes the process's.
    """

    def __init__(self, *, interactive: bool | None = None, stdin: TextIO | None = None) -> None:
        self.json = False
        self.base: Path | None = None
        """The workspace, from which relative places count; None until one is known."""
        self.answered = False
        """Whether a document for programs was written: there is one for each run, however it ends."""
        self._interactive = interactive
        self._stdin = stdin

    @property
    def stdin(self) -> TextIO:
        """Where answers and payloads come from."""
        return self._stdin or sys.stdin

    @property
    def interactive(self) -> bool:
        """Whether somebody sits before it who can answer."""
        if self._interactive is not None:
            return self._interactive
        return self.stdin.isatty() and sys.stderr.isatty()

    @property
    def live(self) -> bool:
        """Whether progress can be drawn over itself."""
        return self.err.is_terminal and not self.err.is_dumb_terminal

    @cached_property
    def out(self) -> Console:
        """Results."""
        from rich.console import Console

        return Console(highlight=False, markup=False, emoji=False)

    @cached_property
    def err(self) -> Console:
        """Talk."""
        from rich.console import Console

        return Console(stderr=True, highlight=False, markup=False, emoji=False)

    # --- results -----------------------------------------------------------------------------

    def result(self, *parts: Any, style: str | None = None) -> None:
        """Write a result for people: text, or something that Rich draws."""
        for part in parts:
            self.out.print(part, style=style, soft_wrap=True)

    def data(self, value: Any, *, compact: bool = False) -> None:
        """Write a result for programs: JSON on stdout, a line if `compact`."""
        from platform_cli.cli.rendering.values import plain

        layout: dict[str, Any] = {"separators": (",", ":")} if compact else {"indent": 2}
        sys.stdout.write(json_format.dumps(plain(value), ensure_ascii=False, **layout) + "\n")
        sys.stdout.flush()
        self.answered = True

    def raw(self, content: bytes) -> None:
        """Write bytes to stdout as they are."""
        self.answered = True
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()

    # --- talk --------------------------------------------------------------------------------

    def say(self, *parts: Any, style: str | None = None) -> None:
        """Write to stderr: what goes on, what to do next."""
        for part in parts:
            self.err.print(part, style=style, soft_wrap=True)

    # --- questions ---------------------------------------------------------------------------

    def confirm(self, question: str, *, flag: str = "--yes") -> bool:
        """Ask yes or no; no is the default.

        Args:
            question: Ends with a question mark.
            flag: What answers yes where nobody can be asked.

        Raises:
            PlatformError: There is no terminal.
        """
        return self._ask(f"{question} [y/N] ", flag).lower() in ("y", "yes")

    def confirm_by_name(self, question: str, name: str, *, flag: str = "--yes") -> bool:
        """Ask for a name to be typed, where a `y` would come too easily.

        Raises:
            PlatformError: There is no terminal.
        """
        return self._ask(f'{question} Type "{name}" to go on: ', flag) == name

    def ask(self, question: str, *, flag: str, default: str | None = None) -> str:
        """Ask for a text; an empty answer takes the default, which may be empty, or asks again.

        Raises:
            PlatformError: There is no terminal.
        """
        suffix = f" [{default}]" if default else ""
        while True:
            answer = self._ask(f"{question}{suffix}: ", flag) or default
            if answer or default is not None:
                return answer or ""

    def ask_secret(self, question: str, *, flag: str) -> str:
        """Ask for a text that does not show while it is typed.

        Raises:
            PlatformError: There is no terminal.
        """
        if self._stdin is not None or not self.interactive:
            return self._ask(f"{question}: ", flag)
        from getpass import getpass

        return getpass(f"{question}: ", stream=sys.stderr)

    def ask_hidden(self, question: str, *, flag: str) -> str:
        """Ask for something that must not be seen while it is typed.

        Args:
            question: Without a colon.
            flag: What answers where nobody can be asked.

        Raises:
            PlatformError: There is no terminal.
        """
        if not self.interactive:
            raise self._nobody(question, flag)
        if self._stdin is not None:
            return self._ask(f"{question}: ", flag)
        from getpass import getpass

        return getpass(f"{question}: ", stream=sys.stderr)

    def choose(self, question: str, choices: Sequence[tuple[str, str]], *, flag: str) -> str:
        """Ask for one of a few, by number or name.

        Args:
            question: Without a question mark.
            choices: Name and one line about it.
            flag: What answers where nobody can be asked.

        Raises:
            PlatformError: There is no terminal.
        """
        if not self.interactive:
            raise self._nobody(f"{question} ({', '.join(name for name, _ in choices)})", flag)
        width = max(len(name) for name, _ in choices)
        for number, (name, about) in enumerate(choices, 1):
            self.say(f"  {number}  {name.ljust(width)}  {about}")
        names = [name for name, _ in choices]
        while True:
            answer = self._ask(f"{question} [1-{len(names)}]: ", flag)
            if answer in names:
                return answer
            if answer.isdecimal() and 1 <= int(answer) <= len(names):
                return names[int(answer) - 1]

    def _ask(self, question: str, flag: str) -> str:
        if not self.interactive:
            raise self._nobody(question.strip(), flag)
        self.err.print(question, end="")
        line = self.stdin.readline()
        if not line:
            raise KeyboardInterrupt
        return line.strip()

    def _nobody(self, question: str, flag: str) -> PlatformError:
        return PlatformError(
            f"nobody can be asked here, as this is no terminal: {question.rstrip(': ')}",
            hint=f"answer on the command line with {flag}",
            code="no-terminal",
            exit_code=ExitCode.USAGE,
        )
