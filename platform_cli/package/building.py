"""Build what Lambda needs of each service: its code, and a layer with its dependencies."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from platform_cli.blueprint.resolved import Architecture, ResolvedEnvironment, ResolvedService
from platform_cli.errors import PlatformError
from platform_cli.package.archives import Entry
from platform_cli.package.caching import Artifact, ArtifactCache
from platform_cli.package.checking import HandlersInvalid, Layers, find_handler_problems
from platform_cli.package.event_types import declared_events
from platform_cli.package.events import (
    DependenciesFinished,
    DependenciesStarted,
    PackagingFinished,
    PackagingStarted,
    Report,
    unreported,
)
from platform_cli.package.layers import build_layer, heaviest, layer_modules, layer_name
from platform_cli.package.lock_file import Lock, read_lock
from platform_cli.package.locking import check_projects
from platform_cli.package.platforms import Platform, platform_of
from platform_cli.package.project import read_projects
from platform_cli.package.sources import build_code, list_sources

__all__ = ["MAX_UNPACKED_BYTES", "Artifact", "ServicePackage", "built_layers", "package_services"]

MAX_UNPACKED_BYTES = 250 * 1024 * 1024
"""A function's code and layers together, unpacked (Lambda quotas, read in November 2026)."""

_WORKERS = 4
_Key = tuple[str, Architecture]


@dataclass(frozen=True)
class ServicePackage:
    """What a service's functions are made of.

    Attributes:
        service: Its name.
        code: The zip of its own code and that of its libraries by path.
        layers: By runtime and architecture of its functions: the zip with its dependencies, or None if it
            has none. Services with the same lock share one artifact.
    """

    service: str
    code: Artifact
    layers: Mapping[_Key, Artifact | None]


@dataclass(frozen=True)
class _Plan:
    """A service, read and found in order; nothing is built."""

    service: ResolvedService
    entries: tuple[Entry, ...]
    lock: Lock
    platforms: Mapping[_Key, Platform]


@dataclass(frozen=True)
class _LayerPlan:
    """A layer that one or more services need."""

    lock: Lock
    platform: Platform
    services: tuple[str, ...]


def package_services(
    environment: ResolvedEnvironment, root: Path, cache: Path, report: Report = unreported
) -> Mapping[str, ServicePackage]:
    """Package every service of an environment, in parallel; what did not change comes from the cache.

    Args:
        environment: Says which services there are, and whether they run on Lambda or on this machine.
        root: The workspace.
        cache: A folder for finished packages; made if needed, safe to delete.
        report: Called with events, from this thread.

    Returns:
        The packages by service, sorted by name.

    Raises:
        PlatformError: A folder or lock is missing or does not fit, a dependency cannot be installed, a
            handler cannot be imported, or the package would be too large for Lambda.
    """
    plans = [_plan(environment, service, root) for _, service in sorted(environment.services.items())]
    store = ArtifactCache(cache)
    layers = _build_layers(_layer_plans(plans), store, root, report)
    codes = _build_codes(plans, store, report)
    packages: dict[str, ServicePackage] = {}
    problems: list[PlatformError] = []
    for plan in plans:
        package = ServicePackage(
            service=plan.service.name,
            code=codes[plan.service.name],
            layers={
                key: layers[name] if (name := layer_name(plan.lock, platform)) else None
                for key, platform in sorted(plan.platforms.items())
            },
        )
        check_size(package)
        problems.extend(find_handler_problems(plan.service, root, _importable(plan, package.layers)))
        packages[package.service] = package
    store.prune()
    if problems:
        raise HandlersInvalid(tuple(problems))
    return packages


def built_layers(
    environment: ResolvedEnvironment, service: ResolvedService, root: Path, cache: Path
) -> Layers | None:
    """What the layers of a service let it import, if all of them are in the cache; nothing is built.

    Args:
        environment: Says whether it runs on Lambda or on this machine.
        service: The service.
        root: The workspace.
        cache: As for `package_services`.

    Returns:
        For `find_handler_problems`; None if a layer was not built since the lock changed.

    Raises:
        PlatformError: A folder or lock is missing or does not fit.
    """
    plan = _plan(environment, service, root)
    store = ArtifactCache(cache)
    layers: dict[_Key, Artifact | None] = {}
    for key, platform in plan.platforms.items():
        name = layer_name(plan.lock, platform)
        layers[key] = store.find(name) if name else None
        if name and layers[key] is None:
            return None
    return _importable(plan, layers)


def _importable(plan: _Plan, layers: Mapping[_Key, Artifact | None]) -> Layers:
    return {
        key: (plan.platforms[key], layer_modules(layer) if layer else frozenset[str]())
        for key, layer in layers.items()
    }


def _plan(environment: ResolvedEnvironment, service: ResolvedService, root: Path) -> _Plan:
    folder = root / service.path
    projects = read_projects(folder)
    lock = read_lock(folder)
    check_projects(projects, lock)
    return _Plan(
        service=service,
        entries=(*list_sources(projects), *declared_events(service, environment)),
        lock=lock,
        platforms={
            (function.runtime, function.architecture): platform_of(
                environment.target, function.runtime, function.architecture
            )
            for function in service.functions.values()
        },
    )


def _layer_plans(plans: list[_Plan]) -> dict[str, _LayerPlan]:
    """Each layer once, with the services that share it."""
    wanted: dict[str, _LayerPlan] = {}
    for plan in plans:
        for platform in plan.platforms.values():
            name = layer_name(plan.lock, platform)
            if name is None:
                continue
            others = wanted[name].services if name in wanted else ()
            services = tuple(dict.fromkeys((*others, plan.service.name)))
            wanted[name] = _LayerPlan(plan.lock, platform, services)
    return wanted


def _build_layers(
    wanted: Mapping[str, _LayerPlan], store: ArtifactCache, root: Path, report: Report
) -> dict[str, Artifact]:
    built: dict[str, Artifact] = {}
    running: dict[Future[Artifact], str] = {}
    with ThreadPoolExecutor(_WORKERS, "package") as pool:
        for name, plan in wanted.items():
            found = store.find(name)
            if found is not None:
                built[name] = found
                report(DependenciesFinished(plan.services, plan.platform.label, reused=True))
                continue
            report(DependenciesStarted(plan.services, plan.platform.label))
            running[pool.submit(build_layer, name, plan.lock, plan.platform, store, root)] = name
        try:
            for future in as_completed(running):
                name = running[future]
                built[name] = future.result()
                plan = wanted[name]
                report(DependenciesFinished(plan.services, plan.platform.label, reused=False))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return built


def _build_codes(plans: list[_Plan], store: ArtifactCache, report: Report) -> dict[str, Artifact]:
    """Packing code is a matter of milliseconds; it is not worth a thread."""
    built: dict[str, Artifact] = {}
    for plan in plans:
        report(PackagingStarted(plan.service.name))
        built[plan.service.name], reused = build_code(plan.service.name, plan.entries, store)
        report(PackagingFinished(plan.service.name, reused))
    return built


def check_size(package: ServicePackage) -> None:
    """See that a service's code and layer, unpacked, are not more than Lambda takes.

    Raises:
        PlatformError: `package-too-large`, with what weighs most.
    """
    for (runtime, architecture), layer in package.layers.items():
        size = package.code.unpacked_bytes + (layer.unpacked_bytes if layer else 0)
        if size <= MAX_UNPACKED_BYTES:
            continue
        largest = heaviest(layer) if layer else ()
        names = ", ".join(f"{name} {_megabytes(part)}" for name, part in largest)
        raise PlatformError(
            f"{package.service} is {_megabytes(size)} unpacked for {runtime} on {architecture}; "
            f"Lambda takes {_megabytes(MAX_UNPACKED_BYTES)}",
            hint=f"largest dependencies: {names}" if names else "move large data to a bucket",
            code="package-too-large",
        )


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1024 / 1024:.0f} MB"
