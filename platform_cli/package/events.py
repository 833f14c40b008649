"""What packaging reports while it runs; always from the thread that called it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class PackagingStarted:
    """The code of a service is being packed."""

    service: str


@dataclass(frozen=True)
class PackagingFinished:
    """The code of a service is packed; `reused` if the cache had it."""

    service: str
    reused: bool


@dataclass(frozen=True)
class DependenciesStarted:
    """The third-party dependencies of some services, for one platform, are being installed."""

    services: tuple[str, ...]
    platform: str


@dataclass(frozen=True)
class DependenciesFinished:
    """They are; `reused` if the cache had them."""

    services: tuple[str, ...]
    platform: str
    reused: bool


@dataclass(frozen=True)
class ConnectorStarted:
    """A jar is being fetched, by its Maven coordinate."""

    coordinate: str


@dataclass(frozen=True)
class ConnectorRecorded:
    """Its checksum was not known, and now stands in `file` of the workspace."""

    coordinate: str
    file: str


@dataclass(frozen=True)
class ConnectorFinished:
    """It is there, and has the checksum that it should have."""

    coordinate: str


Event = (
    PackagingStarted
    | PackagingFinished
    | DependenciesStarted
    | DependenciesFinished
    | ConnectorStarted
    | ConnectorRecorded
    | ConnectorFinished
)
Report = Callable[[Event], None]


def unreported(_event: Event) -> None:
    """For who does not care."""
