"""Run another program in the foreground, in our place as far as signals go."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from types import FrameType

_HANDED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_program(words: Sequence[str], variables: Mapping[str, str]) -> int:
    """Run a program to its end, and return its exit code.

    Whoever stops us stops the program, and it alone decides how it ends; `subprocess.run` would kill it a
    quarter of a second after Ctrl-C.

    Args:
        words: The program and its arguments.
        variables: Its environment.

    Raises:
        PlatformError: `command-not-found`.
    """
    with _handing_on() as programs:
        try:
            program = subprocess.Popen(list(words), env=dict(variables))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "its name or an argument is not valid"
            raise PlatformError(
                f'"{words[0]}" cannot be run: {reason}',
                hint="give the program and its arguments after `--`",
                code="command-not-found",
                exit_code=ExitCode.USAGE,
            ) from None
        programs.append(program)
        code = program.wait()
    # A program that a signal ended has the code that a shell would give it.
    return code if code >= 0 else 128 - code


@contextmanager
def _handing_on() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Let programs have the signals that are sent to us. A new program has none of these handlers."""
    programs: list[subprocess.Popen[bytes]] = []
    if threading.current_thread() is not threading.main_thread():
        yield programs
        return

    def hand_on(number: int, _frame: FrameType | None) -> None:
        # A terminal sends Ctrl-C to both of us already, and a second one means more to many programs.
        if number != signal.SIGINT or not os.isatty(0):
            for program in programs:
                program.send_signal(number)

    before = {number: signal.signal(number, hand_on) for number in _HANDED_ON}
    try:
        yield programs
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
