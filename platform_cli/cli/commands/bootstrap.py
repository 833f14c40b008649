"""`platform bootstrap`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform bootstrap --env dev", "the account and region of dev"),
    (
        "platform bootstrap --env prod --execution-policy arn:aws:iam::aws:policy/PowerUserAccess",
        "fewer rights",
    ),
)
EXIT_CODES = "0 prepared, 1 AWS refuses, or declined, 2 an invalid blueprint"


def command(
    ctx: typer.Context,
    execution_policy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ARN", help="What CloudFormation may do; repeatable. Default: AdministratorAccess."
        ),
    ] = None,
    trust: Annotated[
        list[str] | None,
        typer.Option(metavar="ACCOUNT", help="An account that may deploy here; repeatable."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Update it even if it is current.")] = False,
) -> None:
    """Prepare an account and region for deployments, once.

    Creates the CDK's own bootstrap stack: a bucket for templates and packages, and the roles that
    deployments take on. Accounts prepared by `cdk bootstrap` need nothing, and the other way round.
    """
    from platform_cli.cli import deploying

    deploying.bootstrap(session_of(ctx), execution_policy, trust, force=force)
