"""A workspace that is deleted takes its local AWS along."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from platform_cli.local.processes import wait_until
from platform_cli.local.state import LocalFolder, ServerState, write_state
from platform_cli.local.store_state import Store, write_stores
from platform_cli.local.watching import watch

TOKEN, OTHER_TOKEN = "a" * 32, "b" * 32
Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start processes that go on for long and bear a token, as ours do."""
    with ExitStack() as ending:

        def started(token: str) -> subprocess.Popen[bytes]:
            command = [sys.executable, "-c", "import time; time.sleep(60)", token]
            process = subprocess.Popen(command, start_new_session=True)
            ending.callback(process.wait)
            ending.callback(process.kill)
            return process

        yield started


def remember(folder: LocalFolder, server: int, *stores: tuple[str, int]) -> None:
    state = ServerState(
        token=TOKEN,
        pid=server,
        port=4566,
        agent_pid=None,
        agent_port=4567,
        version="1",
        python="3.13.1",
        started_at=0.0,
    )
    write_state(folder, state)
    write_stores(
        folder,
        tuple(
            Store("redis", f"bank-{pid}", "user", "", "", token=token, pid=pid, port=6379)
            for token, pid in stores
        ),
    )


def test_all_processes_of_a_deleted_workspace_end_and_no_others(tmp_path: Path, start: Start) -> None:
    folder = LocalFolder(tmp_path / "my bank")
    server, store, stranger = start(TOKEN), start(OTHER_TOKEN), start("c" * 32)
    remember(folder, server.pid, (OTHER_TOKEN, store.pid), (OTHER_TOKEN, stranger.pid))

    def delete(_seconds: float) -> None:
        shutil.rmtree(folder.root, ignore_errors=True)

    watch(folder, TOKEN, pause=delete)

    assert wait_until(lambda: server.poll() is not None and store.poll() is not None, 5)
    assert stranger.poll() is None
    assert not folder.root.exists()


def test_what_was_started_after_the_first_look_ends_too(tmp_path: Path, start: Start) -> None:
    folder = LocalFolder(tmp_path)
    server, later = start(TOKEN), start(OTHER_TOKEN)
    remember(folder, server.pid)
    pauses = iter((lambda: remember(folder, server.pid, (OTHER_TOKEN, later.pid)), lambda: None))

    def pause(_seconds: float) -> None:
        next(pauses, lambda: shutil.rmtree(folder.path, ignore_errors=True))()

    watch(folder, TOKEN, pause=pause)

    assert wait_until(lambda: later.poll() is not None, 5)


def test_a_workspace_that_is_put_back_goes_on(tmp_path: Path, start: Start) -> None:
    folder = LocalFolder(tmp_path / "bank")
    server = start(TOKEN)
    remember(folder, server.pid)
    away = tmp_path / "away"
    alive: list[bool] = []

    def look() -> None:
        alive.append(server.poll() is None)

    steps = iter(
        (
            lambda: folder.root.rename(away),
            lambda: (away.rename(folder.root), look()),
            lambda: folder.root.rename(away),
            look,
        )
    )
    watch(folder, TOKEN, pause=lambda _: next(steps, lambda: None)())

    assert alive == [True, True]
