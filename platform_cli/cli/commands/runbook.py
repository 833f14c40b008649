"""`platform runbook`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform runbook --env prod", "what to do when data of prod is lost"),
    ("platform runbook --env prod --out docs/recovery.md", "into a file, to print and to rehearse"),
)
EXIT_CODES = "0 printed or written, 1 the file cannot be written, 2 an invalid blueprint"


def command(
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it there.")] = None,
) -> None:
    """Write the recovery runbook of an environment.

    Every step has the real names of tables, vaults, buckets and functions, and every thing that holds data
    says how much is lost at most and how long it takes. Nothing is contacted.
    """
    from platform_cli.cli.files import write_text
    from platform_cli.operate.recovery.runbook import write_runbook

    session = session_of(ctx)
    text = write_runbook(session.environment)
    if out is not None:
        write_text(out, text)
    if session.terminal.json:
        session.terminal.data({"wrote": out} if out is not None else {"runbook": text})
    elif out is None:
        session.terminal.raw(text.encode())
    else:
        session.terminal.say(f"Wrote {out}")
