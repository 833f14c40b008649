"""Whether services, their code and their locks fit the blueprint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from platform_cli.errors import PlatformError
from platform_cli.operate.doctor.model import Check, Fix, Need, Result, failure, ok, skipped, warning
from platform_cli.operate.doctor.wording import number

if TYPE_CHECKING:
    from platform_cli.blueprint.resolved import ResolvedService
    from platform_cli.operate.doctor.context import Context
    from platform_cli.package.checking import Layers

_VALID = (Need.WORKSPACE, Need.ENVIRONMENT)
_PROJECT = "pyproject.toml"


def check_folders(context: Context) -> Result:
    """Compare the services of the blueprint with the folders that there are."""
    services = context.environment.services.values()
    declared = {_folder(context, service).resolve(): service for service in services}
    missing = [s for path, s in declared.items() if not (path / _PROJECT).is_file()]
    beside = {path.parent for path in declared} | {(context.folder / "services").resolve()}
    unknown = [
        project.parent
        for parent in sorted(beside)
        if parent != context.folder.resolve()
        for project in sorted(parent.glob(f"*/{_PROJECT}"))
        if project.parent not in declared
    ]
    shown = tuple(_shown(path, context) for path in unknown)
    if missing:
        return failure(
            "services of the blueprint have no folder",
            *(f"{s.name}: there is no {s.path}/{_PROJECT}" for s in missing),
            *(f"{name} is in no blueprint" for name in shown),
            consequence="nothing can be packaged, so that nothing can be deployed",
            mend=f"add it with `platform new-service {missing[0].name}`, or correct its `path`",
        )
    if unknown:
        return warning(
            "folders of services are not in the blueprint",
            *(f"{name} is in no blueprint" for name in shown),
            consequence="their code is never deployed",
            mend="declare them under `services`, or delete them",
        )
    if not declared:
        return skipped("the blueprint has no services")
    return ok(f"{number(len(declared), 'service')}, each with its folder")


def check_imports(context: Context) -> Result:
    """Look for handlers that are not there, and for imports that nothing answers; nothing is run."""
    from platform_cli.package.checking import find_handler_problems

    lines: list[str] = []
    unjudged: list[str] = []
    services = _present(context)
    for service in services:
        layers = _layers(context, service)
        if layers is None:
            unjudged.append(f"{service.name}: third-party imports not judged: not built yet")
        try:
            problems = find_handler_problems(service, context.folder, layers)
        except PlatformError as error:
            problems = (error,)
        lines += [f"{p.where}: {p.message}" if p.where else p.message for p in problems]
    if lines:
        return failure(
            "handlers cannot be imported",
            *lines,
            *unjudged,
            consequence="the function fails at every call; `platform deploy` refuses it",
            mend="correct the lines that are named; `platform synth` looks again",
        )
    if not services:
        return skipped("there is no service with a folder")
    functions = sum(len(service.functions) for service in services)
    what = "of your own code" if unjudged else "of your own code and of third parties"
    return ok(f"{number(functions, 'handler')} found, with all that they import {what}", *unjudged)


def _layers(context: Context, service: ResolvedService) -> Layers | None:
    """What a service may import of third parties; None if it is not built as its lock says."""
    from platform_cli.package.building import built_layers

    try:
        return built_layers(context.environment, service, context.folder, context.surroundings.cache)
    except PlatformError:  # `lock-files` says what is wrong with the lock
        return None


def check_locks(context: Context) -> Result:
    """Compare what services ask for with what is locked; nothing is fetched."""
    from platform_cli.package.locking import check_lock, lock_service

    services = _present(context)
    outdated: list[ResolvedService] = []
    lines: list[str] = []
    for service in services:
        try:
            check_lock(_folder(context, service))
        except PlatformError as error:
            lines.append(f"{service.name}: {error.message}")
            if error.code in ("missing-lock", "outdated-lock"):
                outdated.append(service)
    if not services:
        return skipped("there is no service with a folder")
    if not lines:
        return ok(f"{number(len(services), 'service')} locked as the dependencies ask for")

    def lock() -> None:
        for service in outdated:
            lock_service(_folder(context, service))

    names = " ".join(service.name for service in outdated)
    return failure(
        "locks of dependencies are not up to date",
        *lines,
        consequence="the services cannot be packaged, so that nothing can be deployed",
        mend=f"run `platform lock {names}`" if names else "correct the files that are named",
        fix=Fix(f"lock the dependencies of {names.replace(' ', ', ')}", lock) if names else None,
    )


def _present(context: Context) -> list[ResolvedService]:
    services = context.environment.services.values()
    return [service for service in services if (_folder(context, service) / _PROJECT).is_file()]


def _folder(context: Context, service: ResolvedService) -> Path:
    return context.folder / service.path


def _shown(path: Path, context: Context) -> str:
    root = context.folder.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


CHECKS = (
    Check(
        "service-folders",
        "workspace",
        "services and their folders",
        "Compares the services of the blueprint with the folders beside them. A service without a folder is "
        "a failure, a folder with a `pyproject.toml` that no service names is a warning.",
        check_folders,
        _VALID,
    ),
    Check(
        "handlers",
        "workspace",
        "handlers",
        "Looks for every handler of the blueprint, and follows its imports through your own code and "
        "libraries, without running any of it. Imports of third-party packages are judged where the service "
        "is already built as its lock says; for others the evidence says that they are not.",
        check_imports,
        _VALID,
    ),
    Check(
        "lock-files",
        "workspace",
        "locked dependencies",
        "Compares what the `pyproject.toml` of each service and of its libraries asks for with its "
        "`requirements.lock`; nothing is fetched for that. `--fix` locks again, as `platform lock` does: "
        "versions that still fit stay.",
        check_locks,
        _VALID,
    ),
)
