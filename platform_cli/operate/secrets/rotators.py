"""Who carries out the steps of a rotation: the function on Lambda, or its code in this process."""

from __future__ import annotations

import importlib
import json
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import is_aws_error
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedSecret
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.functions import find_function
from platform_cli.operate.secrets.quiet import quiet_errors
from platform_cli.operate.secrets.selecting import Strategy
from platform_cli.operate.secrets.values import Hidden

Works = Mapping[str, bool | None]
"""Whether the value of a version works, by the version's id; None if nobody can be asked."""

_REFUSED = "RotationRefused"
_IMPORTING = threading.Lock()


class Rotator(Protocol):
    """Carries out steps for one secret. No value comes back from it."""

    where: str
    """Who it is, for people."""

    def step(self, step: str, token: str) -> None:
        """Run a step.

        Raises:
            PlatformError: `rotation-step-failed`.
        """

    def probe(self, versions: Sequence[str]) -> Works:
        """Whether the values of versions work, asked in that order; empty if it cannot say."""

    def restore(self, token: str) -> bool:
        """Make the current value work again by means of the pending one; whether it does."""


class LambdaRotator:
    """A deployed rotation function.

    Args:
        clients: Of the environment.
        function: Name or ARN.
        secret: ARN of the secret.
    """

    def __init__(self, clients: Clients, function: str, secret: str) -> None:
        self._clients = clients
        self._function = function
        self._secret = secret
        self.where = function.rpartition(":")[2]

    def step(self, step: str, token: str) -> None:
        """Run a step."""
        self._call(step, ClientRequestToken=token)

    def probe(self, versions: Sequence[str]) -> Works:
        """Ask the function; one that was not made from our template cannot say."""
        if not versions:
            return {}
        try:
            # To a function of another make, this is a step for a version that is current already.
            answer = self._call("probe", ClientRequestToken=versions[0], Versions=list(versions))
        except PlatformError as error:
            if error.code == "rotation-step-failed":
                return {}
            raise
        works = answer.get("works") if isinstance(answer, dict) else None
        return {str(key): value for key, value in works.items()} if isinstance(works, dict) else {}

    def restore(self, token: str) -> bool:
        """Ask the function."""
        answer = self._call("restore", ClientRequestToken=token)
        return isinstance(answer, dict) and bool(answer.get("restored"))

    def _call(self, step: str, **event: Any) -> Any:
        with quiet_errors(f"calling {self.where}", self._clients):
            answer = self._clients.client("lambda").invoke(
                FunctionName=self._function,
                Payload=json.dumps({"Step": step, "SecretId": self._secret, **event}).encode(),
            )
            told = json.loads(answer["Payload"].read() or b"null")
        if answer.get("FunctionError"):
            raise _step_failed(step, self.where, told)
        return told


class InProcessRotator:
    """The code of a rotation function, run here; for the local AWS, where none need be deployed.

    Args:
        clients: Of the environment.
        rotation: A `Rotation` of the template's `steps.py`.
        secret: Name or ARN of the secret.
        where: What it is called.
    """

    def __init__(self, clients: Clients, rotation: Any, secret: str, where: str) -> None:
        self._clients = clients
        self._rotation = rotation
        self._secret = secret
        self.where = where

    def step(self, step: str, token: str) -> None:
        """Run a step."""
        self._call(step, ClientRequestToken=token)

    def probe(self, versions: Sequence[str]) -> Works:
        """Ask the strategy."""
        works: Works = self._call("probe", Versions=list(versions))["works"]
        return works

    def restore(self, token: str) -> bool:
        """Ask the strategy."""
        return bool(self._call("restore", ClientRequestToken=token)["restored"])

    def _call(self, step: str, **event: Any) -> Any:
        with quiet_errors(f"running {step}", self._clients):
            answer = self._attempt(step, event)
        if isinstance(answer, PlatformError):
            # Raised here and not where it was caught: no chain of errors leads to what a driver said.
            raise answer
        return answer

    def _attempt(self, step: str, event: Mapping[str, Any]) -> Any:
        try:
            return self._rotation.run({"Step": step, "SecretId": self._secret, **event})
        except ImportError as error:
            return PlatformError(
                f"{self.where} needs the driver {error.name}, which is not installed here",
                hint=f"install {error.name} beside platform-cli",
                code="rotation-driver-missing",
            )
        except Exception as error:
            if is_aws_error(error):
                raise
            return _step_failed(
                step, self.where, {"errorType": type(error).__name__, "errorMessage": str(error)}
            )


class ManagedRotator:
    """A rotation that an AWS service does by itself: nobody can be asked.

    Args:
        service: The service.
    """

    def __init__(self, service: str) -> None:
        self.where = service

    def step(self, step: str, token: str) -> None:  # noqa: ARG002 - as the protocol has it
        """Refuse: the steps are not ours."""
        raise _step_failed(step, self.where, None)

    def probe(self, versions: Sequence[str]) -> Works:  # noqa: ARG002 - as the protocol has it
        """Nothing is known."""
        return {}

    def restore(self, token: str) -> bool:  # noqa: ARG002 - as the protocol has it
        """Nothing can be done."""
        return False


def rotator_on_local_aws(
    environment: ResolvedEnvironment,
    secret: ResolvedSecret,
    strategy: Strategy,
    clients: Clients,
    templates: Path,
) -> Rotator:
    """The deployed function where the blueprint names one; the template's code in this process else."""
    if secret.rotation_function is not None:
        function = find_function(environment, secret.rotation_function)
        return LambdaRotator(clients, function.physical_name, secret.physical_name)
    return local_rotator(clients, strategy, secret.physical_name, templates)


def local_rotator(clients: Clients, strategy: Strategy, secret: str, templates: Path) -> InProcessRotator:
    """The template's code for a strategy, with the clients of an environment."""
    client = clients.client("secretsmanager")
    module, steps = load_rotation(templates, strategy)
    rotation = steps.Rotation(client, module.handler.make(client))
    return InProcessRotator(clients, rotation, secret, f"the rotation code for {strategy.replace('_', ' ')}")


def first_value(templates: Path, strategy: Strategy) -> Hidden:
    """A first value for a strategy: a random text, or a ring with one key.

    Raises:
        PlatformError: `invalid-secret`: a database's login cannot be made up.
    """
    module, _ = load_rotation(templates, strategy)
    made = module.handler.make(None)
    if not hasattr(made, "first"):
        raise PlatformError(
            "the login of a database cannot be made up here",
            hint="give it on stdin, as JSON with host, port, username, password and dbname",
            code="invalid-secret",
            exit_code=ExitCode.USAGE,
        )
    return Hidden(made.first())


def load_rotation(templates: Path, strategy: Strategy) -> tuple[Any, Any]:
    """The module of a strategy, and that of the steps, from the template of rotation functions."""
    source = str(templates / "rotation" / "project" / "src")
    with _IMPORTING:
        sys.path.insert(0, source)
        try:
            module = importlib.import_module(f"rotation.strategies.{strategy}")
            steps = importlib.import_module("rotation.steps")
        finally:
            sys.path.remove(source)
    return module, steps


def _step_failed(step: str, where: str, told: Any) -> PlatformError:
    """Only what our own code says of a failure is repeated: another's might hold a value."""
    kind = str(told.get("errorType") or "an error") if isinstance(told, dict) else "an error"
    said = f": {told.get('errorMessage')}" if kind == _REFUSED else f" with {kind}"
    return PlatformError(
        f"{step} failed in {where}{said}",
        hint="its log says more" if kind != _REFUSED else None,
        code="rotation-step-failed",
    )
