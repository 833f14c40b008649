"""`platform new-service`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.completion import complete_template
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform new-service orders --template api", "asks for the rest"),
    ("platform new-service mailer --template worker --queue mails --yes", "asks nothing"),
    ("platform new-service sales --template analytics --follow streams.orders", "measures a stream"),
    ("platform new-service mailer --template worker --dry-run", "shows what it would write"),
)
EXIT_CODES = "0 made, 1 cannot be written, 2 a name or answer that does not do"


def command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits and hyphens.")],
    template: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="api, worker, stream, analytics or schedule.",
            autocompletion=complete_template,
        ),
    ] = None,
    description: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What it is for, in a line.")
    ] = None,
    table: Annotated[
        str | None, typer.Option(metavar="NAME", help="The table it uses, or a new one.")
    ] = None,
    api: Annotated[
        str | None, typer.Option(metavar="NAME", help="api, analytics: the API of its routes.")
    ] = None,
    route: Annotated[
        str | None, typer.Option(metavar="PATH", help="api, analytics: how its routes start.")
    ] = None,
    queue: Annotated[
        str | None, typer.Option(metavar="NAME", help="worker: its queue, or a new one.")
    ] = None,
    follow: Annotated[
        str | None,
        typer.Option(metavar="SOURCE", help="stream: streams.X or tables.X; analytics: streams.X."),
    ] = None,
    schedule: Annotated[
        str | None, typer.Option(metavar="WHEN", help="schedule: rate(…) or cron(…).")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the files and the change; write nothing.")
    ] = False,
) -> None:
    """Add a service from a template, and register it in the blueprint.

    The new service passes its own lint, types and tests at once. The blueprint keeps its comments and
    the order of its keys. If anything does not fit, nothing is written.
    """
    from platform_cli.cli.questions import chosen_template, service_answers
    from platform_cli.cli.rendering.scaffolding import render_service, render_service_plan
    from platform_cli.scaffold.services import create_service, plan_service

    session = session_of(ctx)
    kind = chosen_template(session, template)
    given = {"description": description, "table": table, "api": api, "route": route}
    given |= {"queue": queue, "follow": follow, "schedule": schedule}
    answers = service_answers(session, kind, name, given)
    plan = plan_service(session.root, session.blueprint_path, name, kind, answers)
    if dry_run:
        return render_service_plan(session.terminal, session.root, plan)
    create_service(plan)
    return render_service(session.terminal, session.root, name, plan.paths)
