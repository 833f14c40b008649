"""The nearest name, for a word that was mistyped on the command line."""

from __future__ import annotations

from typing import Any

from platform_cli.blueprint.findings import nearest_name


def suggest_usage(error: Any) -> tuple[str, str | None]:
    """Return what is wrong with the usage, and what to type instead where that can be told.

    Args:
        error: Typer's usage error.
    """
    context = error.ctx
    message = error.format_message().strip().rstrip(".")
    option = getattr(error, "option_name", None)
    if option and type(error).__name__ == "NoSuchOption" and context is not None:
        known = [
            name
            for parameter in context.command.params
            for name in (*parameter.opts, *parameter.secondary_opts)
        ]
        match = nearest_name(option, [name for name in known if name.startswith("--")])
        return f"there is no option {option}", f"did you mean {match}?" if match else None
    word = getattr(error, "unknown_command", None)
    if word and context is not None:
        match = nearest_name(word, context.command.list_commands(context))
        path = context.command_path
        return f'there is no command "{word}"', f"did you mean `{path} {match}`?" if match else None
    return message[:1].lower() + message[1:], None
