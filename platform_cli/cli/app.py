"""The Typer application: the options of every command, and the table of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli import __version__
from platform_cli.cli.loading import lazy_group
from platform_cli.cli.table import COMMANDS

app = typer.Typer(
    name="platform",
    cls=lazy_group(COMMANDS),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    epilog="0 done, 1 failed, 2 wrong usage or an invalid blueprint, 3 findings, 130 interrupted.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"platform {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True, show_default=False
        ),
    ] = False,
) -> None:
    """One blueprint describes, deploys and operates an AWS serverless system."""
