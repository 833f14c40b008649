"""`platform init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform init shop", "a workspace in the folder shop"),
    ("platform init shop --blueprint starter", "from a blueprint of that name; the same as --from"),
    ("platform init shop --from streaming --contact ops@example.com", "streams, with alarms by mail"),
    ("platform init . --system shop --region eu-central-1 --yes", "here, without a question"),
)
REWRITTEN = {"--blueprint": "--from"}
EXIT_CODES = "0 made, 1 cannot be written, 2 an answer or folder that does not do"


def rewrite(args: list[str]) -> list[str]:
    """Take `--blueprint NAME` for `--from NAME`: here is no blueprint yet whose path it could be."""
    renamed = []
    for arg in args:
        name, equals, value = arg.partition("=")
        renamed.append(f"{REWRITTEN.get(name, name)}{equals}{value}")
    return renamed


def command(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="The folder; made if it is not there.")] = Path(),
    start_from: Annotated[
        str,
        typer.Option("--from", metavar="NAME", help="What to start from: starter, shop, streaming or web."),
    ] = "starter",
    system: Annotated[str | None, typer.Option(metavar="NAME", help="What every name begins with.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="TEAM", help="Who answers for the system.")] = None,
    region: Annotated[str | None, typer.Option(metavar="REGION", help="The region of dev and prod.")] = None,
    dev_account: Annotated[str | None, typer.Option(metavar="ID", help="The AWS account of dev.")] = None,
    prod_account: Annotated[str | None, typer.Option(metavar="ID", help="The AWS account of prod.")] = None,
    contact: Annotated[
        str | None, typer.Option(metavar="EMAIL", help="Whom alarms tell; nobody without it.")
    ] = None,
) -> None:
    """Start a workspace: a blueprint, shared libraries and a first service.

    Asks for what it needs to know; every question is also an option, and has a default. No account is
    needed: the first environment is the embedded local AWS.
    """
    from platform_cli.blueprint.schema import blueprint_schema
    from platform_cli.cli.files import write_json
    from platform_cli.cli.questions import answered
    from platform_cli.cli.rendering.scaffolding import render_workspace
    from platform_cli.scaffold.questions import workspace_questions
    from platform_cli.scaffold.workspaces import init_workspace

    session = session_of(ctx)
    given = {"system": system, "owner": owner, "region": region}
    given |= {"dev_account": dev_account, "prod_account": prod_account, "contact": contact}
    answers = answered(session, workspace_questions(folder), given)
    files = init_workspace(folder, blueprint=start_from, answers=answers)
    write_json(folder / ".platform" / "blueprint.schema.json", blueprint_schema())
    render_workspace(session.terminal, folder, files)
