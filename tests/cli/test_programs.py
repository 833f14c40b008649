"""Programs that run in our place: their code, and the signals that are meant for them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from platform_cli.cli.programs import run_program
from platform_cli.errors import PlatformError


def test_the_code_of_a_program_is_handed_back_also_where_a_signal_ended_it():
    variables = {**os.environ, "SAID": "7"}
    assert run_program(["sh", "-c", "exit $SAID"], variables) == 7
    assert run_program(["sh", "-c", "kill -9 $$"], variables) == 137
    with pytest.raises(PlatformError) as raised:
        run_program(["no-such-program"], variables)
    assert raised.value.code == "command-not-found"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_program_is_told_of_a_signal_and_has_the_time_to_end_well(number):
    # It takes longer to end than the quarter of a second after which Python's own way kills it.
    program = (
        "import signal, sys, time; "
        "end = lambda *_: (time.sleep(0.6), print('tidied up', flush=True), sys.exit(5)); "
        "[signal.signal(n, end) for n in (signal.SIGINT, signal.SIGTERM)]; "
        "print('works', flush=True); time.sleep(60)"
    )
    script = (
        "import os, sys; from platform_cli.cli.programs import run_program; "
        "sys.exit(run_program([sys.executable, '-c', sys.argv[1]], os.environ))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, program],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "works\n"
    process.send_signal(number)
    said, _ = process.communicate(timeout=30)
    assert (said, process.returncode) == ("tidied up\n", 5)
