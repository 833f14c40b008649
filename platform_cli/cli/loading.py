"""Commands that are imported when they are called, not when they are listed.

Help and completion need names and summaries alone; those are in the table. The module of a command
is imported when that command runs or shows its own help.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, ClassVar

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from platform_cli.cli.command import CommandModule, PlatformCommand, group_page, write_page
from platform_cli.cli.options import absorb, global_parameters, take_as_typed
from platform_cli.cli.table import Entry


class LazyGroup(TyperGroup):
    """A group of commands that lists from its table and imports on use."""

    entries: ClassVar[Mapping[str, Entry]] = {}

    def __init__(self, *args: Any, params: list[Any] | None = None, **settings: Any) -> None:
        super().__init__(*args, params=[*(params or []), *global_parameters()], **settings)
        self._listing = False

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the table."""
        return list(self.entries)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Return the command: whole when it is called, its summary alone when it is listed."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        if self._listing:
            return TyperCommand(cmd_name, help=entry.summary)
        return build_group(cmd_name, entry) if entry.children else build_command(cmd_name, entry)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; an unknown one is kept on the error, for the suggestion."""
        try:
            name, command, rest = super().resolve_command(ctx, args)
        except Exception as error:
            if args and not args[0].startswith("-"):
                error.unknown_command = args[0]  # type: ignore[attr-defined]
            raise
        entry = self.entries.get(name or "")
        if entry is not None and entry.children and entry.module is not None:
            command = _itself_or_group(command, build_command(str(name), entry), rest)
        return name, command, rest

    def get_help_option(self, ctx: Any) -> Any:
        """Return Typer's `--help`, which takes no value to convert."""
        return take_as_typed([super().get_help_option(ctx)])[0]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, and give the options of every command to the session."""
        rest = super().parse_args(ctx, args)
        absorb(ctx)
        return rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help without importing a command."""
        write_page(group_page(self, ctx), ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Complete names without importing a command."""
        self._listing = True
        try:
            return super().shell_complete(ctx, incomplete)
        finally:
            self._listing = False


def lazy_group(entries: Mapping[str, Entry]) -> type[LazyGroup]:
    """Make the class of a group with these commands."""
    return type("CommandGroup", (LazyGroup,), {"entries": entries})


def build_group(name: str, entry: Entry) -> Any:
    """Make a group of commands, such as `local`."""
    group = typer.Typer(
        name=name,
        cls=lazy_group(entry.children),
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode=None,
    )

    @group.callback(help=entry.summary)
    def hold() -> None:
        """Exist, so that Typer makes a group."""

    return typer.main.get_command(group)


def build_command(name: str, entry: Entry) -> Any:
    """Import a command's module and make the command."""
    module: Any = importlib.import_module(f"platform_cli.cli.commands.{entry.module}")
    command = command_of(module, name)
    command.children = entry.children
    return command


def _itself_or_group(group: Any, itself: Any, arguments: list[str]) -> Any:
    """Choose between `platform cost --requests 1M` and `platform cost advise`: the first word decides."""
    valued = {option for p in itself.params if not getattr(p, "is_flag", True) for option in p.opts}
    words = iter(arguments)
    for word in words:
        if word in valued:
            next(words, None)
        elif not word.startswith("-"):
            return group if word in group.entries else itself
    return itself


def command_of(module: CommandModule, name: str) -> Any:
    """Make Typer's command from a module: options from the function's signature, help from the module."""
    holder = typer.Typer(add_completion=False, rich_markup_mode=None)
    holder.command(name, cls=PlatformCommand)(module.command)
    command: Any = typer.main.get_command(holder)
    command.module = module
    return command
