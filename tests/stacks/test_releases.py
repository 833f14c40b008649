"""Concurrency, versions, aliases and releases: what a small system with all of their options becomes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.model.releases import ReleaseStrategy
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedProvisioned, ResolvedRelease
from platform_cli.stacks.releases import deployment_config

pytest.importorskip("cdk_nag")

GOLDEN = Path(__file__).parent.parent / "golden" / "released"
Templates = dict[str, dict[str, Any]]
Resources = dict[str, dict[str, Any]]
TemplatesOf = Callable[[ResolvedEnvironment], Templates]
AT = "arn:aws:lambda:eu-west-1:222222222222:function:"


def resources_in(assembly: Path, stack: str) -> Resources:
    found: Resources = json.loads((assembly / f"{stack}.template.json").read_text())["Resources"]
    return found


@pytest.fixture(scope="module")
def orders(released_assemblies: Mapping[str, Path]) -> Resources:
    return resources_in(released_assemblies["prod"], "shop-prod-service-orders")


@pytest.fixture(scope="module")
def health(released_assemblies: Mapping[str, Path]) -> Resources:
    return resources_in(released_assemblies["prod"], "shop-prod-service-health")


def version_of(resources: Resources, name: str) -> str:
    (found,) = (key for key in resources if re.fullmatch(rf"Version{name}[0-9A-F]{{12}}", key))
    return found


@pytest.mark.parametrize("service", ["orders", "health"])
def test_the_services_are_what_they_were(
    service: str, released_assemblies: Mapping[str, Path], golden: Callable[[Path, str], None]
) -> None:
    path = released_assemblies["prod"] / f"shop-prod-service-{service}.template.json"
    template = json.loads(path.read_text())
    kinds = ("AWS::Lambda", "AWS::CodeDeploy", "AWS::ApplicationAutoScaling", "AWS::IAM")
    kept = {key: r for key, r in template["Resources"].items() if r["Type"].startswith(kinds)}
    text = re.sub(r"\b[0-9a-f]{64}\.zip\b", "ARCHIVE.zip", json.dumps(kept, indent=2) + "\n")
    golden(GOLDEN / f"{service}.json", text)


def test_every_function_that_asks_for_it_has_a_version_behind_an_alias_and_no_other(
    orders: Resources,
) -> None:
    aliases = {key: r["Properties"] for key, r in orders.items() if r["Type"] == "AWS::Lambda::Alias"}
    assert set(aliases) == {"AliasCreate", "AliasList", "AliasPrice", "AliasReact"}
    for key, alias in aliases.items():
        name = key.removeprefix("Alias")
        assert alias["Name"] == "live"
        assert alias["FunctionName"] == {"Ref": f"Function{name}"}
        assert alias["FunctionVersion"] == {"Fn::GetAtt": [version_of(orders, name), "Version"]}


def test_all_who_call_a_released_function_use_its_alias(
    orders: Resources, released_assemblies: Mapping[str, Path]
) -> None:
    alias = {"Ref": "AliasReact"}
    callers = {
        resource["Type"]: json.dumps(resource["Properties"])
        for resource in orders.values()
        if resource["Metadata"]["platform:blueprint"] == "services.orders.functions.react.triggers"
    }
    for kind in ("Events::Rule", "Lambda::Permission", "Lambda::EventSourceMapping", "Scheduler::Schedule"):
        assert json.dumps(alias) in callers[f"AWS::{kind}"], kind
        assert "FunctionReact" not in callers[f"AWS::{kind}"], kind
    assert orders["SchedulerRoleReact"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][0][
        "Resource"
    ] == [alias]
    assert orders["InvokeConfigReact"]["Properties"]["Qualifier"] == "live"
    create = orders["FunctionCreate"]["Properties"]["Environment"]["Variables"]
    assert create["FUNCTION_ORDERS_PRICE_NAME"] == "shop-prod-orders-price:live"
    assert f"{AT}shop-prod-orders-price:live" in json.dumps(orders["RoleCreate"])
    api = json.dumps(resources_in(released_assemblies["prod"], "shop-prod-api-public"))
    called = set(re.findall(rf"{AT}([a-z:-]+)", api))
    assert called == {
        "shop-prod-orders-create:live",
        "shop-prod-orders-list:live",
        "shop-prod-health-check:live",
    }


def test_codedeploy_moves_the_alias_and_looks_at_the_functions_alarms_and_hooks(orders: Resources) -> None:
    group = orders["ReleaseCreate"]["Properties"]
    assert group["DeploymentConfigName"] == "CodeDeployDefault.LambdaCanary10Percent5Minutes"
    assert [alarm["Name"] for alarm in group["AlarmConfiguration"]["Alarms"]] == [
        "shop-prod-function-orders.create-duration",
        "shop-prod-function-orders.create-errors",
    ]
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    made = {r["Properties"]["AlarmName"]: key for key, r in orders.items() if "AlarmName" in r["Properties"]}
    guards = {made[alarm["Name"]] for alarm in group["AlarmConfiguration"]["Alarms"]}
    assert guards == set(orders["ReleaseCreate"]["DependsOn"]), "those, and no other alarm"
    assert orders["AliasCreate"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"] == {
        "ApplicationName": {"Ref": "Releases"},
        "DeploymentGroupName": {"Ref": "ReleaseCreate"},
        "BeforeAllowTrafficHook": "shop-prod-orders-check",
        "AfterAllowTrafficHook": "shop-prod-orders-check",
    }
    assert "FunctionCheck" in orders["AliasCreate"]["DependsOn"]
    assert "UpdatePolicy" not in orders["AliasPrice"], "at once, without alarms: nothing is to be decided"


def test_all_at_once_is_still_by_codedeploy_where_an_alarm_decides(orders: Resources) -> None:
    group = orders["ReleaseList"]["Properties"]
    assert group["DeploymentConfigName"] == "CodeDeployDefault.LambdaAllAtOnce"
    assert group["AlarmConfiguration"]["Enabled"] is True
    assert [alarm["Name"] for alarm in group["AlarmConfiguration"]["Alarms"]] == [
        "shop-prod-function-orders.list-errors"
    ]
    assert orders["AliasList"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"] == {
        "ApplicationName": {"Ref": "Releases"},
        "DeploymentGroupName": {"Ref": "ReleaseList"},
    }


def test_a_hook_may_call_the_new_version_and_give_its_verdict_and_no_more(orders: Resources) -> None:
    variables = orders["FunctionCheck"]["Properties"]["Environment"]["Variables"]
    assert variables["RELEASE_CREATE"] == {"Ref": version_of(orders, "Create")}
    statements = {
        statement["Sid"]: (statement["Action"], statement["Resource"])
        for statement in orders["RoleCheck"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    }
    assert statements.keys() == {"Log", "Tracing", "ReleaseCall", "ReleaseVerdict"}
    assert statements["ReleaseCall"] == (["lambda:InvokeFunction"], [f"{AT}shop-prod-orders-create:*"])
    assert statements["ReleaseVerdict"] == (
        ["codedeploy:PutLifecycleEventHookExecutionStatus"],
        ["arn:aws:codedeploy:eu-west-1:222222222222:deploymentgroup:shop-prod-orders/create"],
    )


def test_without_contacts_a_release_names_no_alarm_that_does_not_exist(
    released_assemblies: Mapping[str, Path],
) -> None:
    group = resources_in(released_assemblies["dev"], "shop-dev-service-orders")["ReleaseCreate"]
    assert "AlarmConfiguration" not in group["Properties"]
    assert "DEPLOYMENT_STOP_ON_ALARM" not in group["Properties"]["AutoRollbackConfiguration"]["Events"]


def test_provisioned_concurrency_follows_the_load_between_its_limits(
    orders: Resources, health: Resources
) -> None:
    alias = orders["AliasCreate"]["Properties"]
    assert alias["ProvisionedConcurrencyConfig"] == {"ProvisionedConcurrentExecutions": 5}
    target = orders["ScalingCreate"]["Properties"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (5, 50)
    assert target["ResourceId"] == "function:shop-prod-orders-create:live"
    assert orders["ScalingCreate"]["DependsOn"] == ["AliasCreate"]
    tracking = orders["ScalingPolicyCreate"]["Properties"]["TargetTrackingScalingPolicyConfiguration"]
    assert tracking["TargetValue"] == 0.7
    assert orders["FunctionCreate"]["Properties"]["ReservedConcurrentExecutions"] == 150
    # Between two and two, there is nothing to follow.
    assert health["AliasCheck"]["Properties"]["ProvisionedConcurrencyConfig"] == {
        "ProvisionedConcurrentExecutions": 2
    }
    assert not [r for r in health.values() if r["Type"].startswith("AWS::ApplicationAutoScaling")]


def test_snapshots_storage_and_processor_are_the_functions_own(orders: Resources) -> None:
    found = orders["FunctionList"]["Properties"]
    assert found["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    assert found["Architectures"] == ["x86_64"]
    assert "SnapStart" not in orders["FunctionCreate"]["Properties"]
    assert orders["FunctionCreate"]["Properties"]["EphemeralStorage"] == {"Size": 1024}


def test_a_version_is_new_exactly_when_the_function_is(
    factory: Callable[..., Any], templates_of: TemplatesOf
) -> None:
    make = factory()

    def version(**values: Any) -> str:
        release = ResolvedRelease(strategy="all_at_once", alarms=())
        function = make.function("orders", "create", **({"release": release} | values))
        system = make.environment(services=make.named(make.service("orders", function)))
        return version_of(templates_of(system)["shop-dev-service-orders"]["Resources"], "Create")

    plain = version()
    assert version(memory_mb=1024) != plain
    assert version(environment={"CURRENCY": "EUR"}) != plain
    # Neither of these is part of what Lambda copies; it would refuse to publish the same again.
    assert version(reserved_concurrency=5) == plain
    assert version(release=ResolvedRelease(strategy="linear_10_percent_every_1_minute", alarms=())) == plain
    assert (
        version(provisioned_concurrency=ResolvedProvisioned(min=1, max=2, target_percent=70), release=None)
        == plain
    )


def test_strategies_are_called_as_codedeploy_calls_them() -> None:
    names = {strategy: deployment_config(strategy) for strategy in ReleaseStrategy.__args__}
    assert names["all_at_once"] == "CodeDeployDefault.LambdaAllAtOnce"
    assert names["canary_10_percent_15_minutes"] == "CodeDeployDefault.LambdaCanary10Percent15Minutes"
    assert names["linear_10_percent_every_1_minute"] == "CodeDeployDefault.LambdaLinear10PercentEvery1Minute"
    from aws_cdk.aws_codedeploy import LambdaDeploymentConfig

    known = {
        made.deployment_config_name
        for name in dir(LambdaDeploymentConfig)
        if hasattr(made := getattr(LambdaDeploymentConfig, name), "deployment_config_name")
    }
    assert set(names.values()) == known
