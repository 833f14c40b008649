"""`platform explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_code
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform explain unknown-table", "what error[unknown-table] means, and what to do"),
    ("platform explain certificates", "what a check of `platform doctor` looks at"),
    ("platform explain", "every code"),
)
EXIT_CODES = "0 explained, 2 an unknown code"


def command(
    ctx: typer.Context,
    code: Annotated[
        str | None,
        typer.Argument(
            help="The word in brackets after `error`, or the id of a check.",
            autocompletion=complete_code,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Explain an error code or a check.

    Every error, warning and notice carries a code in brackets, every check of `platform doctor` its id. This
    says what it means, why it is looked at and what to do.
    """
    from platform_cli.cli.explanations import explain
    from platform_cli.cli.rendering.explanations import render_explanation, render_explanations

    terminal = session_of(ctx).terminal
    if code is None:
        render_explanations(terminal)
    else:
        render_explanation(terminal, explain(code))
