"""Log groups that are there before the stack that would make them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from platform_cli.assembly.model import Assembly, StackArtifact
from platform_cli.aws.clients import Clients
from platform_cli.deploy.deployed import Observed, ObservedStack
from platform_cli.deploy.deployment import plan
from platform_cli.deploy.events import Remark
from platform_cli.deploy.log_groups import refuse_taken, taken_log_groups
from platform_cli.deploy.planning import plan_deployment
from platform_cli.deploy.plans import DeploymentPlan
from platform_cli.errors import PlatformError

MakeStack = Callable[..., StackArtifact]


def group(name: Any, path: str = "databases.ledger") -> dict[str, Any]:
    metadata = {"platform:blueprint": path}
    return {"Type": "AWS::Logs::LogGroup", "Metadata": metadata, "Properties": {"LogGroupName": name}}


@pytest.fixture
def planned(
    make_environment: Callable[..., Any],
    make_assembly: Callable[..., Assembly],
    make_stack: MakeStack,
) -> Callable[..., DeploymentPlan]:
    """A plan for a stack with resources, of which some are deployed."""

    def make(resources: dict[str, Any], deployed: dict[str, Any] | None = None) -> DeploymentPlan:
        stack = make_stack("shop-dev-databases", resources)
        there = {
            stack.name: ObservedStack(
                stack.name, "id", "CREATE_COMPLETE", template={"Resources": deployed}, tags=stack.tags
            )
        }
        observed = Observed(stacks=there if deployed is not None else {})
        return plan_deployment(make_assembly(stack), make_environment(), observed)

    return make


CLUSTER, PROXY = "/aws/rds/cluster/shop-dev-ledger/postgresql", "/aws/rds/proxy/shop-dev-ledger"


def test_a_group_that_rds_made_is_told_of_before_the_stack_fails(
    planned: Callable[..., DeploymentPlan], moto_clients: Clients
) -> None:
    logs = moto_clients.client("logs")
    for name in (CLUSTER, "/aws/rds/cluster/shop-dev-other/postgresql", "/aws/lambda/shop-dev-x"):
        logs.create_log_group(logGroupName=name)
    both = planned({"Cluster": group(CLUSTER), "Proxy": group(PROXY)})
    taken = taken_log_groups(both, "shop-dev", moto_clients)
    assert [(one.name, one.stack) for one in taken] == [(CLUSTER, "shop-dev-databases")]
    with pytest.raises(PlatformError, match="is there already") as refused:
        refuse_taken(taken)
    assert (refused.value.code, refused.value.where) == ("log-group-taken", "databases.ledger")
    assert refused.value.hint is not None
    assert f"--log-group-name {CLUSTER}" in refused.value.hint


def test_a_group_of_the_stack_itself_is_in_nobodys_way(
    planned: Callable[..., DeploymentPlan], moto_clients: Clients
) -> None:
    for name in (CLUSTER, PROXY):
        moto_clients.client("logs").create_log_group(logGroupName=name)
    known = {"Cluster": group(CLUSTER)}
    assert taken_log_groups(planned(known, known), "shop-dev", moto_clients) == ()
    longer = {**group(CLUSTER), "Properties": {"LogGroupName": CLUSTER, "RetentionInDays": 90}}
    more = planned({"Cluster": longer, "Proxy": group(PROXY)}, known)
    assert [one.name for one in taken_log_groups(more, "shop-dev", moto_clients)] == [PROXY]


def test_a_plan_tells_of_it(
    make_environment: Callable[..., Any],
    make_assembly: Callable[..., Assembly],
    make_stack: MakeStack,
    moto_clients: Clients,
) -> None:
    moto_clients.client("logs").create_log_group(logGroupName=CLUSTER)
    told: list[Any] = []
    at = {"account": moto_clients.target.account, "region": moto_clients.target.region}
    stack = replace(make_stack("shop-dev-databases", {"Cluster": group(CLUSTER)}), **at)
    plan(make_environment(target="aws", **at), make_assembly(stack), moto_clients, report=told.append)
    (remark,) = [one for one in told if isinstance(one, Remark)]
    assert remark.code == "log-group-taken"
    assert CLUSTER in remark.message


def test_names_that_only_aws_can_compute_are_left_to_it(
    planned: Callable[..., DeploymentPlan], moto_clients: Clients
) -> None:
    plan = planned(
        {"Cluster": group({"Fn::Sub": "/aws/${AWS::Region}"}), "Queue": {"Type": "AWS::SQS::Queue"}}
    )
    assert taken_log_groups(plan, "shop-dev", moto_clients) == ()
    refuse_taken(())


def test_many_groups_are_named_by_the_first_few(
    planned: Callable[..., DeploymentPlan], moto_clients: Clients
) -> None:
    names = [f"/aws/lambda/shop-dev-orders-{number}" for number in range(7)]
    for name in names:
        moto_clients.client("logs").create_log_group(logGroupName=name)
    many = planned({f"G{number}": group(name) for number, name in enumerate(names)})
    with pytest.raises(PlatformError, match=r"orders-4 and 2 more are there already"):
        refuse_taken(taken_log_groups(many, "shop-dev", moto_clients))
