"""What checks look at, each part of it read once however many checks want it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from platform_cli.errors import PlatformError
from platform_cli.operate.doctor.model import Need

if TYPE_CHECKING:
    from datetime import datetime

    from platform_cli.assembly.model import Assembly
    from platform_cli.aws.clients import Clients
    from platform_cli.blueprint.loading import Inspection
    from platform_cli.blueprint.resolved import ResolvedEnvironment
    from platform_cli.deploy.status import EnvironmentStatus

T = TypeVar("T")
_NOT_MET: Mapping[Need, str] = {
    Need.NAMED: "no environment is named; `--env NAME` looks at one",
    Need.WORKSPACE: "there is no blueprint here; `platform init` starts one",
    Need.ACCOUNT: "it does not apply to the local AWS",
}


def _now() -> datetime:
    from platform_cli.deploy.answers import now

    return now()


@dataclass(frozen=True)
class Surroundings:
    """Where a diagnosis is made; everything that a test may want otherwise.

    Attributes:
        folder: The workspace, or where the user is if there is none.
        inspection: The blueprint; None if there is none.
        environment: The environment that was named; None takes the blueprint's first.
        connect: Makes clients for an environment and a workspace.
        synthesize: Makes the assembly of an environment; None where that is not wanted.
        cache: Where this tool keeps what it can make again.
        home: The user's.
        variables: Of the process.
        days: How far back objectives and incidents are looked at.
        clock: The time.
        sleep: Waits between two looks.
        run: Runs a program and gives its exit code and all that it said.
        served_time: What time a server of AWS says it is, by the name of its region.
    """

    folder: Path
    inspection: Inspection | None
    environment: str | None
    connect: Callable[[ResolvedEnvironment, Path], Clients]
    synthesize: Callable[[ResolvedEnvironment], Assembly] | None
    cache: Path
    home: Path = field(default_factory=Path.home)
    variables: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    days: int = 30
    clock: Callable[[], datetime] = _now
    sleep: Callable[[float], None] = time.sleep
    run: Callable[[list[str]], tuple[int, str]] | None = None
    served_time: Callable[[str], datetime | None] | None = None


class Context:
    """What checks look at.

    Args:
        surroundings: Where.
    """

    def __init__(self, surroundings: Surroundings) -> None:
        self.surroundings = surroundings
        self.defects: dict[str, Exception] = {}
        """What checks broke with, by their ids; for `--debug`."""
        self._lock = threading.Lock()
        self._shared: dict[str, Future[Any]] = {}

    def share(self, key: str, make: Callable[[], T]) -> T:
        """What `make` gives, made once; who comes meanwhile waits, and its failure is everybody's."""
        with self._lock:
            known = self._shared.get(key)
            if known is None:
                future: Future[Any] = Future()
                self._shared[key] = future
        if known is not None:
            shared: T = known.result()
            return shared
        try:
            made = make()
        except BaseException as error:
            future.set_exception(error)
            raise
        future.set_result(made)
        return made

    def unmet(self, need: Need) -> str | None:
        """Why something that a check needs is not there; None if it is."""
        try:
            met = self._met(need)
        except PlatformError as error:
            return error.message
        return None if met else _NOT_MET[need]

    def _met(self, need: Need) -> bool:
        match need:
            case Need.NAMED:
                return self.surroundings.environment is not None
            case Need.WORKSPACE:
                return self.surroundings.inspection is not None
            case Need.ENVIRONMENT:
                return self.environment is not None
            case Need.ACCOUNT:
                return self.environment.target == "aws"
            case Need.REACH:
                return self.clients is not None
            case Need.DEPLOYED:
                if not self.status.deployed:
                    raise PlatformError(f"nothing is deployed to {self.environment.environment}")
                return True

    @property
    def folder(self) -> Path:
        """The workspace, or where the user is."""
        return self.surroundings.folder

    @property
    def inspection(self) -> Inspection:
        """The blueprint, which a check that needs a workspace has."""
        inspection = self.surroundings.inspection
        assert inspection is not None, "the check has to need a workspace"
        return inspection

    @property
    def environment(self) -> ResolvedEnvironment:
        """The environment.

        Raises:
            PlatformError: The blueprint is invalid, or there is no such environment.
        """

        def make() -> ResolvedEnvironment:
            from platform_cli.blueprint.resolving import resolve

            return resolve(self.inspection, self.surroundings.environment)

        return self.share("environment", make)

    @property
    def option(self) -> str:
        """`--env prod`, to end a command with."""
        return f"--env {self.environment.environment}"

    @property
    def clients(self) -> Clients:
        """Clients whose credentials were found to be of the environment's account.

        Raises:
            PlatformError: They are not, or there are none, or the local AWS does not run.
        """

        def make() -> Clients:
            from platform_cli.aws.clients import verify_account

            clients = self.surroundings.connect(self.environment, self.folder)
            if self.environment.target == "aws":
                verify_account(clients)
            return clients

        return self.share("clients", make)

    @property
    def status(self) -> EnvironmentStatus:
        """The stacks, the lock and the last deployment."""

        def make() -> EnvironmentStatus:
            from platform_cli.deploy.status import read_status

            return read_status(self.environment, self.clients, clock=self.surroundings.clock)

        return self.share("status", make)

    @property
    def now(self) -> datetime:
        """The time."""
        return self.surroundings.clock()
