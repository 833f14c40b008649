"""Secret values are in nothing that is written: every command is run, and all that it leaves is searched.

The values are planted in a secret and in a secure setting of a deployed shop. What the emulator itself keeps
of them, as AWS does, is left out.
"""

from __future__ import annotations

import contextlib
import io
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from platform_cli.cli.reference import command_names
from platform_cli.cli.running import run as run_command
from platform_cli.cli.terminal import Terminal

CANARY = "cAnArY-51b7e0"
SECRET, SETTING = f"{CANARY}-secret", f"{CANARY}-setting"
PARAMETER = "/shop/local/api/canary"

# What would end the shop that other tests go on with; their help alone is asked for.
ENDING = {
    ("destroy",),
    ("local", "reset"),
    ("local", "stop"),
    ("init",),
    ("new-service",),
    ("secrets", "new-function"),
}
# Waits for somebody, or for minutes, unless it is told not to.
ARGUMENTS = {
    ("synth",): ["--out", ".platform/canary.out"],
    ("logs",): ["--since", "1h"],
    ("invoke",): ["health.check"],
    ("tune-memory",): ["--from-logs"],
    ("explain",): ["secret-as-argument"],
    ("secrets", "get"): ["SECRET"],
    ("secrets", "status"): ["SECRET"],
    ("secrets", "rotate"): ["SECRET", "--dry-run"],
    ("secrets", "rollback"): ["SECRET", "--yes"],
    ("config", "exec"): ["--", sys.executable, "-c", "pass"],
    ("doctor",): ["--all"],
}
TELLING = {"secrets", "config", "history", "status", "doctor"}
"""Those that come nearest to values: what they print for programs is searched as well."""
TIMEOUT_SECONDS = 180


class Processes:
    """Looks at the arguments of all processes of this machine, over and over."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Processes:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._end.is_set():
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
                except OSError:
                    continue
                if CANARY in line:
                    self.seen.add(line)
            time.sleep(0.05)


def run(*arguments, stdin=""):
    """One command in this process, which spares its start; what it starts is a process all the same."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))

    def stop(number, frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(TIMEOUT_SECONDS)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run_command(list(arguments), Terminal(interactive=False, stdin=io.StringIO(stdin)))
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode(errors="replace"))
    return code, "".join(texts)


@pytest.mark.nightly
@pytest.mark.e2e
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="arguments are looked at in /proc")
def test_no_command_writes_a_secret_value_anywhere(deployed_shop, monkeypatch):
    monkeypatch.chdir(deployed_shop.root)
    root, clients = deployed_shop.root, deployed_shop.clients
    name = next(iter(deployed_shop.environment.secrets))
    physical = deployed_shop.environment.secrets[name].physical_name
    blueprint = (root / "blueprint.yaml").read_text()
    said: dict[str, str] = {}
    with Processes() as processes:
        code, text = run("secrets", "set", name, "--env", "local", "--yes", "--debug", stdin=f"{SECRET}\n")
        said["secrets set"] = text
        assert code == 0, text.replace(CANARY, "…")
        clients.client("ssm").put_parameter(
            Name=PARAMETER, Value=SETTING, Type="SecureString", Overwrite=True
        )
        for words in command_names():
            more = [name if word == "SECRET" else word for word in ARGUMENTS.get(words, [])]
            for form in ([], ["--json"]) if words[0] in TELLING else ([],):
                tail = ["--help"] if words in ENDING else ["--env", "local", "--debug", *form, *more]
                said[" ".join([*words, *form])] = run(*words, *tail)[1]
                if words in ENDING:
                    break
    manager, ssm, logs = (clients.client(service) for service in ("secretsmanager", "ssm", "logs"))
    planted = manager.get_secret_value(SecretId=physical)["SecretString"]
    assert CANARY in planted, "the value did arrive"

    kept = root / ".platform" / "local"
    own = [kept / "saved", kept / "objects", kept / "stores"]
    for path in root.rglob("*"):
        if path.is_file() and not any(path.is_relative_to(folder) for folder in own):
            said[str(path)] = path.read_bytes().decode(errors="replace")
    for parameter in ssm.get_paginator("get_parameters_by_path").paginate(Path="/", Recursive=True):
        for one in parameter["Parameters"]:
            if one["Type"] == "String":
                said[f"parameter {one['Name']}"] = one["Value"]
    for group in logs.describe_log_groups()["logGroups"]:
        events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
        said[f"log {group['logGroupName']}"] = "\n".join(event["message"] for event in events)
    ssm.delete_parameter(Name=PARAMETER)
    (root / "blueprint.yaml").write_text(blueprint)  # `config pull` may have touched it

    assert sorted(where for where, text in said.items() if CANARY in text) == []
    assert processes.seen == set()
    assert "sorry, this is a defect" not in "".join(said.values())
