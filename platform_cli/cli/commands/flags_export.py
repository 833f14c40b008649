"""`platform flags export`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform flags export > flags.json", "the document as AppConfig has it"),
    ("platform flags export --format csv", "a line a flag"),
    ("platform flags export --format values --context plan=pro", "what a handler gets for a context"),
)
EXIT_CODES = "0 written, 1 AWS refuses or the flags are not deployed, 2 an unknown format"


def command(
    ctx: typer.Context,
    kind: Annotated[str, typer.Option("--format", metavar="FORMAT", help="json, csv or values.")] = "json",
    context: Annotated[
        list[str] | None,
        typer.Option("--context", metavar="KEY=VALUE", help="A context value, for values; may be repeated."),
    ] = None,
) -> None:
    """Write all flags to stdout.

    As they are written, or with `--format values` as everybody has them: a version that waits for a
    deployment is in no handler yet.
    """
    from platform_cli.cli.change_options import pairs
    from platform_cli.cli.flags import standing
    from platform_cli.operate.flags.exporting import export_flags

    session = session_of(ctx)
    stand = standing(session)
    document = stand.deployed if kind == "values" else stand.document
    text = export_flags(document, kind, pairs(context, "--context"))
    session.terminal.raw(text.encode())
