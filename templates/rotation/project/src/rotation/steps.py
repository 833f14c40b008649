"""The four steps of a rotation, safe to repeat and in whatever order they come.

Beside the four steps of Secrets Manager, the function answers two of its operator's:

`probe`    whether the values of some versions work; changes nothing.
`restore`  after a rotation that failed half-way: make the current value work again, with the pending one;
           or, named with the current version, before the first rotation: make the user of a database.

No value leaves the function: not in an answer, not in an exception, not in the log.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from rotation.labels import CURRENT, PENDING, PREVIOUS, RotationRefused, Step, must_run, version_with

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)


class Strategy(Protocol):
    """How a secret of one kind changes. Values are the secret's text."""

    def create(self, current: str) -> str:
        """The next value."""

    def set(self, current: str, pending: str, previous: str | None) -> None:
        """Make the pending value work where it is used. Must do nothing if it does already."""

    def works(self, value: str) -> bool | None:
        """Whether a value works where it is used; None if nobody can be asked."""

    def accepts(self, current: str, value: str) -> bool | None:
        """Whether another value still works while `current` is the current one; None: as `works`."""

    def restore(self, current: str, pending: str) -> None:
        """Make the current value work again. Must do nothing if it does already."""


class Rotation:
    """The steps for one secret.

    Args:
        client: Of Secrets Manager.
        strategy: How the secret changes.
    """

    def __init__(self, client: Any, strategy: Strategy) -> None:
        self._client = client
        self._strategy = strategy

    def run(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Run the step that the event names; `SecretId`, `ClientRequestToken`, `Step`.

        Raises:
            RotationRefused: The step must not run, or did not succeed. Nothing of a value is in it.
        """
        step, secret = event["Step"], event["SecretId"]
        if step == "probe":
            return {"works": self.probe(secret, event["Versions"])}
        token = event["ClientRequestToken"]
        if step == "restore":
            return {"restored": self.restore(secret, token)}
        labels = self._labels(secret)
        if not must_run(token, labels):
            if step == Step.FINISH.value and PENDING in labels[token]:
                self._release(secret, token)
            logger.info("%s: version %s is current already", step, token)
            return {"step": step, "done": False}
        current = version_with(CURRENT, labels)
        if current is None:
            raise RotationRefused("the secret has no current value to rotate")
        {
            Step.CREATE: self._create,
            Step.SET: self._set,
            Step.TEST: self._test,
            Step.FINISH: self._finish,
        }[Step(step)](secret, token, labels)
        logger.info("%s: done for version %s", step, token)
        return {"step": step, "done": True}

    def probe(self, secret: str, versions: list[str]) -> dict[str, bool | None]:
        """Whether the values of versions work, asked in the order given."""
        labels = self._labels(secret)
        current_version = version_with(CURRENT, labels)
        found: dict[str, bool | None] = {}
        for version in versions:
            value = self._value(secret, version)
            if value is None:
                found[version] = False
                continue
            works = self._strategy.works(value)
            if works and current_version not in (None, version):
                current = self._value(secret, current_version or "")
                accepted = self._strategy.accepts(current, value) if current is not None else None
                works = works if accepted is None else accepted
            found[version] = works
        return found

    def restore(self, secret: str, token: str) -> bool:
        """Make the current value work again, by means of the pending one; say whether it does."""
        labels = self._labels(secret)
        current, pending = self._current(secret, labels), self._value(secret, token)
        if pending is not None:
            self._strategy.restore(current, pending)
        return self._strategy.works(current) is not False

    # --- the steps ---------------------------------------------------------------------------

    def _create(self, secret: str, token: str, labels: Mapping[str, Any]) -> None:
        if self._value(secret, token) is not None:
            return
        value = self._strategy.create(self._current(secret, labels))
        try:
            self._client.put_secret_value(
                SecretId=secret, ClientRequestToken=token, SecretString=value, VersionStages=[PENDING]
            )
        except Exception as error:
            # Another run of this step was faster; its value is the one.
            if _code(error) != "ResourceExistsException":
                raise _quiet("storing the new value", error) from None

    def _set(self, secret: str, token: str, labels: Mapping[str, Any]) -> None:
        pending = self._pending(secret, token)
        previous_version = version_with(PREVIOUS, labels)
        previous = self._value(secret, previous_version) if previous_version else None
        self._strategy.set(self._current(secret, labels), pending, previous)

    def _test(self, secret: str, token: str, labels: Mapping[str, Any]) -> None:
        if self._strategy.works(self._pending(secret, token)) is False:
            raise RotationRefused("the new value does not work")

    def _finish(self, secret: str, token: str, labels: Mapping[str, Any]) -> None:
        # A finish that comes before its time would make a value current that nobody accepts.
        self._test(secret, token, labels)
        self._client.update_secret_version_stage(
            SecretId=secret,
            VersionStage=CURRENT,
            MoveToVersionId=token,
            RemoveFromVersionId=version_with(CURRENT, labels),
        )
        self._release(secret, token)

    def _release(self, secret: str, token: str) -> None:
        """Take the label off what is current: left there, it would look like a rotation in progress once
        another value is set or the secret is rolled back."""
        self._client.update_secret_version_stage(
            SecretId=secret, VersionStage=PENDING, RemoveFromVersionId=token
        )

    # --- values ------------------------------------------------------------------------------

    def _labels(self, secret: str) -> Mapping[str, Any]:
        labels: Mapping[str, Any] = self._client.describe_secret(SecretId=secret)["VersionIdsToStages"]
        return labels

    def _current(self, secret: str, labels: Mapping[str, Any]) -> str:
        version = version_with(CURRENT, labels)
        value = self._value(secret, version) if version else None
        if value is None:
            raise RotationRefused("the secret has no current text")
        return value

    def _pending(self, secret: str, token: str) -> str:
        value = self._value(secret, token)
        if value is None:
            raise RotationRefused("the pending version has no value yet; createSecret comes first")
        return value

    def _value(self, secret: str, version: str) -> str | None:
        try:
            answer = self._client.get_secret_value(SecretId=secret, VersionId=version)
        except Exception as error:
            if _code(error) != "ResourceNotFoundException":
                raise
            return None
        # The local AWS answers without a text where AWS finds no value.
        return answer.get("SecretString") or None


def lambda_handler(make: Callable[[Any], Strategy]) -> Callable[[Mapping[str, Any], object], dict[str, Any]]:
    """What Lambda calls, for the strategy that `make` makes with a client of Secrets Manager."""

    def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
        import boto3

        client = boto3.client("secretsmanager")
        return Rotation(client, make(client)).run(event)

    handler.make = make  # type: ignore[attr-defined]  # for whoever brings a client of his own
    return handler


def fields(value: str) -> dict[str, Any]:
    """The fields of a value that is a JSON object.

    Raises:
        RotationRefused: It is none.
    """
    try:
        parsed = json.loads(value)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise RotationRefused("the secret is no JSON object")
    return parsed


def _code(error: Exception) -> str:
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def _quiet(doing: str, error: Exception) -> RotationRefused:
    """An error without what the other one says, which may repeat the request and the value in it."""
    return RotationRefused(f"{doing} failed: {_code(error) or type(error).__name__}")
