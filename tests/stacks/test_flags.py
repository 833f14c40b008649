"""Changes of flags: the environment's strategy, and the alarms that AppConfig watches meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.resolved import (
    ResolvedAccess,
    ResolvedAlarmChange,
    ResolvedAlarms,
    ResolvedEnvironment,
    ResolvedFlagsRelease,
)
from platform_cli.stacks.alarms.flags import monitored, reader_alarms
from platform_cli.stacks.alarms.watching import data_alarms
from platform_cli.stacks.concerns import concerns_of

pytest.importorskip("cdk_nag")


@dataclass(frozen=True)
class Stacks:
    """Templates of an environment, by concern."""

    folder: Path
    prefix: str

    def resources(self, concern: str) -> dict[str, dict[str, Any]]:
        text = (self.folder / f"{self.prefix}-{concern}.template.json").read_text()
        found: dict[str, dict[str, Any]] = json.loads(text)["Resources"]
        return found


@pytest.fixture(scope="module")
def prod(released_assemblies: Mapping[str, Path]) -> Stacks:
    return Stacks(released_assemblies["prod"], "shop-prod")


def test_changes_come_by_the_strategy_of_the_blueprint_and_the_first_flags_at_once(prod: Stacks) -> None:
    strategies = {
        resource["Properties"]["Name"]: resource["Properties"]
        for resource in prod.resources("data").values()
        if resource["Type"] == "AWS::AppConfig::DeploymentStrategy"
    }
    assert set(strategies) == {"shop-prod-at-once", "shop-prod-release"}
    own = strategies["shop-prod-release"]
    assert (own["GrowthType"], own["GrowthFactor"]) == ("LINEAR", 25)
    assert (own["DeploymentDurationInMinutes"], own["FinalBakeTimeInMinutes"]) == (20, 15)
    first = strategies["shop-prod-at-once"]
    assert (first["DeploymentDurationInMinutes"], first["FinalBakeTimeInMinutes"]) == (0, 0)


def test_appconfig_watches_only_alarms_that_a_stack_before_makes(prod: Stacks) -> None:
    monitors = prod.resources("data")["FlagsEnvironment"]["Properties"]["Monitors"]
    made = {
        f"arn:aws:cloudwatch:eu-west-1:222222222222:alarm:{resource['Properties']['AlarmName']}"
        for resource in prod.resources("observability").values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    watched = [monitor["AlarmArn"] for monitor in monitors]
    assert [arn.rpartition(":")[2] for arn in watched] == [
        "shop-prod-queue-work-age",
        "shop-prod-flags-readers-errors",
    ]
    assert set(watched) <= made
    manifest = json.loads((prod.folder / "manifest.json").read_text())
    assert "shop-prod-observability" in manifest["artifacts"]["shop-prod-data"]["dependencies"]


def test_a_watched_alarm_takes_silence_for_good_as_appconfig_rolls_back_for_want_of_data(
    prod: Stacks,
) -> None:
    watched = {
        monitor["AlarmArn"].rpartition(":")[2]
        for monitor in prod.resources("data")["FlagsEnvironment"]["Properties"]["Monitors"]
    }
    alarms = [r["Properties"] for r in prod.resources("observability").values() if "Alarm" in r["Type"]]
    found = {a["AlarmName"]: a["TreatMissingData"] for a in alarms if a["AlarmName"] in watched}
    assert found == dict.fromkeys(watched, "notBreaching")


def test_the_role_of_appconfig_sees_the_watched_alarms_and_does_nothing_else(prod: Stacks) -> None:
    data = prod.resources("data")
    monitors = data["FlagsEnvironment"]["Properties"]["Monitors"]
    role = data["FlagsAlarmRole"]["Properties"]
    (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    actions = statement["Action"]
    assert (actions if isinstance(actions, list) else [actions]) == ["cloudwatch:DescribeAlarms"]
    assert sorted(statement["Resource"]) == sorted(monitor["AlarmArn"] for monitor in monitors)
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "appconfig.amazonaws.com"}
    assert {json.dumps(monitor["AlarmRoleArn"]) for monitor in monitors} == {
        json.dumps({"Fn::GetAtt": ["FlagsAlarmRole", "Arn"]})
    }


def test_without_anybody_to_tell_there_is_no_alarm_to_watch(released_assemblies: Mapping[str, Path]) -> None:
    data = Stacks(released_assemblies["dev"], "shop-dev").resources("data")
    assert "Monitors" not in data["FlagsEnvironment"]["Properties"]
    assert "FlagsAlarmRole" not in data


def test_the_local_aws_brings_changes_at_once(released_assemblies: Mapping[str, Path]) -> None:
    data = Stacks(released_assemblies["local"], "shop-local").resources("data")
    strategies = [r for r in data.values() if r["Type"] == "AWS::AppConfig::DeploymentStrategy"]
    assert [strategy["Properties"]["Name"] for strategy in strategies] == ["shop-local-at-once"]


def test_six_functions_that_read_flags_are_watched_by_two_alarms(
    factory: Callable[..., Any], full: Callable[..., ResolvedEnvironment]
) -> None:
    make = factory()
    reads = (ResolvedAccess(kind="flags", name="new-checkout", verb="read"),)
    functions = [make.function("orders", f"f{number}", access=reads) for number in range(6)]
    system = full().model_copy(
        update={
            "services": make.named(make.service("orders", *functions)),
            "alarms": ResolvedAlarms(
                critical=("a@example.com",),
                changes={"functions.errors": ResolvedAlarmChange(threshold=7, severity="critical")},
            ),
            "flags_release": ResolvedFlagsRelease(bake_minutes=5, alarms=("errors",)),
        }
    )
    alarms = list(reader_alarms(system))
    assert [len(alarm.rule.measures) for alarm in alarms] == [10, 2]
    # As many failures as the functions' own alarms allow; whoever must act hears of it from those.
    assert {(alarm.threshold, alarm.severity) for alarm in alarms} == {(7, "info")}
    assert monitored(system, data_alarms(system)) == tuple(alarm.name for alarm in alarms)
    data = next(concern for concern in concerns_of(system) if concern.key == "data")
    assert "observability" in data.needs
