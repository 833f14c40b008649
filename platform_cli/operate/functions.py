"""Find functions by what the user calls them."""

from __future__ import annotations

from platform_cli.blueprint.findings import known_hint
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedFunction
from platform_cli.errors import ExitCode, PlatformError


def find_function(environment: ResolvedEnvironment, address: str) -> ResolvedFunction:
    """The function `service.function`.

    Raises:
        PlatformError: `unknown-function`, with the nearest name.
    """
    functions = {function.address: function for function in environment.functions}
    if address in functions:
        return functions[address]
    raise _unknown(f'there is no function "{address}"', address, list(functions))


def select_functions(environment: ResolvedEnvironment, selector: str | None) -> tuple[ResolvedFunction, ...]:
    """The functions of `service`, the one of `service.function`, or all of them.

    Raises:
        PlatformError: `unknown-function`, with the nearest name.
    """
    if selector is None:
        return environment.functions
    if "." in selector:
        return (find_function(environment, selector),)
    service = environment.services.get(selector)
    if service is None:
        raise _unknown(f'there is no service "{selector}"', selector, list(environment.services))
    return tuple(service.functions.values())


def names_of(environment: ResolvedEnvironment) -> Names:
    """The names of an environment."""
    return Names(environment.system, environment.environment, environment.account, environment.region)


def log_group(environment: ResolvedEnvironment, function: ResolvedFunction) -> str:
    """Where a function logs to."""
    return names_of(environment).log_group(function.service, function.name)


def _unknown(message: str, asked: str, known: list[str]) -> PlatformError:
    return PlatformError(
        message, hint=known_hint(asked, known), code="unknown-function", exit_code=ExitCode.USAGE
    )
