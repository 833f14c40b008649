"""A service with a rotation function for a secret: rendered from its template, and registered."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_cli.blueprint.access import variable_name
from platform_cli.blueprint.findings import BlueprintInvalid
from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.scaffold.catalog import templates_root, unknown
from platform_cli.scaffold.naming import check_name_length, check_service_name
from platform_cli.scaffold.registration import Registration
from platform_cli.scaffold.rendering import render
from platform_cli.scaffold.services import ServicePlan, check_free, registered

if TYPE_CHECKING:
    from platform_cli.blueprint.model.data import Secret
    from platform_cli.blueprint.model.document import Blueprint

FUNCTION = "rotate"
_EVERY_DAYS = 30
_ELSEWHERE = ("rotation-without-source",)  # another secret may wait for its function too
_TIMEOUT_SECONDS = 60
_ADMINISTRATOR = "SECRET_{NAME}_ARN"  # the variable that `access` gives for a secret


def plan_rotation_function(
    root: Path,
    blueprint_path: Path,
    secret_name: str,
    service: str,
    strategy: str,
    administrator: str | None = None,
) -> ServicePlan:
    """Work out a service that rotates a secret, without leaving anything on disk.

    Args:
        root: The workspace's folder.
        blueprint_path: The blueprint file.
        secret_name: The secret, as the blueprint calls it.
        service: The new service's name.
        strategy: A module of the template's `strategies`.
        administrator: For alternating users, the secret with the login that may make users; the login of a
            database of the blueprint names its administrator itself.

    Raises:
        BlueprintInvalid: The blueprint has errors already.
        PlatformError: An unusable name, something that exists already, or what does not fit.
    """
    check_service_name(service)
    inspection = inspect_blueprint(blueprint_path)
    blueprint = inspection.blueprint
    if blueprint is None or any(f.code not in _ELSEWHERE for f in inspection.errors):
        raise BlueprintInvalid(inspection.findings)
    if secret_name not in blueprint.secrets:
        raise unknown("secret", secret_name, tuple(blueprint.secrets))
    kept = blueprint.secrets[secret_name].database is not None
    if strategy.endswith("alternating_users") and administrator is None and not kept:
        raise PlatformError(
            "with alternating users, somebody must be able to make the second one",
            hint="name the secret with such a login: --administrator SECRET",
            code="usage",
            exit_code=ExitCode.USAGE,
        )
    folder = root / "services" / service
    check_free(folder)
    check_name_length(blueprint.system, tuple(blueprint.environments), service, (FUNCTION,))
    before = blueprint_path.read_bytes()
    registration = _registration(blueprint, secret_name, service, strategy, administrator)
    after = registered(blueprint_path, service, registration, but_for=_ELSEWHERE)
    return ServicePlan(service, folder, blueprint_path, _files(service, strategy), before, after)


def _registration(
    blueprint: Blueprint, secret_name: str, service: str, strategy: str, administrator: str | None
) -> Registration:
    secret = blueprint.secrets[secret_name]
    days = secret.rotation.every_days if secret.rotation else _EVERY_DAYS
    ours = strategy.removeprefix("postgresql_").removeprefix("mysql_")
    rotation: dict[str, Any] = {"every_days": days, "strategy": ours, "function": f"{service}.{FUNCTION}"}
    function: dict[str, Any] = {
        "handler": "rotation.handler.handler",
        "timeout_seconds": _TIMEOUT_SECONDS,
        **_database(blueprint, secret),
    }
    if administrator is not None:
        function.setdefault("access", {})[f"secrets.{administrator}"] = "read"
        function["environment"] = {"ADMIN_SECRET_VARIABLE": variable_name(_ADMINISTRATOR, administrator)}
    return Registration(
        declarations=((("secrets", secret_name, "rotation"), rotation),),
        service={"path": f"services/{service}", "functions": {FUNCTION: function}},
        values={},
    )


def _database(blueprint: Blueprint, secret: Secret) -> dict[str, Any]:
    """The way to the database: its network, and the right to connect."""
    database = blueprint.databases.get(secret.database or "")
    if database is None:
        return {}
    return {"network": database.network, "access": {f"databases.{secret.database}": "connect"}}


def _files(service: str, strategy: str) -> Mapping[Path, bytes]:
    with tempfile.TemporaryDirectory(prefix="platform-") as scratch:
        into = Path(scratch, "service")
        paths = render([templates_root() / "rotation"], {"name": service, "strategy": strategy}, into)
        return {path: (into / path).read_bytes() for path in paths}
