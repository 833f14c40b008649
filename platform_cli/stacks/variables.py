"""The environment variables of a function: how its handler finds what it has access to.

The names come from the one table in `blueprint.access`; here they get their values.
"""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.access import KINDS, variable_name
from platform_cli.blueprint.event_stores import table_name
from platform_cli.blueprint.resolved import ResolvedAccess, ResolvedEnvironment, ResolvedFunction
from platform_cli.stacks import outputs
from platform_cli.stacks.addresses import Addresses, names_of
from platform_cli.stacks.logical import database_user

FLAGS_PROFILE = "flags"
"""Name of the AppConfig profile that holds the feature flags."""

LOG_LEVELS = {"CRITICAL": "FATAL", "WARNING": "WARN"}
"""Lambda's names of Python's levels, where they differ."""

_TOLD = {
    "endpoint": outputs.ENDPOINT,
    "port": outputs.PORT,
    "reader_endpoint": outputs.READER_ENDPOINT,
    "secret_arn": outputs.SECRET_ARN,
}
"""Which output of the databases' stack tells an attribute."""


def flags_application(environment: ResolvedEnvironment) -> str:
    """Name of the AppConfig application: `shop-dev`."""
    return names_of(environment).prefix


def log_level(function: ResolvedFunction) -> str:
    """The level below which a function logs nothing, by Python's name for it."""
    return function.environment.get("LOG_LEVEL", "INFO").upper()


def variables_of(
    function: ResolvedFunction, environment: ResolvedEnvironment, lookup: outputs.Lookup
) -> Mapping[str, str]:
    """All environment variables of a function, by name.

    The user's own come last, so that a level of logging or a name of a metric's namespace can be set there.

    Args:
        function: The function.
        environment: Where the things are that its `access` names.
        lookup: Gives the values that AWS invented.
    """
    variables = {
        "LOG_LEVEL": log_level(function),
        "PLATFORM_ENVIRONMENT": environment.environment,
        "POWERTOOLS_METRICS_NAMESPACE": names_of(environment).metrics_namespace(),
        "POWERTOOLS_SERVICE_NAME": function.service,
    }
    for access in function.access:
        variables |= _of_access(access, environment, lookup, function.service)
    return dict(sorted((variables | dict(function.environment)).items()))


def _of_access(
    access: ResolvedAccess, environment: ResolvedEnvironment, lookup: outputs.Lookup, service: str
) -> Mapping[str, str]:
    found: dict[str, str] = {}
    verb = KINDS[access.kind].verbs[access.verb]
    for template, attribute in KINDS[access.kind].variables.items():
        if attribute == "secret_arn" and not verb.secret_actions:
            continue
        if attribute == "client_id":
            for client in environment.identity[access.name].clients:
                name = variable_name(template, access.name, client)
                found[name] = lookup("identity", outputs.client_id(access.name, client))
        else:
            value = _value(access, attribute, environment, lookup, service)
            found[variable_name(template, access.name)] = value
    return found


def _value(
    access: ResolvedAccess,
    attribute: str,
    environment: ResolvedEnvironment,
    lookup: outputs.Lookup,
    service: str,
) -> str:
    at, names, name = Addresses.of(environment), names_of(environment), access.name
    match access.kind, attribute:
        case "tables", "name":
            return environment.tables[name].physical_name
        case "event_stores", "name":
            return environment.tables[table_name(name)].physical_name
        case "buckets", "name":
            return environment.buckets[name].physical_name
        case "buses", "name":
            return environment.buses[name].physical_name
        case "queues", "url":
            return at.queue_url(environment.queues[name].physical_name)
        case "topics", "arn":
            return at.topic(environment.topics[name].physical_name)
        case "streams", "name":
            return environment.streams[name].physical_name
        case "secrets", "arn":
            home = outputs.secret_home(environment.secrets[name].database)
            return lookup(home, outputs.secret_arn(name))
        case "config", "path":
            return names.parameter(name, "").rstrip("/")
        case "flags", "application":
            return flags_application(environment)
        case "flags", "environment":
            return environment.environment
        case "flags", "profile":
            return FLAGS_PROFILE
        case "identity", "pool_id":
            return lookup("identity", outputs.pool_id(name))
        case "functions", "name":
            home, _, function = name.partition(".")
            return environment.services[home].functions[function].called_name
        case "hosts", "name":
            return environment.hosts[name].host_name
        case "hosts", _:
            return str(environment.hosts[name].port)
        case "databases", "name":
            return environment.databases[name].database_name
        case "databases", "user":
            return database_user(service)
        case "databases", _:
            return lookup("databases", outputs.database(name, _TOLD[attribute]))
        case "caches", "name" | "user":
            return environment.caches[name].physical_name
        case "caches", "tls":
            # The Redis of the local AWS has no certificate.
            return "false" if environment.target == "local" else "true"
        case "caches", _:
            return lookup("databases", outputs.cache(name, _TOLD[attribute]))
    raise AssertionError(f"{attribute} of {access.kind} is refused by support.py")
