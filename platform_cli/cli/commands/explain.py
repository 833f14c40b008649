"""`platform explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_code
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform explain unknown-table", "what error[unknown-table] means, and what to do"),
    ("platform explain", "every code"),
)
EXIT_CODES = "0 explained, 2 an unknown code"


def command(
    ctx: typer.Context,
    code: Annotated[
        str | None,
        typer.Argument(
            help="The word in brackets after `error`.", autocompletion=complete_code, show_default=False
        ),
    ] = None,
) -> None:
    """Explain an error code.

    Every error, warning and notice carries a code in brackets. This says what it means, why it is checked
    and what to do.
    """
    from platform_cli.cli.explanations import explain
    from platform_cli.cli.rendering.explanations import render_explanation, render_explanations

    terminal = session_of(ctx).terminal
    if code is None:
        render_explanations(terminal)
    else:
        render_explanation(terminal, explain(code))
