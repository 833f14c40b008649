"""Run one command, and turn whatever happens into output and an exit code.

Everything that can end a command passes here: results, findings, wrong usage, errors with a hint,
defects, Ctrl-C, and a reader that went away.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import os
import sys
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer
import typer.main

from platform_cli.cli.app import app
from platform_cli.cli.options import GlobalOptions, take_as_typed
from platform_cli.cli.session import Session
from platform_cli.cli.terminal import Terminal
from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from types import FrameType

UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""Typer's own word for wrong usage; it has no public name for it."""


_DISK_REFUSES = (errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EACCES)


def run(arguments: Sequence[str], terminal: Terminal | None = None) -> int:
    """Run the command that the arguments name.

    Args:
        arguments: Without the program's name.
        terminal: Where to talk; None makes one from the process's streams.

    Returns:
        The exit code.
    """
    # Until the options are parsed, what was typed is the best guess at how to render an error.
    options = GlobalOptions(json="--json" in arguments, debug="--debug" in arguments)
    session = Session(options, terminal or Terminal())
    session.terminal.json = options.json
    try:
        with _terminated_like_interrupted():
            code = _call(arguments, session)
        if code == ExitCode.INTERRUPTED:  # of which the command told people
            _answer_interrupted(session)
    except BrokenPipeError:
        code = ExitCode.DONE
    except PlatformError as error:
        _show_traceback(session, error)
        _show(session, error)
        code = error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        atexit.register(_end_quietly)
        session.terminal.say("\nStopped. Nothing is half-written; the same command goes on where it stopped.")
        session.terminal.say(*session.work.lines())
        _answer_interrupted(session)
        code = ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last place: no defect may reach the user as a traceback
        _show_traceback(session, error)
        _show(session, refused_by_disk(error) or defect(error, arguments))
        code = ExitCode.FAILED
    return _flush(int(code))


def _answer_interrupted(session: Session) -> None:
    """Give programs their one document, if the command has not."""
    from platform_cli.cli.rendering.errors import render_error

    if not session.terminal.json or session.terminal.answered:
        return
    stopped = PlatformError(
        "stopped by Ctrl-C, or by a signal",
        hint="the same command goes on where it stopped",
        code="interrupted",
        exit_code=ExitCode.INTERRUPTED,
    )
    with contextlib.suppress(BrokenPipeError):
        render_error(session.terminal, stopped, session.locate, session.work.data())


def _end_quietly() -> None:
    """Say nothing of helpers that are gone: Ctrl-C ends the programs that were started as well."""
    sys.unraisablehook = lambda _: None


def _call(arguments: Sequence[str], session: Session) -> int:
    try:
        command = application()
        result = command.main(list(arguments), prog_name="platform", standalone_mode=False, obj=session)
    except UsageError as error:
        # The message of this one is the help page, which is no document for programs.
        if type(error).__name__ == "NoArgsIsHelpError" and not session.terminal.json:
            typer.echo(str(error))
            return ExitCode.USAGE
        raise usage_error(error) from error
    if session.interrupted:  # Typer turns Ctrl-C into a mere exit code
        raise KeyboardInterrupt
    return result if isinstance(result, int) else ExitCode.DONE


def application() -> Any:
    """Make Typer's command for the whole program."""
    command: Any = typer.main.get_command(app)
    # Two flags of Typer's own, added when the command is made.
    take_as_typed([parameter for parameter in command.params if parameter.name.endswith("_completion")])
    return command


def usage_error(error: Any) -> PlatformError:
    """Say Typer's usage error in our words: what is wrong, and where the help is."""
    from platform_cli.cli.suggestions import suggest_usage

    context = error.ctx
    path = context.command_path if context is not None else "platform"
    nothing_named = type(error).__name__ == "NoArgsIsHelpError"
    message, hint = ("no command is named", None) if nothing_named else suggest_usage(error)
    return PlatformError(
        message,
        hint=hint or f"`{path} --help` lists what it takes",
        code="usage",
        exit_code=ExitCode.USAGE,
    )


def defect(error: Exception, arguments: Sequence[str]) -> PlatformError:
    """Apologise for an error that nobody anticipated."""
    again = (
        " ".join(["platform", *arguments])
        if "--debug" in arguments
        else " ".join(["platform", "--debug", *arguments])
    )
    said = str(error).strip().splitlines()
    return PlatformError(
        f"sorry, this is a defect in platform: {type(error).__name__}{': ' + said[0] if said else ''}",
        hint=f"`{again}` shows the details to report",
        code="defect",
    )


def refused_by_disk(error: Exception) -> PlatformError | None:
    """The error for a disk that is full or a folder that may not be written; None for anything else.

    Wherever that happens, nobody but the user can mend it, so it is no defect.
    """
    if not isinstance(error, OSError) or error.errno not in _DISK_REFUSES:
        return None
    reason = error.strerror or str(error)
    what = "opened" if error.errno == errno.EACCES else "written"
    return PlatformError(
        f"{error.filename} cannot be {what}: {reason}" if error.filename else f"cannot write: {reason}",
        hint="see who owns the folder, and whether the disk is full; then run the same command again",
        code="cannot-write",
    )


def _show(session: Session, error: PlatformError) -> None:
    from platform_cli.cli.rendering.errors import render_error

    work = session.work
    with contextlib.suppress(BrokenPipeError):
        render_error(session.terminal, error, session.locate, work.data() if work.begun else {})
        if not session.terminal.json:
            session.terminal.say(*work.lines())


def _show_traceback(session: Session, error: Exception) -> None:
    if session.options.debug:
        session.terminal.say("".join(traceback.format_exception(error)).rstrip())


@contextlib.contextmanager
def _terminated_like_interrupted() -> Any:
    """Treat SIGTERM as Ctrl-C: a pipeline that is cancelled must leave things as tidy as a person does."""
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _flush(code: int) -> int:
    """Write what is still buffered; a reader that went away is no error of ours."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at exit, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code
