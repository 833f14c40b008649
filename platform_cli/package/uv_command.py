"""Start uv, the one of the wheel, and say in our words why it failed."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from platform_cli.errors import PlatformError

_NO_WHEEL = re.compile(
    r"(?P<package>[A-Za-z0-9._-]+)==(?P<version>\S+) has no (?:usable wheels|wheels|compatible wheels)"
    r"|Wheels are required for `(?P<required>[A-Za-z0-9._-]+)`"
)
_UNREACHABLE = re.compile(r"Failed to fetch|error sending request|Connect|timed out|dns error", re.IGNORECASE)
_HASH = re.compile(r"Hash mismatch for `(?P<package>[^`]+)`")
_ADDRESS_SECRET = re.compile(r"(https?://)[^/@\s]+@")


def run_uv(arguments: Sequence[str], *, folder: Path, doing: str) -> None:
    """Run uv to its end, silently.

    Args:
        arguments: After `uv`.
        folder: Where it runs; from there upwards it looks for its configuration (`uv.toml`).
        doing: What for, as it stands after "while".

    Raises:
        PlatformError: `no-wheel`, `hash-mismatch`, `index-unreachable`, `uv-failed`, `no-uv`.
    """
    command = [find_uv(), *arguments, "--quiet", "--color", "never", "--no-progress"]
    # A virtual environment that happens to be active has nothing to do with the one that is built, and
    # an interpreter is not fetched behind the user's back.
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise _failure(done.stderr or done.stdout, doing)


def find_uv() -> str:
    """The uv binary that came with this program.

    Raises:
        PlatformError: `no-uv` if the installation is broken.
    """
    import uv

    try:
        return os.fspath(uv.find_uv_bin())
    except FileNotFoundError as error:
        raise PlatformError(
            "uv, which builds the packages, is missing from this installation",
            hint="install platform-cli again",
            code="no-uv",
        ) from error


def _failure(output: str, doing: str) -> PlatformError:
    output = _ADDRESS_SECRET.sub(r"\1…@", output)
    without_wheel = _NO_WHEEL.search(output)
    if without_wheel is not None:
        name = without_wheel["package"] or without_wheel["required"]
        version = without_wheel["version"]
        return PlatformError(
            f"{name}{' ' + version if version else ''} has no wheel that fits, while {doing}",
            hint="choose a version that has one, another `architecture` or `runtime`, or another package",
            code="no-wheel",
        )
    mismatch = _HASH.search(output)
    if mismatch is not None:
        return PlatformError(
            f"{mismatch['package']} is not the file that was locked, while {doing}: its hash differs",
            hint="lock again with `platform lock` only if you know why the file changed",
            code="hash-mismatch",
        )
    text = " ".join(line.strip().removeprefix("cause: ") for line in output.splitlines() if line.strip())
    if _UNREACHABLE.search(output):
        return PlatformError(
            f"the package index cannot be reached while {doing}: {text}",
            hint="check the network, the proxy settings and UV_INDEX_URL",
            code="index-unreachable",
        )
    return PlatformError(f"uv failed while {doing}: {text or 'it said nothing'}", code="uv-failed")
