"""AppConfig in memory, which enforces what AWS documents: both optimistic locks, and one deployment an
environment. The local AWS takes versions without looking at `LatestVersionNumber`, so races are tested here.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.aws.clients import Target
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFlag
from platform_cli.operate.flags.publishing import Publisher
from platform_cli.operate.flags.store import FlagsHome, FlagStore, find_flags

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAGE = 50


def refusal(code: str, operation: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message or code}}, operation)


class FakeAppConfig:
    """One application, one environment, a profile of flags; time passes by `sleep`.

    Args:
        clock: The time; None takes a clock of its own that `sleep` moves.
        minute_seconds: How long a minute of a deployment strategy lasts.
    """

    def __init__(self, *, minute_seconds: float = 60.0, clock: Callable[[], datetime] | None = None) -> None:
        self.target = Target("123456789012", "eu-west-1")
        self.lock = threading.RLock()
        self.versions: dict[int, dict[str, Any]] = {}
        self.records: list[dict[str, Any]] = []
        self.strategies = {"fast": (0, 0), "slow": (10, 5)}
        self.monitors: list[str] = []
        self.profiles = [{"Id": "p1", "Name": "flags", "Type": "AWS.AppConfig.FeatureFlags"}]
        self.firing: list[str] = []
        self.one_page = False
        """As the local AWS lists: the oldest first, one page, and no word of more."""
        self.keeps_descriptions = True
        """False: as the local AWS, which drops those of versions."""
        self.conflicts = 0
        self.passed = timedelta()
        self._own_clock = clock is None
        self._clock = clock or (lambda: START + self.passed)
        self._minute = minute_seconds
        self.before_call: Callable[[str], None] = lambda operation: None

    # --- the test's side -------------------------------------------------------------------------

    def client(self, name: str) -> FakeAppConfig:
        assert name in ("appconfig", "cloudwatch")
        return self

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.passed += timedelta(seconds=seconds)

    def seed(self, document: dict[str, Any]) -> int:
        """A version that is deployed."""
        number = self.create_hosted_configuration_version(
            ApplicationId="a1",
            ConfigurationProfileId="p1",
            Content=json.dumps(document).encode(),
            ContentType="application/json",
        )["VersionNumber"]
        self.start_deployment(
            ApplicationId="a1",
            EnvironmentId="e1",
            ConfigurationProfileId="p1",
            ConfigurationVersion=str(number),
            DeploymentStrategyId="fast",
        )
        return int(number)

    def fire(self, alarm: str) -> None:
        """An alarm fires; a deployment that runs is rolled back."""
        with self.lock:
            self._advance()
            for record in self.records:
                if record["State"] in ("DEPLOYING", "BAKING"):
                    text = f"Rolled back by arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{alarm}"
                    self._roll_back(record, "ROLLED_BACK", "CLOUDWATCH_ALARM", text)

    @property
    def effective(self) -> dict[str, Any]:
        """The document that handlers read."""
        with self.lock:
            self._advance()
            done = [r for r in self.records if r["State"] == "COMPLETE"]
            content: dict[str, Any] = json.loads(self.versions[done[-1]["Version"]]["Content"])
            return content

    # --- AppConfig's side ------------------------------------------------------------------------

    def list_applications(self, **_: Any) -> dict[str, Any]:
        return {"Items": [{"Id": "a1", "Name": "shop-dev"}]}

    def list_environments(self, **_: Any) -> dict[str, Any]:
        return {"Items": [{"Id": "e1", "Name": "dev"}]}

    def list_configuration_profiles(self, **_: Any) -> dict[str, Any]:
        return {"Items": self.profiles}

    def get_environment(self, **_: Any) -> dict[str, Any]:
        arn = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:"
        return {"Monitors": [{"AlarmArn": arn + name} for name in self.monitors]}

    def list_deployment_strategies(self, **_: Any) -> dict[str, Any]:
        return {
            "Items": [
                {
                    "Id": name,
                    "Name": f"shop-dev-{name}",
                    "DeploymentDurationInMinutes": minutes[0],
                    "FinalBakeTimeInMinutes": minutes[1],
                }
                for name, minutes in self.strategies.items()
            ]
        }

    def create_hosted_configuration_version(self, **request: Any) -> dict[str, Any]:
        self.before_call("create")
        with self.lock:
            latest = max(self.versions, default=0)
            expected = request.get("LatestVersionNumber")
            if expected is not None and expected != latest:
                self.conflicts += 1
                raise refusal("ConflictException", "CreateHostedConfigurationVersion")
            json.loads(request["Content"])
            self.versions[latest + 1] = dict(request)
            return {"VersionNumber": latest + 1}

    def get_hosted_configuration_version(self, **request: Any) -> dict[str, Any]:
        with self.lock:
            if request["VersionNumber"] not in self.versions:
                raise refusal("ResourceNotFoundException", "GetHostedConfigurationVersion")
            version = self.versions[request["VersionNumber"]]
            return {"VersionNumber": request["VersionNumber"], "Content": io.BytesIO(version["Content"])}

    def list_hosted_configuration_versions(self, **request: Any) -> dict[str, Any]:
        self.before_call("list")
        with self.lock:
            items = [
                {
                    "VersionNumber": number,
                    "Description": version.get("Description", "") if self.keeps_descriptions else "",
                }
                for number, version in sorted(self.versions.items(), reverse=True)
            ]
        return self._page(items, request)

    def start_deployment(self, **request: Any) -> dict[str, Any]:
        self.before_call("start")
        with self.lock:
            self._advance()
            expected = request.get("LatestDeploymentNumber")
            busy = any(r["State"] in ("DEPLOYING", "BAKING", "ROLLING_BACK") for r in self.records)
            if busy or (expected is not None and expected != len(self.records)):
                self.conflicts += 1
                raise refusal("ConflictException", "StartDeployment")
            duration, bake = self.strategies[request["DeploymentStrategyId"]]
            record = {
                "DeploymentNumber": len(self.records) + 1,
                "ConfigurationName": "flags",
                "ConfigurationVersion": request["ConfigurationVersion"],
                "Version": int(request["ConfigurationVersion"]),
                "Description": request.get("Description", ""),
                "State": "DEPLOYING",
                "PercentageComplete": 0.0,
                "FinalBakeTimeInMinutes": bake,
                "EventLog": [],
                "Started": self._clock(),
                "StartedAt": self._clock(),
                "Duration": duration,
            }
            self.records.append(record)
            self._advance()
            return dict(record)

    def get_deployment(self, **request: Any) -> dict[str, Any]:
        with self.lock:
            self._advance()
            if request["DeploymentNumber"] > len(self.records):
                raise refusal("ResourceNotFoundException", "GetDeployment")
            return dict(self.records[request["DeploymentNumber"] - 1])

    def list_deployments(self, **request: Any) -> dict[str, Any]:
        self.before_call("list")
        with self.lock:
            self._advance()
            return self._page([dict(record) for record in reversed(self.records)], request)

    def stop_deployment(self, **request: Any) -> dict[str, Any]:
        with self.lock:
            self._advance()
            record = self.records[request["DeploymentNumber"] - 1]
            revert = request.get("AllowRevert", False)
            if record["State"] == "DEPLOYING" or (record["State"] == "BAKING" and revert):
                self._roll_back(record, "ROLLED_BACK", "USER", "stopped by a user")
            elif record["State"] == "COMPLETE" and revert:
                self._roll_back(record, "REVERTED", "USER", "reverted by a user")
            else:
                raise refusal("BadRequestException", "StopDeployment", f"it is {record['State']}")
            return dict(record)

    def describe_alarms(self, **request: Any) -> dict[str, Any]:
        names = request.get("AlarmNames") or [
            name for name in self.firing if name.startswith(request["AlarmNamePrefix"])
        ]
        return {"MetricAlarms": [{"AlarmName": name} for name in names]}

    def _advance(self) -> None:
        for record in self.records:
            if record["State"] not in ("DEPLOYING", "BAKING"):
                continue
            minutes = (self._clock() - record["Started"]).total_seconds() / self._minute
            duration, bake = record["Duration"], record["FinalBakeTimeInMinutes"]
            if minutes >= duration + bake:
                record.update(State="COMPLETE", PercentageComplete=100.0, CompletedAt=self._clock())
            elif minutes >= duration:
                record.update(State="BAKING", PercentageComplete=100.0)
            else:
                record["PercentageComplete"] = 100 * minutes / duration

    def _roll_back(self, record: dict[str, Any], state: str, trigger: str, text: str) -> None:
        kind = "ROLLBACK_STARTED" if state == "ROLLED_BACK" else "REVERT_COMPLETED"
        record["State"] = state
        record["EventLog"] = [{"EventType": kind, "TriggeredBy": trigger, "Description": text}]

    def _page(self, items: list[dict[str, Any]], request: dict[str, Any]) -> dict[str, Any]:
        at, size = int(request.get("NextToken", 0)), request.get("MaxResults", PAGE)
        if self.one_page:
            return {"Items": items[::-1][:size]}
        following = {"NextToken": str(at + size)} if len(items) > at + size else {}
        return {"Items": items[at : at + size], **following}


def document(**values: Any) -> dict[str, Any]:
    """Flags by their values; `True`, `False`, or the whole value."""
    told = {name: value if isinstance(value, dict) else {"enabled": value} for name, value in values.items()}
    return {"version": "1", "flags": {name: {"name": name} for name in values}, "values": told}


@pytest.fixture
def make_document() -> Callable[..., dict[str, Any]]:
    return document


@pytest.fixture
def appconfig() -> FakeAppConfig:
    return FakeAppConfig()


@pytest.fixture
def home() -> FlagsHome:
    return find_flags(_environment(), FakeAppConfig())  # type: ignore[arg-type]


@pytest.fixture
def make_publisher(home: FlagsHome) -> Callable[..., Publisher]:
    """`make_publisher(appconfig, strategy="slow")`; it waits in the fake's time."""

    def make(appconfig: FakeAppConfig, strategy: str = "fast", **more: Any) -> Publisher:
        given = {"sleep": appconfig.sleep, "chance": lambda: 0.5, **more}
        return Publisher(FlagStore(home, appconfig), strategy, **given)  # type: ignore[arg-type]

    return make


@pytest.fixture
def shop() -> ResolvedEnvironment:
    return _environment()


@pytest.fixture
def make_flag() -> Callable[..., ResolvedFlag]:
    def make(name: str, **more: Any) -> ResolvedFlag:
        given = {
            "description": "",
            "owner": "team",
            "default": False,
            "remove_after": None,
            "attributes": {},
            **more,
        }
        return ResolvedFlag.model_validate({"name": name, **given})

    return make


@pytest.fixture
def served_appconfig() -> Iterator[tuple[FakeAppConfig, str]]:
    """The fake behind HTTP, for several processes, in real time with minutes of 50 ms."""
    fake = FakeAppConfig(minute_seconds=0.05, clock=lambda: datetime.now(UTC))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if "Content" in request:
                request["Content"] = request["Content"].encode()
            try:
                answer: Any = getattr(fake, self.path.strip("/"))(**request)
                if "Content" in answer:
                    answer["Content"] = answer["Content"].read().decode()
                status = 200
            except ClientError as error:
                answer, status = error.response["Error"], 400
            body = json.dumps(answer, default=str).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield fake, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def writer_program() -> Path:
    """A program that sets one flag: `writer.py URL NAME`."""
    return Path(__file__).parent / "writer.py"


def _environment() -> ResolvedEnvironment:
    nothing: dict[str, Any] = {
        name: {}
        for name in (
            *("tags", "identity", "tables", "buckets", "secrets", "flags"),
            *("buses", "queues", "topics", "streams", "apis", "services"),
        )
    }
    return ResolvedEnvironment.model_validate(
        {
            "system": "shop",
            "owner": "team",
            "environment": "dev",
            "target": "aws",
            "account": "123456789012",
            "region": "eu-west-1",
            "profile": None,
            "protect": False,
            "settings": (),
            **nothing,
        }
    )
