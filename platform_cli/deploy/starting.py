"""Start and stop applications of Flink, and wait until they run or stand still."""

from __future__ import annotations

from collections.abc import Iterable

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.applications import ApplicationStep, Wanted, status_of
from platform_cli.deploy.events import ApplicationProgress
from platform_cli.deploy.following import Conduct
from platform_cli.errors import PlatformError

_STOPPED = frozenset({"READY", "ROLLED_BACK"})
_MOST_SNAPSHOTS = 1
_LOOKS_BEFORE_IT_STARTS = 5


def execute_applications(steps: Iterable[ApplicationStep], clients: Clients, conduct: Conduct) -> None:
    """Start and stop, one after the other, each until it runs or stands still.

    Raises:
        PlatformError: `application-not-started`; what AWS refuses.
    """
    for step in steps:
        doing = "starting" if step.action == "start" else "stopping"
        with aws_errors(f"{doing} application {step.wanted.name}", target=clients.target):
            if step.action == "start":
                _start(step.wanted, clients, conduct)
            else:
                stop(step.wanted.application, step.wanted.name, clients, conduct)


def stop(application: str, name: str, clients: Clients, conduct: Conduct) -> None:
    """Stop an application if it runs: it finishes what it has in hand, and keeps a snapshot if it has any."""
    if _settled(application, name, clients, conduct) != "RUNNING":
        return
    clients.client("kinesisanalyticsv2").stop_application(ApplicationName=application)
    _settled(application, name, clients, conduct)


def _start(wanted: Wanted, clients: Clients, conduct: Conduct) -> None:
    if _settled(wanted.application, wanted.name, clients, conduct) not in _STOPPED:
        return
    client = clients.client("kinesisanalyticsv2")
    kept = wanted.snapshots and client.list_application_snapshots(
        ApplicationName=wanted.application, Limit=_MOST_SNAPSHOTS
    ).get("SnapshotSummaries")
    restored = "RESTORE_FROM_LATEST_SNAPSHOT" if kept else "SKIP_RESTORE_FROM_SNAPSHOT"
    client.start_application(
        ApplicationName=wanted.application,
        RunConfiguration={
            "ApplicationRestoreConfiguration": {"ApplicationRestoreType": restored},
            "FlinkRunConfiguration": {"AllowNonRestoredState": False},
        },
    )
    status = _settled(wanted.application, wanted.name, clients, conduct, starting=True)
    if status != "RUNNING":
        raise PlatformError(
            f"application {wanted.name} did not start: it is {status}",
            hint=f"its log says why: /aws/kinesis-analytics/{wanted.application}; then deploy again",
            code="application-not-started",
            where=f"analytics.{wanted.name}",
        )


def _settled(
    application: str, name: str, clients: Clients, conduct: Conduct, *, starting: bool = False
) -> str | None:
    """The state, once nothing goes on that AWS ends by itself; each state is told once."""
    told: list[str] = []
    for look, _ in enumerate(conduct.polls()):
        status = status_of(application, clients)
        if status is not None and status not in told[-1:]:
            told.append(status)
            conduct.report(ApplicationProgress(name, status))
        # What was just started may be shown as it was, for a moment.
        early = starting and told == ["READY"] and look < _LOOKS_BEFORE_IT_STARTS
        if not early and (status is None or status in _STOPPED or status == "RUNNING"):
            return status
    raise AssertionError("polls never end")  # pragma: no cover
