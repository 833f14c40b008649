"""Lock one service after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from platform_cli.blueprint.findings import nearest_hint
from platform_cli.cli.session import Session
from platform_cli.errors import ExitCode, PlatformError


def lock_services(session: Session, names: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Lock services, all of them if none is named.

    Yields:
        A service's name, and whether its lock changed.

    Raises:
        PlatformError: A service is not in the blueprint, or cannot be resolved.
    """
    services = session.environment.services
    for name in names:
        if name not in services:
            raise unknown_service(name, services)
    from platform_cli.package.locking import lock_service

    for name in names or services:
        yield name, lock_service(session.root / services[name].path)


def unknown_service(name: str, known: Iterable[str]) -> PlatformError:
    """Make the error for a service that the blueprint does not declare."""
    return PlatformError(
        f'there is no service "{name}"',
        hint=nearest_hint(name, known),
        code="unknown-service",
        exit_code=ExitCode.USAGE,
    )
