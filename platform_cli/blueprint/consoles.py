"""Where the consoles of AWS are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platform_cli.blueprint.resolved import ResolvedEnvironment

_HOSTS = {"cn-": "console.amazonaws.cn", "us-gov-": "console.amazonaws-us-gov.com"}


def cloudwatch_console(system: ResolvedEnvironment, region: str = "") -> str | None:
    """Return the address of CloudWatch's console in a region; None for the local AWS, which has none.

    Args:
        system: The environment.
        region: If not its own.
    """
    if system.target == "local":
        return None
    region = region or system.region
    special = (host for start, host in _HOSTS.items() if region.startswith(start))
    return f"https://{region}.{next(special, 'console.aws.amazon.com')}/cloudwatch/home?region={region}"
