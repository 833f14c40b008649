"""Whether the local AWS finds its port."""

from __future__ import annotations

from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import Check, Result, ok, skipped, warning

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context


def check_ports(context: Context, default: int | None = None) -> Result:
    """Look at the port on which the local AWS of this workspace runs, or would."""
    from platform_cli.local import ports, server
    from platform_cli.local.state import LocalFolder, read_state

    inspection = context.surroundings.inspection
    if inspection is not None and inspection.blueprint is not None:
        targets = {environment.target for environment in inspection.blueprint.environments.values()}
        if "local" not in targets:
            return skipped("no environment of the blueprint is local")
    state = read_state(LocalFolder(context.folder.absolute()))
    port = state.port if state is not None else default or server.DEFAULT_PORT
    if server.status(context.folder).running:
        return ok(f"the local AWS of this workspace answers on port {port}")
    if ports.is_free(port):
        return ok(f"port {port} is free for the local AWS")
    owner = ports.owner(port)
    return warning(
        f"port {port} is in use" + (f" by {owner}" if owner else " by another program"),
        consequence="the local AWS starts on another port, so that its addresses are not those you know",
        mend="end that program, or choose a port with `platform local start --port PORT`",
    )


CHECKS = (
    Check(
        "ports",
        "machine",
        "ports",
        "Looks whether the port of the local AWS is free, or taken by the local AWS of this workspace. If "
        "another program has it, the local AWS takes the next one, and says so.",
        check_ports,
    ),
)
