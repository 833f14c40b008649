"""Make a rotation happen: AWS calls the function itself; on the local AWS, we carry out the steps."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import Clock, Sleep, expecting, now, pages
from platform_cli.errors import PlatformError
from platform_cli.operate.secrets.events import Report, StepFailed, StepStarted
from platform_cli.operate.secrets.rotators import Rotator
from platform_cli.operate.secrets.state import CURRENT, PENDING

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
TIMEOUT_SECONDS = 600.0
_POLL_SECONDS = 2.0
_STEP = re.compile(r"\b(createSecret|setSecret|testSecret|finishSecret)\b")
_REFUSAL = re.compile(r"\bRotationRefused: (.*)")
_MANY_FAILURES = 6


class Drive(Protocol):
    """Takes a secret through the four steps."""

    def run(self, token: str, report: Report) -> None:
        """Rotate to the version `token`, and come back when it is current.

        Raises:
            PlatformError: It is not; what was done so far stays for `recover`.
        """


class LocalDrive:
    """Carries out the steps itself: the local AWS promotes a value without calling any function.

    Args:
        secret: Physical name.
        name: As the blueprint calls it.
        rotator: Carries out the steps.
        clients: Of the local AWS.
    """

    def __init__(self, secret: str, name: str, rotator: Rotator, clients: Clients) -> None:
        self._secret = secret
        self._name = name
        self._rotator = rotator
        self._clients = clients

    def run(self, token: str, report: Report) -> None:
        """Place a pending version without a value, as RotateSecret does, then run the steps."""
        with aws_errors(f"beginning the rotation of {self._name}", target=self._clients.target):
            self._clients.client("secretsmanager").put_secret_value(
                SecretId=self._secret, ClientRequestToken=token, VersionStages=[PENDING]
            )
        for number, step in enumerate(STEPS, 1):
            report(StepStarted(self._name, step, number))
            self._rotator.step(step, token)


class AwsDrive:
    """Asks Secrets Manager to rotate, and watches it call the function.

    Args:
        secret: Physical name.
        name: As the blueprint calls it.
        function: ARN of the rotation function; None for a rotation that AWS manages.
        clients: Of the environment.
        timeout_seconds: How long to watch.
        sleep: Waits between looks.
        monotonic: Seconds that only grow.
        clock: The time.
    """

    def __init__(
        self,
        secret: str,
        name: str,
        function: str | None,
        clients: Clients,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        sleep: Sleep = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        clock: Clock = now,
    ) -> None:
        self._secret = secret
        self._name = name
        self._function = function
        self._clients = clients
        self._timeout = timeout_seconds
        self._sleep = sleep
        self._monotonic = monotonic
        self._clock = clock

    def run(self, token: str, report: Report) -> None:
        """Rotate and watch: the labels for the end, the function's log for the steps between."""
        began, started = self._monotonic(), self._clock()
        self._begin(token)
        seen: set[str] = set()
        failures: dict[str, str] = {}
        while True:
            labels = self._labels()
            if CURRENT in labels.get(token, ()):
                return
            self._follow(token, started, seen, failures, report)
            if PENDING not in labels.get(token, ()):
                raise self._failed("somebody took the label off the new version", failures)
            if len(failures) >= _MANY_FAILURES:
                raise self._failed("the function fails again and again", failures)
            if self._monotonic() - began > self._timeout:
                raise self._failed(f"it did not end within {self._timeout:.0f} s", failures)
            self._sleep(_POLL_SECONDS)

    def _begin(self, token: str) -> None:
        with (
            aws_errors(f"rotating {self._name}", target=self._clients.target),
            expecting("InvalidRequestException") as refused,
        ):
            self._clients.client("secretsmanager").rotate_secret(
                SecretId=self._secret, ClientRequestToken=token, RotateImmediately=True
            )
        if refused:
            raise PlatformError(
                f"Secrets Manager does not rotate {self._name}: {refused.message}",
                hint="`platform secrets status` shows how it is",
                code="rotation-refused",
            )

    def _labels(self) -> dict[str, list[str]]:
        with aws_errors(f"watching the rotation of {self._name}", target=self._clients.target):
            told = self._clients.client("secretsmanager").describe_secret(SecretId=self._secret)
        return dict(told.get("VersionIdsToStages") or {})

    def _follow(
        self, token: str, started: datetime, seen: set[str], failures: dict[str, str], report: Report
    ) -> None:
        """Read the function's log; who may not read it just sees no steps."""
        for event in self._log(token, started):
            text = event["message"]
            step = _STEP.search(text)
            if token in text and step and step[1] not in seen:
                seen.add(step[1])
                report(StepStarted(self._name, step[1], STEPS.index(step[1]) + 1))
            refusal = _REFUSAL.search(text)
            if refusal and event["eventId"] not in failures:
                failures[event["eventId"]] = refusal[1].strip()
                report(StepFailed(self._name, refusal[1].strip()))

    def _log(self, token: str, started: datetime) -> list[Any]:
        if self._function is None:
            return []
        name = self._function.rpartition(":")[2]
        with (
            aws_errors(f"reading the log of {name}", target=self._clients.target),
            expecting("ResourceNotFoundException", "AccessDeniedException", "ThrottlingException"),
        ):
            return list(
                pages(
                    self._clients.client("logs").filter_log_events,
                    "events",
                    paging=("nextToken", "nextToken"),
                    logGroupName=f"/aws/lambda/{name}",
                    startTime=int(started.timestamp() * 1000),
                    filterPattern=f'?"{token}" ?RotationRefused',
                )
            )
        return []

    def _failed(self, what: str, failures: dict[str, str]) -> PlatformError:
        said = f" ({list(failures.values())[-1]})" if failures else ""
        return PlatformError(f"the rotation of {self._name} failed: {what}{said}", code="rotation-failed")
