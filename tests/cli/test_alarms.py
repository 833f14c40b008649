"""`platform alarms` as it is typed: waiting for quiet, since a deployment, and the console.

Moto serves: of CloudWatch only alarms with their states count here. It keeps each region's apart, as AWS
does, and knows since when an alarm has its state.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from platform_cli.aws.clients import Clients, Target
from platform_cli.blueprint.naming import Names
from platform_cli.cli.alarms import check
from platform_cli.cli.options import GlobalOptions
from platform_cli.cli.session import Session
from platform_cli.cli.terminal import Terminal
from platform_cli.deploy.records import DeploymentRecord, record_id, write_record

BLUEPRINT = """\
blueprint: 1
system: shop
owner: team
environments: { dev: { account: "123456789012", region: eu-west-1 } }
apis: { public: { kind: http } }
buckets: { site: {} }
cdns: { site: { assets: site } }
services:
  orders:
    path: services/orders
    functions:
      create: { handler: orders.create.handler, routes: [POST /orders] }
"""
HERE, EDGE = "shop-dev-function-orders.create-errors", "shop-dev-cdn-site-errors"
CONSOLE = "https://{0}.console.aws.amazon.com/cloudwatch/home?region={0}#alarmsV2:"


def put(clients: Clients, name: str, state: str) -> None:
    cloudwatch = clients.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="told")


def deployed(clients: Clients, started: datetime) -> str:
    """The id of a record of a deployment."""
    id = record_id(started, "abc123")
    names = Names("shop", "dev", "123456789012", "eu-west-1")
    write_record(
        DeploymentRecord(id, "jo@laptop", "platform deploy", started, started, "done"), names, clients
    )
    return id


@pytest.fixture
def aws(workspace: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    """An alarm that is on in the environment's region, and a quiet one of a CDN in us-east-1."""
    # Moto knows no mute rules; an account without one answers so.
    none = ActionResult({"AlarmMuteRuleSummaries": []})
    monkeypatch.setattr(CloudWatchResponse, "list_alarm_mute_rules", lambda _self: none, raising=False)
    (workspace / "blueprint.yaml").write_text(BLUEPRINT)
    with mock_aws():
        clients = Clients(Target("123456789012", "eu-west-1"))
        put(clients, HERE, "ALARM")
        put(clients.elsewhere("us-east-1"), EDGE, "OK")
        yield clients


def test_who_waits_is_let_on_as_soon_as_all_is_quiet(aws: Clients, capsys: Any) -> None:
    slept: list[float] = []

    def until_it_is_quiet(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            put(aws, HERE, "OK")

    terminal = Terminal(interactive=False)
    terminal.json = True
    session = Session(GlobalOptions(environment="dev"), terminal)
    check(session, None, None, None, "10m", everything=False, sleep=until_it_is_quiet)

    assert len(slept) == 2
    told = json.loads(capsys.readouterr().out)
    assert {alarm["name"]: alarm["state"] for alarm in told} == {HERE: "OK", EDGE: "OK"}


def test_what_was_on_before_a_deployment_does_not_count_since_it(
    aws: Clients, run: Callable[..., Any]
) -> None:
    now = datetime.now(UTC)
    before, after = (deployed(aws, now + timedelta(hours=hours)) for hours in (-1, 1))

    found = run("alarms", "check", "--since", before, "--json")
    told = {alarm["name"]: alarm["state"] for alarm in json.loads(found.out)}
    assert (found.code, told) == (3, {HERE: "ALARM", EDGE: "OK"})
    quiet = run("alarms", "check", "--since", after, "--json")
    assert (quiet.code, json.loads(quiet.out)) == (0, [])
    unknown = run("alarms", "check", "--since", "20200101T000000Z-nobody")
    assert unknown.code == 2
    assert "neither a recorded deployment nor a time" in unknown.err


@pytest.mark.parametrize(
    ("selector", "address"),
    [
        (EDGE, CONSOLE.format("us-east-1") + "alarm/" + EDGE),
        (HERE, CONSOLE.format("eu-west-1") + "alarm/" + HERE),
        ("orders", CONSOLE.format("eu-west-1") + "?search=orders"),
        ("site", CONSOLE.format("us-east-1") + "?search=site"),
        (None, CONSOLE.format("eu-west-1") + "?search=shop-dev-"),
    ],
    ids=["of-a-cdn", "of-a-function", "of-a-service", "several-of-a-cdn", "all"],
)
def test_the_address_of_alarms_leads_to_their_region(
    aws: Clients, run: Callable[..., Any], selector: str | None, address: str
) -> None:
    put(aws, "shop-dev-function-orders.create-throttles", "OK")
    put(aws.elsewhere("us-east-1"), "shop-dev-cdn-site-slow", "OK")
    outcome = run("alarms", "open", *([selector] if selector else []), "--print")
    assert (outcome.code, outcome.out) == (0, f"{address}\n")
