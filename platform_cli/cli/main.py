"""The entry point: argv in, exit code out.

`--version` is answered before anything is imported, so that asking costs no more than Python itself.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from platform_cli import __version__


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: Without the program's name; None takes the process's own.

    Returns:
        The exit code: one of `errors.ExitCode`.
    """
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments == ["--version"]:
        print(f"platform {__version__}")  # noqa: T201
        return 0
    from platform_cli.cli.running import run

    return run(arguments)
