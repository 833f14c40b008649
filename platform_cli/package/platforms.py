"""Which machine a package is built for: Lambda's, or for the local AWS this one."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from typing import Literal

from platform_cli.blueprint.resolved import Architecture
from platform_cli.errors import PlatformError

PROVIDED_DISTRIBUTIONS = ("boto3", "botocore", "s3transfer")
"""What Lambda's Python brings, and what a layer must not replace by halves."""

PROVIDED_MODULES = frozenset(
    {"awslambdaric", "boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}
)
"""What a handler may import on Lambda without depending on it."""

_MACHINES: dict[Architecture, str] = {"arm64": "aarch64", "x86_64": "x86_64"}


@dataclass(frozen=True)
class Platform:
    """A Python on a kind of machine.

    Attributes:
        python: Its version, major and minor.
        uv_name: What uv calls the machine, or None for this one.
        label: For people and for cache keys: `python3.13 on arm64`.
    """

    python: tuple[int, int]
    uv_name: str | None
    label: str

    @property
    def python_version(self) -> str:
        """`3.13`."""
        return ".".join(str(number) for number in self.python)


def platform_of(target: Literal["aws", "local"], runtime: str, architecture: Architecture) -> Platform:
    """The platform on which a function runs.

    Args:
        target: The environment's.
        runtime: As Lambda calls it: `python3.13`.
        architecture: The function's.
    """
    if target == "local":
        return this_machine()
    python = _version(runtime)
    # Amazon Linux 2023, under python3.12 and later, has glibc 2.34; Amazon Linux 2, before, has 2.26, for
    # which uv's nearest is 2.17 (AWS's table of Lambda runtimes, read in November 2026).
    libc = "manylinux_2_34" if python >= (3, 12) else "manylinux2014"
    return Platform(python, f"{_MACHINES[architecture]}-{libc}", f"{runtime} on {architecture}")


def this_machine() -> Platform:
    """The Python that runs this program; the local AWS runs handlers on the same."""
    python = sys.version_info[:2]
    name = f"python{python[0]}.{python[1]} on this machine ({sys.platform}, {platform.machine()})"
    return Platform((python[0], python[1]), None, name)


def _version(runtime: str) -> tuple[int, int]:
    major, _, minor = runtime.removeprefix("python").partition(".")
    if not runtime.startswith("python") or not major.isdigit() or not minor.isdigit():
        raise PlatformError(
            f'the runtime "{runtime}" is not a Python of Lambda',
            hint="write it as Lambda does: `python3.13`",
            code="unknown-runtime",
        )
    return int(major), int(minor)
