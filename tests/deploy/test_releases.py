"""Releases as CodeDeploy tells of them: how far one is, and why one was taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_cli.blueprint.resolved import (
    ResolvedEnvironment,
    ResolvedFunction,
    ResolvedRelease,
    ResolvedService,
)
from platform_cli.deploy.causes import StackFailure
from platform_cli.deploy.events import ReleaseProgress
from platform_cli.deploy.releases import (
    ReleaseGroup,
    ReleaseWatch,
    RunningRelease,
    explained,
    group_of,
    running_releases,
)

ERRORS, DURATION = "shop-prod-function-orders.create-errors", "shop-prod-function-orders.create-duration"
TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Releases": {
            "Type": "AWS::CodeDeploy::Application",
            "Properties": {"ApplicationName": "shop-orders"},
        },
        "ReleaseCreate": {
            "Type": "AWS::CodeDeploy::DeploymentGroup",
            "Properties": {"DeploymentGroupName": "create", "ApplicationName": {"Ref": "Releases"}},
        },
        "AliasCreate": {
            "Type": "AWS::Lambda::Alias",
            "UpdatePolicy": {
                "CodeDeployLambdaAliasUpdate": {
                    "ApplicationName": {"Ref": "Releases"},
                    "DeploymentGroupName": {"Ref": "ReleaseCreate"},
                }
            },
        },
        "AliasPrice": {"Type": "AWS::Lambda::Alias"},
    }
}


class FakeAws:
    """CodeDeploy, Lambda and CloudWatch, with one deployment of one group."""

    def __init__(self, status: str = "InProgress", weight: float = 0.1, **error: str) -> None:
        self.status, self.weight, self.error = status, weight, error
        self.lifecycle: list[dict[str, str]] = []
        self.denied = False

    def client(self, _name: str) -> FakeAws:
        return self

    def list_deployments(self, *, applicationName: str, includeOnlyStatuses: list[str], **_: Any) -> Any:
        if self.denied:
            raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "ListDeployments")
        assert applicationName in ("shop-orders", "shop-dev-orders")
        return {"deployments": ["d-1"] if self.status in includeOnlyStatuses else []}

    def get_deployment(self, *, deploymentId: str) -> Any:
        found = {"deploymentId": deploymentId, "status": self.status, "createTime": 1}
        return {"deploymentInfo": found | ({"errorInformation": self.error} if self.error else {})}

    def list_deployment_targets(self, **_: Any) -> Any:
        return {"targetIds": ["t"]}

    def batch_get_deployment_targets(self, **_: Any) -> Any:
        info = {"functionName": "shop-dev-orders-create", "functionAlias": "live", "targetVersion": "2"}
        target = {"lambdaFunctionInfo": info, "lifecycleEvents": self.lifecycle}
        return {"deploymentTargets": [{"lambdaTarget": target}]}

    def get_alias(self, *, FunctionName: str, Name: str) -> Any:
        assert (FunctionName, Name) == ("shop-dev-orders-create", "live")
        return {"FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": {"2": self.weight}}}

    def get_deployment_group(self, **_: Any) -> Any:
        alarms = [{"name": DURATION}, {"name": ERRORS}]
        return {"deploymentGroupInfo": {"alarmConfiguration": {"alarms": alarms}}}

    def describe_alarms(self, *, AlarmNames: list[str], StateValue: str) -> Any:
        assert StateValue == "ALARM"
        return {"MetricAlarms": [{"AlarmName": name} for name in AlarmNames if name == DURATION]}


def failure(logical_id: str = "AliasCreate", kind: str = "AWS::Lambda::Alias") -> StackFailure:
    return StackFailure("shop-prod-service-orders", logical_id, kind, "UPDATE_FAILED", "failed", None, None)


def test_the_group_of_an_alias_is_found_in_its_template() -> None:
    assert group_of(TEMPLATE, "AliasCreate") == ReleaseGroup("shop-orders", "create")
    assert group_of(TEMPLATE, "AliasPrice") is None
    assert group_of(TEMPLATE, "Gone") is None


def test_each_step_of_a_release_is_told_once_until_cloudformation_is_done() -> None:
    told: list[Any] = []
    aws: Any = FakeAws()
    watch = ReleaseWatch("orders", TEMPLATE, aws, told.append)
    watch.look()
    assert told == []
    event = {"ResourceType": "AWS::Lambda::Alias", "LogicalResourceId": "AliasCreate"}
    watch.see({**event, "ResourceStatus": "UPDATE_IN_PROGRESS"})
    watch.look()
    watch.look()
    aws.weight = 0.5
    watch.look()
    watch.see({**event, "ResourceStatus": "UPDATE_COMPLETE"})
    aws.weight = 0.9
    watch.look()
    assert told == [
        ReleaseProgress("orders", "create", "d-1", "InProgress", 10.0),
        ReleaseProgress("orders", "create", "d-1", "InProgress", 50.0),
    ]


def test_who_may_not_look_at_codedeploy_deploys_all_the_same() -> None:
    aws: Any = FakeAws()
    aws.denied = True
    told: list[Any] = []
    watch = ReleaseWatch("orders", TEMPLATE, aws, told.append)
    watch.see(
        {
            "ResourceType": "AWS::Lambda::Alias",
            "LogicalResourceId": "AliasCreate",
            "ResourceStatus": "UPDATE_IN_PROGRESS",
        }
    )
    watch.look()
    assert told == []
    assert explained(failure(), TEMPLATE, aws) == failure()


def test_a_release_that_an_alarm_took_back_names_the_alarm() -> None:
    told = f"The following alarms triggered: {ERRORS}"
    aws: Any = FakeAws("Stopped", code="ALARM_ACTIVE", message=told)
    cause = explained(failure(), TEMPLATE, aws)
    assert cause.reason == f"the new version was taken back, as its alarm is on: {ERRORS}"
    assert cause.hint is not None
    # Where the message names none, those of the group that are on.
    aws = FakeAws("Stopped", code="ALARM_ACTIVE", message="One or more alarms have been activated.")
    assert explained(failure(), TEMPLATE, aws).reason.endswith(f"on: {DURATION}")


@pytest.mark.parametrize(
    ("moment", "said"), [("BeforeAllowTraffic", "before"), ("AfterAllowTraffic", "after")]
)
def test_a_release_that_a_hook_refused_says_which(moment: str, said: str) -> None:
    aws: Any = FakeAws("Failed", code="HOOK_EXECUTION_FAILURE", message="The overall deployment failed")
    aws.lifecycle = [{"lifecycleEventName": moment, "status": "Failed"}]
    reason = explained(failure(), TEMPLATE, aws).reason
    assert reason == f"the new version was taken back: its hook {said} traffic refused it"


def test_another_failure_keeps_its_own_reason() -> None:
    aws: Any = FakeAws("Stopped", code="ALARM_ACTIVE", message=ERRORS)
    function = failure("FunctionCreate", "AWS::Lambda::Function")
    assert explained(function, TEMPLATE, aws) == function
    assert explained(failure("AliasPrice"), TEMPLATE, aws) == failure("AliasPrice")


def test_the_status_names_the_functions_that_are_being_released(
    make_environment: Callable[..., ResolvedEnvironment],
) -> None:
    aws: Any = FakeAws(weight=0.3)

    def function(name: str, release: ResolvedRelease | None) -> ResolvedFunction:
        return ResolvedFunction(
            service="orders",
            name=name,
            physical_name=f"shop-dev-orders-{name}",
            handler="orders.handler",
            runtime="python3.13",
            architecture="arm64",
            memory_mb=512,
            timeout_seconds=10,
            ephemeral_storage_mb=512,
            tracing=True,
            log_retention_days=30,
            environment={},
            routes=(),
            triggers=(),
            access=(),
            permissions=(),
            network=None,
            reserved_concurrency=None,
            provisioned_concurrency=None,
            release=release,
        )

    functions = {
        "create": function("create", ResolvedRelease(strategy="all_at_once", alarms=("errors",))),
        "price": function("price", ResolvedRelease(strategy="all_at_once", alarms=())),
        "list": function("list", None),
    }
    services = {"orders": ResolvedService(name="orders", path="services/orders", functions=functions)}
    environment = make_environment(system="shop", environment="dev", target="aws", services=services)
    assert running_releases(environment, aws) == (RunningRelease("d-1", "InProgress", 30.0, "orders.create"),)
    local = make_environment(system="shop", environment="dev", target="local", services=services)
    assert running_releases(local, aws) == ()
