"""The executor against a CloudFormation in memory that is slow, fails, and rolls back on demand."""

from __future__ import annotations

import itertools
import json
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.assembly.model import Assembly, StackArtifact
from platform_cli.aws.clients import Target
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.causes import DeploymentFailed
from platform_cli.deploy.deployed import Observed, ObservedStack
from platform_cli.deploy.events import StackFinished, StackStarted
from platform_cli.deploy.executing import DeploymentInterrupted, execute
from platform_cli.deploy.planning import plan_deployment
from platform_cli.deploy.plans import Action
from platform_cli.errors import PlatformError

ACCOUNT, REGION = "000000000000", "us-east-1"


class FakeCloudFormation:
    """Answers as CloudFormation does, after `slow` looks; a resource of the type `Broken` fails."""

    def __init__(self, *, slow: int = 1, knows_on_stack_failure: bool = True) -> None:
        self.slow = slow
        self.knows_on_stack_failure = knows_on_stack_failure
        self.stacks: dict[str, dict[str, Any]] = {}
        self.change_sets: dict[str, dict[str, Any]] = {}
        self.looks_left: dict[str, int] = {}
        self.meeting: dict[str, threading.Barrier] = {}
        self.hold: set[str] = set()
        self.requests: list[dict[str, Any]] = []
        self._guard = threading.RLock()
        self._ids = itertools.count()

    def put(self, name: str, status: str, template: dict[str, Any] | None = None) -> None:
        self.stacks[name] = {"status": status, "template": template or {}, "events": [], "next": None}

    def create_change_set(self, **request: Any) -> dict[str, str]:
        with self._guard:
            self.requests.append(request)
            if "OnStackFailure" in request and not self.knows_on_stack_failure:
                raise ClientError(
                    {"Error": {"Code": "ValidationError", "Message": "unknown parameter OnStackFailure"}},
                    "CreateChangeSet",
                )
            name = request["StackName"]
            new = json.loads(request["TemplateBody"])
            if request["ChangeSetType"] == "CREATE":
                assert name not in self.stacks
                self.put(name, "REVIEW_IN_PROGRESS")
            old = self.stacks[name]["template"]
            changed = sorted(
                key
                for key in {*new["Resources"], *old.get("Resources", {})}
                if new["Resources"].get(key) != old.get("Resources", {}).get(key)
            )
            identifier = f"cs-{next(self._ids)}"
            self.change_sets[identifier] = {
                "stack": name,
                "template": new,
                "changed": changed,
                "request": request,
            }
            return {"Id": identifier, "StackId": name}

    def describe_change_set(self, *, ChangeSetName: str, **_: Any) -> dict[str, Any]:
        changed = self.change_sets[ChangeSetName]["changed"]
        if not changed:
            return {"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes."}
        return {
            "Status": "CREATE_COMPLETE",
            "Changes": [{"ResourceChange": {"LogicalResourceId": c, "Action": "Modify"}} for c in changed],
        }

    def delete_change_set(self, **_: Any) -> None:
        return None

    def execute_change_set(self, *, ChangeSetName: str, **_: Any) -> None:
        if barrier := self.meeting.get(self.change_sets[ChangeSetName]["stack"]):
            barrier.wait(10)
        with self._guard:
            change_set = self.change_sets[ChangeSetName]
            name, template = change_set["stack"], change_set["template"]
            stack = self.stacks[name]
            creating = stack["status"] == "REVIEW_IN_PROGRESS"
            verb = "CREATE" if creating else "UPDATE"
            broken = [k for k, r in template["Resources"].items() if r["Type"] == "Broken"]
            for key in template["Resources"]:
                if key in broken:
                    self._event(name, key, f"{verb}_FAILED", "the wheel came off (Request ID: 1-2)")
                elif broken:
                    self._event(name, key, f"{verb}_FAILED", "Resource creation cancelled")
                else:
                    self._event(name, key, f"{verb}_COMPLETE")
            failed = "ROLLBACK_COMPLETE" if creating else "UPDATE_ROLLBACK_COMPLETE"
            self._begin(name, f"{verb}_IN_PROGRESS", failed if broken else f"{verb}_COMPLETE", template)

    def delete_stack(self, *, StackName: str) -> None:
        self._begin(StackName, "DELETE_IN_PROGRESS", "DELETE_COMPLETE", {})

    def continue_update_rollback(self, *, StackName: str) -> None:
        template = self.stacks[StackName]["template"]
        self._begin(StackName, "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", template)

    def update_termination_protection(self, **request: Any) -> None:
        self.requests.append(request)

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:
        with self._guard:
            if StackName not in self.stacks:
                raise ClientError(
                    {"Error": {"Code": "ValidationError", "Message": f"{StackName} does not exist"}},
                    "DescribeStacks",
                )
            stack = self.stacks[StackName]
            if stack["next"] and StackName not in self.hold:
                self.looks_left[StackName] -= 1
                if self.looks_left[StackName] < 0:
                    stack["status"], stack["template"] = stack["next"]
                    stack["next"] = None
                    if stack["status"] == "DELETE_COMPLETE":
                        del self.stacks[StackName]
            return {
                "Stacks": [{"StackName": StackName, "StackId": StackName, "StackStatus": stack["status"]}]
            }

    def describe_stack_events(self, *, StackName: str) -> dict[str, Any]:
        return {"StackEvents": self.stacks.get(StackName, {"events": []})["events"][::-1]}

    def describe_events(self, **_: Any) -> dict[str, Any]:
        return {}

    def get_template(self, *, StackName: str, **_: Any) -> dict[str, Any]:
        return {"TemplateBody": self.stacks[StackName]["template"]}

    def _begin(self, name: str, status: str, then: str, template: dict[str, Any]) -> None:
        with self._guard:
            self.stacks[name]["status"] = status
            self.stacks[name]["next"] = (then, template)
            self.looks_left[name] = self.slow

    def _event(self, stack: str, resource: str, status: str, reason: str = "") -> None:
        number = next(self._ids)
        self.stacks[stack]["events"].append(
            {
                "EventId": str(number),
                "StackId": stack,
                "LogicalResourceId": resource,
                "PhysicalResourceId": resource,
                "ResourceType": "Fine",
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
                # Cancelled ones may be listed before the one that made them so.
                "Timestamp": datetime(2026, 11, 20, tzinfo=UTC) + timedelta(seconds=number),
            }
        )


class FakeClients:
    """The one service that the executor needs here."""

    def __init__(self, cloudformation: FakeCloudFormation) -> None:
        self.target = Target(ACCOUNT, REGION, endpoint_url="http://127.0.0.1:1")
        self._cloudformation = cloudformation

    def client(self, name: str) -> Any:
        assert name == "cloudformation"
        return self._cloudformation

    def elsewhere(self, region: str) -> FakeClients:
        assert region == REGION
        return self


def stack(name: str, *resources: str, after: tuple[str, ...] = (), kind: str = "Fine") -> StackArtifact:
    template = {
        "Resources": {
            r: {"Type": kind, "Properties": {}, "Metadata": {"platform:blueprint": f"things.{r}"}}
            for r in resources
        }
    }
    return StackArtifact(name, name, ACCOUNT, REGION, template, Path("t.json"), after)


@pytest.fixture
def run(make_environment: Callable[..., ResolvedEnvironment]) -> Callable[..., Any]:
    """Plan and execute against the fake."""

    def execute_(aws: FakeCloudFormation, *stacks: StackArtifact, **more: Any) -> Any:
        assembly = Assembly(Path(), stacks)
        observed = Observed(
            {n: ObservedStack(n, n, s["status"], template=s["template"]) for n, s in aws.stacks.items()}
        )
        environment = make_environment()
        clients: Any = FakeClients(aws)
        plan = plan_deployment(assembly, environment, observed)
        given = {"report": lambda _: None, "sleep": lambda _: None, **more}
        return execute(plan, clients, environment=environment, **given)

    return execute_


def test_stacks_that_do_not_need_each_other_run_at_the_same_time(run: Callable[..., Any]) -> None:
    aws = FakeCloudFormation()
    aws.meeting = dict.fromkeys(("a", "b"), threading.Barrier(2))
    done = run(aws, stack("data", "A"), stack("a", "B", after=("data",)), stack("b", "C", after=("data",)))
    assert set(done.done) == {"data", "a", "b"}


def test_a_failure_lets_running_stacks_end_and_begins_no_more(run: Callable[..., Any]) -> None:
    aws = FakeCloudFormation(slow=5)
    events: list[Any] = []
    with pytest.raises(DeploymentFailed) as caught:
        run(
            aws,
            stack("bad", "X", kind="Broken"),
            stack("good", "A"),
            stack("later", "B", after=("good", "bad")),
            report=events.append,
        )
    assert aws.stacks["good"]["status"] == "CREATE_COMPLETE"
    assert "later" not in aws.stacks
    failure = caught.value.failures[0]
    assert (failure.logical_id, failure.reason) == ("X", "the wheel came off")
    assert caught.value.where == "things.X"
    results = {e.stack: e.result for e in events if isinstance(e, StackFinished)}
    assert results == {"bad": "failed", "good": "done"}


def test_a_resource_that_was_cancelled_is_not_the_cause(run: Callable[..., Any]) -> None:
    aws = FakeCloudFormation()
    mixed = stack("mixed", "A", "Z")
    mixed.template["Resources"]["Z"]["Type"] = "Broken"
    with pytest.raises(DeploymentFailed) as caught:
        run(aws, mixed)
    assert caught.value.failures[0].logical_id == "Z"


def test_after_ctrl_c_it_says_what_goes_on_in_aws(run: Callable[..., Any]) -> None:
    aws = FakeCloudFormation()
    aws.hold = {"slow"}
    naps = itertools.count()

    def interrupt_soon(_: float) -> None:
        if next(naps) == 5:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(DeploymentInterrupted) as caught:
        run(aws, stack("slow", "A"), stack("later", "B", after=("slow",)), sleep=interrupt_soon)
    assert caught.value.running == ("slow",)
    assert "AWS still works on slow" in caught.value.message
    assert "later" not in aws.stacks


def test_a_failed_rollback_is_continued_and_then_updated(run: Callable[..., Any]) -> None:
    aws = FakeCloudFormation()
    aws.put("data", "UPDATE_ROLLBACK_FAILED", {"Resources": {}})
    done = run(aws, stack("data", "A"))
    assert dict(done.done) == {"data": Action.RECOVER}
    assert aws.stacks["data"]["status"] == "UPDATE_COMPLETE"


def test_a_server_that_does_not_know_on_stack_failure_is_asked_without(run: Callable[..., Any]) -> None:
    aws = FakeCloudFormation(knows_on_stack_failure=False)
    run(aws, stack("data", "A"))
    assert ["OnStackFailure" in r for r in aws.requests] == [True, False]


def test_what_was_rolled_back_is_deleted_and_created_anew(run: Callable[..., Any]) -> None:
    aws = FakeCloudFormation()
    aws.put("data", "ROLLBACK_COMPLETE", {"Resources": {}})
    events: list[Any] = []
    done = run(aws, stack("data", "A"), report=events.append)
    assert dict(done.done) == {"data": Action.RECREATE}
    assert aws.stacks["data"]["status"] == "CREATE_COMPLETE"
    assert events[0] == StackStarted("data", "recreate")


def test_once_the_lock_is_lost_nothing_begins(run: Callable[..., Any]) -> None:
    aws = FakeCloudFormation()
    with pytest.raises(PlatformError) as caught:
        run(aws, stack("data", "A"), lost=lambda: True)
    assert caught.value.code == "deploy-lock-lost"
    assert aws.stacks == {}
