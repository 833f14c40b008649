"""What `platform local …` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platform_cli.cli.terminal import Terminal
    from platform_cli.local.server import LocalAws, LocalStatus


def render_local(terminal: Terminal, local: LocalAws) -> None:
    """Show where the local AWS runs."""
    if terminal.json:
        terminal.data({"running": True, **_data(local)})
        return
    terminal.result(
        f"The local AWS runs at {local.endpoint_url} (account {local.account}, region {local.region})"
    )


def render_local_status(terminal: Terminal, status: LocalStatus) -> None:
    """Show whether the local AWS runs."""
    local = status.local
    if local is not None and status.running:
        render_local(terminal, local)
    elif terminal.json:
        terminal.data({"running": False})
    else:
        terminal.result("The local AWS does not run")
        terminal.say(
            "`platform local start` starts it; `platform deploy` to a local environment does so by itself"
        )


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


def _data(local: LocalAws) -> dict[str, str | int]:
    return {
        "endpoint_url": local.endpoint_url,
        "port": local.port,
        "pid": local.pid,
        "account": local.account,
        "region": local.region,
    }
