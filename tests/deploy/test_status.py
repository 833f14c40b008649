"""The status of an environment whose stacks are in several regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.aws.clients import Clients, Target
from platform_cli.blueprint.resolved import ResolvedBucket, ResolvedEnvironment
from platform_cli.deploy.status import read_status

HOME, OTHER = "eu-west-1", "eu-central-1"


class FakeRegion:
    """CloudFormation with some stacks, and a Parameter Store with nothing."""

    def __init__(self, region: str, stacks: Mapping[str, str]) -> None:
        self._region = region
        self._stacks = stacks

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        return {
            "Stacks": [
                {
                    "StackName": name,
                    "StackId": f"arn:aws:cloudformation:{self._region}:111111111111:stack/{name}/1",
                    "StackStatus": status,
                    "CreationTime": datetime(2026, 11, 20, tzinfo=UTC),
                }
                for name, status in self._stacks.items()
            ]
        }

    def get_parameter(self, **_: Any) -> None:
        raise ClientError({"Error": {"Code": "ParameterNotFound", "Message": "none"}}, "GetParameter")

    def describe_parameters(self, **_: Any) -> dict[str, Any]:
        return {"Parameters": []}


class FakeClients(Clients):
    """Clients of a region, which know those of the others."""

    def __init__(self, region: str, world: Mapping[str, Mapping[str, str]]) -> None:
        super().__init__(Target("111111111111", region))
        self._world = world

    def client(self, service_name: str) -> Any:
        assert service_name in ("cloudformation", "ssm")
        assert service_name == "cloudformation" or self.target.region == HOME
        return FakeRegion(self.target.region, self._world.get(self.target.region, {}))

    def _moved(self, region: str) -> Clients:
        return FakeClients(region, self._world)


@pytest.fixture
def copied(make_environment: Callable[..., ResolvedEnvironment]) -> ResolvedEnvironment:
    """An environment with a bucket that another region holds a copy of."""
    bucket = ResolvedBucket(
        name="receipts",
        physical_name="shop-dev-receipts",
        versioned=True,
        infrequent_after_days=None,
        archive_after_days=None,
        expire_after_days=None,
        expire_noncurrent_after_days=None,
        intelligent_tiering=False,
        encryption="aws_managed",
        replicas=(OTHER,),
    )
    return make_environment(system="shop", target="aws", region=HOME, buckets={"receipts": bucket})


def test_status_shows_stacks_of_other_regions_with_their_region(copied: ResolvedEnvironment) -> None:
    world = {
        HOME: {"shop-dev-data": "CREATE_COMPLETE", "other-dev-data": "CREATE_COMPLETE"},
        OTHER: {f"shop-dev-recovery-{OTHER}": "ROLLBACK_FAILED"},
        "us-east-1": {"shop-dev-global": "CREATE_COMPLETE"},
    }
    found = read_status(copied, FakeClients(HOME, world))
    assert {(stack.name, stack.region, stack.health) for stack in found.stacks} == {
        ("shop-dev-data", None, "ready"),
        (f"shop-dev-recovery-{OTHER}", OTHER, "failed"),
    }


def test_status_asks_no_region_that_the_environment_is_not_in(
    make_environment: Callable[..., ResolvedEnvironment],
) -> None:
    alone = make_environment(system="shop", target="aws", region=HOME)
    world = {HOME: {"shop-dev-data": "CREATE_COMPLETE"}, OTHER: {"shop-dev-recovery-x": "CREATE_COMPLETE"}}
    assert [stack.name for stack in read_status(alone, FakeClients(HOME, world)).stacks] == ["shop-dev-data"]
