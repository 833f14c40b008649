"""End the local AWS of a workspace that is gone: whoever deletes a folder expects that nothing of it stays.

The stand-in for the AppConfig Agent watches, as the one process of ours that is always there. A workspace
that was moved counts as gone too: the server writes to the place it was started for, and is started anew at
the other one.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from time import sleep

from platform_cli.local import processes
from platform_cli.local.state import LocalFolder, ServerState, read_state
from platform_cli.local.store_state import Store, read_stores

LOOK_SECONDS = 5.0
_LOOKS = 2
"""How often in a row the state must be missing: a folder may be put back, as by a change of branch."""
_GRACE_SECONDS = 5.0


def watch(
    folder: LocalFolder, token: str, *, pause: Callable[[float], None] = sleep, looks: int = _LOOKS
) -> None:
    """Come back when the workspace is gone and its processes are ended.

    Args:
        folder: The workspace's files.
        token: Of the start that this process belongs to.
        pause: Waits between two looks.
        looks: How often in a row the state must be missing.
    """
    state, stores, missing = read_state(folder), read_stores(folder), 0
    while missing < looks:
        pause(LOOK_SECONDS)
        if folder.state_file.exists():
            missing = 0
            state, stores = read_state(folder) or state, read_stores(folder) or stores
        else:
            missing += 1
    _end(folder, token, state, stores)


def _end(folder: LocalFolder, token: str, state: ServerState | None, stores: tuple[Store, ...]) -> None:
    """Kill: what a server would save has no place any more, and saving would make the folder again."""
    for store in stores:
        if store.pid is not None:
            # PostgreSQL's own way of ending at once takes its processes along.
            how = signal.SIGQUIT if store.kind == "postgresql" else signal.SIGKILL
            processes.end(store.pid, store.token, _GRACE_SECONDS, how)
    if state is not None and state.pid is not None and state.token == token:
        processes.end(state.pid, token, _GRACE_SECONDS, signal.SIGKILL)
        processes.end_orphans(state.pid, (token, str(folder.temporary)))
