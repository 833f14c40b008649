"""The command line on a deployed system: the shop on the embedded local AWS."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.e2e

PLATFORM = (sys.executable, "-m", "platform_cli")


def test_status_gives_the_address_of_the_api(deployed_shop: Any) -> None:
    document = json.loads(deployed_shop.platform("status", "--json").stdout)

    assert document["urls"] == {"public": deployed_shop.base_url}
    assert document["deployed"] is True
    assert {stack["health"] for stack in document["stacks"]} == {"ready"}
    assert document["last_deployment"]["result"] == "done"


def test_an_unchanged_system_is_left_alone(deployed_shop: Any) -> None:
    records = json.loads(deployed_shop.platform("status", "--json").stdout)["last_deployment"]

    done = deployed_shop.platform("deploy", "--json")

    document = json.loads(done.stdout)
    assert (document["result"], document["stacks"], document["created_values"]) == ("unchanged", {}, [])
    assert document["urls"] == {"public": deployed_shop.base_url}
    assert json.loads(deployed_shop.platform("status", "--json").stdout)["last_deployment"] == records


def test_a_second_synth_starts_no_program_and_no_cdk(deployed_shop: Any) -> None:
    script = (
        "import sys\n"
        "started = []\n"
        "def note(event, args):\n"
        "    if event in ('subprocess.Popen', 'os.exec', 'os.posix_spawn'): started.append(args[0])\n"
        "sys.addaudithook(note)\n"
        "from platform_cli.cli.main import main\n"
        "code = main(['synth', '--json'])\n"
        "heavy = ('aws_cdk', 'jsii', 'boto3', 'botocore', 'cfnlint', 'copier')\n"
        "print(code, started, [name for name in heavy if name in sys.modules], file=sys.stderr)\n"
    )

    deployed_shop.platform("synth")  # another test may have changed the shop for a while
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=deployed_shop.root, capture_output=True, text=True, check=True
    )

    assert json.loads(done.stdout)["reused"] is True
    assert done.stderr.splitlines()[-1] == "0 [] []"


def test_a_dry_run_shows_the_change_and_makes_none(deployed_shop: Any) -> None:
    path = deployed_shop.root / "blueprint.yaml"
    before = path.read_text()
    path.write_text(before.replace("memory_mb: 512 ", "memory_mb: 640 ", 1))
    try:
        done = deployed_shop.platform("deploy", "--dry-run")
        document = json.loads(deployed_shop.platform("deploy", "--dry-run", "--json").stdout)
    finally:
        path.write_text(before)

    assert "MemorySize: 512 → 640" in done.stdout
    assert document["empty"] is False
    assert json.loads(deployed_shop.platform("deploy", "--dry-run", "--json").stdout)["empty"] is True


@pytest.mark.parametrize("given", ["option", "file", "stdin"])
def test_invoke_takes_its_payload_from_an_option_a_file_or_stdin(
    deployed_shop: Any, platform_in: Any, given: str, tmp_path: Any
) -> None:
    event = '{"Records": [{"eventSource": "aws:none"}]}'
    file = tmp_path / "event.json"
    file.write_text(event)
    typed = {"option": event, "file": f"@{file}", "stdin": "-"}[given]

    command = ("invoke", "notifications.deliver", "--payload", typed, "--json")
    done = platform_in(deployed_shop.root, *command, stdin=event, check=False)

    document = json.loads(done.stdout)
    # The function misses something in such an event, which shows that it got it.
    assert done.returncode == 1
    assert document["function"] == "notifications.deliver"
    assert "messageId" in document["error"]["message"]
    assert document["report"]["duration_ms"] > 0


def test_invoke_makes_the_event_of_a_request_as_the_api_would(deployed_shop: Any) -> None:
    well = json.loads(deployed_shop.platform("invoke", "health.check").stdout)
    listed = deployed_shop.platform(
        "invoke", "orders.list", "--request", "GET /orders?limit=5", "--claim", "sub=nobody-of-note"
    )

    assert well["statusCode"] == 200
    assert json.loads(well["body"])["status"] == "ok"
    answer = json.loads(listed.stdout)
    assert answer["statusCode"] == 200, answer
    assert json.loads(answer["body"])["orders"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["invoke", "orders.creat"], 2, 'error[unknown-function]: there is no function "orders.creat"'),
        (["invoke", "orders.create", "--payload", "{"], 2, "error[invalid-payload]: the payload is not JSON"),
        (
            ["invoke", "orders.create", "--payload", "@gone.json"],
            1,
            "error[cannot-read]: cannot read gone.json",
        ),
        (["invoke", "orders.create"], 2, "error[invalid-request]: orders.create answers requests"),
        (["invoke", "orders.get", "--claim", "ada"], 2, 'error[usage]: "ada" is no claim'),
        (
            ["invoke", "orders.get", "--payload", "{}", "--body", "x"],
            2,
            "error[usage]: --payload is the whole",
        ),
        (["logs", "orders.creat"], 2, 'error[unknown-function]: there is no function "orders.creat"'),
        (["logs", "--since", "yesterday"], 2, 'error[invalid-time]: "yesterday" is no time'),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_called_or_read_is_said(
    deployed_shop: Any, arguments: list[str], code: int, error: str
) -> None:
    done = deployed_shop.platform(*arguments, check=False)

    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(error)


def test_logs_are_a_document_a_line_for_a_program(deployed_shop: Any) -> None:
    deployed_shop.platform("invoke", "notifications.deliver", check=False)

    done = deployed_shop.platform("logs", "notifications", "--since", "5m", "--json")

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert {line["function"] for line in lines} >= {"notifications.deliver"}
    assert [line["time"] for line in lines] == sorted(line["time"] for line in lines)


def test_following_logs_ends_with_ctrl_c_and_nothing_more(deployed_shop: Any) -> None:
    deployed_shop.platform("invoke", "notifications.deliver", check=False)
    process = subprocess.Popen(
        [*PLATFORM, "logs", "--follow", "--since", "1h"],
        cwd=deployed_shop.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)

    assert (process.returncode, err) == (130, "")


def test_a_port_in_use_is_named(deployed_shop: Any, platform_in: Any, tmp_path: Any) -> None:
    port = json.loads(deployed_shop.platform("local", "status", "--json").stdout)["port"]
    other = tmp_path / "other"
    platform_in(tmp_path, "init", str(other), "--yes")

    done = platform_in(other, "local", "start", "--port", str(port), check=False)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error[port-in-use]: port {port} ")


def test_commands_say_that_the_local_aws_does_not_run(platform_in: Any, tmp_path: Any) -> None:
    platform_in(tmp_path, "init", str(tmp_path), "--yes")

    for command in (["status"], ["logs"], ["invoke", "notes.create", "--payload", "{}"], ["destroy"]):
        done = platform_in(tmp_path, *command, check=False)
        assert done.returncode == 1
        assert done.stderr == (
            "error[local-aws-down]: the local AWS does not run\n"
            "hint: start it with `platform local start`, or deploy with `platform deploy`\n"
        )
    assert not (tmp_path / ".platform" / "local" / "state.json").exists()


def test_an_interrupted_deploy_converges_when_it_runs_again(deployed_shop: Any) -> None:
    path = deployed_shop.root / "blueprint.yaml"
    before = path.read_text()
    path.write_text(before.replace("memory_mb: 512 ", "memory_mb: 576 ", 1))
    try:
        process = subprocess.Popen(
            [*PLATFORM, "deploy"], cwd=deployed_shop.root, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr is not None
        said = ""
        while "to change" not in said:
            line = process.stderr.readline()
            assert line, said
            said += line
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=120)[1]
        assert "Traceback" not in rest
        assert process.returncode in (130, 0)

        deployed_shop.platform("deploy")
        assert json.loads(deployed_shop.platform("deploy", "--json").stdout)["result"] == "unchanged"
    finally:
        path.write_text(before)
        deployed_shop.platform("deploy")


def test_two_deploys_at_once_end_with_one_that_says_so(deployed_shop: Any) -> None:
    from platform_cli.deploy.locking import deployment_lock
    from platform_cli.deploy.observing import names_of

    names = names_of(deployed_shop.environment)
    with deployment_lock(names, deployed_shop.clients, "platform deploy --env local"):
        done = deployed_shop.process("deploy", check=False)

    assert done.returncode == 1
    assert "error[deploy-locked]: " in done.stderr
    assert f"(process {os.getpid()})" in done.stderr
    assert "hint: wait for it" in done.stderr
    assert deployed_shop.platform("deploy").returncode == 0
