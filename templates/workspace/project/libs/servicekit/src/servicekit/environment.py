"""Environment variables that the blueprint's `access` lines put on a function."""

from __future__ import annotations

import os


class MissingVariable(RuntimeError):
    """The function lacks an environment variable, so most likely an `access` line."""


def required_variable(name: str, access: str) -> str:
    """The value of `name`.

    Args:
        name: For example `TABLE_MAIN_NAME`.
        access: The `access` line that brings it, for the message.

    Raises:
        MissingVariable: It is not set, or empty.
    """
    value = os.environ.get(name, "")
    if not value:
        raise MissingVariable(
            f"{name} is not set; the function needs `{access}` under `access` in the blueprint"
        )
    return value


def variable_part(name: str) -> str:
    """How a name of the blueprint appears in a variable: `cursor-key` is `CURSOR_KEY`."""
    return "".join(c if c.isalnum() else "_" for c in name).upper()
