"""Values of secrets are nowhere: not in output, tracebacks, records, logs, files, arguments or events.

Moto serves here, since only the command line is of interest: its Secrets Manager differs from AWS in what
happens after labels moved, which no assertion below looks at.
"""

from __future__ import annotations

import io
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from platform_cli.aws.clients import Clients, Target
from platform_cli.cli.running import run
from platform_cli.cli.terminal import Terminal
from platform_cli.errors import PlatformError
from platform_cli.operate.secrets.planning import plan_rotation
from platform_cli.operate.secrets.quiet import quiet_errors
from platform_cli.operate.secrets.rotating import execute_rotation
from platform_cli.operate.secrets.values import Hidden, checked_value, execute_setting, plan_setting

CANARY = "cAnArY-7f3a91"
BLUEPRINT = """\
blueprint: 1
system: shop
owner: team
environments: { dev: { account: "123456789012", region: eu-west-1 } }
secrets: { payment: { description: For payments } }
"""
Platform = Callable[..., tuple[int, str, str]]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def aws() -> Iterator[Clients]:
    with mock_aws():
        clients = Clients(Target("123456789012", "eu-west-1"))
        clients.client("secretsmanager").create_secret(Name="shop/dev/payment", SecretString=f"{CANARY}-a")
        yield clients


@pytest.fixture
def platform(workspace: Path, aws: Clients, capsys: pytest.CaptureFixture[str]) -> Platform:
    def call(*arguments: str, stdin: str = "", interactive: bool = False) -> tuple[int, str, str]:
        capsys.readouterr()
        terminal = Terminal(interactive=interactive, stdin=io.StringIO(stdin))
        code = run([*arguments, "--debug"], terminal)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_no_command_shows_or_keeps_a_value(platform, workspace, aws, caplog):
    caplog.set_level(logging.DEBUG)
    said = []
    for arguments, stdin in (
        (["secrets", "list"], ""),
        (["secrets", "list", "--json"], ""),
        (["secrets", "status", "payment"], ""),
        (["secrets", "status", "--json"], ""),
        (["secrets", "get", "payment"], ""),
        (["secrets", "get", "payment", "--json"], ""),
        (["secrets", "set", "payment", "--yes", "--reason", "test"], f"{CANARY}-b\n"),
        (["secrets", "set", "payment", "--yes", "--json"], f"{CANARY}-c"),
        (["secrets", "set", "payment"], f"{CANARY}-d"),  # nobody can be asked
        (["secrets", "set", "payment", "--yes"], CANARY * 6000),  # too large
        (["secrets", "set", "payment", f"{CANARY}-e", "--yes"], ""),  # as an argument
        (["secrets", "set", "payment", f"{CANARY}-e", f"{CANARY}-f"], ""),
        (["secrets", "set", "paymnet", f"{CANARY}-e"], ""),
        (["secrets", "set", "paymnet", "--yes"], f"{CANARY}-g"),
        (["secrets", "rotate", "payment", "--yes"], ""),
        (["secrets", "rotate", "payment", "--dry-run", "--json"], ""),
        (["secrets", "rollback", "payment", "--yes"], ""),
        (["history"], ""),
        (["history", "--json"], ""),
    ):
        code, out, err = platform(*arguments, stdin=stdin)
        assert "Traceback" in err or code in (0, 3), (arguments, err)
        assert "defect" not in err, (arguments, err)
        said += [out, err]

    assert (
        aws.client("secretsmanager")
        .get_secret_value(SecretId="shop/dev/payment", VersionStage="AWSCURRENT")["SecretString"]
        .startswith(CANARY)
    ), "the values did arrive"
    stored = aws.client("ssm").get_parameters_by_path(Path="/", Recursive=True)["Parameters"]
    written = [path.read_text(errors="replace") for path in workspace.rglob("*") if path.is_file()]
    assert stored
    # What goes over the wire is logged by botocore at the level DEBUG, which this tool never switches on.
    logged = [r.getMessage() for r in caplog.records if not r.name.startswith(("botocore", "urllib3"))]
    for text in (*said, *(p["Value"] for p in stored), *written, *logged):
        assert CANARY not in text


def test_a_revealed_value_goes_to_stdout_alone(platform):
    code, out, err = platform("secrets", "get", "payment", "--reveal")
    assert (code, out) == (0, f"{CANARY}-a\n")
    assert CANARY not in err

    _, out, _ = platform("secrets", "get", "payment", "--reveal", "--json")
    assert json.loads(out)["value"] == f"{CANARY}-a"


def test_a_typed_value_is_asked_for_twice(platform, aws):
    code, _, err = platform(
        "secrets", "set", "payment", "--yes", stdin=f"{CANARY}-x\n{CANARY}-y\n", interactive=True
    )
    assert code == 2
    assert "not the same" in err
    assert CANARY not in err


def test_what_is_refused_with_the_value_in_its_text_shows_none(aws):
    manager = aws.client("secretsmanager")
    with pytest.raises(PlatformError) as caught, quiet_errors("storing", aws):
        # botocore's own check repeats what is wrong.
        manager.put_secret_value(SecretId="shop/dev/payment", SecretString=[CANARY])
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_a_hidden_value_shows_in_no_print(aws):
    value = checked_value(f"{CANARY}\n")
    assert value.reveal() == CANARY
    for text in (repr(value), str(value), f"{value}", repr([value]), repr({"value": value})):
        assert CANARY not in text
    assert not hasattr(value, "__dict__")
    assert isinstance(value, Hidden)


@pytest.mark.parametrize("strategy", ["single_user", "alternating_users"])
def test_a_rotation_says_and_records_no_value(make_world, templates, fakes, caplog, strategy):
    caplog.set_level(logging.DEBUG)
    number, calls = -1, 0  # the first time without a fault
    while number < calls:
        faults = fakes.faults(number, after=bool(number % 2))
        world = make_world(strategy, faults=faults)
        world.add_login(strategy=strategy)
        told: list[str] = []
        caplog.clear()
        try:
            plan = plan_rotation(
                world.environment,
                world.environment.secrets["ledger"],
                world.clients,
                templates,
                timeout_seconds=5,
                sleep=world.sleep,
                monotonic=world.monotonic,
            )
            told.append(repr(plan))
            done = execute_rotation(
                plan,
                world.environment,
                world.clients,
                report=lambda event, told=told: told.append(repr(event)),
                interval_seconds=0.002,
                sleep=world.sleep,
            )
            told.append(repr(done))
        except PlatformError as error:
            told.append("".join(traceback.format_exception(error)))
        values = {
            json.loads(version.value)["password"]
            for secret in world.manager.secrets.values()
            for version in secret["versions"].values()
            if version.value
        }
        for text in (*told, *world.parameters.written, *(r.getMessage() for r in caplog.records)):
            assert not [
                value for value in values if f"{value}'" in text or (len(value) > 8 and value in text)
            ]
        calls = max(calls, len(faults.calls))
        number += 1
    assert calls > 20


def test_setting_a_value_keeps_it_out_of_errors_of_every_call(make_world, fakes):
    for number in range(8):
        world = make_world(faults=fakes.faults(number, after=True))
        world.manager.add("shop/dev/plain", "before")
        try:
            setting = plan_setting(world.environment.secrets["plain"], world.clients)
            execute_setting(setting, Hidden(CANARY), world.environment, world.clients)
        except PlatformError as error:
            assert CANARY not in "".join(traceback.format_exception(error))  # noqa: PT017
        assert not [text for text in world.parameters.written if CANARY in text]
