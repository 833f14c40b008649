"""A command as Typer sees it, and its help page."""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import typer
from typer.core import TyperCommand

from platform_cli.cli.options import absorb, global_parameters, take_as_typed
from platform_cli.cli.rendering.help import (
    HelpPage,
    Row,
    Section,
    argument_name,
    help_text,
    parameter_sections,
)

if TYPE_CHECKING:
    from platform_cli.cli.table import Entry


class CommandModule(Protocol):
    """What a module under `commands/` holds."""

    EXAMPLES: tuple[tuple[str, str], ...]
    """What to type, and what it does."""
    EXIT_CODES: str
    """One line."""
    command: Any
    """The function; its docstring is the help, its signature the options.

    A module may also hold `rewrite`, which takes what was typed after the command, and gives what to parse.
    """


class PlatformCommand(TyperCommand):
    """A command that takes the options of every command as well as its own."""

    module: CommandModule
    """Where it comes from; set by `loading.command_of`."""
    children: Mapping[str, Entry] = {}
    """Commands below it, such as `advise` below `cost`; set by `loading.build_command`."""

    def __init__(self, *args: Any, params: list[Any] | None = None, **settings: Any) -> None:
        super().__init__(*args, params=[*(params or []), *global_parameters()], **settings)

    def get_help_option(self, ctx: Any) -> Any:
        """Return Typer's `--help`, which takes no value to convert."""
        return take_as_typed([super().get_help_option(ctx)])[0]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse, and keep the options of every command from the command's function."""
        rewrite = getattr(self.module, "rewrite", None)
        rest = super().parse_args(ctx, rewrite(args) if rewrite is not None else args)
        absorb(ctx)
        return rest

    def invoke(self, ctx: Any) -> Any:
        """Run; a reader that went away (`platform logs | head`) ends it without an error."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.obj.interrupted = True
            raise
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise typer.Exit(0) from None

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        """Complete options, and the commands below."""
        from click.shell_completion import CompletionItem

        below = [CompletionItem(name) for name in self.children if name.startswith(incomplete)]
        return [*below, *super().shell_complete(ctx, incomplete)]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page."""
        write_page(command_page(self, ctx), ctx, formatter)


def command_page(command: PlatformCommand, context: Any) -> HelpPage:
    """Describe a command."""
    parameters = command.get_params(context)
    arguments = [
        argument_name(p)
        for p in parameters
        if p.param_type_name == "argument" and not getattr(p, "hidden", False)
    ]
    module = command.module
    below = tuple(Row(name, entry.summary) for name, entry in command.children.items())
    return HelpPage(
        usage=" ".join([context.command_path, "[OPTIONS]", *arguments]),
        paragraphs=_paragraphs(module.command.__doc__ or ""),
        sections=(*((Section("Commands", below),) if below else ()), *parameter_sections(parameters)),
        examples=tuple(Row(typed, does) for typed, does in module.EXAMPLES),
        exit_codes=module.EXIT_CODES,
    )


def group_page(group: Any, context: Any) -> HelpPage:
    """Describe a group by its table."""
    panels: dict[str, list[Row]] = {}
    for name, entry in group.entries.items():
        panels.setdefault(entry.panel or "Commands", []).append(Row(name, entry.summary))
    commands = tuple(Section(title, tuple(rows)) for title, rows in panels.items())
    return HelpPage(
        usage=f"{context.command_path} [OPTIONS] COMMAND [ARGS]...",
        paragraphs=_paragraphs(group.help or ""),
        sections=(*commands, *parameter_sections(group.get_params(context))),
        exit_codes=group.epilog or "",
    )


def write_page(page: HelpPage, context: Any, formatter: Any) -> None:
    """Lay a page out for the terminal, in colour where it shows colour."""
    from platform_cli.cli.terminal import Terminal

    console = (context.obj.terminal if context.obj is not None else Terminal()).out
    with console.capture() as captured:
        console.print(help_text(page, console.width), soft_wrap=True)
    formatter.write(captured.get())


def _paragraphs(text: str) -> tuple[str, ...]:
    # A docstring is wrapped for its source; the terminal wraps for itself.
    return tuple(
        " ".join(paragraph.split()) for paragraph in inspect.cleandoc(text).split("\n\n") if paragraph
    )
