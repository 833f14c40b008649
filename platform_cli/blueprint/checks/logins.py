"""Who has the login of a database, and stands where it cannot be used."""

from __future__ import annotations

from platform_cli.blueprint.access_lines import parse_access
from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.model.services import Function
from platform_cli.blueprint.nodes import Path

_ENDPOINT = "secretsmanager"


def check_logins(context: Context) -> None:
    """Functions that read or change the login of a database stand in its network."""
    secrets = context.blueprint.secrets
    rotating: dict[str, list[str]] = {}
    for name, definition in secrets.items():
        if definition.rotation is not None and definition.rotation.function is not None:
            rotating.setdefault(definition.rotation.function, []).append(name)
    for service, _, name, function, path in context.functions():
        address = f"{service}.{name}"
        mine = rotating.get(address, [])
        for key in function.access:
            target = parse_access(key, service)
            if target is not None and target.kind == "secrets" and target.name not in mine:
                _check_reader(context, address, function, target.name, (*path, "access", key))
        for secret in mine:
            _check_rotation(context, address, function, secret)


def _home(context: Context, secret: str) -> tuple[str, str] | None:
    """The database that a secret is the login of, and its network."""
    definition = context.blueprint.secrets.get(secret)
    name = definition.database if definition is not None else None
    database = context.blueprint.databases.get(name or "")
    return (name, database.network) if name is not None and database is not None else None


def _check_reader(context: Context, address: str, function: Function, secret: str, path: Path) -> None:
    home = _home(context, secret)
    if home is None or function.network == home[1]:
        return
    context.report(
        "login-out-of-reach",
        f"function {address} reads the login of database {home[0]}, which stands in network {home[1]}, and "
        f"itself stands {_where(function)}",
        path,
        key=True,
        hint=f"write `network: {home[1]}` for the function, or take the line away",
    )


def _check_rotation(context: Context, address: str, function: Function, secret: str) -> None:
    home = _home(context, secret)
    path: Path = ("secrets", secret, "rotation", "function")
    if home is not None and function.network != home[1]:
        context.report(
            "not-in-network",
            f"function {address} changes the login of database {home[0]}, which stands in network {home[1]}, "
            f"and itself stands {_where(function)}",
            path,
            hint=f"write `network: {home[1]}` for function {address}",
        )
        return
    network = context.blueprint.networks.get(function.network or "")
    sound = context.is_sound("networks", function.network or "")
    if network is None or network.nat_gateways or not sound or _ENDPOINT in network.endpoints:
        return
    endpoints = ", ".join(sorted({*network.endpoints, _ENDPOINT}))
    context.report(
        "unreachable-service",
        f"function {address} changes secret {secret}, and network {function.network} leads neither to the "
        f"internet nor to {_ENDPOINT}",
        path,
        hint=f"write `endpoints: [{endpoints}]` for network {function.network}, or give it a NAT gateway",
    )


def _where(function: Function) -> str:
    return f"in network {function.network}" if function.network else "in no network"
