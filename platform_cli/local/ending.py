"""End a workspace's local AWS, and clear away what a start left behind."""

from __future__ import annotations

import shutil
from pathlib import Path

from platform_cli.local import events, processes
from platform_cli.local.events import Report
from platform_cli.local.saved import forget_unsaved_buckets
from platform_cli.local.state import LocalFolder, ServerState, read_state, write_state

STOP_GRACE_SECONDS = 45.0
"""How long the server may take to save its state before it is killed."""

AGENT_GRACE_SECONDS = 3.0
"""The same for the stand-in for the AppConfig Agent, which has nothing to save."""


def end_server(folder: LocalFolder, report: Report, grace_seconds: float) -> bool:
    """End both processes and say so; whether the server ran."""
    state = read_state(folder)
    if state is None:
        return False
    ran = processes.is_ours(state.pid, state.token)
    forced, _ = _end(folder, state, report, grace_seconds)
    write_state(folder, ServerState(**{**vars(state), "pid": None, "agent_pid": None}))
    if ran:
        report(events.LocalAwsStopped(forced))
    return ran


def clear_last_start(folder: LocalFolder, state: ServerState, report: Report) -> None:
    """Remove what is left of the last start, be it dead, deaf or of another version."""
    died = state.pid is not None and not processes.is_ours(state.pid, state.token)
    _, orphans = _end(folder, state, report, STOP_GRACE_SECONDS)
    if died and state.pid is not None:
        forget_unsaved_buckets(folder)
        report(events.LocalAwsRecovered(state.pid, orphans))


def _end(folder: LocalFolder, state: ServerState, report: Report, grace_seconds: float) -> tuple[bool, int]:
    """End both processes; whether the server had to be killed, and how many orphans there were."""
    if state.agent_pid is not None:
        processes.end(state.agent_pid, state.token, AGENT_GRACE_SECONDS)
    forced, orphans = False, 0
    if state.pid is not None:
        if processes.is_ours(state.pid, state.token):
            report(events.StoppingLocalAws(state.pid))
        forced = processes.end(state.pid, state.token, grace_seconds)
        orphans = processes.end_orphans(state.pid, (state.token, str(folder.temporary)))
    remove(folder.temporary)
    return forced, orphans


def remove(path: Path) -> None:
    """Delete a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
