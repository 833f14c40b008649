"""A context around a blueprint, with clients that answer what a test says.

The clients are botocore's own: what a check asks for and what a test answers are both held to the service's
model, so that neither can have a field that AWS does not know.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.session import Session
from botocore.validate import validate_parameters

from platform_cli.aws.clients import Target
from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.operate.doctor.context import Context, Surroundings
from platform_cli.operate.doctor.discovery import all_checks
from platform_cli.operate.doctor.model import Result
from platform_cli.operate.doctor.running import examine

# One for all tests: it keeps the models of the services, whose reading costs more than all else here.
_SESSION = Session()
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HEAD = """\
blueprint: 1
system: shop
owner: team-commerce
environments:
  dev: { account: "111111111111", region: eu-west-1 }
  prod: { account: "222222222222", region: eu-west-1, protect: true }
  local: { target: local }
"""


@dataclass(frozen=True)
class Refused:
    """An error that AWS answers with."""

    code: str
    message: str = "refused"


Answer = Any
"""A document, `Refused`, or a function of the arguments that gives one of the two."""


@dataclass
class ScriptedClients:
    """Clients whose operations answer what stands in `answers[service][Operation]`."""

    target: Target
    answers: Mapping[str, Mapping[str, Answer]]
    called: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _made: dict[str, Any] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.Lock)
    _said: Any = field(default_factory=threading.local)

    def client(self, service: str) -> Any:
        with self._lock:
            if service not in self._made:
                self._made[service] = self._create(service)
            return self._made[service]

    def elsewhere(self, region: str) -> ScriptedClients:
        """The same, unless `answers` has a region of its own with other answers."""
        if region not in self.answers:
            return self
        with self._lock:
            if region not in self._made:
                target = Target(self.target.account, region)
                self._made[region] = ScriptedClients(target, self.answers[region], self.called)
            there: ScriptedClients = self._made[region]
            return there

    def _create(self, service: str) -> Any:
        client = _SESSION.create_client(
            service, region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        client.meta.events.register("before-parameter-build", self._remember)
        client.meta.events.register("before-call", lambda model, **_: self._answer(service, model))
        return client

    def _remember(self, params: dict[str, Any], **_: Any) -> None:
        self._said.params = params

    def _answer(self, service: str, model: Any) -> tuple[Any, dict[str, Any]]:
        params = dict(self._said.params)
        self.called.append((model.name, params))
        default = {"GetCallerIdentity": identity(self.target.account)} if service == "sts" else {}
        answers = {**default, **self.answers.get(service, {})}
        assert model.name in answers, f"nobody said what {service} {model.name} answers"
        answer = answers[model.name]
        if callable(answer):
            answer = answer(params)
        if isinstance(answer, Refused):
            error = {"Code": answer.code, "Message": answer.message}
            return SimpleNamespace(status_code=400), {"Error": error, "ResponseMetadata": {}}
        if model.output_shape is not None:
            validate_parameters(answer, model.output_shape)
        return SimpleNamespace(status_code=200), {**answer, "ResponseMetadata": {}}


def identity(account: str, arn: str = "assumed-role/Developer/jo") -> dict[str, str]:
    return {"Account": account, "UserId": "AROA:jo", "Arn": f"arn:aws:sts::{account}:{arn}"}


@dataclass
class Doctor:
    """A context, and the result of one check in it."""

    context: Context
    clients: ScriptedClients | None

    def says(self, check: str) -> Result:
        chosen = next(c for c in all_checks() if c.id == check)
        return examine([chosen], self.context).examined[0].result

    def calls(self, operation: str) -> list[dict[str, Any]]:
        assert self.clients is not None
        return [params for name, params in self.clients.called if name == operation]


@pytest.fixture
def refused() -> type[Refused]:
    return Refused


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def doctor(tmp_path: Path) -> Callable[..., Doctor]:
    """`doctor("tables: …", env="dev", answers={"sqs": {"GetQueueUrl": {…}}})`."""

    def make(
        blueprint: str | None = "",
        *,
        env: str | None = "dev",
        answers: Mapping[str, Mapping[str, Answer]] | None = None,
        head: str = HEAD,
        **surroundings: Any,
    ) -> Doctor:
        clients = None
        inspection = None
        folder = tmp_path / "workspace"
        folder.mkdir(exist_ok=True)
        if blueprint is not None:
            path = folder / "blueprint.yaml"
            path.write_text(head + blueprint)
            inspection = inspect_blueprint(path)
        account = "222222222222" if env == "prod" else "111111111111"
        clients = ScriptedClients(Target(account, "eu-west-1"), answers or {})
        settings: dict[str, Any] = {
            "folder": folder,
            "inspection": inspection,
            "environment": env,
            "connect": lambda _environment, _root: clients,
            "synthesize": None,
            "cache": tmp_path,
            "home": tmp_path / "home",
            "variables": {},
            "clock": lambda: NOW,
            "sleep": lambda _seconds: None,
            "served_time": lambda _region: NOW,
        }
        return Doctor(Context(Surroundings(**{**settings, **surroundings})), clients)

    return make


def stack(name: str = "shop-dev-data", status: str = "CREATE_COMPLETE", **more: Any) -> dict[str, Any]:
    return {
        "StackName": name,
        "StackId": f"arn:aws:cloudformation:eu-west-1:111111111111:stack/{name}/1",
        "StackStatus": status,
        "CreationTime": NOW,
        **more,
    }


@pytest.fixture
def deployed() -> Callable[..., dict[str, dict[str, Answer]]]:
    """Answers of an environment of one stack with resources: `deployed(("AWS::SQS::Queue", "https://…"))`."""

    def make(
        *resources: tuple[str, str],
        stacks: list[dict[str, Any]] | None = None,
        records: list[dict[str, str]] | None = None,
        **more: Mapping[str, Answer],
    ) -> dict[str, dict[str, Answer]]:
        listed = [
            {
                "LogicalResourceId": f"Resource{number}",
                "ResourceType": kind,
                "PhysicalResourceId": physical,
                "ResourceStatus": "CREATE_COMPLETE",
                "LastUpdatedTimestamp": NOW,
            }
            for number, (kind, physical) in enumerate(resources)
        ]
        answers: dict[str, dict[str, Answer]] = {
            "cloudformation": {
                "DescribeStacks": {"Stacks": [stack()] if stacks is None else stacks},
                "ListStackResources": {"StackResourceSummaries": listed},
            },
            "ssm": {
                "GetParameter": Refused("ParameterNotFound"),
                "DescribeParameters": {"Parameters": [{"Name": r["Name"]} for r in records or []]},
                "GetParameters": {"Parameters": records or []},
            },
        }
        for service, operations in more.items():
            name = {"lambda_": "lambda", "service_quotas": "service-quotas"}.get(service, service)
            answers[name] = {**answers.get(name, {}), **operations}
        return answers

    return make


@pytest.fixture
def make_stack() -> Callable[..., dict[str, Any]]:
    return stack
