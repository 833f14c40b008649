"""Alarms from the command line: read, waited for, compared."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import typer

from platform_cli.blueprint.consoles import cloudwatch_console
from platform_cli.cli.deploying import reach
from platform_cli.cli.rendering.progress import LiveProgress
from platform_cli.cli.session import Session
from platform_cli.cli.times import length_of, since_when
from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
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
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Show alarms, perhaps after they became quiet; `sleep` is between two looks.

    Raises:
        PlatformError: An unknown selector, severity, deployment or time.
        Exit: With 3 if something is on.
    """
    from platform_cli.cli.rendering.alarms import render_alarms
    from platform_cli.operate.alarms.metrics import read_series
    from platform_cli.operate.alarms.silencing import with_silences

    _known_severity(severity)
    begin = _since(session, since)
    until = datetime.now(UTC) + (length_of(wait) if wait else timedelta())
    with LiveProgress(session.terminal) as progress:
        while True:
            alarms = [
                alarm
                for alarm in selected(session, selector, severity)
                if begin is None or alarm.since >= begin
            ]
            fires = [alarm for alarm in alarms if alarm.fires]
            if not fires or datetime.now(UTC) >= until:
                break
            progress(_waiting(len(fires), until))
            sleep(_POLL_SECONDS)
        alarms = list(with_silences(session.environment, alarms, reach(session)))
        fires = [alarm for alarm in alarms if alarm.fires]
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
    from platform_cli.operate.alarms.silencing import with_silences

    # Whatever a patch or a hook adds or takes away stands in the templates.
    assembly = read_assembly(synthesize(session).out)
    wanted = [
        str(resource.get("Properties", {}).get("AlarmName"))
        for stack in assembly.stacks
        for resource in stack.template.get("Resources", {}).values()
        if resource.get("Type") in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    ]
    clients = reach(session)
    alarms = with_silences(session.environment, read_alarms(session.environment, clients), clients)
    found = read_coverage(session.environment, alarms, wanted, clients)
    render_coverage(session.terminal, found)
    if any(finding.grave for finding in found.findings):
        raise typer.Exit(ExitCode.FINDINGS)


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
    alarms = selected(session, selector, None) if selector else ()
    regions = {alarm.region for alarm in alarms}
    # The console shows one region: that of the alarms, if they have one in common.
    there = cloudwatch_console(environment, regions.pop()) if len(regions) == 1 else base
    if len(alarms) == 1:
        address = f"{there}#alarmsV2:alarm/{quote(alarms[0].name)}"
    else:
        words = selector or f"{environment.system}-{environment.environment}-"
        address = f"{there}#alarmsV2:?search={quote(words)}"
    if session.terminal.json:
        session.terminal.data({"url": address})
        return
    session.terminal.result(address)
    if not printing and session.terminal.interactive:
        typer.launch(address)


def selected(session: Session, selector: str | None, severity: str | None) -> tuple[AlarmStatus, ...]:
    """Read the alarms that were chosen; all without a selector.

    Raises:
        PlatformError: An unknown selector, or what AWS refuses.
    """
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
