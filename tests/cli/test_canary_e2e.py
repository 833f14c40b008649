"""Every command, on a deployed system, with `--debug`: no secret in anything that is written.

Secrets and secure settings hold canaries. Each command of the table runs as its help shows it. What it prints
and leaves in files, what it wrote to logs, parameters and templates on AWS, and what processes are called
with, is searched for them. A value that is planted in each of these places has to be found there: a search
that finds nothing proves nothing. A command that is new and not in the list of calls is a failure.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.cli.reference import command_names
from platform_cli.cli.running import run
from platform_cli.cli.table import COMMANDS
from platform_cli.cli.terminal import Terminal
from platform_cli.deploy.answers import pages
from platform_cli.deploy.targets import connect

pytestmark = [pytest.mark.e2e, pytest.mark.nightly]

SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"
SECRET, SETTING = "cAnArY-secret-7f3a91", "cAnArY-setting-52e80c"
CANARIES = (SECRET, SETTING)
PLANTED = "cAnArY-planted-c0ffee"
SETTING_NAME = "/shop/local/orders/canary"
PLACES = {"file", "log", "parameter", "template", "process"}

OTHERWISE: dict[str, tuple[str, ...]] = {
    "invoke": ("health.check", "--request", "GET /health"),
    "logs": ("--since", "1h"),
    "alarms check": ("--all",),
    "dead-letters show": ("notifications",),
    "dead-letters redrive": ("notifications", "--dry-run"),
    "dead-letters purge": ("notifications", "--dry-run"),
    "projections replay": ("orders.view",),
    "flags set": ("free-shipping", "on", "--no-wait"),
    "flags rollout": ("free-shipping", "--percent", "20", "--by", "userId", "--no-wait"),
    "flags target": ("free-shipping", "--when", 'plan == "pro"', "--no-wait"),
    "flags schedule": ("free-shipping", "on", "--at", "2036-12-24T00:00", "--no-wait"),
    "flags rollback": ("--no-wait",),
    "config get": ("orders/canary",),
    "config set": ("orders/canary",),
    "config export": ("--format", "json"),
    "config history": ("orders/canary",),
    "config rollback": ("orders/canary",),
    "secrets status": ("canary",),
    "secrets get": ("canary",),
    "secrets set": ("canary",),
    "secrets rotate": ("canary",),
    "secrets rollback": ("canary", "--no-wait"),
    "secrets new-function": ("canary", "--strategy", "generic", "--dry-run"),
}
STDIN = {"secrets set": f"{SECRET}-2\n", "config set": f"{SETTING}-2\n"}
LAST = ("local stop", "local start", "destroy", "local reset")
"""They take away what the others need."""
TAKES_ALL = "destroy"
"""Before it, what was written on AWS is searched: it and the next take that away."""


class Watch:
    """Looks at what all processes are called with, again and again."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.is_set():
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    text = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
                except OSError:
                    continue
                self.seen |= {text for needle in (*CANARIES, PLANTED) if needle in text}
            time.sleep(0.02)


@pytest.fixture
def workspace(tmp_path: Path, clean_environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    root = tmp_path / "the shop"
    shutil.copytree(
        SHOP, root, ignore=shutil.ignore_patterns(".platform", "__pycache__", ".*_cache", ".venv")
    )
    blueprint = root / "blueprint.yaml"
    text = blueprint.read_text()
    text = text.replace("\nsecrets:\n", "\nsecrets:\n  canary: { description: Sings }\n", 1)
    secure = "\nconfig:\n  orders:\n    canary: { type: string, secure: true, value: none }\n"
    blueprint.write_text(text.replace("\nconfig:\n  orders:\n", secure, 1))
    monkeypatch.chdir(root)
    yield root
    run(["local", "stop"], Terminal(interactive=False, stdin=io.StringIO()))


def on_aws(clients: Clients) -> Iterator[tuple[str, str, str]]:
    """All that was written there and is no secret by its nature: its place, its name, its text."""
    ssm, logs, stacks = (clients.client(name) for name in ("ssm", "logs", "cloudformation"))
    for parameter in pages(ssm.describe_parameters, "Parameters"):
        name = parameter["Name"]
        if name != SETTING_NAME:
            for version in pages(ssm.get_parameter_history, "Parameters", Name=name):
                yield "parameter", name, json.dumps(version, default=str)
    marked = ("nextToken", "nextToken")
    for group in pages(logs.describe_log_groups, "logGroups", paging=marked):
        name = group["logGroupName"]
        for event in pages(logs.filter_log_events, "events", paging=marked, logGroupName=name):
            yield "log", name, event["message"]
    for stack in pages(stacks.describe_stacks, "Stacks"):
        body = stacks.get_template(StackName=stack["StackName"])["TemplateBody"]
        yield "template", stack["StackName"], json.dumps([stack, body], default=str)


def in_files(workspace: Path) -> Iterator[tuple[str, str, str]]:
    """What stands for AWS itself holds the values, as AWS does; its logs do not."""
    emulated = workspace / ".platform" / "local"
    for path in workspace.rglob("*"):
        if path.is_file() and (emulated not in path.parents or path.suffix == ".log"):
            yield "file", str(path), path.read_bytes().decode(errors="replace")


def search(workspace: Path, clients: Clients, watch: Watch, needle: str) -> dict[str, list[str]]:
    """Where a text is: names by their places."""
    found: dict[str, list[str]] = {}
    for place, name, text in (
        *on_aws(clients),
        *in_files(workspace),
        *(("process", command, command) for command in tuple(watch.seen)),
    ):
        if needle in text:
            found.setdefault(place, []).append(name)
    return found


def plant(workspace: Path, clients: Clients) -> None:
    """Write a value wherever is searched."""
    (workspace / "planted.txt").write_text(PLANTED)
    clients.client("ssm").put_parameter(Name="/planted", Value=PLANTED, Type="String")
    logs = clients.client("logs")
    at = {"logGroupName": "/planted", "logStreamName": "planted"}
    logs.create_log_group(logGroupName="/planted")
    logs.create_log_stream(**at)
    event = {"timestamp": int(time.time() * 1000), "message": f"said {PLANTED}"}
    logs.put_log_events(**at, logEvents=[event])
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": PLANTED}}}}
    clients.client("cloudformation").create_stack(StackName="planted", TemplateBody=json.dumps(template))
    subprocess.run([sys.executable, "-c", "import time; time.sleep(1)", PLANTED], check=True)


def test_no_command_writes_a_secret_anywhere(
    workspace: Path, capsys: pytest.CaptureFixture[str], calls: Mapping[str, tuple[str, ...]]
) -> None:
    every = {**calls, **OTHERWISE}
    assert {" ".join(name) for name in command_names(COMMANDS)} == set(every)
    said: dict[str, str] = {}

    def call(*words: str, stdin: str = "") -> int:
        capsys.readouterr()
        code = run([*words, "--debug"], Terminal(interactive=False, stdin=io.StringIO(stdin)))
        told = capsys.readouterr()
        said[" ".join(words)] = told.out + told.err
        return code

    clients: Clients | None = None
    with Watch() as watch:
        assert call("deploy", "--env", "local", "--yes") == 0, said
        assert call("secrets", "set", "canary", "--env", "local", "--yes", stdin=f"{SECRET}\n") == 0, said
        assert call("config", "set", "orders/canary", "--env", "local", "--yes", stdin=SETTING) == 0, said
        assert call("secrets", "get", "canary", "--env", "local", "--reveal") == 0
        # The search finds what is there to be found.
        assert SECRET in said.pop("secrets get canary --env local --reveal")
        for name in (*(name for name in every if name not in LAST), *LAST):
            if name == TAKES_ALL:
                environment = resolve(inspect_blueprint(workspace / "blueprint.yaml"), "local")
                clients = connect(environment, workspace)
                plant(workspace, clients)
                assert set(search(workspace, clients, watch, PLANTED)) == PLACES
                for canary in CANARIES:
                    assert search(workspace, clients, watch, canary) == {}
            words = every[name]
            at = words.index("--") if "--" in words else len(words)
            options = {"init": ("--yes",), "schema": (), "explain": ()}.get(name, ("--env", "local", "--yes"))
            call(*name.split(), *words[:at], *options, *words[at:], stdin=STDIN.get(name, ""))

    assert clients is not None
    defects = [words for words, text in said.items() if "error[defect]" in text]
    assert defects == []
    # A command that was only told how to be called showed nothing.
    assert {words: text for words, text in said.items() if "error[usage]" in text} == {}
    assert [words for words, text in said.items() if any(canary in text for canary in CANARIES)] == []
    assert [text for text in watch.seen if any(canary in text for canary in CANARIES)] == []
    assert [name for _, name, text in in_files(workspace) if any(canary in text for canary in CANARIES)] == []
