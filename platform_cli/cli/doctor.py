"""Examine, show what can be mended, mend, and examine again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from platform_cli.cli.approval import approve_change
from platform_cli.cli.deploying import declined
from platform_cli.cli.session import Session
from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from platform_cli.assembly.model import Assembly
    from platform_cli.blueprint.resolved import ResolvedEnvironment
    from platform_cli.operate.doctor.context import Context
    from platform_cli.operate.doctor.mending import Mended
    from platform_cli.operate.doctor.model import Check, Diagnosis


def diagnose(session: Session, only: tuple[str, ...], days: int) -> tuple[Context, Diagnosis]:
    """Make the checks, with progress.

    Raises:
        PlatformError: A group, a check or the environment that was named does not exist.
    """
    from platform_cli.deploy.targets import connect
    from platform_cli.operate.doctor.context import Context, Surroundings
    from platform_cli.operate.doctor.discovery import choose

    checks = choose(only)
    found = _has_blueprint(session)
    context = Context(
        Surroundings(
            folder=session.root if found else Path.cwd(),
            inspection=session.inspection if found else None,
            environment=session.options.environment,
            connect=connect,
            synthesize=_synthesizer(session),
            cache=session.cache,
            days=days,
        )
    )
    if found and not session.inspection.errors:
        session.environment  # noqa: B018 - a name that does not exist is an error, and no finding
    return context, _examine(session, checks, context)


def fix_all(
    session: Session, context: Context, diagnosis: Diagnosis, reason: str
) -> tuple[Diagnosis, tuple[Mended, ...]]:
    """Show the fixes, ask, apply them, and look again at what they were for.

    Raises:
        PlatformError: The user declined, or nobody can be asked.
    """
    from platform_cli.cli.rendering.doctor import render_again, render_fixes
    from platform_cli.operate.doctor.context import Context
    from platform_cli.operate.doctor.mending import mend

    fixable = diagnosis.fixable
    render_fixes(session.terminal, fixable)
    if not fixable:
        return diagnosis, ()
    if not _approved(session, any(e.result.fix and e.result.fix.in_environment for e in fixable)):
        raise declined()
    mended = mend(fixable, context, reason=reason)
    _say_defects(session, (one.error.__cause__ for one in mended if one.error and one.error.__cause__))
    again = _examine(session, tuple(e.check for e in fixable), Context(context.surroundings))
    render_again(session.terminal, mended, again)
    return diagnosis.replaced(again), mended


def exit_code(diagnosis: Diagnosis, mended: tuple[Mended, ...] = ()) -> int:
    """Return 3 where something failed; 1 where a check broke or a fix did not work."""
    from platform_cli.operate.doctor.model import Verdict

    if diagnosis.failed:
        return ExitCode.FINDINGS
    if diagnosis.of(Verdict.BROKEN) or any(one.error for one in mended):
        return ExitCode.FAILED
    return ExitCode.DONE


def _has_blueprint(session: Session) -> bool:
    try:
        return session.blueprint_path.is_file()
    except PlatformError:
        if session.options.blueprint is not None or session.options.environment is not None:
            raise  # who names one means it
        return False


def _synthesizer(session: Session) -> Callable[[ResolvedEnvironment], Assembly]:
    def synthesize(environment: ResolvedEnvironment) -> Assembly:
        from platform_cli.assembly.reading import read_assembly
        from platform_cli.stacks import synthesis

        folder = session.output_folder()
        return read_assembly(synthesis.synthesize(environment, session.root, folder, session.cache).out)

    return synthesize


def _examine(session: Session, checks: tuple[Check, ...], context: Context) -> Diagnosis:
    from platform_cli.cli.rendering.doctor import ExaminationProgress
    from platform_cli.operate.doctor.running import examine

    with ExaminationProgress(session.terminal) as progress:
        diagnosis = examine(checks, context, progress)
    _say_defects(session, context.defects.values())
    return diagnosis


def _say_defects(session: Session, errors: Iterable[BaseException]) -> None:
    import traceback

    for error in errors if session.options.debug else ():
        session.terminal.say("".join(traceback.format_exception(error)).rstrip())


def _approved(session: Session, in_environment: bool) -> bool:
    if session.options.yes:
        return True
    if in_environment:
        return approve_change(session, "Do this?")
    return session.terminal.confirm("Do this?")
