"""Start, recognise and end the processes of the local AWS, and no others.

A process is ours if the token of its start stands in its command line. Each process leads a session
of its own, so that it outlives the terminal, and so that whatever it spawns shares its process group.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

_POLL_SECONDS = 0.05
_PS_TIMEOUT_SECONDS = 10
_EXEC_SECONDS = 1.0
_EXEC_POLL_SECONDS = 0.002
_PROC = Path("/proc")


def spawn(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path
) -> subprocess.Popen[bytes]:
    """Start a process that outlives this one; it writes to the end of `log` and reads nothing."""
    with log.open("ab") as output:
        return subprocess.Popen(
            arguments,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def command_line(pid: int) -> str | None:
    """The command line of a living process; None if there is no such process, or only its remains."""
    _reap(pid)
    if (_PROC / "self").exists():
        return _command_line_from_proc(_PROC / str(pid))
    answer = _ps("-o", "command=", "-p", str(pid))
    return answer.strip() or None


def _command_line_from_proc(folder: Path) -> str | None:
    # A process that is just becoming another program has none for a moment, and lives all the same.
    deadline = monotonic() + _EXEC_SECONDS
    while True:
        try:
            text = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            state = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            return None
        if text:
            return text
        if state in "ZX" or monotonic() > deadline:
            return None
        sleep(_EXEC_POLL_SECONDS)


def is_ours(pid: int | None, token: str) -> bool:
    """Whether the process lives and was started with this token."""
    return pid is not None and token in (command_line(pid) or "")


def end(pid: int, token: str, grace_seconds: float, how: signal.Signals = signal.SIGTERM) -> bool:
    """End one of our processes and everything in its group; a process that is not ours is left alone.

    Args:
        pid: The leader.
        token: Of its start.
        grace_seconds: How long it has to save its state before it is killed.
        how: The signal that asks it to end.

    Returns:
        Whether it had to be killed.
    """
    if not is_ours(pid, token):
        return False
    os.kill(pid, how)
    ended = wait_until(lambda: not is_ours(pid, token), grace_seconds)
    # What is left of the group are workers in the middle of a call. The group's number cannot be
    # given to another process while a member lives, so nobody else is hit.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    if not ended:
        wait_until(lambda: not is_ours(pid, token), grace_seconds)
    return not ended


def end_orphans(group: int, marks: Sequence[str]) -> int:
    """End what a killed leader left behind: members of its group whose command line bears a mark.

    Returns:
        How many processes that were.
    """
    count = 0
    for pid, command in members(group):
        if any(mark in command for mark in marks):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
                count += 1
    return count


def members(group: int) -> Iterator[tuple[int, str]]:
    """The living processes of a process group, with their command lines."""
    if (_PROC / "self").exists():
        for folder in _PROC.iterdir():
            with suppress(OSError):
                if folder.name.isdigit() and os.getpgid(int(folder.name)) == group:
                    command = command_line(int(folder.name))
                    if command is not None:
                        yield int(folder.name), command
        return
    for line in _ps("-A", "-o", "pid=,pgid=,command=").splitlines():
        parts = line.split(None, 2)
        if len(parts) == 3 and parts[1] == str(group):
            yield int(parts[0]), parts[2]


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition became true within the time."""
    deadline = monotonic() + seconds
    while not condition():
        if monotonic() > deadline:
            return False
        sleep(_POLL_SECONDS)
    return True


def _reap(pid: int) -> None:
    """Take note of a child's end; without it, the remains of a child would look like a process."""
    with suppress(OSError):
        os.waitpid(pid, os.WNOHANG)


def _ps(*arguments: str) -> str:
    try:
        answer = subprocess.run(
            ["ps", *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PS_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout
