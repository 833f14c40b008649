"""Commands that are imported when they are called, not when they are listed.

Help and completion need names and summaries alone; those are in the table. The module of a command
is imported when that command runs or shows its own help.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from platform_cli.cli.options import PlatformCommand, absorb, global_parameters
from platform_cli.cli.table import Entry


class CommandModule(Protocol):
    """What a module under `commands/` holds."""

    EXAMPLES: tuple[tuple[str, str], ...]
    """What to type, and what it does."""
    EXIT_CODES: str
    """One line."""
    command: Any
    """The function; its docstring is the help, its signature the options."""


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
            return TyperCommand(cmd_name, help=entry.summary, rich_help_panel=entry.panel)
        return build_group(cmd_name, entry) if entry.children else build_command(cmd_name, entry)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; an unknown one is kept on the error, for the suggestion."""
        try:
            return super().resolve_command(ctx, args)
        except Exception as error:
            if args and not args[0].startswith("-"):
                error.unknown_command = args[0]  # type: ignore[attr-defined]
            raise

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, and give the options of every command to the session."""
        rest = super().parse_args(ctx, args)
        absorb(ctx)
        return rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Render the help without importing a command."""
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False

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
    group = typer.Typer(name=name, cls=lazy_group(entry.children), add_completion=False, no_args_is_help=True)

    @group.callback(help=entry.summary)
    def hold() -> None:
        """Exist, so that Typer makes a group."""

    return typer.main.get_command(group)


def build_command(name: str, entry: Entry) -> Any:
    """Import a command's module and make the command."""
    module: Any = importlib.import_module(f"platform_cli.cli.commands.{entry.module}")
    return command_of(module, name)


def command_of(module: CommandModule, name: str) -> Any:
    """Make Typer's command from a module: help from its docstring, examples and exit codes below."""
    holder = typer.Typer(add_completion=False, rich_markup_mode="rich")
    holder.command(name, cls=PlatformCommand, help=_help(module), epilog=_epilog(module))(module.command)
    return typer.main.get_command(holder)


def _help(module: CommandModule) -> str:
    text = inspect.cleandoc(module.command.__doc__ or "")
    # A docstring is wrapped for its source; the terminal wraps for itself.
    return "\n\n".join(_escape(" ".join(paragraph.split())) for paragraph in text.split("\n\n"))


def _epilog(module: CommandModule) -> str:
    lines = [f"  {_escape(typed)}\n      {_escape(does)}" for typed, does in module.EXAMPLES]
    return "\n".join(["Examples:", *lines, "", f"Exit codes: {_escape(module.EXIT_CODES)}"])


def _escape(text: str) -> str:
    """Keep brackets that Rich would take for markup."""
    return re.sub(r"\[(?=[a-zA-Z/@#])", r"\\[", text)
