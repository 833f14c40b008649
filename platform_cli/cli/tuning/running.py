"""Tune functions, and do with the answers what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from platform_cli.cli.deploying import reach
from platform_cli.cli.session import Session
from platform_cli.cli.tuning.options import TuneOptions, check
from platform_cli.cli.tuning.reading import logs_of, prices_of, show_history, show_ranking, tidy
from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from platform_cli.blueprint.resolved import ResolvedFunction
    from platform_cli.operate.tuning.observations import Variant
    from platform_cli.operate.tuning.payloads import Payload
    from platform_cli.operate.tuning.planning import RunPlan
    from platform_cli.operate.tuning.priors import Logged
    from platform_cli.operate.tuning.racing import RaceSettings
    from platform_cli.operate.tuning.tuned import Tuning


def tune_memory(session: Session, options: TuneOptions) -> None:
    """Do what the options say.

    Raises:
        PlatformError: Wrong usage, the local AWS without a model, or what AWS refuses.
    """
    local = session.environment.target == "local"
    check(options, local=local, json=session.terminal.json)
    if options.simulate is None and local:
        raise PlatformError(
            "the local AWS does not make a function slower at small sizes, so there is nothing to tune",
            hint="tune an environment on AWS with `--env`, or try the command with `--simulate mixed`",
            code="tuning-needs-aws",
            exit_code=ExitCode.USAGE,
        )
    if options.cleanup:
        tidy(session, options)
    elif options.history:
        show_history(session, options)
    elif options.from_logs:
        show_ranking(session, options)
    else:
        _tune(session, options)


def _tune(session: Session, options: TuneOptions) -> None:
    from platform_cli.cli.rendering.tuning import render_tunings
    from platform_cli.cli.rendering.tuning_plan import render_plans, say_writes
    from platform_cli.operate.tuning.planning import plan_run

    functions, logged = _chosen(session, options)
    payloads = {f.address: _payloads(session, options, f) for f in functions}
    settings = {f.address: _settings(session, options, f, logged.get(f.address)) for f in functions}
    plans = [
        plan_run(
            f.address,
            settings[f.address],
            _present(f),
            _mean(f, logged.get(f.address)),
            payloads=len(payloads[f.address]),
            writes=_writes(session, f),
        )
        for f in functions
    ]
    if options.dry_run:
        render_plans(session.terminal, plans, next(iter(settings.values())).prices)
        return
    if options.simulate is None:
        say_writes(session.terminal, plans)
        _approve(session, plans)
    tunings, failed = _run_all(session, options, functions, settings, payloads)
    edits = write_sizes(session, options, tunings) if options.apply else {}
    if options.simulate is None:
        _record(session, tunings, edits)
    render_tunings(session.terminal, tunings, failed, edits, session.environment.environment)
    if options.html is not None and tunings:
        _write_page(session, options.html, tunings)
    if options.deploy:
        _deploy(session, edits)
    if failed:
        raise typer.Exit(1)


def _deploy(session: Session, edits: dict[str, list[str]]) -> None:
    """Hand over to a deployment with its own plan, approval and exit code."""
    from platform_cli.cli import deploying

    if not edits:
        session.terminal.say("nothing to deploy: the blueprint has these sizes already")
        return
    # The blueprint on the disk is a new one; this session has read the old one.
    fresh = Session(session.options, session.terminal)
    reason = f"memory sizes of {', '.join(edits)} by tune-memory"
    deploying.deploy(fresh, reason=reason, allow_replacement=None, allow_removal=False)


def _run_all(
    session: Session,
    options: TuneOptions,
    functions: Sequence[ResolvedFunction],
    settings: dict[str, RaceSettings],
    payloads: dict[str, tuple[Payload, ...]],
) -> tuple[list[Tuning], dict[str, PlatformError]]:
    """One after the other; one that fails does not keep the others from being tuned."""
    from platform_cli.cli.rendering.progress import LiveProgress
    from platform_cli.cli.tuning.surroundings import surroundings
    from platform_cli.operate.tuning.tuning import tune

    tunings: list[Tuning] = []
    failed: dict[str, PlatformError] = {}
    with LiveProgress(session.terminal) as progress:
        for function in functions:
            try:
                with surroundings(session, options, function, progress) as around:
                    tunings.append(
                        tune(
                            function,
                            settings[function.address],
                            payloads[function.address],
                            around,
                            lanes=1 if options.simulate else options.concurrency,
                            writes=_writes(session, function),
                            simulated=options.simulate,
                        )
                    )
            except PlatformError as error:
                if len(functions) == 1:
                    raise
                failed[function.address] = error
    return tunings, failed


def _chosen(session: Session, options: TuneOptions) -> tuple[tuple[ResolvedFunction, ...], dict[str, Logged]]:
    from platform_cli.operate.functions import select_functions
    from platform_cli.operate.tuning.priors import rank

    functions = select_functions(session.environment, options.target)
    if options.simulate is not None:
        return functions, {}
    logged = _prior(session, options, functions)
    if options.worst is not None:
        ranked = rank(functions, logged, options.sizes_mb, options.goal, prices_of(session))
        wanted = [p.address for p in ranked if p.saving_usd > 0][: options.worst]
        if not wanted:
            raise PlatformError(
                f"the logs of the last {options.days} days promise no saving for any function",
                hint="`platform tune-memory --from-logs` shows what they say",
                code="nothing-to-tune",
            )
        by_address = {f.address: f for f in functions}
        functions = tuple(by_address[address] for address in wanted)
    return functions, logged


def _prior(
    session: Session, options: TuneOptions, functions: Sequence[ResolvedFunction]
) -> dict[str, Logged]:
    """What logs say; a run needs them for its price and to spare calls, and can do without."""
    try:
        return logs_of(session, reach(session), functions, options.days)
    except PlatformError as error:
        if options.worst is not None:
            raise
        session.terminal.say(f"the logs cannot be read, so nothing is known before: {error.message}")
        return {}


def _settings(
    session: Session, options: TuneOptions, function: ResolvedFunction, logged: Logged | None
) -> RaceSettings:
    from platform_cli.operate.tuning.observations import Variant
    from platform_cli.operate.tuning.planning import sizes_to_try
    from platform_cli.operate.tuning.racing import RaceSettings

    architectures = ("arm64", "x86_64") if options.architectures else (function.architecture,)
    return RaceSettings(
        tuple(
            Variant(architecture, size)
            for architecture in architectures
            for size in sizes_to_try(options.sizes_mb, function.memory_mb)
        ),
        options.goal,
        prices_of(session, snap_start=function.snap_start and options.simulate is None),
        present=_present(function),
        certainty=options.certainty / 100,
        max_invocations=options.max_invocations,
        max_spend_usd=options.max_spend_usd,
        timeout_seconds=function.timeout_seconds,
        known_memory_mb=logged.max_memory_mb if logged else 0,
    )


def _payloads(session: Session, options: TuneOptions, function: ResolvedFunction) -> tuple[Payload, ...]:
    from platform_cli.cli.files import read_payload
    from platform_cli.operate.invoking import checked_payload
    from platform_cli.operate.tuning.payloads import Payload, own_test_events, read_payloads

    if options.payloads is not None:
        return read_payloads(options.payloads)
    if options.from_tests:
        path = session.environment.services[function.service].path
        return own_test_events(session.root, path, function.name)
    typed = read_payload(options.payload or "", session.terminal.stdin)
    return (Payload(checked_payload(typed)),)


def _approve(session: Session, plans: Sequence[RunPlan]) -> None:
    from platform_cli.cli.approval import approve_environment
    from platform_cli.cli.deploying import declined
    from platform_cli.cli.rendering.tuning_plan import question

    if not approve_environment(session, question(plans, session.environment.environment)):
        raise declined()


def write_sizes(session: Session, options: TuneOptions, tunings: Sequence[Tuning]) -> dict[str, list[str]]:
    """Write the sizes into the blueprint, and say for each function which keys were written.

    Raises:
        PlatformError: `cannot-edit`; that function's part of the file is as it was.
    """
    from platform_cli.blueprint.loading import inspect_blueprint
    from platform_cli.operate.tuning.applying import apply_edits, plan_edits

    environment, path = session.environment.environment, session.blueprint_path
    written: dict[str, list[str]] = {}
    for tuning in tunings:
        chosen = tuning.race.choice.chosen
        if chosen is None:
            continue
        # Read again each time: the edit before this one moved the lines.
        edits = plan_edits(
            inspect_blueprint(path), environment, tuning.address, chosen, everywhere=options.everywhere
        )
        if edits:
            apply_edits(edits, path, environment, tuning.address, chosen)
            written[tuning.address] = [f"{edit.dotted}: {edit.value}" for edit in edits]
    return written


def _record(session: Session, tunings: Sequence[Tuning], edits: dict[str, list[str]]) -> None:
    from platform_cli.operate.functions import names_of
    from platform_cli.operate.tuning.records import record_of, write_record

    for tuning in tunings:
        record = record_of(tuning, applied=tuning.address in edits)
        if record is not None:
            try:
                write_record(record, names_of(session.environment), reach(session))
            except PlatformError as error:
                session.terminal.say(
                    f"no record was kept of {tuning.address}: {error.message}", style="yellow"
                )


def _write_page(session: Session, path: Path, tunings: Sequence[Tuning]) -> None:
    from platform_cli.cli.files import write_text
    from platform_cli.cli.rendering.tuning_page import page

    write_text(path, page(tunings))
    session.terminal.say(f"wrote {path}")


def _present(function: ResolvedFunction) -> Variant:
    from platform_cli.operate.tuning.observations import Variant

    return Variant(function.architecture, function.memory_mb)


def _mean(function: ResolvedFunction, logged: Logged | None) -> float | None:
    warm = logged.warm_ms(function.memory_mb) if logged else []
    return sum(warm) / len(warm) if warm else None


def _writes(session: Session, function: ResolvedFunction) -> tuple[str, ...]:
    from platform_cli.operate.tuning.payloads import writes_of

    return writes_of(function, session.environment.secrets.values())
