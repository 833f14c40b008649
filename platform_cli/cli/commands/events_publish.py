"""`platform events publish`."""

from __future__ import annotations

from typing import Annotated

import typer

from platform_cli.cli.change_options import OneBus, Reason
from platform_cli.cli.session import session_of

EXAMPLES = (
    ("platform events publish events --type OrderCreated --detail @order.json", "from a file"),
    (
        """platform events publish events --type OrderCreated --detail '{"order_id": "1"}' --dry-run""",
        "only check",
    ),
    ("cat order.json | platform events publish events --type OrderCreated --detail -", "from stdin"),
)
EXIT_CODES = "0 published, 1 declined or AWS refuses, 2 an unknown bus or type, or a detail that does not fit"


def command(
    ctx: typer.Context,
    bus: OneBus,
    detail_type: Annotated[
        str,
        typer.Option(
            "--type", metavar="NAME", help="The event's type, such as OrderCreated.", show_default=False
        ),
    ],
    detail: Annotated[
        str,
        typer.Option(metavar="JSON", help="What happened: JSON, @FILE, or - for stdin.", show_default=False),
    ],
    source: Annotated[str, typer.Option(metavar="NAME", help="Who is said to send it.")] = "platform.cli",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check it, and publish nothing.")] = False,
    reason: Reason = "",
) -> None:
    """Publish an event, if it is one that the bus carries.

    Where the blueprint declares the bus's events, the type must be among them, and the detail must fit its
    schema.
    """
    from platform_cli.cli.events import publish_event

    publish_event(session_of(ctx), bus, detail_type, detail, source, reason, dry_run=dry_run)
