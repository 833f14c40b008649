"""Planning with values alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from platform_cli.assembly.model import Assembly, StackArtifact
from platform_cli.blueprint.resolved import ResolvedBackup, ResolvedEnvironment
from platform_cli.deploy.deployed import Observed, ObservedStack
from platform_cli.deploy.observing import belongs, names_of
from platform_cli.deploy.planning import plan_deployment, refuse_destruction, removal_order
from platform_cli.deploy.plans import Action, DeploymentPlan
from platform_cli.deploy.stateful import Destruction
from platform_cli.errors import PlatformError

TABLE = {
    "Type": "AWS::DynamoDB::GlobalTable",
    "Properties": {"KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}], "TableName": "shop-dev-main"},
    "Metadata": {"platform:blueprint": "tables.main"},
    "DeletionPolicy": "Delete",
}


def as_deployed(artifact: StackArtifact, **replace_with: Any) -> ObservedStack:
    """A stack just as the assembly wants it."""
    given: dict[str, Any] = {
        "status": "CREATE_COMPLETE",
        "template": artifact.template,
        "tags": artifact.tags,
        "termination_protection": artifact.termination_protection,
        **replace_with,
    }
    return ObservedStack(artifact.name, f"arn:{artifact.name}", **given)


def read_from(stack: str, output: str) -> dict[str, Any]:
    return {"Fn::GetStackOutput": {"StackName": stack, "OutputName": output}}


@pytest.fixture
def data(make_stack: Callable[..., StackArtifact]) -> StackArtifact:
    return make_stack("shop-dev-data", {"Main": TABLE}, {"Key": "k"})


@pytest.fixture
def orders(make_stack: Callable[..., StackArtifact], make_parameter: Callable[..., Any]) -> StackArtifact:
    read = read_from("shop-dev-data", "Key")
    return make_stack("shop-dev-service-orders", {"A": make_parameter(read)}, {"ReadKey": read})


@pytest.fixture
def planned(
    data: StackArtifact,
    orders: StackArtifact,
    make_assembly: Callable[..., Assembly],
    make_environment: Callable[..., ResolvedEnvironment],
) -> Callable[..., DeploymentPlan]:
    """The plan for two stacks, given what is deployed of them."""

    def plan(*stacks: ObservedStack, others: tuple[ObservedStack, ...] = (), **more: Any) -> DeploymentPlan:
        options = {k: more.pop(k) for k in ("allow_removal",) if k in more}
        observed = Observed({s.name: s for s in stacks}, {s.name: s for s in others})
        assembly = more.pop("assembly", None) or make_assembly(data, orders)
        return plan_deployment(assembly, make_environment(**more), observed, **options)

    return plan


def actions(plan: DeploymentPlan) -> dict[str, Action]:
    return {step.stack.removeprefix("shop-dev-"): step.action for step in plan.steps}


def test_with_nothing_deployed_everything_is_created_producers_first(
    planned: Callable[..., DeploymentPlan],
) -> None:
    plan = planned()
    assert [[s.stack for s in level] for level in plan.levels] == [
        ["shop-dev-data"],
        ["shop-dev-service-orders"],
    ]
    assert set(actions(plan).values()) == {Action.CREATE}
    assert plan.steps[1].after == ("shop-dev-data",)


def test_a_system_that_is_as_it_shall_be_needs_nothing(
    planned: Callable[..., DeploymentPlan], data: StackArtifact, orders: StackArtifact
) -> None:
    plan = planned(as_deployed(data, outputs={"Key": "1"}), as_deployed(orders, outputs={"ReadKey": "1"}))
    assert plan.empty
    assert set(actions(plan).values()) == {Action.UNCHANGED}


def test_a_consumer_that_read_another_value_is_updated(
    planned: Callable[..., DeploymentPlan], data: StackArtifact, orders: StackArtifact
) -> None:
    plan = planned(as_deployed(data, outputs={"Key": "2"}), as_deployed(orders, outputs={"ReadKey": "1"}))
    assert actions(plan) == {"data": Action.UNCHANGED, "service-orders": Action.UPDATE}
    step = plan.changing[0]
    assert step.difference is not None
    assert step.difference.empty
    assert [(s.consumed, s.current) for s in step.stale] == [("1", "2")]
    assert step.reasons == ("Key of shop-dev-data changed",)


def test_a_consumer_of_a_stack_in_another_region_sees_that_its_value_changed(
    make_stack: Callable[..., StackArtifact],
    make_assembly: Callable[..., Assembly],
    make_environment: Callable[..., ResolvedEnvironment],
    make_parameter: Callable[..., Any],
) -> None:
    name, region = "shop-dev-recovery-eu-central-1", "eu-central-1"
    plan = ResolvedBackup(
        name="std", physical_name="shop-dev-std", rules=(), copy_to=region, selected_arns=("arn:aws:x",)
    )
    read = {"Fn::GetStackOutput": {"StackName": name, "OutputName": "KeyArn", "Region": region}}
    copies = replace(make_stack(name, {"A": make_parameter("v")}, {"KeyArn": "new"}), region=region)
    data = make_stack("shop-dev-data", {"A": make_parameter(read)}, {"UsesKeyArn": read})
    there = as_deployed(copies, outputs={"KeyArn": "new"})
    there = replace(there, id=f"arn:aws:cloudformation:{region}:000000000000:stack/{name}/1")
    here = as_deployed(data, outputs={"UsesKeyArn": "old"})
    observed = Observed({there.name: there, here.name: here})
    environment = make_environment(backups={"std": plan})
    steps = plan_deployment(make_assembly(copies, data), environment, observed).steps
    assert {step.stack: step.action for step in steps} == {
        name: Action.UNCHANGED,
        "shop-dev-data": Action.UPDATE,
    }


def test_a_consumer_of_a_stack_that_changes_follows_it(
    planned: Callable[..., DeploymentPlan], data: StackArtifact, orders: StackArtifact
) -> None:
    older = {**data.template, "Resources": {}}
    plan = planned(
        as_deployed(data, outputs={"Key": "1"}, template=older), as_deployed(orders, outputs={"ReadKey": "1"})
    )
    assert actions(plan) == {"data": Action.UPDATE, "service-orders": Action.FOLLOW}


@pytest.mark.parametrize(
    ("status", "action"),
    [
        ("ROLLBACK_COMPLETE", Action.RECREATE),
        ("ROLLBACK_FAILED", Action.RECREATE),
        ("CREATE_FAILED", Action.RECREATE),
        ("DELETE_FAILED", Action.RECREATE),
        ("REVIEW_IN_PROGRESS", Action.RECREATE),
        ("DELETE_COMPLETE", Action.CREATE),
        ("CREATE_IN_PROGRESS", Action.WAIT),
        ("UPDATE_IN_PROGRESS", Action.WAIT),
        ("DELETE_IN_PROGRESS", Action.WAIT),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Action.WAIT),
        ("UPDATE_ROLLBACK_IN_PROGRESS", Action.WAIT),
        ("UPDATE_ROLLBACK_FAILED", Action.RECOVER),
        ("UPDATE_FAILED", Action.UPDATE),
        ("UPDATE_ROLLBACK_COMPLETE", Action.UNCHANGED),
        ("UPDATE_COMPLETE", Action.UNCHANGED),
        ("IMPORT_COMPLETE", Action.UNCHANGED),
    ],
)
def test_every_state_that_an_earlier_run_can_leave_has_its_step(
    status: str,
    action: Action,
    planned: Callable[..., DeploymentPlan],
    data: StackArtifact,
    orders: StackArtifact,
) -> None:
    plan = planned(
        as_deployed(data, status=status, outputs={"Key": "1"}), as_deployed(orders, outputs={"ReadKey": "1"})
    )
    assert plan.steps[0].action is action
    assert plan.empty is (action is Action.UNCHANGED)
    assert [s.stack for s in plan.waiting] == (["shop-dev-data"] if action is Action.WAIT else [])


def test_tags_and_termination_protection_are_part_of_what_shall_be(
    planned: Callable[..., DeploymentPlan],
    data: StackArtifact,
    orders: StackArtifact,
    make_assembly: Callable[..., Assembly],
) -> None:
    deployed = (as_deployed(data, outputs={"Key": "1"}), as_deployed(orders, outputs={"ReadKey": "1"}))
    tagged = planned(*deployed, assembly=make_assembly(replace(data, tags={"a": "b"}), orders))
    assert (tagged.steps[0].action, tagged.steps[0].reasons) == (Action.UPDATE, ("its tags change",))
    guarded = planned(*deployed, assembly=make_assembly(replace(data, termination_protection=True), orders))
    assert (guarded.steps[0].action, guarded.steps[0].protection) == (Action.UNCHANGED, True)
    assert not guarded.empty


def test_a_table_whose_key_changes_or_that_goes_is_destructive(
    planned: Callable[..., DeploymentPlan], data: StackArtifact, orders: StackArtifact
) -> None:
    other = {**TABLE, "Properties": {**TABLE["Properties"], "KeySchema": []}, "DeletionPolicy": "Retain"}  # type: ignore[dict-item]
    gone = {
        **data.template,
        "Resources": {"Main": other, "Old": TABLE, "Kept": {**TABLE, "DeletionPolicy": "Retain"}},
    }
    plan = planned(as_deployed(data, template=gone), as_deployed(orders))
    found = {(d.logical_id, d.fate, d.retained) for d in plan.destructive}
    assert found == {("Main", "replaced", False), ("Old", "removed", False), ("Kept", "removed", True)}
    assert plan.destructive[0].blueprint_path == "tables.main"


@pytest.mark.parametrize(
    ("fate", "retained", "protect", "refused"),
    [
        ("removed", False, False, True),
        ("removed", True, False, False),
        ("removed", True, True, True),
        ("replaced", True, False, True),
        ("replaced", False, True, True),
    ],
)
def test_losing_data_is_refused_unless_allowed(
    fate: Any, retained: bool, protect: bool, refused: bool
) -> None:
    found = [Destruction("s", "Main", "AWS::DynamoDB::Table", fate, retained, "tables.main")]
    refuse_destruction(found, allowed=True, protect=protect)
    if not refused:
        refuse_destruction(found, allowed=False, protect=protect)
        return
    with pytest.raises(PlatformError, match=r"tables\.main") as caught:
        refuse_destruction(found, allowed=False, protect=protect)
    assert (caught.value.code, caught.value.where) == ("would-destroy-data", "tables.main")


def test_lost_stacks_go_last_consumers_first_and_only_where_that_is_allowed(
    planned: Callable[..., DeploymentPlan],
    data: StackArtifact,
    orders: StackArtifact,
    make_stack: Callable[..., StackArtifact],
    make_parameter: Callable[..., Any],
) -> None:
    deployed = (as_deployed(data, outputs={"Key": "1"}), as_deployed(orders, outputs={"ReadKey": "1"}))
    api = make_stack("shop-dev-api-a", {"A": make_parameter("x")})
    b = make_stack("shop-dev-service-b", {"A": make_parameter(read_from("shop-dev-service-c", "X"))})
    c = make_stack("shop-dev-service-c", {"A": make_parameter("x")}, {"X": "1"})
    lost = tuple(as_deployed(s) for s in (c, b, api))
    plan = planned(*deployed, others=lost)
    assert [s.stack for s in plan.removals] == ["shop-dev-api-a", "shop-dev-service-b", "shop-dev-service-c"]
    assert plan.removals[2].after == ("shop-dev-api-a", "shop-dev-service-b")
    kept = planned(*deployed, others=lost, protect=True)
    assert kept.empty
    assert len(kept.kept) == 3
    assert len(planned(*deployed, others=lost, protect=True, allow_removal=True).removals) == 3


def test_removal_order_ends_with_what_everything_stands_on() -> None:
    names = ["p-dev-data", "p-dev-service-a", "p-dev-network", "p-dev-api-public", "p-dev-identity"]
    stacks = {name: ObservedStack(name, name, "CREATE_COMPLETE") for name in names}
    assert [s.name for s in removal_order(stacks)] == [
        "p-dev-api-public",
        "p-dev-service-a",
        "p-dev-identity",
        "p-dev-data",
        "p-dev-network",
    ]


@pytest.mark.parametrize(
    ("name", "tags", "ours"),
    [
        ("shop-dev-data", {}, True),
        ("shop-dev-service-orders", {"environment": "dev", "system": "shop"}, True),
        ("shop-dev-api-x", {"platform:environment": "dev-api"}, False),
        ("shop-dev-2-data", {}, False),
        ("shop-dev-something", {}, False),
        ("shop-prod-data", {}, False),
        ("shopper-dev-data", {}, False),
    ],
)
def test_only_stacks_of_this_system_and_environment_belong_to_it(
    name: str, tags: dict[str, str], ours: bool, make_environment: Callable[..., ResolvedEnvironment]
) -> None:
    names = names_of(make_environment(system="shop"))
    assert belongs(ObservedStack(name, name, "CREATE_COMPLETE", tags=tags), names) is ours


def test_an_assembly_for_another_account_or_region_is_refused(planned: Callable[..., DeploymentPlan]) -> None:
    with pytest.raises(PlatformError, match=r"000000000000.*111111111111") as caught:
        planned(account="111111111111")
    assert caught.value.code == "wrong-account"
    with pytest.raises(PlatformError, match="eu-west-1"):
        planned(region="eu-west-1")
