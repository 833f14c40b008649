"""Every command, on a deployed system, with `--debug`: no secret in anything that is written.

Secrets and secure settings hold canaries. Each command of the table runs as its help shows it. What it prints
and leaves in files, and what processes are called with, is searched for them. A command that is new and not
in the list below is a failure of this test.
"""

from __future__ import annotations

import io
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_cli.cli.reference import command_names
from platform_cli.cli.running import run
from platform_cli.cli.table import COMMANDS
from platform_cli.cli.terminal import Terminal

pytestmark = [pytest.mark.e2e, pytest.mark.nightly]

SHOP = Path(__file__).parent.parent.parent / "examples" / "shop"
SECRET, SETTING = "cAnArY-secret-7f3a91", "cAnArY-setting-52e80c"
CANARIES = (SECRET, SETTING)
LATER = "2026-12-24T00:00"

CALLS: dict[str, tuple[str, ...]] = {
    "init": ("elsewhere", "--yes"),
    "new-service": ("letters", "--template", "worker", "--dry-run"),
    "validate": (),
    "schema": (),
    "lock": (),
    "synth": (),
    "bootstrap": (),
    "deploy": ("--yes",),
    "status": (),
    "runbook": (),
    "invoke": ("health.check", "--request", "GET /health"),
    "logs": ("--since", "1h"),
    "logs query": ("errors-by-service",),
    "trace": ("1-5759e988-bd862e3fe1be46a994272793",),
    "alarms check": ("--all",),
    "alarms coverage": (),
    "alarms test": ("--all",),
    "alarms silence": ("orders",),
    "alarms open": ("--print",),
    "dashboards list": (),
    "dashboards preview": (),
    "dashboards show": ("overview",),
    "events archives": (),
    "events replay": ("events", "--since", "1h"),
    "events replays": (),
    "events cancel": ("none",),
    "events publish": ("events", "--type", "OrderCreated", "--detail", "{}"),
    "dead-letters list": (),
    "dead-letters show": ("notifications",),
    "dead-letters redrive": ("notifications", "--dry-run"),
    "dead-letters purge": ("notifications", "--dry-run"),
    "projections list": (),
    "projections status": (),
    "projections replay": ("orders.view",),
    "cost": (),
    "cost actual": (),
    "cost advise": (),
    "cost refresh": (),
    "tune-memory": ("orders.create", "--dry-run"),
    "local start": (),
    "local status": (),
    "flags list": (),
    "flags show": ("free-shipping",),
    "flags set": ("free-shipping", "on", "--no-wait"),
    "flags rollout": ("free-shipping", "--percent", "20", "--by", "userId", "--no-wait"),
    "flags target": ("free-shipping", "--when", 'plan == "pro"', "--no-wait"),
    "flags schedule": ("free-shipping", "on", "--at", LATER, "--no-wait"),
    "flags history": (),
    "flags diff": ("local", "dev"),
    "flags promote": ("local", "dev"),
    "flags rollback": ("--no-wait",),
    "flags stale": (),
    "flags sync": (),
    "flags export": (),
    "config list": (),
    "config get": ("orders/canary",),
    "config set": ("orders/canary",),
    "config diff": (),
    "config push": (),
    "config pull": (),
    "config export": ("--format", "json"),
    "config exec": ("--", "true"),
    "config history": ("orders/canary",),
    "config rollback": ("orders/canary",),
    "secrets list": (),
    "secrets status": ("canary",),
    "secrets get": ("canary",),
    "secrets set": ("canary",),
    "secrets rotate": ("canary",),
    "secrets rollback": ("canary", "--no-wait"),
    "secrets new-function": ("canary", "--strategy", "generic", "--dry-run"),
    "history": (),
    "doctor": ("--env", "local"),
    "explain": ("secret-as-argument",),
    "local stop": (),
    "local reset": (),
    "destroy": (),
}
STDIN = {"secrets set": f"{SECRET}-2\n", "config set": f"{SETTING}-2\n"}
LAST = ("local stop", "local start", "destroy", "local reset")
"""They take away what the others need."""


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
                self.seen |= {text for canary in CANARIES if canary in text}
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


def test_no_command_writes_a_secret_anywhere(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = {" ".join(name) for name in command_names(COMMANDS)}
    assert names == set(CALLS)
    said: dict[str, str] = {}

    def call(*words: str, stdin: str = "") -> int:
        capsys.readouterr()
        code = run([*words, "--debug"], Terminal(interactive=False, stdin=io.StringIO(stdin)))
        told = capsys.readouterr()
        said[" ".join(words)] = told.out + told.err
        return code

    with Watch() as watch:
        assert call("deploy", "--env", "local", "--yes") == 0, said
        assert call("secrets", "set", "canary", "--env", "local", "--yes", stdin=f"{SECRET}\n") == 0, said
        assert call("config", "set", "orders/canary", "--env", "local", "--yes", stdin=SETTING) == 0, said
        assert call("secrets", "get", "canary", "--env", "local", "--reveal") == 0
        # The search finds what is there to be found.
        assert SECRET in said.pop("secrets get canary --env local --reveal")
        for name in (*(name for name in CALLS if name not in LAST), *LAST):
            words = CALLS[name]
            at = words.index("--") if "--" in words else len(words)
            options = () if name in ("init", "schema", "explain") else ("--env", "local", "--yes")
            call(*name.split(), *words[:at], *options, *words[at:], stdin=STDIN.get(name, ""))

    defects = [words for words, text in said.items() if "error[defect]" in text]
    assert defects == []
    # A command that was only told how to be called showed nothing.
    assert {words: text for words, text in said.items() if "error[usage]" in text} == {}
    assert [words for words, text in said.items() if any(canary in text for canary in CANARIES)] == []
    assert watch.seen == set()
    # What stands for AWS itself holds the values, as AWS does; its logs do not.
    emulated = workspace / ".platform" / "local"
    files = (path for path in workspace.rglob("*") if path.is_file())
    found = [
        path
        for path in files
        if (emulated not in path.parents or path.suffix == ".log")
        and any(canary.encode() in path.read_bytes() for canary in CANARIES)
    ]
    assert found == []
