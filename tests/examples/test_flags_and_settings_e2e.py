"""Flags and settings of the deployed shop, changed by the command line while its handlers run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

CANARY = "canary-0815-secret"


def eventually(ask: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not ask():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.3)


@pytest.fixture
def flag(deployed_shop: Any) -> Iterator[Any]:
    """The shop; afterwards its flag is off."""
    yield deployed_shop
    deployed_shop.platform("flags", "set", "free-shipping", "off")


def postage_is_free(ada: Any) -> bool:
    return bool(ada.order("desk-lamp", 2)["shipping_cents"] == 0)


def test_a_flag_that_is_set_changes_what_a_running_handler_answers_without_a_deployment(
    flag: Any, ada: Any
) -> None:
    assert not postage_is_free(ada)
    deployed = json.loads(flag.platform("status", "--json").stdout)["last_deployment"]["started"]
    done = flag.platform("flags", "set", "free-shipping", "on", "--reason", "Christmas", "--json")
    assert json.loads(done.stdout)["result"] == "done"
    eventually(lambda: postage_is_free(ada))
    assert json.loads(flag.platform("status", "--json").stdout)["last_deployment"]["started"] == deployed
    entry = json.loads(flag.platform("history", "--kind", "flags", "--json").stdout)[0]
    assert (entry["subject"], entry["what"], entry["reason"]) == ("free-shipping", "on", "Christmas")
    assert "@" in entry["who"]
    flag.platform("flags", "rollback", "free-shipping")
    eventually(lambda: not postage_is_free(ada))


@pytest.fixture
def watched(flag: Any) -> Iterator[str]:
    """An alarm that AppConfig watches; flags are observed for a minute by the strategy "observed"."""
    appconfig, cloudwatch = (flag.clients.client(name) for name in ("appconfig", "cloudwatch"))
    (application,) = appconfig.list_applications()["Items"]
    (environment,) = appconfig.list_environments(ApplicationId=application["Id"])["Items"]
    where = {"ApplicationId": application["Id"], "EnvironmentId": environment["Id"]}
    made = appconfig.create_deployment_strategy(
        Name=f"{application['Name']}-observed",
        DeploymentDurationInMinutes=0,
        FinalBakeTimeInMinutes=1,
        GrowthFactor=100,
        ReplicateTo="NONE",
    )
    name = f"{application['Name']}-watched-by-a-test"
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Test",
        MetricName="Nothing",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    appconfig.update_environment(**where, Monitors=[{"AlarmArn": alarm["AlarmArn"]}])
    yield name
    appconfig.update_environment(**where, Monitors=[])
    cloudwatch.delete_alarms(AlarmNames=[name])
    appconfig.delete_deployment_strategy(DeploymentStrategyId=made["Id"])


def test_an_alarm_that_appconfig_watches_takes_a_change_back_with_nobody_watching(
    flag: Any, watched: str, ada: Any
) -> None:
    change = ("flags", "set", "free-shipping", "on", "--strategy", "observed", "--no-wait")
    assert f"1 min of observation, watched by {watched}" in flag.platform(*change).stderr
    flag.clients.client("cloudwatch").set_alarm_state(
        AlarmName=watched, StateValue="ALARM", StateReason="a test"
    )

    def latest() -> Any:
        return json.loads(flag.platform("flags", "history", "--json").stdout)[0]

    eventually(lambda: bool(latest()["state"] == "ROLLED_BACK"))
    assert latest()["alarms"] == [watched]
    assert f"rolled back by {watched}" in flag.platform("flags", "history").stdout
    assert json.loads(flag.platform("flags", "list", "--json").stdout)["flags"][0]["enabled"] is False


def test_a_schedule_holds_for_handlers_since_they_say_the_time(flag: Any, ada: Any) -> None:
    flag.platform("flags", "schedule", "free-shipping", "on", "--at", "2020-01-01T00:00Z")
    eventually(lambda: postage_is_free(ada))
    flag.platform("flags", "schedule", "free-shipping", "--clear")
    eventually(lambda: not postage_is_free(ada))


def test_rules_are_deployed_shown_and_evaluated_as_the_agent_does(flag: Any) -> None:
    flag.platform("flags", "rollout", "free-shipping", "--percent", "20", "--by", "userId")
    flag.platform("flags", "target", "free-shipping", "--when", 'plan == "pro"')
    shown = json.loads(flag.platform("flags", "show", "free-shipping", "--json").stdout)
    assert shown["state"] == ['on when plan == "pro"', "on for 20 % by userId", "else off"]
    assert [place.rpartition(":")[0] for place in shown["references"]] == [
        "services/orders/src/orders/data/terms.py"
    ]
    values = flag.platform("flags", "export", "--format", "values", "--context", "plan=pro").stdout
    assert json.loads(values)["free-shipping"]["enabled"] is True
    assert flag.platform("flags", "stale").returncode == 0
    past = flag.root / "past.yaml"
    past.write_text((flag.root / "blueprint.yaml").read_text().replace("2027-06-01", "2026-01-01"))
    stale = flag.platform("--blueprint", str(past), "flags", "stale", check=False)
    past.unlink()
    assert stale.returncode == 3, stale
    assert "2026-01-01" in stale.stdout
    assert flag.platform("flags", "sync", "--check").returncode == 0


def test_a_setting_is_set_recorded_and_rolled_back(deployed_shop: Any) -> None:
    shop = deployed_shop
    shop.platform("config", "set", "orders/max-items", "40", "--reason", "smaller baskets")
    assert shop.platform("config", "get", "orders/max-items").stdout == "40\n"
    drifted = shop.platform("config", "diff", check=False)
    assert (drifted.returncode, drifted.stdout.splitlines()[0]) == (
        3,
        "orders/max-items has another value than declared",
    )
    told = shop.platform("config", "history", "orders/max-items").stdout
    assert "smaller baskets" in told
    shop.platform("config", "rollback", "orders/max-items")
    assert shop.platform("config", "diff").returncode == 0
    # What it starts writes to the terminal itself.
    done = shop.process(
        "config", "exec", "--group", "orders", "--", sys.executable, "-c",
        "import os, sys; print(os.environ['ORDERS_MAX_ITEMS']); sys.exit(9)", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (9, "50\n")


def test_a_secure_value_shows_nowhere_unless_it_is_asked_for(deployed_shop: Any, platform_in: Any) -> None:
    shop = deployed_shop
    text = (shop.root / "blueprint.yaml").read_text()
    secure = shop.root / "with-token.yaml"
    secure.write_text(
        text.replace(
            "    max-items: 50\n", "    max-items: 50\n    token: { value: first, secure: true }\n", 1
        )
    )

    def platform(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        done: subprocess.CompletedProcess[str] = platform_in(
            shop.root, "--debug", "--blueprint", str(secure), *arguments, stdin=stdin, check=False
        )
        return done

    assert platform("config", "push").returncode == 0
    ran = [
        platform("config", "set", "orders/token", stdin=f"{CANARY}\n"),
        platform("config", "set", "orders/token", stdin=CANARY * 1000),
        platform("config", "set", "orders/token", CANARY + "-typed"),
        platform("config", "list"),
        platform("config", "get", "orders/token"),
        platform("config", "diff"),
        platform("config", "history", "orders/token", "--json"),
        platform("config", "export"),
        platform("config", "pull", "--yes"),
        platform("history", "--json"),
    ]
    assert [done.returncode for done in ran] == [0, 2, 2, 0, 0, 0, 0, 0, 0, 0], ran
    assert all(CANARY not in done.stdout + done.stderr for done in ran)
    assert platform("config", "get", "orders/token", "--reveal").stdout == f"{CANARY}\n"
    written = [path for path in shop.root.rglob("*") if path.is_file() and "tmp" not in path.parts]
    found = [
        path for path in written if ".platform" not in path.parts and CANARY.encode() in path.read_bytes()
    ]
    assert found == []
    secure.unlink()
    shop.clients.client("ssm").delete_parameter(Name="/shop/local/orders/token")
