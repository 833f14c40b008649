"""The options that every command takes, before it or after it.

`platform --env prod deploy` and `platform deploy --env prod` are the same; what is typed last wins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.main

from platform_cli.cli.completion import complete_environment

if TYPE_CHECKING:
    from platform_cli.cli.session import Session

PANEL = "Options of every command"


@dataclass(frozen=True)
class GlobalOptions:
    """What the user said about every command.

    Attributes:
        blueprint: The blueprint's path; None looks for `blueprint.yaml` upwards.
        environment: Its name; None takes the blueprint's first.
        json: One JSON document on stdout instead of text.
        yes: Approve without being asked.
        debug: Show tracebacks.
    """

    blueprint: Path | None = None
    environment: str | None = None
    json: bool = False
    yes: bool = False
    debug: bool = False


def declare(
    blueprint: Annotated[
        str | None,
        typer.Option(
            "--blueprint",
            metavar="PATH",
            envvar="PLATFORM_BLUEPRINT",
            help="The blueprint. Default: the nearest blueprint.yaml upwards.",
            rich_help_panel=PANEL,
            show_default=False,
        ),
    ] = None,
    environment: Annotated[
        str | None,
        typer.Option(
            "--env",
            metavar="NAME",
            envvar="PLATFORM_ENV",
            help="The environment. Default: the blueprint's first.",
            rich_help_panel=PANEL,
            show_default=False,
            autocompletion=complete_environment,
        ),
    ] = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print results as JSON.", rich_help_panel=PANEL, show_default=False)
    ] = False,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes", "-y", help="Approve without a question.", rich_help_panel=PANEL, show_default=False
        ),
    ] = False,
    debug: Annotated[
        bool,
        typer.Option("--debug", help="Show tracebacks.", rich_help_panel=PANEL, show_default=False),
    ] = False,
) -> None:
    """Declare the options; `absorb` reads them."""


NAMES = ("blueprint", "environment", "json", "yes", "debug")


def global_parameters() -> list[Any]:
    """Return Typer's parameters for the options of every command."""
    holder = typer.Typer(add_completion=False)
    holder.command()(declare)
    command: Any = typer.main.get_command(holder)
    return take_as_typed([parameter for parameter in command.params if parameter.name in NAMES])


def take_as_typed(parameters: list[Any]) -> list[Any]:
    """Switch Typer's conversion off for parameters that are right as they are typed.

    Typer converts every value with pydantic, whose import costs more than the rest of a `--help`.
    """
    for parameter in parameters:
        parameter._runtime_param = _AsTyped()
    return parameters


class _AsTyped:
    """Typer's conversion of a value, for values that are right as they are."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ARG002
        return value


def absorb(context: Any) -> None:
    """Move the options of every command from a context's parameters into the session."""
    session: Session = context.obj
    given: dict[str, Any] = {}
    for name in NAMES:
        value = context.params.pop(name, None)
        source = context.get_parameter_source(name)
        if value is not None and source is not None and source.name in ("COMMANDLINE", "ENVIRONMENT"):
            # The variable must not win over an option that stood before the command.
            if source.name == "ENVIRONMENT" and context.parent is not None:
                continue
            given[name] = Path(value) if name == "blueprint" else value
    if given:
        session.options = replace(session.options, **given)
        session.terminal.json = session.options.json
