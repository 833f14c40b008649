"""Options that all commands share which change flags, settings and the like."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_alarms, complete_bus, complete_dead_letters, complete_setting
from platform_cli.errors import ExitCode, PlatformError

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

Reveal = Annotated[bool, typer.Option("--reveal", help="Show secure values.")]
SettingName = Annotated[
    str, typer.Argument(help="The setting, group/key.", autocompletion=complete_setting, show_default=False)
]
DeadLetters = Annotated[
    str,
    typer.Argument(
        help="A queue, or service.function: what failed.",
        autocompletion=complete_dead_letters,
        show_default=False,
    ),
]
_BUS_HELP = "The bus, by its name in the blueprint."
OneBus = Annotated[str, typer.Argument(help=_BUS_HELP, autocompletion=complete_bus, show_default=False)]
AnyBus = Annotated[
    str | None,
    typer.Argument(help=f"{_BUS_HELP} Default: all.", autocompletion=complete_bus, show_default=False),
]
AlarmSelector = Annotated[
    str | None,
    typer.Argument(
        metavar="SELECTOR",
        help="A service, a thing such as orders.create, or the name of an alarm. Default: all.",
        autocompletion=complete_alarms,
        show_default=False,
    ),
]
Expression = Annotated[
    str | None,
    typer.Option(
        "--filter",
        metavar="JMESPATH",
        help="Only messages for which this holds: \"detail.orderId == 'o-1'\".",
        show_default=False,
    ),
]
Contains = Annotated[
    str | None,
    typer.Option("--contains", metavar="TEXT", help="Only messages with this text.", show_default=False),
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


def two_environments(arguments: list[str]) -> list[str]:
    """Return `--env A --env B` as the two arguments `A B`; anything else as it is."""
    rest: list[str] = []
    found: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--env":
            found.append(next(words, ""))
        elif word.startswith("--env="):
            found.append(word.removeprefix("--env="))
        else:
            rest.append(word)
    return [*rest, *found] if len(found) == 2 else arguments


def require_two(first: str, second: str) -> None:
    """Refuse one environment in the place of two.

    Raises:
        PlatformError: They are the same.
    """
    if first == second:
        raise PlatformError(
            f'"{first}" was named twice, and two environments are needed',
            hint="name another one",
            code="usage",
            exit_code=ExitCode.USAGE,
        )
