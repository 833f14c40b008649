"""Change secrets: look, show, ask, do, tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from platform_cli.cli.changing import Change
from platform_cli.cli.deploying import reach
from platform_cli.cli.session import Session
from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from datetime import datetime

    from platform_cli.blueprint.resolved import ResolvedSecret
    from platform_cli.cli.rendering.secret_rotations import RotationProgress
    from platform_cli.operate.secrets.consumers import Consumer
    from platform_cli.operate.secrets.planning import RotationPlan
    from platform_cli.operate.secrets.values import Hidden


def refuse_argument(name: str, value: Sequence[str] | None) -> None:
    """Refuse a value that was typed as an argument, without repeating it.

    Raises:
        PlatformError: `secret-as-argument`.
    """
    if value:
        raise PlatformError(
            "a secret's value is not given as an argument: it would stand in the shell's history and in "
            "the list of processes, where it may be seen now",
            hint=f"run `platform secrets set {name}` and type it there, or give it on stdin; and use "
            "another value",
            code="secret-as-argument",
            exit_code=ExitCode.USAGE,
        )


def chosen_strategy(session: Session, name: str, given: str | None) -> str:
    """Return the module of the template that rotates a secret.

    Raises:
        PlatformError: There is no such strategy, or it does not fit the secret.
    """
    from platform_cli.scaffold.catalog import unknown

    blueprint = session.inspection.blueprint
    secret = blueprint.secrets.get(name) if blueprint else None
    told = given or (secret.rotation.strategy if secret is not None and secret.rotation else None)
    kinds: tuple[str, ...] = ("generic", "api_key", "jwt_key")
    prefix = ""
    if blueprint is not None and secret is not None and secret.database is not None:
        kinds = ("single_user", "alternating_users")
        engine = blueprint.databases[secret.database].engine if secret.database in blueprint.databases else ""
        prefix = "mysql_" if engine == "aurora-mysql" else "postgresql_"
    told = told or kinds[0]
    if told not in kinds:
        raise unknown("strategy", told, kinds)
    return prefix + told


def set_value(session: Session, name: str, reason: str, *, generate: bool) -> None:
    """Set a value: the one that is typed or piped, or with `generate` a new one of the secret's kind.

    Raises:
        PlatformError: It cannot be set, or the user declined.
    """
    from platform_cli.cli.rendering.secrets import render_set, setting_lines
    from platform_cli.operate.secrets.selecting import find_secret
    from platform_cli.operate.secrets.values import execute_setting, plan_setting

    environment = session.environment
    clients = reach(session)
    setting = plan_setting(find_secret(environment, name), clients)
    value = _generated(session, name) if generate else _value(session, name)
    change = Change(session, "secrets", reason)
    change.approve("Set it?", *setting_lines(setting, environment.environment))
    with change.underway(name):
        version = execute_setting(setting, value, environment, clients, reason=reason)
    render_set(session.terminal, setting, version)


def choose(
    session: Session, name: str | None, *, all_of_them: bool, overdue: bool
) -> tuple[ResolvedSecret, ...]:
    """Return the secrets to rotate.

    Raises:
        PlatformError: None or more than one way of choosing was given, or the name is unknown.
    """
    from platform_cli.operate.secrets.reporting import report_secrets
    from platform_cli.operate.secrets.selecting import find_secret

    if (name is not None) + all_of_them + overdue != 1:
        raise PlatformError(
            "say which secrets to rotate",
            hint="give a name, or --all, or --overdue",
            code="usage",
            exit_code=ExitCode.USAGE,
        )
    environment = session.environment
    if name is not None:
        return (find_secret(environment, name),)
    rotating = tuple(s for s in environment.secrets.values() if s.rotation_days is not None)
    if overdue and rotating:
        names = tuple(secret.name for secret in rotating)
        reports = report_secrets(environment, reach(session), names)
        late = {report.name for report in reports if report.overdue}
        rotating = tuple(secret for secret in rotating if secret.name in late)
    if not rotating:
        session.terminal.say("no secret is overdue" if overdue else "no secret rotates")
    return rotating


def plan(
    session: Session, secrets: Sequence[ResolvedSecret], *, recover: bool, timeout_seconds: float
) -> tuple[RotationPlan, ...]:
    """Look at what the rotations need, and show it.

    Raises:
        PlatformError: AWS refuses.
    """
    from platform_cli.cli.rendering.secret_rotations import render_plans
    from platform_cli.operate.secrets.planning import plan_rotation
    from platform_cli.scaffold.catalog import templates_root

    environment, clients = session.environment, reach(session) if secrets else None
    plans = tuple(
        plan_rotation(
            environment,
            secret,
            clients,
            templates_root(),
            recover_now=recover,
            timeout_seconds=timeout_seconds,
        )
        for secret in secrets
        if clients is not None
    )
    render_plans(session.terminal, plans)
    return plans


def rotate(session: Session, plans: Sequence[RotationPlan], reason: str, *, wait: bool = True) -> bool:
    """Rotate one after the other; whether all went well. A failure of one does not stop the others.

    Args:
        session: With the environment.
        plans: What was looked at before.
        reason: Why; for the history.
        wait: Whether to wait until nobody uses an old value any more.

    Raises:
        PlatformError: None can be rotated, or the user declined.
        typer.Exit: Ctrl-C ended one of several; the rest was not begun.
    """
    from platform_cli.cli.rendering.errors import render_error
    from platform_cli.cli.rendering.secret_rotations import RotationProgress, render_rotations
    from platform_cli.operate.secrets.planning import refused
    from platform_cli.operate.secrets.rotating import execute_rotation

    ready = [plan for plan in plans if plan.applyable]
    if not ready:
        raise refused(plans[0])
    names = ", ".join(plan.secret.name for plan in ready)
    Change(session, "secrets", reason).approve(f"Rotate {names}?")
    report = RotationProgress(session.terminal)
    clients, done = reach(session), []
    session.work.plan(plan.secret.name for plan in ready)
    failed = {plan.secret.name: refused(plan) for plan in plans if not plan.applyable}
    for plan in ready:
        try:
            done.append(execute_rotation(plan, session.environment, clients, reason=reason, report=report))
            session.work.finish(plan.secret.name)
        except PlatformError as error:
            if len(plans) == 1:
                raise
            failed[plan.secret.name] = error
            if not session.terminal.json:
                render_error(session.terminal, error, session.locate)
            if error.exit_code is ExitCode.INTERRUPTED:
                wait = False
                break
    consumers = {
        rotation.secret: _consumers(
            session, rotation.secret, rotation.readers, rotation.new_version, report, wait=wait
        )
        for rotation in done
        if rotation.proof.changed and rotation.readers
    }
    left = [name for name in session.work.left if name not in failed]
    render_rotations(session.terminal, done, consumers, failed, left)
    if any(error.exit_code is ExitCode.INTERRUPTED for error in failed.values()):
        raise typer.Exit(ExitCode.INTERRUPTED)
    return not failed and all(rotation.done for rotation in done)


def roll_back(session: Session, name: str, reason: str, *, wait: bool = True) -> None:
    """Make the previous value current, and see who takes it.

    Args:
        session: With the environment.
        name: Of the secret.
        reason: Why; for the history.
        wait: Whether to wait until nobody uses the other value any more.

    Raises:
        PlatformError: That is refused, or the user declined.
    """
    from platform_cli.cli.rendering.secret_rotations import RotationProgress, render_rollback, rollback_lines
    from platform_cli.deploy.answers import now
    from platform_cli.operate.secrets.rolling_back import execute_rollback, plan_rollback
    from platform_cli.operate.secrets.selecting import find_secret
    from platform_cli.scaffold.catalog import templates_root

    environment, clients = session.environment, reach(session)
    rollback = plan_rollback(environment, find_secret(environment, name), clients, templates_root())
    change = Change(session, "secrets", reason)
    change.approve("Roll it back?", *rollback_lines(rollback))
    began = now()
    with change.underway(name):
        execute_rollback(rollback, environment, clients, reason=reason)
    report, version = RotationProgress(session.terminal), rollback.previous.id
    consumers = _consumers(session, name, rollback.readers, version, report, changed_at=began, wait=wait)
    render_rollback(session.terminal, rollback, consumers)


def _consumers(
    session: Session,
    secret: str,
    readers: Sequence[str],
    version: str,
    report: RotationProgress,
    *,
    changed_at: datetime | None = None,
    wait: bool,
) -> tuple[Consumer, ...]:
    """Look who uses a value; where that cannot be seen, what was done is told all the same."""
    from platform_cli.operate.secrets.consumers import watch_consumers

    try:
        return watch_consumers(
            session.environment,
            secret,
            readers,
            version,
            reach(session),
            changed_at=changed_at,
            wait=wait,
            report=report,
        )
    except PlatformError as error:
        session.terminal.say(f"who uses the value cannot be seen: {error.message}", style="yellow")
        return ()


def _generated(session: Session, name: str) -> Hidden:
    from platform_cli.operate.secrets.rotators import first_value
    from platform_cli.operate.secrets.selecting import find_secret, strategy_of
    from platform_cli.scaffold.catalog import templates_root

    environment = session.environment
    return first_value(templates_root(), strategy_of(find_secret(environment, name), environment))


def _value(session: Session, name: str) -> Hidden:
    from platform_cli.operate.secrets.values import checked_value

    terminal = session.terminal
    if not terminal.interactive:
        return checked_value(terminal.stdin.read())
    typed = checked_value(terminal.ask_hidden(f"Value of {name}", flag="a value on stdin"))
    again = checked_value(terminal.ask_hidden("Once more", flag="a value on stdin"))
    if typed.reveal() != again.reveal():
        raise PlatformError(
            "the two values are not the same", code="invalid-secret", exit_code=ExitCode.USAGE
        )
    return typed
