"""Scopes: which a pool knows, which its machines may ask for, and which routes ask for."""

from __future__ import annotations

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.findings import nearest_hint
from platform_cli.blueprint.model.identity import Identity
from platform_cli.blueprint.model.services import Route
from platform_cli.blueprint.nodes import Path

USER_SCOPE = "aws.cognito.signin.user.admin"
"""What Cognito puts into the access token of a user who signs in with a password (2026-11)."""


def check_machines(context: Context) -> None:
    """Machines ask for scopes that their pool declares."""
    for name, pool in context.blueprint.identity.items():
        known = _declared(pool)
        for machine, definition in pool.machines.items():
            for index, scope in enumerate(definition.scopes):
                if scope not in known:
                    context.report(
                        "undeclared-scope",
                        f"machine {machine} has scope {scope}, which user pool {name} does not declare",
                        ("identity", name, "machines", machine, "scopes", index),
                        hint=nearest_hint(scope, known, otherwise=_declaration(scope)),
                    )


def check_route_scopes(context: Context, route: Route, api: str, address: str, path: Path) -> None:
    """Scopes of a route are those that some token has."""
    definition = context.blueprint.apis.get(api)
    authorizer = route.auth if route.auth is not None else definition.authorizer if definition else None
    if route.scopes and definition is not None and authorizer in (None, "none"):
        context.report(
            "scopes-without-authorizer",
            f'"{route.route}" of function {address} asks for scopes, and nobody signs users in there',
            (*path, "scopes"),
            key=True,
            hint=f"give API {api} an `authorizer`, or leave `scopes` out",
        )
    pool = context.blueprint.identity.get(authorizer) if authorizer else None
    if pool is None or not context.is_sound("identity", str(authorizer)):
        return
    for index, scope in enumerate(route.scopes):
        if scope == USER_SCOPE or scope in _granted(pool):
            continue
        declared = _declared(pool)
        hint: str | None = f"give it to one of its `machines`: {{ partner: {{ scopes: [{scope}] }} }}"
        if scope not in declared:
            hint = nearest_hint(scope, {*declared, USER_SCOPE}) if declared else _declaration(scope)
        context.report(
            "unknown-scope",
            f'"{route.route}" of function {address} asks for scope {scope}, '
            f"which user pool {authorizer} puts into no token",
            (*path, "scopes", index),
            hint=hint,
        )


def _declared(pool: Identity) -> set[str]:
    return {f"{server}/{scope}" for server, scopes in pool.scopes.items() for scope in scopes}


def _granted(pool: Identity) -> set[str]:
    return {scope for machine in pool.machines.values() for scope in machine.scopes}


def _declaration(scope: str) -> str:
    server, slash, name = scope.partition("/")
    if not slash:
        return f"scopes of a pool are called SERVER/SCOPE; users have {USER_SCOPE}"
    return f"declare it in the pool, and a machine that has it: `scopes: {{ {server}: {{ {name}: … }} }}`"
