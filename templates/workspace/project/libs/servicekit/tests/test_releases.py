"""Hooks of releases: what they call, and the verdict that they give."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from servicekit import releases
from servicekit.environment import MissingVariable
from servicekit.releases import Release, VersionFailed, release_hook
from servicekit.testing import Context

EVENT = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "e-1"}
VERSION = "arn:aws:lambda:eu-west-1:000000000000:function:shop-dev-orders-create-order:7"


class Fake:
    """Lambda and CodeDeploy."""

    def __init__(self, answer: Any = None, **more: str) -> None:
        self.answer = {"Payload": io.BytesIO(json.dumps(answer).encode()), **more}
        self.called: list[tuple[str, Any]] = []
        self.verdicts: list[dict[str, str]] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> Any:
        self.called.append((FunctionName, json.loads(Payload)))
        return self.answer

    def put_lifecycle_event_hook_execution_status(self, **verdict: str) -> None:
        self.verdicts.append(verdict)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch):
    def install(fake: Fake) -> Fake:
        monkeypatch.setattr(releases, "_caller", lambda: fake)
        monkeypatch.setattr(releases, "client", lambda _name: fake)
        monkeypatch.setenv("RELEASE_CREATE_ORDER", VERSION)
        return fake

    return install


def check(release: Release) -> None:
    if release.invoke("create-order", {"total": 1})["statusCode"] != 201:
        raise ValueError("no order was made")


def test_a_hook_calls_the_new_version_and_lets_it_pass(use: Any) -> None:
    fake = use(Fake({"statusCode": 201}))
    assert release_hook(check)(EVENT, Context()) == {"status": "Succeeded"}
    assert fake.called == [(VERSION, {"total": 1})]
    assert fake.verdicts == [
        {"deploymentId": "d-1", "lifecycleEventHookExecutionId": "e-1", "status": "Succeeded"}
    ]


@pytest.mark.parametrize(
    "fake", [Fake({"statusCode": 500}), Fake({"errorType": "KeyError"}, FunctionError="Unhandled")]
)
def test_what_the_hook_raises_refuses_the_version(use: Any, fake: Fake) -> None:
    use(fake)
    assert release_hook(check)(EVENT, Context()) == {"status": "Failed"}
    assert [verdict["status"] for verdict in fake.verdicts] == ["Failed"]


def test_a_version_that_raises_is_no_answer(use: Any) -> None:
    use(Fake({"errorType": "KeyError"}, FunctionError="Unhandled"))
    with pytest.raises(VersionFailed, match=r"create-order failed: .*KeyError"):
        Release("d-1").invoke("create-order", {})


def test_a_function_that_it_is_no_hook_of_cannot_be_called(use: Any) -> None:
    use(Fake())
    with pytest.raises(MissingVariable, match="RELEASE_OTHER is not set"):
        Release("d-1").invoke("other", {})
