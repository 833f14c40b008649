"""What the shell completes beside commands and options: names from the blueprint.

A blueprint that cannot be read completes nothing; a shell is no place for its errors.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from platform_cli.blueprint.loading import Inspection


def complete_environment(ctx: Any, incomplete: str) -> list[str]:
    """Complete `--env`."""
    inspection = _inspection(ctx)
    if inspection is None or inspection.blueprint is None:
        return []
    return _matching(inspection.blueprint.environments, incomplete)


def complete_service(ctx: Any, incomplete: str) -> list[str]:
    """Complete the name of a service."""
    return _matching({address.split(".")[0] for address in _functions(ctx)}, incomplete)


def complete_function(ctx: Any, incomplete: str) -> list[str]:
    """Complete a function's address, `service.function`."""
    return _matching(_functions(ctx), incomplete)


def complete_logged(ctx: Any, incomplete: str) -> list[str]:
    """Complete what has logs: a service or a function."""
    functions = _functions(ctx)
    return _matching({*functions, *(address.split(".")[0] for address in functions)}, incomplete)


def complete_flag(ctx: Any, incomplete: str) -> list[str]:
    """Complete the name of a feature flag."""
    inspection = _inspection(ctx)
    return _matching(inspection.blueprint.flags if inspection and inspection.blueprint else (), incomplete)


def complete_setting(ctx: Any, incomplete: str) -> list[str]:
    """Complete a setting, `group/key`."""
    inspection = _inspection(ctx)
    groups = inspection.blueprint.config if inspection and inspection.blueprint else {}
    return _matching((f"{group}/{key}" for group, keys in groups.items() for key in keys), incomplete)


def complete_secret(ctx: Any, incomplete: str) -> list[str]:
    """Complete the name of a secret."""
    inspection = _inspection(ctx)
    if inspection is None or inspection.blueprint is None:
        return []
    return _matching(inspection.blueprint.secrets, incomplete)


def complete_dead_letters(ctx: Any, incomplete: str) -> list[str]:
    """Complete what has a dead-letter queue: a queue, or a function."""
    inspection = _inspection(ctx)
    queues = inspection.blueprint.queues if inspection and inspection.blueprint else ()
    return _matching((*queues, *_functions(ctx)), incomplete)


def complete_bus(ctx: Any, incomplete: str) -> list[str]:
    """Complete the name of a bus."""
    inspection = _inspection(ctx)
    return _matching(inspection.blueprint.buses if inspection and inspection.blueprint else (), incomplete)


def complete_alarms(ctx: Any, incomplete: str) -> list[str]:
    """Complete what has alarms: services, functions, tables, queues, APIs."""
    inspection = _inspection(ctx)
    blueprint = inspection.blueprint if inspection else None
    if blueprint is None:
        return []
    things = {*blueprint.services, *blueprint.tables, *blueprint.queues, *blueprint.apis}
    return _matching({*things, *_functions(ctx)}, incomplete)


def complete_check(incomplete: str) -> list[str]:
    """Complete a group of checks, or a check."""
    from platform_cli.operate.doctor.discovery import all_checks
    from platform_cli.operate.doctor.model import GROUPS

    return _matching((*GROUPS, *(check.id for check in all_checks())), incomplete)


def complete_dashboard(ctx: Any, incomplete: str) -> list[str]:
    """Complete the name of a dashboard: the tool's, and those of the blueprint."""
    inspection = _inspection(ctx)
    blueprint = inspection.blueprint if inspection else None
    if blueprint is None:
        return []
    services = (f"service-{name}" for name in blueprint.services)
    known = {"overview", "business", "performance", "infrastructure"}
    return _matching({*known, *services, *blueprint.dashboards}, incomplete)


def complete_query(ctx: Any, incomplete: str) -> list[str]:
    """Complete the name of a saved query of logs."""
    from platform_cli.blueprint.log_queries import saved_queries
    from platform_cli.blueprint.resolving import resolve
    from platform_cli.errors import PlatformError

    inspection = _inspection(ctx)
    try:
        found = saved_queries(resolve(inspection, ctx.obj.options.environment)) if inspection else ()
    except PlatformError:
        return []
    return _matching((query.name for query in found), incomplete)


def complete_template(incomplete: str) -> list[str]:
    """Complete the kind of a new service."""
    from platform_cli.scaffold.catalog import service_kinds

    return _matching(service_kinds(), incomplete)


def complete_code(incomplete: str) -> list[str]:
    """Complete an error code."""
    from platform_cli.cli.explanations import explanations

    return _matching(explanations(), incomplete)


def _functions(ctx: Any) -> list[str]:
    inspection = _inspection(ctx)
    if inspection is None or inspection.blueprint is None:
        return []
    services = inspection.blueprint.services
    return [f"{name}.{function}" for name, service in services.items() for function in service.functions]


def _inspection(ctx: Any) -> Inspection | None:
    from platform_cli.blueprint.loading import find_blueprint, inspect_blueprint
    from platform_cli.errors import PlatformError

    given = ctx.obj.options.blueprint
    try:
        path = given or find_blueprint(Path.cwd())
        return inspect_blueprint(path / "blueprint.yaml" if path.is_dir() else path)
    except (PlatformError, OSError):
        return None


def _matching(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))
