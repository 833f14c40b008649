"""Which applications of Flink run, and which shall: CloudFormation makes them, and starts and stops none.

A running application is restarted by AWS itself when its stack changes, from its latest snapshot. What is
left is the first start, and what `enabled` says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from platform_cli.assembly.model import Assembly
from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.answers import expecting

LISTING = "platform.analytics.json"
RUNNING = frozenset({"STARTING", "RUNNING", "UPDATING", "AUTOSCALING", "MAINTENANCE", "ROLLING_BACK"})
"""States of an application that works, or will by itself (DescribeApplication, 2026-11)."""


@dataclass(frozen=True)
class Wanted:
    """An application of an assembly.

    Attributes:
        name: In the blueprint.
        application: On AWS.
        enabled: Whether it shall run.
        snapshots: Whether it keeps its state.
    """

    name: str
    application: str
    enabled: bool
    snapshots: bool


@dataclass(frozen=True)
class ApplicationStep:
    """What happens to an application, after all stacks."""

    wanted: Wanted
    action: Literal["start", "stop"]


def applications_of(assembly: Assembly, environment: ResolvedEnvironment) -> tuple[Wanted, ...]:
    """The applications of an assembly; none on the local AWS, which runs no Flink."""
    path = assembly.path / LISTING
    if environment.target == "local" or not path.is_file():
        return ()
    listing: Mapping[str, Mapping[str, object]] = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        Wanted(name, str(one["application"]), bool(one["enabled"]), bool(one["snapshots"]))
        for name, one in sorted(listing.items())
    )


def observe_applications(wanted: Iterable[Wanted], clients: Clients) -> dict[str, str | None]:
    """The state of each by its name in the blueprint; None if it is not there yet."""
    return {one.name: status_of(one.application, clients) for one in wanted}


def plan_applications(
    wanted: Iterable[Wanted], statuses: Mapping[str, str | None]
) -> tuple[ApplicationStep, ...]:
    """Which are to be started, and which stopped. Pure."""
    steps = []
    for one in wanted:
        runs = statuses.get(one.name) in RUNNING
        if one.enabled and not runs:
            steps.append(ApplicationStep(one, "start"))
        elif runs and not one.enabled:
            steps.append(ApplicationStep(one, "stop"))
    return tuple(steps)


def status_of(application: str, clients: Clients) -> str | None:
    """The state of an application by its name on AWS; None if it is not there."""
    detail: Mapping[str, object] = {}
    with expecting("ResourceNotFoundException"):
        answer = clients.client("kinesisanalyticsv2").describe_application(ApplicationName=application)
        detail = answer["ApplicationDetail"]
    return str(detail["ApplicationStatus"]) if detail else None
