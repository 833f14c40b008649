"""Start, stop and reset a workspace's local AWS, and say how it is.

Everything is safe to call twice and from two terminals at once: one lock guards the workspace's
state, and a process is only taken for ours, or ended, if the token of its start is in its command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from time import time

from platform_cli.aws.clients import Clients, Target
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.local import events, launching, ports, processes
from platform_cli.local.counting import read_trouble
from platform_cli.local.ending import (
    AGENT_GRACE_SECONDS,
    STOP_GRACE_SECONDS,
    clear_last_start,
    end_server,
    remove,
)
from platform_cli.local.environment import ministack_version, wanted_version
from platform_cli.local.events import Report, silent
from platform_cli.local.following import follow
from platform_cli.local.state import LocalFolder, ServerState, locked, read_state, write_state
from platform_cli.local.store_state import Store, read_stores
from platform_cli.local.stores import halt_stores, resume_stores

ACCOUNT = "000000000000"
REGION = "us-east-1"
DEFAULT_PORT = 4566
_PORT_TRIES = 5
_LETTING_GO_SECONDS = 3.0


@dataclass(frozen=True)
class LocalAws:
    """A running local AWS.

    Attributes:
        port: Where it answers.
        pid: Of its process.
        endpoint_url: Where AWS calls go.
        region: The only region that it is used with.
        account: The only account that it is used with.
        agent_port: Where handlers read their feature flags.
        python_version: On which handlers run, `3.13.1`; empty where that is not known.
        stores: The servers of databases and caches.
    """

    port: int
    pid: int
    endpoint_url: str
    region: str = REGION
    account: str = ACCOUNT
    agent_port: int = 0
    python_version: str = ""
    stores: tuple[Store, ...] = ()

    @property
    def target(self) -> Target:
        """What to build clients for."""
        return Target(account=self.account, region=self.region, endpoint_url=self.endpoint_url)


@dataclass(frozen=True)
class LocalStatus:
    """How a workspace's local AWS is.

    Attributes:
        running: Whether it answers.
        local: It, if its process lives.
        died: Whether it was started, not stopped, and is gone all the same.
        uptime_seconds: Since it was started; None if it does not run.
        agent_running: Whether the stand-in for the AppConfig Agent answers.
        log: Where it writes.
        folder: Where its state is.
        has_state: Whether there is saved state, so that the next start finds what was deployed.
        version: Of MiniStack.
        outdated: Whether it runs from another version of the tool; the next start replaces it.
        uncounted: Why no metrics are made of what stands in logs; None if they are.
    """

    running: bool
    local: LocalAws | None
    died: bool
    uptime_seconds: float | None
    agent_running: bool
    log: Path
    folder: Path
    has_state: bool
    version: str
    outdated: bool
    uncounted: str | None = None


def start(
    root: Path, *, port: int | None = None, report: Report = silent, cache: Path | None = None
) -> LocalAws:
    """Make sure that the workspace's local AWS runs.

    Args:
        root: The workspace.
        port: Where it must answer. None: where it last did, else on 4566, else on the next free port.
        report: Gets progress.
        cache: Instead of the user's cache folder.

    Raises:
        PlatformError: `port-in-use`, `local-aws-failed`, `local-aws-not-installed`, `local-aws-busy`.
    """
    if port is not None and not 0 < port < 65536:
        raise PlatformError(
            f"{port} is no port", hint="ports are 1 to 65535", code="invalid-port", exit_code=ExitCode.USAGE
        )
    folder = LocalFolder(root.absolute())
    with locked(folder.lock_file, "starting or stopping the local AWS"):
        state = read_state(folder)
        if state is not None and processes.is_ours(state.pid, state.token):
            if port not in (None, state.port):
                raise PlatformError(
                    f"the local AWS of this workspace already runs on port {state.port}, not {port}",
                    hint="stop it first: platform local stop",
                    code="local-aws-running",
                )
            if state.version == wanted_version() and launching.answers(state.port):
                state = _with_agent(folder, state)
                local = _with_stores(folder, _local(state), report, cache)
                report(events.LocalAwsReady(local.endpoint_url, already_running=True))
                return local
            if state.version != wanted_version():
                report(events.LocalAwsReplaced(state.version, wanted_version()))
        if state is not None:
            clear_last_start(folder, state, report)
        return _start_somewhere(folder, state, port, report, cache)


def stop(root: Path, *, report: Report = silent, grace_seconds: float = STOP_GRACE_SECONDS) -> bool:
    """Let the local AWS save its state and end; nothing happens if it does not run.

    Args:
        root: The workspace.
        report: Gets progress.
        grace_seconds: How long it may take before it is killed.

    Returns:
        Whether it ran.
    """
    folder = LocalFolder(root.absolute())
    if not folder.path.is_dir():
        return False
    with locked(folder.lock_file, "starting or stopping the local AWS"):
        ran = end_server(folder, report, grace_seconds)
        halt_stores(folder)
        return ran


def reset(root: Path, *, report: Report = silent) -> None:
    """Stop the local AWS and forget everything that was in it; its installation stays."""
    folder = LocalFolder(root.absolute())
    if not folder.path.is_dir():
        return
    with locked(folder.lock_file, "starting or stopping the local AWS"):
        end_server(folder, report, STOP_GRACE_SECONDS)
        halt_stores(folder)
        for item in folder.path.iterdir():
            if item != folder.lock_file:
                remove(item)


def status(root: Path) -> LocalStatus:
    """How the local AWS is; reads only, and waits for nobody."""
    folder = LocalFolder(root.absolute())
    state = read_state(folder)
    alive = state is not None and processes.is_ours(state.pid, state.token)
    running = alive and state is not None and launching.answers(state.port)
    return LocalStatus(
        running=running,
        local=replace(_local(state), stores=read_stores(folder)) if alive and state is not None else None,
        died=state is not None and state.pid is not None and not alive,
        uptime_seconds=max(0.0, time() - state.started_at) if running and state is not None else None,
        agent_running=running and state is not None and launching.agent_answers(state.agent_port),
        log=folder.log,
        folder=folder.path,
        has_state=_has_state(folder),
        version=ministack_version(),
        outdated=alive and state is not None and state.version != wanted_version(),
        uncounted=read_trouble(folder.counted) if running else None,
    )


def handler_environment(local: LocalAws) -> Mapping[str, str]:
    """The environment variables by which handlers find the stand-in for the AppConfig Agent."""
    return {"AWS_APPCONFIG_EXTENSION_HTTP_PORT": str(local.agent_port)}


def _start_somewhere(
    folder: LocalFolder, state: ServerState | None, port: int | None, report: Report, cache: Path | None
) -> LocalAws:
    """Start on another port where the one that was chosen is taken before the server has it."""
    for _ in range(_PORT_TRIES):
        try:
            return _start(folder, state, port, report, cache)
        except PlatformError as error:
            if port is not None or error.code != "port-in-use":
                raise
    return _start(folder, state, port, report, cache)


def _start(
    folder: LocalFolder, state: ServerState | None, port: int | None, report: Report, cache: Path | None
) -> LocalAws:
    chosen = _choose_port(state, port, report)
    agent_port = ports.next_free(state.agent_port if state is not None else chosen + 1, but_not=(chosen,))

    def remember(launched: launching.Launched) -> None:
        write_state(
            folder,
            ServerState(
                token=launched.token,
                pid=launched.pid,
                port=chosen,
                agent_pid=None,
                agent_port=agent_port,
                version=wanted_version(),
                python=launched.python_version,
                started_at=time(),
            ),
        )

    launching.launch_server(folder, chosen, report, remember, cache, agent_port=agent_port)
    started = read_state(folder)
    assert started is not None, "the server's state was just written"
    started = _with_agent(folder, started)
    local = _with_stores(folder, _local(started), report, cache, fresh=True)
    report(events.LocalAwsReady(local.endpoint_url))
    return local


def _choose_port(state: ServerState | None, port: int | None, report: Report) -> int:
    wanted = port or (state.port if state is not None else DEFAULT_PORT)
    if ports.is_free(wanted):
        return wanted
    was_ours = state is not None and state.pid is not None and wanted == state.port
    # The last threads of a server that was killed hold its port for a moment longer than it lives.
    if was_ours and processes.wait_until(lambda: ports.is_free(wanted), _LETTING_GO_SECONDS):
        return wanted
    owner = ports.owner(wanted)
    if port is not None:
        raise PlatformError(
            f"port {port} is in use" + (f" by {owner}" if owner else ""),
            hint="end that program, or choose another port with --port",
            code="port-in-use",
        )
    chosen = ports.next_free(wanted + 1)
    report(events.PortTaken(wanted, chosen, owner))
    return chosen


def _with_agent(folder: LocalFolder, state: ServerState) -> ServerState:
    """The state with an agent that answers; it is started if it is not there."""
    if processes.is_ours(state.agent_pid, state.token) and launching.agent_answers(state.agent_port):
        return state
    if state.agent_pid is not None:
        processes.end(state.agent_pid, state.token, AGENT_GRACE_SECONDS)
    pid = launching.launch_agent(folder, state.token, state.agent_port, state.port)
    followed = ServerState(**{**vars(state), "agent_pid": pid})
    write_state(folder, followed)
    return followed


def _with_stores(
    folder: LocalFolder, local: LocalAws, report: Report, cache: Path | None, *, fresh: bool = False
) -> LocalAws:
    """It with its databases and caches; what was deployed before is led to where they answer now."""
    stores = resume_stores(folder, report, cache)
    if stores or (fresh and _has_state(folder)):
        led = follow(stores, local.agent_port, Clients(local.target))
        if led:
            report(events.LedToServers(led))
    return replace(local, stores=stores)


def _local(state: ServerState) -> LocalAws:
    return LocalAws(
        port=state.port,
        pid=state.pid or 0,
        endpoint_url=f"http://{ports.HOST}:{state.port}",
        agent_port=state.agent_port,
        python_version=state.python,
    )


def _has_state(folder: LocalFolder) -> bool:
    with suppress(OSError):
        return any(folder.saved.glob("*.json"))
    return False
