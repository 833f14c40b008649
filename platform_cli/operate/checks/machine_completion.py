"""Whether the shell completes the commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from platform_cli.errors import PlatformError
from platform_cli.operate.doctor.model import Check, Fix, Result, ok, skipped, warning

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

# Where Typer puts what it installs, below the home.
_PLACES = {
    "bash": ".bash_completions/platform.sh",
    "zsh": ".zfunc/_platform",
    "fish": ".config/fish/completions/platform.fish",
}
_TIMEOUT_SECONDS = 60


def check_completion(context: Context) -> Result:
    """Look for what the installation leaves in the home."""
    shell = Path(context.surroundings.variables.get("SHELL", "")).name
    if context.surroundings.variables.get("CI"):
        return skipped("nobody types in a pipeline")
    if shell not in _PLACES:
        return skipped(f"there is no completion for the shell {shell}" if shell else "no shell is known")
    place = context.surroundings.home / _PLACES[shell]
    if place.is_file():
        return ok(f"{shell} completes commands, functions and environments", f"by {place}")
    return warning(
        f"{shell} does not complete the commands yet",
        f"there is no {place}",
        consequence="names of commands, functions and environments have to be typed out",
        mend="run `platform --install-completion`",
        fix=Fix(
            f"install the completion for {shell}, in {place.parent} and the shell's own settings", _install
        ),
    )


def _install() -> None:
    import subprocess

    try:
        # Typer finds the shell among the programs that this one was started from.
        done = subprocess.run(
            [sys.executable, "-m", "platform_cli", "--install-completion"],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _not_installed(str(error)) from error
    if done.returncode:
        raise _not_installed((done.stderr or done.stdout).strip())


def _not_installed(reason: str) -> PlatformError:
    return PlatformError(
        f"the completion could not be installed: {reason}",
        hint="run `platform --show-completion`, and put what it shows into the shell's settings",
        code="completion-not-installed",
    )


CHECKS = (
    Check(
        "completion",
        "machine",
        "completion",
        "Looks whether the shell completes commands, options, functions, flags and environments of this tool "
        "after a tab. `--fix` installs it where Typer does.",
        check_completion,
    ),
)
