"""Processes of the local AWS are recognised, also in odd moments."""

from __future__ import annotations

import shlex
import subprocess

from platform_cli.local import processes

PROGRAMS_IN_TURN = 60


def test_a_process_that_becomes_another_program_is_seen_all_the_time() -> None:
    command = "exec sleep 0.1"
    for _ in range(6):
        command = f"exec /bin/sh -c {shlex.quote(command)}"
    missed = 0
    for _ in range(PROGRAMS_IN_TURN):
        with subprocess.Popen(["/bin/sh", "-c", command]) as process:
            while process.poll() is None:
                missed += processes.command_line(process.pid) is None and process.poll() is None
    assert missed == 0


def test_a_process_that_ended_is_none_although_its_remains_are_there() -> None:
    with subprocess.Popen(["true"]) as process:
        assert processes.wait_until(lambda: processes.command_line(process.pid) is None, 10)
