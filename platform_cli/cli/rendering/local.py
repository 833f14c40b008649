"""What `platform local …` says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.words import duration

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.local.server import LocalAws, LocalStatus

_SERVERS = {"postgresql": "PostgreSQL", "redis": "Redis"}


def render_local(terminal: Terminal, local: LocalAws) -> None:
    """Show where the local AWS runs."""
    if terminal.json:
        terminal.data({"running": True, **_data(local)})
        return
    terminal.result(
        f"The local AWS runs at {local.endpoint_url} (account {local.account}, region {local.region})"
    )


def render_local_status(terminal: Terminal, status: LocalStatus) -> None:
    """Show whether the local AWS runs, since when, and where it logs."""
    local = status.local if status.running else None
    if terminal.json:
        about = {"died": status.died, "outdated": status.outdated, "version": status.version}
        about["uncounted"] = status.uncounted
        where = {"log": status.log, "folder": status.folder, "has_state": status.has_state}
        terminal.data({"running": local is not None, **(_data(local) if local else {}), **about, **where})
        return
    if local is None:
        _say_not_running(terminal, status)
        return
    render_local(terminal, local)
    if status.uptime_seconds is not None:
        terminal.result(f"  up for {duration(status.uptime_seconds)}; MiniStack {status.version}")
    for store in local.stores:
        inside = f" (database {store.database}, user {store.user})" if store.database else ""
        terminal.result(f"  {store.name}: {_SERVERS[store.kind]} at 127.0.0.1:{store.port}{inside}")
    terminal.result(f"  log: {status.log}")
    if not status.agent_running:
        terminal.say("the flags agent does not answer; `platform local start` starts it again")
    elif status.uncounted:
        terminal.say(f"no metrics are made of what stands in logs: {status.uncounted}; `agent.log` beside it")
    if status.outdated:
        terminal.say("it runs from another version of this tool; the next start replaces it")


def _say_not_running(terminal: Terminal, status: LocalStatus) -> None:
    if status.died:
        terminal.result("The local AWS died")
        terminal.say(f"its log ends with the reason: {status.log}")
    else:
        terminal.result("The local AWS does not run")
    kept = "; what was deployed is kept" if status.has_state else ""
    terminal.say(f"`platform local start` starts it, as does `platform deploy` to a local environment{kept}")


def render_stopped(terminal: Terminal, *, stopped: bool) -> None:
    """Say whether there was something to stop."""
    if terminal.json:
        terminal.data({"stopped": stopped})
    else:
        terminal.result("Stopped; its data is kept" if stopped else "It did not run")


def render_reset(terminal: Terminal) -> None:
    """Say that the data is gone."""
    if terminal.json:
        terminal.data({"reset": True})
    else:
        terminal.result("The local AWS is stopped and empty")


def _data(local: LocalAws) -> dict[str, Any]:
    return {
        "endpoint_url": local.endpoint_url,
        "port": local.port,
        "pid": local.pid,
        "account": local.account,
        "region": local.region,
        "stores": [
            {"name": store.name, "kind": store.kind, "port": store.port, "database": store.database}
            for store in local.stores
        ],
    }
