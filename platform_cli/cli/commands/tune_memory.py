"""`platform tune-memory`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from platform_cli.cli.completion import complete_logged
from platform_cli.cli.session import session_of

EXAMPLES = (
    (
        "platform tune-memory orders.create --env dev --dry-run",
        "how many calls it would make, and their price",
    ),
    ("platform tune-memory orders.create --env dev --payload @event.json", "find the best size"),
    (
        "platform tune-memory orders --env dev --aim cost --apply",
        "a service; write the sizes into the blueprint",
    ),
    ("platform tune-memory --env prod --from-logs", "where tuning would pay, without a call"),
    (
        "platform tune-memory --env prod --worst 10 --apply --deploy",
        "the ten that promise most, and deploy them",
    ),
    ("platform tune-memory --env prod --history", "whether what was promised came true"),
    ("platform tune-memory orders.create --simulate mixed", "try the command without an account"),
)
EXIT_CODES = "0 done, 1 a function could not be tuned or AWS refuses, 2 wrong usage, 130 interrupted"
_CHOICE, _CALLS, _RESULT, _OTHER = "What is best", "Calls", "Result", "Instead of tuning"


def command(
    ctx: typer.Context,
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="FUNCTION", help="service.function, or a service.", autocompletion=complete_logged
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every function.")] = False,
    worst: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="The N functions that promise most by their logs."),
    ] = None,
    aim: Annotated[
        str,
        typer.Option(
            metavar="AIM",
            help="cost, speed, balanced, or the weight of the cost, 0 to 1.",
            rich_help_panel=_CHOICE,
        ),
    ] = "balanced",
    p95_limit_ms: Annotated[
        float | None,
        typer.Option(min=0, metavar="MS", help="Sizes with a higher p95 are out.", rich_help_panel=_CHOICE),
    ] = None,
    max_cost_increase: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="PERCENT",
            help="Sizes that cost more than that beyond the present one are out.",
            rich_help_panel=_CHOICE,
        ),
    ] = None,
    sizes: Annotated[
        str | None,
        typer.Option(
            metavar="MB,MB,…",
            help="Sizes to try. Default: eight from 128 to 3008, and the present one.",
            rich_help_panel=_CHOICE,
        ),
    ] = None,
    architectures: Annotated[
        bool,
        typer.Option("--architectures", help="Compare arm64 with x86_64.", rich_help_panel=_CHOICE),
    ] = False,
    payload: Annotated[
        str | None,
        typer.Option(metavar="JSON", help="JSON, @FILE, or - for stdin.", rich_help_panel=_CALLS),
    ] = None,
    payloads: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Many, with weights: a file or a folder.", rich_help_panel=_CALLS),
    ] = None,
    from_tests: Annotated[
        bool,
        typer.Option("--from-tests", help="The service's own tests/events.", rich_help_panel=_CALLS),
    ] = False,
    before: Annotated[
        str | None,
        typer.Option(
            metavar="FUNCTION",
            help="Is called before each call; may answer with its payload.",
            rich_help_panel=_CALLS,
        ),
    ] = None,
    after: Annotated[
        str | None,
        typer.Option(metavar="FUNCTION", help="Is called with each answer.", rich_help_panel=_CALLS),
    ] = None,
    certainty: Annotated[
        float,
        typer.Option(min=50, max=99.9, metavar="PERCENT", help="Stop when so sure.", rich_help_panel=_CALLS),
    ] = 95,
    max_invocations: Annotated[
        int, typer.Option(min=1, metavar="N", help="Calls of a function at most.", rich_help_panel=_CALLS)
    ] = 400,
    max_spend_usd: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="USD",
            help="Price of its calls at most, whatever they take.",
            rich_help_panel=_CALLS,
        ),
    ] = None,
    concurrency: Annotated[
        int,
        typer.Option(
            min=1, max=32, metavar="N", help="Sizes called at a time at most.", rich_help_panel=_CALLS
        ),
    ] = 8,
    simulate: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="Call no function but a model of one: cpu, io, mixed, parallel, memory.",
            rich_help_panel=_CALLS,
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show calls and price, and stop.", rich_help_panel=_CALLS),
    ] = False,
    apply: Annotated[
        bool,
        typer.Option("--apply", help="Write the sizes into the blueprint.", rich_help_panel=_RESULT),
    ] = False,
    everywhere: Annotated[
        bool,
        typer.Option(
            "--everywhere",
            help="With --apply: for every environment, not this one alone.",
            rich_help_panel=_RESULT,
        ),
    ] = False,
    deploy: Annotated[
        bool, typer.Option("--deploy", help="With --apply: go on to deploy.", rich_help_panel=_RESULT)
    ] = False,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a page with curves, too.", rich_help_panel=_RESULT),
    ] = None,
    days: Annotated[
        int,
        typer.Option(min=1, max=90, metavar="N", help="How far back logs are read.", rich_help_panel=_OTHER),
    ] = 7,
    from_logs: Annotated[
        bool,
        typer.Option(
            "--from-logs", help="Rank functions by expected saving; no call.", rich_help_panel=_OTHER
        ),
    ] = False,
    history: Annotated[
        bool,
        typer.Option("--history", help="Compare what was promised with the logs.", rich_help_panel=_OTHER),
    ] = False,
    cleanup: Annotated[
        bool,
        typer.Option("--cleanup", help="Put back what a killed run left.", rich_help_panel=_OTHER),
    ] = False,
) -> None:
    """Find the memory size of functions that is best under a stated aim.

    Calls published versions of a function, one for each size, until it is certain which is best; reads
    what the calls took from their REPORT lines; and puts everything back. The function must be deployed
    to AWS, and is called with the payloads for real.
    """  # fmt: skip
    from platform_cli.cli.tuning.options import TuneOptions
    from platform_cli.cli.tuning.running import tune_memory

    options = TuneOptions(
        **{name: value for name, value in locals().items() if name in TuneOptions.__dataclass_fields__}
    )
    tune_memory(session_of(ctx), options)
