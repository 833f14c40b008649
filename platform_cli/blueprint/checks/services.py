"""Services and functions: folders, handlers, concurrency, environment variables."""

from __future__ import annotations

import re

from platform_cli.blueprint.access import KINDS, variable_name
from platform_cli.blueprint.access_lines import parse_access
from platform_cli.blueprint.checks.context import SINGULAR, Context
from platform_cli.blueprint.including import leaves_workspace
from platform_cli.blueprint.model.services import Function
from platform_cli.blueprint.nodes import Path

_HANDLER = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+\Z")
RESERVED_VARIABLES = frozenset(
    {
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
    }
)
"""Set by Lambda, and refused by it (Lambda guide, «Environment variables», 2026-11)."""


def check_services(context: Context) -> None:
    """Folders of services."""
    for name, service in context.blueprint.services.items():
        folder = service.path or f"services/{name}"
        path: Path = ("services", name, "path") if service.path else ("services", name)
        if leaves_workspace(folder):
            context.report(
                "path-outside-workspace",
                f'the folder "{folder}" of service {name} leads out of the folder of the blueprint',
                path,
                hint="write a path relative to the blueprint, without ..",
            )
        elif not (context.root / folder).is_dir():
            context.report(
                "missing-service-folder",
                f'service {name} stands in "{folder}", and there is no such folder',
                path,
                hint=f"`platform new-service {name}` creates a service, or correct `path`",
            )


def check_functions(context: Context) -> None:
    """Handlers, concurrency, and environment variables of functions."""
    for service, _, name, function, path in context.functions():
        address = f"{service}.{name}"
        if not _HANDLER.match(function.handler):
            context.report(
                "invalid-handler",
                f'"{function.handler}" is no handler',
                (*path, "handler"),
                hint=_handler_hint(function.handler, service),
            )
        _check_concurrency(context, address, function, path)
        _check_variables(context, service, address, function, path)


def _handler_hint(handler: str, service: str) -> str:
    better = (
        re.sub(r"\.py\b", "", handler).removeprefix("src/").replace("/", ".").replace(":", ".").strip(".")
    )
    if _HANDLER.match(better):
        return f'write "{better}"'
    return (
        f'write a module and an attribute: "{service.replace("-", "_")}.handlers.{better or "main"}.handler"'
    )


def _check_concurrency(context: Context, address: str, function: Function, path: Path) -> None:
    concurrency = function.concurrency
    if concurrency is None or concurrency.provisioned is None:
        return
    provisioned = concurrency.provisioned
    place = (*path, "concurrency", "provisioned")
    if provisioned.min > provisioned.max:
        context.report(
            "invalid-limits",
            f"function {address}: min is {provisioned.min}, above max, which is {provisioned.max}",
            (*place, "min"),
            hint=f"make max at least {provisioned.min}",
        )
    if concurrency.reserved is not None and provisioned.max > concurrency.reserved:
        context.report(
            "concurrency-limits",
            f"function {address} keeps up to {provisioned.max} warm, and only {concurrency.reserved} may run",
            (*place, "max"),
            hint=f"make reserved at least {provisioned.max}",
        )


def function_variables(function: Function, service: str, context: Context) -> list[tuple[str, str, str]]:
    """Environment variables that `access` brings: variable, the line that brings it, and its template."""
    variables: list[tuple[str, str, str]] = []
    for key in function.access:
        target = parse_access(key, service)
        if target is None or target.kind not in KINDS:
            continue
        for template in KINDS[target.kind].variables:
            clients = [""]
            if "{CLIENT}" in template:
                pool = context.blueprint.identity.get(target.name)
                clients = list(pool.clients) if pool else []
            variables += [(variable_name(template, target.name, client), key, template) for client in clients]
    return variables


def _check_variables(context: Context, service: str, address: str, function: Function, path: Path) -> None:
    own: dict[str, tuple[str, str]] = {}
    for variable, key, template in function_variables(function, service, context):
        first, first_template = own.setdefault(variable, (key, template))
        # All flags share their variables, and names that collide are said where they are declared.
        if first != key and (first_template != template or key.startswith("functions.")):
            context.report(
                "variable-collision",
                f"{first} and {key} both give function {address} the variable {variable}",
                (*path, "access", key),
                key=True,
                hint="rename one of them",
            )
    for variable in function.environment:
        place = (*path, "environment", variable)
        if variable in RESERVED_VARIABLES:
            context.report("reserved-variable", f"Lambda sets {variable} itself", place, key=True)
        elif variable in own:
            context.report(
                "variable-collision",
                f"{own[variable][0]} gives function {address} the variable {variable} already",
                place,
                key=True,
                hint="remove it here, or give it another name",
            )


def check_variable_names(context: Context) -> None:
    """Names in one section that yield one environment variable."""
    blueprint = context.blueprint
    sections = {kind.section for kind in KINDS.values() if any("{NAME}" in v for v in kind.variables)}
    for section in sorted(sections - {"functions"}):
        _check_names(context, list(context.names(section)), SINGULAR[section], (section,))
    for name, pool in blueprint.identity.items():
        _check_names(context, list(pool.clients), "client", ("identity", name, "clients"))


def _check_names(context: Context, names: list[str], word: str, path: Path) -> None:
    seen: dict[str, str] = {}
    for index, name in enumerate(names):
        variable = variable_name("{NAME}", name)
        first = seen.setdefault(variable, name)
        if first == name:
            continue
        place: Path = (*path, index if word == "client" else name)
        ours = getattr(context.blueprint, str(path[0]), ())
        if path[0] in ("tables", "buckets", "hosts") and name not in ours:
            place = ("external", *place)
        context.report(
            "variable-collision",
            f'{word}s "{first}" and "{name}" both become {variable} in environment variables',
            place,
            key=word != "client",
            hint="rename one of them",
        )
