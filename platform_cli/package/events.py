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


Event = PackagingStarted | PackagingFinished | DependenciesStarted | DependenciesFinished
Report = Callable[[Event], None]


def unreported(_event: Event) -> None:
    """For who does not care."""
