"""`platform synth`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform synth", "the first environment, into .platform/cdk.out"),
    ("platform synth --env prod --out cdk.out", "a cloud assembly that `cdk deploy --app cdk.out` takes too"),
)
EXIT_CODES = "0 synthesized, 1 a build failed, 2 an invalid blueprint"


def command(
    ctx: typer.Context,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="The folder. Default: .platform/cdk.out/ENV.", show_default=False
        ),
    ] = None,
) -> None:
    """Synthesize the CloudFormation templates.

    Builds the packages of all services and writes a standard CDK cloud assembly. It reads nothing but
    the workspace, so two runs give the same bytes; where nothing changed, nothing is done.
    """
    from platform_cli.cli.deploying import synthesize
    from platform_cli.cli.rendering.synthesis import render_synthesis

    session = session_of(ctx)
    render_synthesis(session.terminal, synthesize(session, out))
