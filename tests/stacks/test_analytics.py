"""SQL over streams: the applications of the bank, resource by resource, and what must hold of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_cli.blueprint.access import KEY_PUT, KEY_READ
from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.stacks.addresses import Addresses
from platform_cli.stacks.analytics import LISTING, add_analytics, application_statements
from platform_cli.stacks.concerns import concerns_of
from platform_cli.stacks.outputs import KEY_ARN

BLUEPRINT = Path(__file__).parent / "ledger" / "blueprint.yaml"
Template = Mapping[str, Any]


@pytest.fixture(scope="module")
def bank(ledger_assemblies: Mapping[str, Path]) -> Mapping[str, Template]:
    """The stack of the applications, by environment."""
    return {
        environment: json.loads((folder / f"bank-{environment}-analytics.template.json").read_text())
        for environment, folder in ledger_assemblies.items()
    }


def properties(template: Template, logical_id: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = template["Resources"][logical_id]["Properties"]
    return found


def rights(template: Template, role: str) -> dict[str, Mapping[str, Any]]:
    (policy,) = properties(template, role)["Policies"]
    return {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}


@pytest.mark.parametrize("environment", ["local", "dev", "prod"])
def test_applications_are_what_they_were(
    environment: str, bank: Mapping[str, Template], golden: Callable[[Path, str], None]
) -> None:
    kept = {key: value for key, value in bank[environment].items() if key not in ("Parameters", "Rules")}
    text = re.sub(r"\b[0-9a-f]{64}\.zip\b", "ARCHIVE.zip", json.dumps(kept, indent=2) + "\n")
    golden(Path("golden") / "ledger" / environment / "analytics.json", text)


def test_applications_come_after_streams_networks_and_whom_alarms_tell() -> None:
    found = {concern.key: concern for concern in concerns_of(resolve(inspect_blueprint(BLUEPRINT), "dev"))}
    assert set(found["analytics"].needs) == {"observability", "network", "data"}


def test_an_application_reads_its_sources_and_writes_its_sinks_and_no_other(
    bank: Mapping[str, Template],
) -> None:
    found = rights(bank["dev"], "RoleVolume")
    assert found["ReadPayments"]["Resource"] == [
        "arn:aws:kinesis:eu-west-1:111111111111:stream/bank-dev-payments"
    ]
    assert not any("Put" in action for action in found["ReadPayments"]["Action"])
    assert found["WritePaymentFigures"]["Resource"] == [
        "arn:aws:kinesis:eu-west-1:111111111111:stream/bank-dev-payment-figures"
    ]
    assert not any("Get" in action for action in found["WritePaymentFigures"]["Action"])
    assert set(found) == {
        "Code", "Log", "LogStreams", "LogGroups", "ReadPayments", "WritePaymentFigures", "Key", "Network",
        "Networks",
    }  # fmt: skip


def test_a_key_is_used_for_reading_where_only_the_source_is_under_it(bank: Mapping[str, Template]) -> None:
    key = rights(bank["dev"], "RoleVolume")["Key"]
    assert key["Action"] == ["kms:Decrypt", "kms:DescribeKey"]
    assert key["Condition"] == {"StringEquals": {"kms:ViaService": "kinesis.eu-west-1.amazonaws.com"}}


@pytest.mark.parametrize(
    ("under_the_key", "actions"),
    [
        (set(), None),
        ({"payments"}, KEY_READ),
        ({"payment-figures"}, KEY_PUT),
        ({"payments", "payment-figures"}, tuple(sorted({*KEY_READ, *KEY_PUT}))),
    ],
)
def test_a_key_serves_sources_for_reading_and_sinks_for_putting_through_kinesis_alone(
    under_the_key: set[str], actions: tuple[str, ...] | None
) -> None:
    system = resolve(inspect_blueprint(BLUEPRINT), "dev")
    streams = {
        name: stream.model_copy(
            update={"encryption": "customer_managed" if name in under_the_key else "aws_managed"}
        )
        for name, stream in system.streams.items()
    }
    system = system.model_copy(update={"streams": streams})
    statements = application_statements(
        system.analytics["volume"],
        system,
        Addresses.of(system),
        ("code", "key"),
        lambda *asked: ":".join(asked),
    )

    key = next((statement for statement in statements if statement.sid == "Key"), None)

    assert (key.actions if key else None) == actions
    if key:
        assert key.resources == (f"data:{KEY_ARN}",)
        assert key.conditions == {"StringEquals": {"kms:ViaService": "kinesis.eu-west-1.amazonaws.com"}}


def test_a_role_reads_its_own_code_and_nothing_else_of_the_bucket(bank: Mapping[str, Template]) -> None:
    code = rights(bank["dev"], "RoleVolume")["Code"]
    content = properties(bank["dev"], "ApplicationVolume")["ApplicationConfiguration"]
    location = content["ApplicationCodeConfiguration"]["CodeContent"]["S3ContentLocation"]
    assert code["Resource"] == [f"{location['BucketARN']}/{location['FileKey']}"]
    assert set(code["Action"]) == {"s3:GetObject", "s3:GetObjectVersion"}


def test_only_the_application_itself_takes_its_role(bank: Mapping[str, Template]) -> None:
    (trust,) = properties(bank["dev"], "RoleVolume")["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["ArnEquals"] == {
        "aws:SourceArn": "arn:aws:kinesisanalytics:eu-west-1:111111111111:application/bank-dev-volume"
    }


def test_an_application_finds_program_and_streams_by_its_properties(bank: Mapping[str, Template]) -> None:
    groups = properties(bank["prod"], "ApplicationVolume")["ApplicationConfiguration"][
        "EnvironmentProperties"
    ]
    found = {group["PropertyGroupId"]: group["PropertyMap"] for group in groups["PropertyGroups"]}
    assert found["kinesis.analytics.flink.run.options"] == {
        "python": "main.py",
        "jarfile": "lib/connector.jar",
    }
    assert found["table.payments"] == {
        "aws.region": "eu-west-1",
        "stream.arn": "arn:aws:kinesis:eu-west-1:222222222222:stream/bank-prod-payments",
    }


def test_a_change_goes_on_from_the_latest_snapshot_where_there_are_any(bank: Mapping[str, Template]) -> None:
    restored = {
        name: properties(bank["prod"], name)["RunConfiguration"]["ApplicationRestoreConfiguration"]
        for name in ("ApplicationVolume", "ApplicationPaused")
    }
    assert restored == {
        "ApplicationVolume": {"ApplicationRestoreType": "RESTORE_FROM_LATEST_SNAPSHOT"},
        "ApplicationPaused": {"ApplicationRestoreType": "SKIP_RESTORE_FROM_SNAPSHOT"},
    }


def test_parallelism_and_checkpoints_are_those_of_the_blueprint(bank: Mapping[str, Template]) -> None:
    flink = properties(bank["dev"], "ApplicationVolume")["ApplicationConfiguration"][
        "FlinkApplicationConfiguration"
    ]
    assert flink["ParallelismConfiguration"] == {
        "ConfigurationType": "CUSTOM",
        "AutoScalingEnabled": True,
        "Parallelism": 4,
        "ParallelismPerKPU": 2,
    }
    assert flink["CheckpointConfiguration"]["CheckpointInterval"] == 20_000


def test_a_network_without_a_way_out_lets_an_application_to_its_endpoints_alone(
    bank: Mapping[str, Template],
) -> None:
    (closed,) = properties(bank["dev"], "GroupVolume")["SecurityGroupEgress"]
    assert "CidrIp" not in closed
    assert closed["DestinationSecurityGroupId"] == properties(bank["dev"], "AdmissionVolume")["GroupId"]
    (open_,) = properties(bank["dev"], "GroupPaused")["SecurityGroupEgress"]
    assert (open_["CidrIp"], open_["FromPort"]) == ("0.0.0.0/0", 443)


def test_only_what_runs_is_watched_and_a_checkpoint_may_take_half_of_the_time_between_two(
    bank: Mapping[str, Template],
) -> None:
    alarms = {
        resource["Properties"]["AlarmName"]: resource["Properties"]
        for resource in bank["prod"]["Resources"].values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    assert set(alarms) == {
        f"bank-prod-application-volume-{rule}"
        for rule in ("downtime", "restarts", "checkpoint-failures", "checkpoint-duration")
    }
    assert alarms["bank-prod-application-volume-checkpoint-duration"]["Threshold"] == 10_000
    assert alarms["bank-prod-application-volume-downtime"]["Dimensions"] == [
        {"Name": "Application", "Value": "bank-prod-volume"}
    ]


def test_an_assembly_says_what_has_to_run(tmp_path: Path) -> None:
    add_analytics(resolve(inspect_blueprint(BLUEPRINT), "prod"), tmp_path)
    listing = json.loads((tmp_path / LISTING).read_text())
    assert listing["volume"] == {"application": "bank-prod-volume", "enabled": True, "snapshots": True}
    assert listing["paused"] == {"application": "bank-prod-paused", "enabled": False, "snapshots": False}
