"""The command against moto, whose Lambda, logs and parameters are not of our making.

moto's functions answer without a report, so a run must end with «could not be measured», and with
everything put back.
"""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from platform_cli.aws.clients import Clients, Target
from platform_cli.blueprint.naming import Names
from platform_cli.cli.running import run as run_command
from platform_cli.cli.terminal import Terminal
from platform_cli.operate.tuning.records import Measured, TuningRecord, write_record

ACCOUNT, REGION = "123456789012", "eu-west-1"  # moto's own account
BLUEPRINT = f"""\
blueprint: 1
system: shop
owner: team
environments:
  dev: {{ account: "{ACCOUNT}", region: {REGION} }}
services:
  orders:
    path: services/orders
    functions:
      create: {{ handler: orders.create.handler, memory_mb: 512 }}
"""
NAME, GROUP = "shop-dev-orders-create", "/aws/lambda/shop-dev-orders-create"


@pytest.fixture
def clients(tmp_path, monkeypatch):
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT)
    (tmp_path / "services" / "orders").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with mock_aws(config={"lambda": {"use_docker": False}}):
        clients = Clients(Target(ACCOUNT, REGION))
        iam = clients.client("iam")
        role = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("index.py", "def handler(event, context): return 1\n")
        clients.client("lambda").create_function(
            FunctionName=NAME,
            Runtime="python3.13",
            Role=role,
            Handler="index.handler",
            Code={"ZipFile": code.getvalue()},
            MemorySize=512,
            Timeout=10,
            Architectures=["arm64"],
        )
        yield clients


@pytest.fixture
def tune(clients, capsys):
    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run_command(["tune-memory", *arguments], Terminal(interactive=False, stdin=io.StringIO("")))
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def held(clients: Clients) -> Any:
    """What users could notice of the function."""
    client = clients.client("lambda")
    return (
        client.get_function_configuration(FunctionName=NAME)["MemorySize"],
        [v["Version"] for v in client.list_versions_by_function(FunctionName=NAME)["Versions"]],
        client.list_aliases(FunctionName=NAME)["Aliases"],
    )


def log(
    clients: Clients,
    when: datetime,
    memory_mb: int,
    ms: float,
    calls: int,
    *,
    version: str = "",
    group: str = GROUP,
) -> None:
    client = clients.client("logs")
    stream = f"{when:%Y%m%d%H%M}-{memory_mb}{version}"
    if not client.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
        client.create_log_group(logGroupName=group)
    client.create_log_stream(logGroupName=group, logStreamName=stream)
    metrics = {
        "durationMs": ms,
        "billedDurationMs": int(ms) + 1,
        "memorySizeMB": memory_mb,
        "maxMemoryUsedMB": 70,
    }
    events = []
    for i in range(calls):
        record = {"requestId": f"{stream}-{i}", "metrics": metrics, "status": "success"}
        message = json.dumps({"type": "platform.report", "record": record})
        events.append({"timestamp": int(when.timestamp() * 1000) + i, "message": message})
    client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def test_a_run_that_cannot_measure_says_so_and_puts_everything_back(tune, clients):
    before = held(clients)
    code, out, err = tune("orders.create", "--env", "dev", "--yes", "--sizes", "256,1024")
    assert (code, out) == (1, "")
    assert "error[tuning-failed]" in err
    assert held(clients) == before


def test_the_deployment_lock_is_given_back(tune, clients):
    tune("orders.create", "--env", "dev", "--yes", "--sizes", "256,1024")
    names = Names("shop", "dev", ACCOUNT, REGION)
    found = clients.client("ssm").get_parameters_by_path(Path=names.record(), Recursive=True)["Parameters"]
    assert found == []


def test_without_yes_nobody_can_be_asked_and_nothing_is_called(tune, clients):
    before = held(clients)
    code, _, err = tune("orders.create", "--env", "dev", "--sizes", "256,1024")
    assert code == 2
    assert "Call orders.create in dev up to 400 times, for at most" in err
    assert "were each that no log tells of to run into its timeout" in " ".join(err.split())
    assert held(clients) == before


def test_a_dry_run_takes_the_price_from_the_logs(tune, clients):
    log(clients, datetime.now(UTC) - timedelta(days=1), 512, 100.0, 40)
    code, out, _ = tune("orders.create", "--env", "dev", "--dry-run", "--json", "--sizes", "128,256,1024")
    (plan,) = json.loads(out)["functions"]
    assert code == 0
    assert plan["first_calls"] == 32
    assert 0 < plan["first_usd"][0] < plan["first_usd"][1] < plan["most_usd"][1]


def test_the_fleet_is_ranked_from_logs_without_a_call(tune, clients):
    log(clients, datetime.now(UTC) - timedelta(days=1), 512, 100.0, 40)
    code, out, _ = tune("--env", "dev", "--from-logs", "--aim", "cost", "--json")
    (prospect,) = json.loads(out)["functions"]
    assert code == 0
    assert prospect["mean_ms"] == pytest.approx(100.0)
    assert prospect["max_memory_mb"] == 70
    assert prospect["likely_mb"] == 128
    assert prospect["saving_usd"] > 0


def test_where_logs_promise_nothing_the_worst_functions_are_none(tune):
    code, _, err = tune("--env", "dev", "--worst", "3", "--yes")
    assert code == 1
    assert "error[nothing-to-tune]" in err


def test_the_history_shows_that_a_promise_came_true(tune, clients):
    now = datetime.now(UTC)
    log(clients, now - timedelta(days=3), 1024, 100.0, 40)
    log(clients, now - timedelta(days=1), 512, 101.0, 40)
    before = Measured(1024, "arm64", 90.0, 85.0, 95.0, 1.4)
    after = Measured(512, "arm64", 91.0, 86.0, 96.0, 0.81)
    when = now - timedelta(days=2)
    started = when - timedelta(minutes=30)
    # Calls of the run itself, and of one that followed: at the old size, and far slower than users' calls.
    log(clients, when - timedelta(minutes=10), 1024, 9000.0, 40, version="[7]")
    log(clients, now - timedelta(hours=20), 512, 9000.0, 40, version="[8]")
    record = TuningRecord(
        "orders.create", when, "ada", 1.0, before, after, 0.97, 100, 0.0003, True, started, ("7", "8")
    )
    write_record(record, Names("shop", "dev", ACCOUNT, REGION), clients)
    code, out, _ = tune("--env", "dev", "--history", "--json")
    (told,) = json.loads(out)["tunings"]
    assert code == 0
    assert told["verdict"] == "came true"
    assert told["promised_cost"] == pytest.approx(-0.421, abs=0.001)
    assert told["observed_cost"] < -0.4
    assert told["calls_since"] == 40


def test_a_ranking_does_not_count_calls_of_earlier_tunings(tune, clients):
    now = datetime.now(UTC)
    log(clients, now - timedelta(days=1), 512, 100.0, 40)
    log(clients, now - timedelta(days=1, hours=1), 512, 9000.0, 40, version="[7]")
    size = Measured(512, "arm64", 91.0, 86.0, 96.0, 0.81)
    when = now - timedelta(days=1)
    record = TuningRecord(
        "orders.create", when, "ada", 1.0, size, size, 0.97, 100, 0.0003, True, when, ("7",)
    )
    write_record(record, Names("shop", "dev", ACCOUNT, REGION), clients)
    _, out, _ = tune("--env", "dev", "--from-logs", "--json")
    (prospect,) = json.loads(out)["functions"]
    assert prospect["mean_ms"] == pytest.approx(100.0)


def test_the_worst_are_those_that_promise_most_and_no_others(tune, clients, tmp_path):
    text = BLUEPRINT + "".join(
        f"      {name}: {{ handler: orders.{name}.handler, memory_mb: 1024 }}\n"
        for name in ("busy", "calm", "idle")
    )
    (tmp_path / "blueprint.yaml").write_text(text)
    day = datetime.now(UTC) - timedelta(days=1)
    for name, calls in (("busy", 60), ("calm", 20)):
        group = f"/aws/lambda/shop-dev-orders-{name}"
        log(clients, day, 1024, 500.0, calls, group=group)
    log(clients, day, 512, 10.0, 1)
    planned = {}
    for number in ("1", "2", "9"):
        _, out, _ = tune("--env", "dev", "--worst", number, "--aim", "cost", "--dry-run", "--json")
        planned[number] = [f["function"] for f in json.loads(out)["functions"]]
    assert planned == {
        "1": ["orders.busy"],
        "2": ["orders.busy", "orders.calm"],
        "9": ["orders.busy", "orders.calm", "orders.create"],
    }


def test_cleanup_deletes_what_a_run_elsewhere_left(tune, clients):
    client = clients.client("lambda")
    description = "temporary, by platform tune-memory, run abcd; $LATEST had 512 MB"
    version = client.publish_version(FunctionName=NAME, Description=description)["Version"]
    client.create_alias(FunctionName=NAME, Name="platform-tune-abcd-512", FunctionVersion=version)
    before = held(clients)
    code, out, err = tune("--env", "dev", "--cleanup")
    assert (code, held(clients)) == (2, before), "nobody could be asked"
    assert f"{NAME}: delete platform-tune-abcd-512, version {version}" in " ".join(err.split())
    code, out, err = tune("--env", "dev", "--cleanup", "--yes")
    assert code == 0
    assert "deleted 1 alias and 1 version" in out
    assert "$LATEST had 512 MB" in err
    assert held(clients)[1:] == (["$LATEST"], [])
