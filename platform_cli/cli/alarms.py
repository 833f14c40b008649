"""Alarms from the command line: read, waited for, compared, tried, silenced."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import typer

from platform_cli.cli.approval import approve_change
from platform_cli.cli.consoles import cloudwatch_console
from platform_cli.cli.deploying import declined, reach
from platform_cli.cli.rendering.progress import LiveProgress
from platform_cli.cli.session import Session
from platform_cli.cli.times import length_of, since_when
from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from platform_cli.operate.alarms.proving import AlarmProof, ProvingProgress
    from platform_cli.operate.alarms.reading import AlarmStatus

_POLL_SECONDS = 10.0
_SHOWN_PERIODS = 24


def check(
    session: Session,
    selector: str | None,
    severity: str | None,
    since: str | None,
    wait: str | None,
    *,
    everything: bool,
) -> None:
    """Show alarms, perhaps after they became quiet.

    Raises:
        PlatformError: An unknown selector, severity, deployment or time.
        Exit: With 3 if something is on.
    """
    from platform_cli.cli.rendering.alarms import render_alarms
    from platform_cli.operate.alarms.metrics import read_series

    _known_severity(severity)
    begin = _since(session, since)
    until = datetime.now(UTC) + (length_of(wait) if wait else timedelta())
    with LiveProgress(session.terminal) as progress:
        while True:
            alarms = [
                alarm
                for alarm in _selected(session, selector, severity)
                if begin is None or alarm.since >= begin
            ]
            fires = [alarm for alarm in alarms if alarm.fires]
            if not fires or datetime.now(UTC) >= until:
                break
            progress(_waiting(len(fires), until))
            time.sleep(_POLL_SECONDS)
        shown = alarms if everything else fires
        now = datetime.now(UTC)
        series = read_series(shown, reach(session), periods=_SHOWN_PERIODS, since=now, until=now)
    render_alarms(session.terminal, alarms, shown, series)
    if fires:
        raise typer.Exit(ExitCode.FINDINGS)


def coverage(session: Session) -> None:
    """Show what is not watched, or not of use.

    Raises:
        Exit: With 3 if something must be mended.
    """
    from platform_cli.assembly.reading import read_assembly
    from platform_cli.cli.deploying import synthesize
    from platform_cli.cli.rendering.alarms import render_coverage
    from platform_cli.operate.alarms.coverage import read_coverage
    from platform_cli.operate.alarms.reading import read_alarms

    # Whatever a patch or a hook adds or takes away stands in the templates.
    assembly = read_assembly(synthesize(session).out)
    wanted = [
        str(resource.get("Properties", {}).get("AlarmName"))
        for stack in assembly.stacks
        for resource in stack.template.get("Resources", {}).values()
        if resource.get("Type") in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    ]
    clients = reach(session)
    alarms = read_alarms(session.environment, clients)
    found = read_coverage(session.environment, alarms, wanted, clients)
    render_coverage(session.terminal, found)
    if any(finding.grave for finding in found.findings):
        raise typer.Exit(ExitCode.FINDINGS)


def test(session: Session, selector: str | None, reason: str, *, everything: bool) -> None:
    """Set alarms off, after approval, and say what that proved.

    Raises:
        PlatformError: None is chosen, or the user declined.
        Exit: With 3 if one was not heard.
    """
    from platform_cli.cli.rendering.alarms import render_proofs
    from platform_cli.cli.rendering.words import number
    from platform_cli.operate.alarms.proving import prove_alarms

    if selector is None and not everything:
        raise PlatformError(
            "no alarm is named",
            hint="name a service, a function or an alarm; or take all with --all",
            code="usage",
            exit_code=ExitCode.USAGE,
        )
    alarms = _selected(session, selector, None)
    names = number(len(alarms), "alarm")
    if alarms and not approve_change(session, f"Set {names} off? The contacts will be told."):
        raise declined()
    begun: list[str] = []
    proofs: list[AlarmProof] = []
    try:
        with LiveProgress(session.terminal) as progress:

            def report(event: ProvingProgress) -> None:
                begun.append(event.alarm)
                progress(event)

            prove_alarms(alarms, reach(session), report=report, proven=proofs.append)
    except (KeyboardInterrupt, PlatformError):
        if begun:  # of which somebody was told
            _record(session, selector, f"{_tested(begun, proofs)}; then it was stopped", reason)
            session.terminal.say(f"set off before that, and put back: {number(len(begun), 'alarm')}")
        raise
    if proofs:
        _record(session, selector, _tested(begun, proofs), reason)
    render_proofs(session.terminal, proofs)
    if not all(proof.well for proof in proofs):
        raise typer.Exit(ExitCode.FINDINGS)


def _tested(begun: Sequence[str], proofs: Sequence[AlarmProof]) -> str:
    from platform_cli.cli.rendering.words import number

    return f"tested {number(len(begun), 'alarm')}, {sum(proof.well for proof in proofs)} were heard"


def silence(session: Session, selector: str | None, length: str, reason: str) -> None:
    """Silence alarms, after approval.

    Raises:
        PlatformError: There is none, or the user declined.
    """
    from platform_cli.cli.rendering.alarms import render_silences
    from platform_cli.cli.rendering.words import number
    from platform_cli.operate.alarms.silencing import silence as silence_alarms

    lasting = length_of(length)
    alarms = _selected(session, selector, None)
    names = number(len(alarms), "alarm")
    if not approve_change(session, f"Silence {names} for {length}?"):
        raise declined()
    clients = reach(session)
    made = silence_alarms(session.environment, alarms, lasting, clients, reason=reason)
    for rule in made:
        what = f"silenced {number(len(rule.alarms), 'alarm')} until {rule.end:%Y-%m-%d %H:%M} UTC"
        _record(session, selector, what, reason, rule=rule.name)
    render_silences(session.terminal, made)


def list_silences(session: Session) -> None:
    """Show what is silenced."""
    from platform_cli.cli.rendering.alarms import render_silences
    from platform_cli.operate.alarms.silencing import read_silences

    render_silences(session.terminal, read_silences(session.environment, reach(session)))


def end_silence(session: Session, reason: str) -> None:
    """End all silences of the environment.

    Raises:
        PlatformError: The user declined.
    """
    from platform_cli.cli.rendering.words import number
    from platform_cli.operate.alarms.silencing import end_silences, read_silences

    clients = reach(session)
    silences = read_silences(session.environment, clients)
    what = number(len(silences), "silence")
    if silences:
        if not approve_change(session, f"End {what}?"):
            raise declined()
        end_silences(silences, clients)
        _record(session, None, f"ended {what}", reason)
    if session.terminal.json:
        session.terminal.data({"ended": [rule.name for rule in silences]})
    else:
        session.terminal.result(f"ended {what}")


def open_console(session: Session, selector: str | None, *, printing: bool) -> None:
    """Open the console, or print its address.

    Raises:
        PlatformError: `no-console` for the local AWS.
    """
    environment = session.environment
    base = cloudwatch_console(environment)
    if base is None:
        raise PlatformError(
            "the local AWS has no console", hint="run `platform alarms check --env local`", code="no-console"
        )
    alarms = _selected(session, selector, None) if selector else ()
    if len(alarms) == 1:
        address = f"{base}#alarmsV2:alarm/{quote(alarms[0].name)}"
    else:
        words = selector or f"{environment.system}-{environment.environment}-"
        address = f"{base}#alarmsV2:?search={quote(words)}"
    if session.terminal.json:
        session.terminal.data({"url": address})
        return
    session.terminal.result(address)
    if not printing and session.terminal.interactive:
        typer.launch(address)


def _record(session: Session, selector: str | None, what: str, reason: str, **details: str) -> None:
    from platform_cli.operate.history import record

    record(
        reach(session),
        session.environment,
        kind="alarms",
        subject=selector or "all",
        what=what,
        reason=reason,
        details=details,
    )


def _selected(session: Session, selector: str | None, severity: str | None) -> tuple[AlarmStatus, ...]:
    from platform_cli.operate.alarms.reading import read_alarms, select_alarms

    return select_alarms(read_alarms(session.environment, reach(session)), selector, severity=severity)


def _known_severity(severity: str | None) -> None:
    from platform_cli.operate.alarms.reading import SEVERITIES

    if severity is not None and severity not in SEVERITIES:
        raise PlatformError(
            f'there is no severity "{severity}"',
            hint=f"there are: {', '.join(SEVERITIES)}",
            code="usage",
            exit_code=ExitCode.USAGE,
        )


def _since(session: Session, typed: str | None) -> datetime | None:
    """The begin of a deployment, or a time; None for all."""
    if typed is None:
        return None
    from platform_cli.deploy.records import read_records
    from platform_cli.operate.functions import names_of

    if typed == "last" or not typed[:-1].isdigit():
        records = read_records(names_of(session.environment), reach(session))
        for record in records:
            if typed in ("last", record.id):
                return record.started
        if typed == "last":
            raise PlatformError(
                "no deployment is recorded", hint="give a time: --since 1h", code="no-deployment"
            )
    try:
        return since_when(typed)
    except PlatformError as error:
        raise PlatformError(
            f'"{typed}" is neither a recorded deployment nor a time',
            hint="write `last`, an id of `platform history --kind deployment --json`, or 30s, 10m, 2h, 1d",
            code=error.code,
            exit_code=error.exit_code,
        ) from error


def _waiting(count: int, until: datetime) -> object:
    from platform_cli.cli.rendering.alarms import WaitingForQuiet

    return WaitingForQuiet(count, (until - datetime.now(UTC)).total_seconds())
