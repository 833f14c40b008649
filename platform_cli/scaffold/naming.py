"""What a service and a workspace may be called, and the Python package that follows from it.

A name becomes a folder, a package on Lambda's import path, a key of the blueprint and a part of
physical names, so it must be legal as each of them.
"""

from __future__ import annotations

import keyword
import re
import sys

from platform_cli.blueprint.naming import Names
from platform_cli.errors import ExitCode, PlatformError

FUNCTION_NAME_LIMIT = 64
"""Characters of a Lambda function's name (Lambda API reference, CreateFunction, November 2026)."""

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

# Importable beside the handler, or about to be: a package of the same name would hide them.
_PROVIDED = frozenset(
    {
        "awslambdaric",
        "aws_lambda_powertools",
        "aws_xray_sdk",
        "bootstrap",
        "boto3",
        "botocore",
        "dateutil",
        "jmespath",
        "moto",
        "opt",
        "pip",
        "pytest",
        "runtime",
        "s3transfer",
        "servicekit",
        "setuptools",
        "six",
        "src",
        "task",
        "tests",
        "typing_extensions",
        "urllib3",
        "wrapt",
    }
)

# In the standard library of some Python that Lambda or the laptop may run, if not of this one.
_OTHER_PYTHONS = frozenset(
    {"annotationlib", "asynchat", "asyncore", "compression", "distutils", "imp", "smtpd"}
)


_YAML_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Plain in YAML, these are no texts to one parser or another."""


def package_name(service: str) -> str:
    """Return the Python package of a service: `order-history` → `order_history`."""
    return service.replace("-", "_")


def check_service_name(name: str) -> None:
    """Refuse a name that cannot be a folder, a package and a part of physical names.

    Raises:
        PlatformError: With what is wrong, and a name that would do.
    """
    if not _NAME.fullmatch(name):
        raise _bad_name(
            f'"{name}" is not a name for a service',
            "use lower-case letters, digits and single hyphens, starting with a letter, "
            f'such as "{suggest(name)}"',
        )
    package = package_name(name)
    if keyword.iskeyword(package):
        raise _bad_name(
            f'"{name}" is a word of the Python language, so its package could not be imported', _instead(name)
        )
    if package in sys.stdlib_module_names or package in _OTHER_PYTHONS:
        raise _bad_name(
            f'a package "{package}" would hide the module of Python\'s standard library', _instead(name)
        )
    if package in _PROVIDED:
        raise _bad_name(f'a package "{package}" would hide one that services use', _instead(name))


def check_name_length(
    system: str, environments: tuple[str, ...], service: str, functions: tuple[str, ...]
) -> None:
    """Refuse a name with which a function's physical name exceeds Lambda's limit.

    Args:
        system: The blueprint's `system`.
        environments: The names of the blueprint's environments.
        service: The new service.
        functions: The functions that its template registers.

    Raises:
        PlatformError: With the longest name, and how long the service's may be.
    """
    longest = max(
        (
            Names(system, environment, "", "").function(service, function)
            for environment in environments
            for function in functions
        ),
        key=len,
        default="",
    )
    excess = len(longest) - FUNCTION_NAME_LIMIT
    if excess > 0:
        raise _bad_name(
            f'"{service}" is too long: its function "{longest}" has {len(longest)} characters, '
            f"and Lambda allows {FUNCTION_NAME_LIMIT}",
            f"use a name of at most {max(len(service) - excess, 1)} characters",
        )


def check_system_name(name: str) -> None:
    """Refuse a name that cannot prefix physical names.

    Raises:
        PlatformError: With a name that would do.
    """
    if name in _YAML_WORDS:
        raise _bad_name(
            f'"{name}" is not a name for a system: some readers of YAML take it for a boolean',
            _instead(name, "system"),
        )
    if not _NAME.fullmatch(name) or len(name) > SYSTEM_NAME_LIMIT:
        raise _bad_name(
            f'"{name}" is not a name for a system',
            f"use at most {SYSTEM_NAME_LIMIT} lower-case letters, digits and single hyphens, starting with a "
            f'letter, such as "{suggest(name)[:SYSTEM_NAME_LIMIT].rstrip("-")}"',
        )


SYSTEM_NAME_LIMIT = 20
"""Leaves 44 of a function's 64 characters to environment, service and function."""


def suggest(name: str) -> str:
    """Make a legal name out of anything: `Order History_2` → `order-history-2`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name)
    words = re.findall(r"[a-z0-9]+", spaced.lower())
    legal = re.sub(r"^[0-9-]+", "", "-".join(words))
    return legal or "orders"


def _instead(name: str, kind: str = "service") -> str:
    return f'use another name, such as "{name}-{kind}"'


def _bad_name(message: str, hint: str) -> PlatformError:
    return PlatformError(message, hint=hint, code="bad-name", exit_code=ExitCode.USAGE)
