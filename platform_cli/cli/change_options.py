"""Options that all commands share which change flags, settings and the like."""

from __future__ import annotations

from typing import Annotated

import typer

Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why, for the record.", show_default=False)]
Wait = Annotated[
    bool, typer.Option("--wait/--no-wait", help="Watch the deployment to its end, or leave once it started.")
]
StrategyName = Annotated[
    str | None,
    typer.Option(
        "--strategy",
        metavar="NAME",
        help="all-at-once, linear-50, linear-20, canary-10, or one of your own. Default: the environment's.",
        show_default=False,
    ),
]
Attributes = Annotated[
    list[str] | None,
    typer.Option("--attribute", metavar="NAME=VALUE", help="An attribute of the flag; may be repeated."),
]


def pairs(typed: list[str] | None, option: str) -> dict[str, str]:
    """Return what was typed as NAME=VALUE, by name.

    Raises:
        PlatformError: One of them has no `=`.
    """
    from platform_cli.errors import ExitCode, PlatformError

    found = {}
    for pair in typed or ():
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise PlatformError(
                f'"{pair}" is no pair of a name and a value',
                hint=f"write {option} name=value",
                code="usage",
                exit_code=ExitCode.USAGE,
            )
        found[name.strip()] = value
    return found
