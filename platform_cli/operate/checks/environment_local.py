"""How the local AWS is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import Check, Fix, Need, Result, failure, ok, skipped, warning

if TYPE_CHECKING:
    from platform_cli.local.server import LocalStatus
    from platform_cli.operate.doctor.context import Context


def check_local(context: Context, look: Callable[[Path], LocalStatus] | None = None) -> Result:
    """Look at the server, and at the stand-in for the AppConfig Agent."""
    from platform_cli.local import server

    if context.environment.target != "local":
        return skipped("the environment is on AWS")
    status = (look or server.status)(context.folder)

    def start() -> None:
        server.start(context.folder)

    fix = Fix("start the local AWS", start)
    if not status.running:
        return failure(
            "the local AWS " + ("died" if status.died else "does not run"),
            f"its log is {status.log}" if status.log.is_file() else "it has never been started here",
            consequence="nothing can be deployed locally, called or looked at",
            mend="run `platform local start`",
            fix=fix,
        )
    where = f"at {status.local.endpoint_url}" if status.local else ""
    if not status.agent_running:
        return failure(
            "the stand-in for the AppConfig Agent does not answer",
            f"the local AWS runs {where}",
            consequence="handlers cannot read feature flags",
            mend="run `platform local start`, which starts it again",
            fix=fix,
        )
    if status.outdated:
        return warning(
            "the local AWS was started by another version of this tool",
            f"it runs {where}, MiniStack {status.version}",
            consequence="it may not know what the templates of this version hold",
            mend="run `platform local start`, which replaces it and keeps its data",
            fix=Fix("replace the local AWS, and keep its data", start),
        )
    return ok(f"the local AWS runs {where}", f"MiniStack {status.version}")


CHECKS = (
    Check(
        "local-aws",
        "environment",
        "the local AWS",
        "Looks whether the embedded local AWS of this workspace runs, from this version of the tool, and "
        "whether handlers can read flags from it. `--fix` starts it.",
        check_local,
        (Need.NAMED, Need.WORKSPACE, Need.ENVIRONMENT),
    ),
)
