"""Find the checks: every module of `operate/checks` with a tuple `CHECKS`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache

from platform_cli.blueprint.findings import known_hint
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate import checks
from platform_cli.operate.doctor.model import GROUPS, Check, Group


@cache
def all_checks() -> tuple[Check, ...]:
    """All checks, by group and then in the order of modules and of their tuples.

    Modules are listed by what loaded the package, so it makes no difference whether that is a folder of
    a checkout, an installed wheel or a zip file.
    """
    found: list[Check] = []
    for module in sorted(pkgutil.iter_modules(checks.__path__), key=lambda module: module.name):
        if not module.name.startswith("_"):
            found += importlib.import_module(f"{checks.__name__}.{module.name}").CHECKS
    return tuple(sorted(found, key=lambda check: GROUPS.index(check.group)))


def choose(only: Iterable[str] = ()) -> tuple[Check, ...]:
    """The checks of some groups, or some checks by their ids; all of them if nothing is named.

    Raises:
        PlatformError: `unknown-check`, with the nearest name.
    """
    wanted = tuple(only)
    known: set[str] = {*GROUPS, *(check.id for check in all_checks())}
    for name in wanted:
        if name not in known:
            raise PlatformError(
                f'there is no group of checks and no check called "{name}"',
                hint=known_hint(name, known, otherwise=f"the groups are: {', '.join(GROUPS)}"),
                code="unknown-check",
                exit_code=ExitCode.USAGE,
            )
    return tuple(c for c in all_checks() if not wanted or c.group in wanted or c.id in wanted)


def in_group(group: Group) -> tuple[Check, ...]:
    """The checks of a group."""
    return tuple(check for check in all_checks() if check.group == group)
