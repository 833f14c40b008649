"""`platform schema`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    (
        "platform schema --out .platform/blueprint.schema.json",
        "where the blueprint's first line looks for it",
    ),
    ("platform schema | jq '.properties | keys'", "the sections of a blueprint"),
)
EXIT_CODES = "0 printed or written, 1 the file cannot be written"


def command(
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it there.")] = None,
) -> None:
    """Print the JSON Schema of the blueprint, for editors.

    An editor that knows YAML completes and checks the blueprint with it, by the line
    `# yaml-language-server: $schema=.platform/blueprint.schema.json`.
    """
    from platform_cli.blueprint.schema import blueprint_schema
    from platform_cli.cli.files import write_json

    terminal = session_of(ctx).terminal
    if out is None:
        terminal.data(blueprint_schema())
        return
    write_json(out, blueprint_schema())
    if terminal.json:
        terminal.data({"wrote": out})
    else:
        terminal.say(f"Wrote {out}")
