"""The engine against a real CloudFormation: the local AWS."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from platform_cli.assembly.model import Assembly, StackArtifact
from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment
from platform_cli.deploy.causes import DeploymentFailed
from platform_cli.deploy.deployment import deploy, plan
from platform_cli.deploy.destroying import destroy
from platform_cli.deploy.events import AssetProgress, ResourceProgress, StackFinished
from platform_cli.deploy.executing import DeploymentInterrupted
from platform_cli.deploy.locking import acquire
from platform_cli.deploy.observing import list_stacks
from platform_cli.deploy.plans import Action
from platform_cli.deploy.records import read_records
from platform_cli.deploy.status import read_status
from platform_cli.errors import ExitCode, PlatformError

pytestmark = pytest.mark.e2e


@pytest.fixture
def run(local_clients: Clients, make_environment: Callable[..., ResolvedEnvironment]) -> Callable[..., Any]:
    """Deploy what is given, approving it, and return the deployment with its events."""

    def deployed(assembly: Assembly, *, events: list[Any] | None = None, **more: Any) -> Any:
        given = {"environment": make_environment(), "approve": lambda _: True, **more}
        return deploy(
            assembly=assembly,
            clients=local_clients,
            report=(events if events is not None else []).append,
            **given,
        )

    return deployed


@pytest.fixture
def shop(
    system: str,
    make_stack: Callable[..., StackArtifact],
    make_assembly: Callable[..., Assembly],
    make_parameter: Callable[..., dict[str, Any]],
) -> Callable[..., Assembly]:
    """A producer and two consumers of its output, one of which an API reads in turn."""

    def make(color: str = "red", name: str = "one", extra: dict[str, Any] | None = None) -> Assembly:
        data = f"{system}-dev-data"
        topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": f"{system}-{name}"}}
        read = {"Fn::GetStackOutput": {"StackName": data, "OutputName": "Topic"}}
        return make_assembly(
            make_stack(data, {"Topic": topic, "Color": make_parameter(color)}, {"Topic": {"Ref": "Topic"}}),
            make_stack(
                f"{system}-dev-service-orders",
                {"Copy": make_parameter(read, "services.orders"), **(extra or {})},
                {"ReadTopic": read, "Copied": {"Fn::GetAtt": ["Copy", "Value"]}},
                after=(data,),
            ),
            make_stack(f"{system}-dev-service-users", {"Own": make_parameter("x")}, after=(data,)),
        )

    return make


def test_a_new_system_is_created_and_deploying_it_again_changes_nothing(
    run: Callable[..., Any], shop: Callable[..., Assembly], system: str, local_clients: Clients
) -> None:
    events: list[Any] = []
    first = run(shop(), events=events)
    assert first.result == "done"
    assert set(first.done.values()) == {Action.CREATE}
    topic = first.outputs[f"{system}-dev-data"]["Topic"]
    assert first.outputs[f"{system}-dev-service-orders"]["ReadTopic"] == topic
    assert {e.logical_id for e in events if isinstance(e, ResourceProgress)} == {
        "Topic",
        "Color",
        "Copy",
        "Own",
    }
    last = [e for e in events if isinstance(e, ResourceProgress) and e.stack.endswith("data")][-1]
    assert (last.done, last.total) == (2, 2)
    copied = next(e for e in events if getattr(e, "logical_id", "") == "Copy")
    assert copied.blueprint_path == "services.orders"
    assert sum(isinstance(e, AssetProgress) and e.uploaded for e in events) == 3

    again: list[Any] = []
    second = run(shop(), events=again)
    assert second.result == "unchanged"
    assert again == []
    assert second.outputs == first.outputs
    assert [r.result for r in read_records(names_of_system(system), local_clients)] == ["done"]


def test_an_update_touches_only_the_stack_that_changes(
    run: Callable[..., Any], shop: Callable[..., Assembly], system: str
) -> None:
    run(shop("red"))
    changed = run(shop("blue"))
    assert changed.done == {f"{system}-dev-data": Action.UPDATE}


def test_a_consumer_follows_when_its_producer_makes_another_output(
    run: Callable[..., Any], shop: Callable[..., Assembly], system: str
) -> None:
    run(shop(name="one"))
    changed = run(shop(name="two"))
    assert changed.done == {
        f"{system}-dev-data": Action.UPDATE,
        f"{system}-dev-service-orders": Action.UPDATE,
    }
    orders = changed.outputs[f"{system}-dev-service-orders"]
    assert orders["ReadTopic"].endswith(f"{system}-two")
    assert orders["Copied"].endswith(f"{system}-two")
    assert run(shop(name="two")).result == "unchanged"


def test_a_change_of_outputs_alone_arrives(
    run: Callable[..., Any],
    make_stack: Callable[..., StackArtifact],
    make_assembly: Callable[..., Assembly],
    make_parameter: Callable[..., dict[str, Any]],
    system: str,
) -> None:
    name = f"{system}-dev-data"
    run(make_assembly(make_stack(name, {"A": make_parameter("1")}, {"Old": "1"})))
    changed = run(make_assembly(make_stack(name, {"A": make_parameter("1")}, {"New": "1"})))
    assert changed.outputs[name] == {"New": "1"}
    assert (
        run(make_assembly(make_stack(name, {"A": make_parameter("1")}, {"New": "1"}))).result == "unchanged"
    )


def broken(path: str) -> dict[str, Any]:
    """A function without code: the local AWS refuses it, as AWS does."""
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "FunctionName": "no-such-function",
            "EventSourceArn": {"Fn::GetAtt": ["Copy", "Nothing"]},
        },
        "Metadata": {"platform:blueprint": path},
    }


def test_a_failing_resource_is_named_with_its_place_and_what_is_left_converges(
    run: Callable[..., Any], shop: Callable[..., Assembly], system: str, local_clients: Clients
) -> None:
    with pytest.raises(DeploymentFailed) as caught:
        run(shop(extra={"Bad": broken("services.orders.functions.create")}))
    failure = caught.value.failures[0]
    assert (failure.logical_id, failure.blueprint_path) == ("Bad", "services.orders.functions.create")
    assert caught.value.where == "services.orders.functions.create"
    record = read_records(names_of_system(system), local_clients)[0]
    assert record.result == "failed"
    assert "services.orders.functions.create" in record.reason

    assert run(shop()).result == "done"
    assert run(shop()).result == "unchanged"


def test_a_failing_update_rolls_back_and_the_next_one_repairs_it(
    run: Callable[..., Any], shop: Callable[..., Assembly], system: str
) -> None:
    run(shop())
    with pytest.raises(DeploymentFailed, match=r"UPDATE_FAILED|CREATE_FAILED"):
        run(shop(extra={"Bad": broken("services.orders")}))
    assert run(shop()).result == "unchanged"
    assert set(run(shop("blue")).done) == {f"{system}-dev-data"}


def test_an_interrupt_gives_the_lock_back_and_the_next_run_converges(
    run: Callable[..., Any], shop: Callable[..., Assembly], system: str, local_clients: Clients
) -> None:
    interrupted = threading.Event()

    def interrupt(event: object) -> None:
        if isinstance(event, StackFinished) and not interrupted.is_set():
            interrupted.set()
            import signal

            signal.raise_signal(signal.SIGINT)

    class Interrupting(list[Any]):
        def append(self, event: Any) -> None:
            super().append(event)
            interrupt(event)

    with pytest.raises(DeploymentInterrupted) as caught:
        run(shop(), events=Interrupting())
    assert caught.value.exit_code is ExitCode.INTERRUPTED
    acquire(names_of_system(system), local_clients, "test").release()
    assert run(shop()).result == "done"
    assert run(shop()).result == "unchanged"


def test_what_an_earlier_run_left_unexecuted_or_rolled_back_is_made_anew(
    run: Callable[..., Any], shop: Callable[..., Assembly], system: str, local_clients: Clients
) -> None:
    cloudformation = local_clients.client("cloudformation")
    assembly = shop()
    name = f"{system}-dev-service-users"
    cloudformation.create_change_set(
        StackName=name,
        ChangeSetName="left",
        ChangeSetType="CREATE",
        TemplateBody=assembly.stack(name).template_path.read_text(),
    )
    deployed = run(assembly)
    assert deployed.done[name] == Action.RECREATE
    assert run(assembly).result == "unchanged"


def test_the_second_of_two_deployments_is_told_who_is_at_it(
    run: Callable[..., Any], shop: Callable[..., Assembly], system: str, local_clients: Clients
) -> None:
    run(shop())
    lock = acquire(names_of_system(system), local_clients, "platform deploy --env dev")
    try:
        for assembly in (shop(), shop("blue")):
            with pytest.raises(
                PlatformError, match=r"works on this environment since .*: platform deploy --env dev"
            ) as caught:
                run(assembly)
            assert caught.value.code == "deploy-locked"
    finally:
        lock.release()
    assert run(shop("blue")).result == "done"


def test_a_declined_plan_changes_nothing(
    run: Callable[..., Any], shop: Callable[..., Assembly], system: str, local_clients: Clients
) -> None:
    assert run(shop(), approve=lambda _: False).result == "declined"
    assert not [s for s in list_stacks(local_clients) if s.name.startswith(system)]
    acquire(names_of_system(system), local_clients, "test").release()


def test_a_stack_that_the_assembly_lost_goes_unless_the_environment_is_protected(
    run: Callable[..., Any],
    shop: Callable[..., Assembly],
    system: str,
    local_clients: Clients,
    make_environment: Callable[..., ResolvedEnvironment],
) -> None:
    run(shop())
    whole = shop()
    smaller = replace(whole, stacks=whole.stacks[:2])
    protected = plan(make_environment(protect=True), smaller, local_clients)
    assert protected.empty
    assert protected.kept == (f"{system}-dev-service-users",)
    assert run(smaller).done == {f"{system}-dev-service-users": Action.REMOVE}
    assert run(smaller).result == "unchanged"


def test_a_replaced_table_stops_the_deployment_unless_it_is_allowed(
    run: Callable[..., Any],
    make_stack: Callable[..., StackArtifact],
    make_assembly: Callable[..., Assembly],
    system: str,
) -> None:
    def assembly(key: str) -> Assembly:
        table = {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
            },
            "Metadata": {"platform:blueprint": "tables.main"},
        }
        return make_assembly(make_stack(f"{system}-dev-data", {"Main": table}))

    run(assembly("a"))
    with pytest.raises(PlatformError, match=r"tables\.main .* would be replaced") as caught:
        run(assembly("b"), allow_replacement=False)
    assert caught.value.code == "would-destroy-data"
    assert run(assembly("b"), allow_replacement=True).result == "done"


def test_termination_protection_and_tags_follow_the_assembly(
    run: Callable[..., Any], shop: Callable[..., Assembly], system: str, local_clients: Clients
) -> None:
    run(shop())
    whole = shop()
    changed = replace(
        whole,
        stacks=(replace(whole.stacks[0], tags={"team": "a"}, termination_protection=True), *whole.stacks[1:]),
    )
    assert set(run(changed).done) == {f"{system}-dev-data"}
    stack = next(s for s in list_stacks(local_clients) if s.name == f"{system}-dev-data")
    assert (dict(stack.tags), stack.termination_protection) == ({"team": "a"}, True)
    assert run(changed).result == "unchanged"


def test_destroying_leaves_nothing_even_of_a_full_bucket(
    run: Callable[..., Any],
    shop: Callable[..., Assembly],
    system: str,
    local_clients: Clients,
    make_environment: Callable[..., ResolvedEnvironment],
) -> None:
    bucket = {
        "Type": "AWS::S3::Bucket",
        "Properties": {"BucketName": f"{system}-files", "VersioningConfiguration": {"Status": "Enabled"}},
    }
    run(shop(extra={"Files": bucket}))
    s3 = local_clients.client("s3")
    for body in (b"one", b"two"):
        s3.put_object(Bucket=f"{system}-files", Key="a", Body=body)
    s3.delete_object(Bucket=f"{system}-files", Key="a")
    status = read_status(make_environment(), local_clients)
    assert [s.health for s in status.stacks] == ["ready"] * 3
    assert status.last is not None

    with pytest.raises(PlatformError, match="protected"):
        destroy(make_environment(protect=True), local_clients, approve=lambda _: True)
    assert destroy(make_environment(), local_clients, approve=lambda _: False).declined
    events: list[Any] = []
    gone = destroy(make_environment(), local_clients, approve=lambda _: True, report=events.append)
    assert gone.plan.stacks[-1].name == f"{system}-dev-data"
    assert not [s for s in list_stacks(local_clients) if s.name.startswith(system)]
    described = local_clients.client("ssm").describe_parameters(
        ParameterFilters=[{"Key": "Path", "Option": "Recursive", "Values": [f"/{system}"]}]
    )
    assert described["Parameters"] == []
    assert f"{system}-files" not in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert destroy(make_environment(), local_clients, approve=lambda _: True).plan.empty


def names_of_system(system: str) -> Any:
    """The names of this test's environment."""
    from platform_cli.blueprint.naming import Names

    return Names(system, "dev", "000000000000", "us-east-1")
