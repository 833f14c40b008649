"""Names that are used must be declared: what functions access and are driven by, and all the rest."""

from __future__ import annotations

from platform_cli.blueprint.access import KINDS
from platform_cli.blueprint.access_lines import parse_access
from platform_cli.blueprint.checks.context import SINGULAR, Context
from platform_cli.blueprint.checks.narrowing import check_narrowing
from platform_cli.blueprint.findings import nearest_hint, nearest_name
from platform_cli.blueprint.model import triggers
from platform_cli.blueprint.model.apis import Domain
from platform_cli.blueprint.model.edge import EdgeDomain
from platform_cli.blueprint.model.services import AccessLine, Function
from platform_cli.blueprint.nodes import Path, ScalarNode, find, mapping_of

_PHRASES = {
    "administer": "administers",
    "append": "appends to",
    "call": "calls",
    "connect": "connects to",
    "invoke": "invokes",
    "log_in": "logs in to",
    "publish": "publishes to",
    "put": "puts records into",
    "read": "reads",
    "read_write": "reads and writes",
    "send": "sends to",
    "sign_in": "signs users in with",
    "write": "writes",
}
TRIGGER_SECTIONS = {
    "bucket": "buckets",
    "bus": "buses",
    "queue": "queues",
    "stream": "streams",
    "table_stream": "tables",
    "topic": "topics",
}


def check_access(context: Context) -> None:
    """Lines of `access`: kind, name, verb and indexes."""
    for service, _, name, function, path in context.functions():
        for key, line in function.access.items():
            _check_line(context, service, f"{service}.{name}", key, line, (*path, "access", key))


def _check_line(context: Context, service: str, address: str, key: str, line: AccessLine, path: Path) -> None:
    target = parse_access(key, service)
    if target is None:
        context.report(
            "invalid-access",
            f'"{key}" does not say what function {address} uses',
            path,
            key=True,
            hint=_whole(key),
        )
        return
    kind = KINDS.get(target.kind)
    if kind is None:
        context.report(
            "unknown-kind",
            f'function {address} uses "{key}", and "{target.kind}" is no kind of thing',
            path,
            key=True,
            hint=nearest_hint(target.kind, KINDS),
        )
        return
    verb_path = path if isinstance(find(context.tree, path), ScalarNode) else (*path, "verb")
    if line.verb not in kind.verbs:
        match = nearest_name(line.verb, kind.verbs)
        verbs = ", ".join(kind.verbs)
        context.report(
            "unknown-verb",
            f'function {address} cannot "{line.verb}" {target.kind}',
            verb_path,
            hint=f'did you mean "{match}"?' if match else f"{target.kind} know {verbs}",
        )
    what = f"function {address} {_PHRASES.get(line.verb, 'uses')}"
    if target.kind == "functions":
        check_function(context, target.name, what, path)
        return
    check_narrowing(context, address, target, line, path)
    if context.require(kind.section, target.name, path, what, key=True) and line.indexes is not None:
        _check_indexes(context, address, target.kind, target.name, line, path)


def _whole(key: str) -> str:
    singular = next((section for section, word in SINGULAR.items() if key in (word, section)), None)
    return f"write {singular}.NAME: verb" if singular else "write kind.name: verb, such as tables.main: read"


def _check_indexes(
    context: Context, address: str, kind: str, name: str, line: AccessLine, path: Path
) -> None:
    if kind != "tables":
        return
    if line.verb == "write":
        context.report(
            "invalid-access",
            f"function {address} only writes {name}, and an index cannot be written",
            (*path, "indexes"),
            key=True,
            hint="leave `indexes` out, or make the verb read_write",
        )
    known = _index_names(context, name)
    for number, index in enumerate(line.indexes or ()):
        if index not in known:
            context.report(
                "unknown-index",
                f'function {address} reads index "{index}", which table "{name}" does not have',
                (*path, "indexes", number),
                hint=nearest_hint(index, known, otherwise=f"declare it under tables.{name}.indexes"),
            )


def _index_names(context: Context, table: str) -> list[str]:
    external = context.blueprint.external.tables.get(table)
    if external is not None:
        return list(external.indexes)
    return list(mapping_of(find(context.written, ("tables", table, "indexes"))))


def check_triggers(context: Context) -> None:
    """What drives functions."""
    for service, _, name, function, path in context.functions():
        for index, trigger in enumerate(function.triggers):
            what = f"function {service}.{name} is driven by"
            for kind, section in TRIGGER_SECTIONS.items():
                target = getattr(trigger, kind, None)
                if target is not None:
                    context.require(section, target, (*path, "triggers", index, kind), what)
            if isinstance(trigger, triggers.RecordTrigger) and trigger.on_failure is not None:
                context.require(
                    "queues",
                    trigger.on_failure,
                    (*path, "triggers", index, "on_failure"),
                    f"function {service}.{name} reports failures to",
                )


def check_other_references(context: Context) -> None:
    """Everything else that names something."""
    blueprint = context.blueprint
    for name, pool in blueprint.identity.items():
        if pool.security_events is not None:
            where = ("identity", name, "security_events", "stream")
            context.require("streams", pool.security_events.stream, where, f"user pool {name} sends to")
    for name, api in blueprint.apis.items():
        if api.authorizer is not None:
            context.require(
                "identity", api.authorizer, ("apis", name, "authorizer"), f"API {name} signs users in with"
            )
        if api.security_events is not None:
            where = ("apis", name, "security_events", "stream")
            context.require("streams", api.security_events.stream, where, f"API {name} sends to")
        if api.firewall is not None:
            context.require(
                "firewalls", api.firewall, ("apis", name, "firewall"), f"API {name} stands behind"
            )
        if api.domain is not None:
            place = ("apis", name, "domain")
            what = f"the domain of API {name}"
            require_domain(context, api.domain, place, what)
    for name, queue in blueprint.queues.items():
        if queue.subscription is not None:
            place = ("queues", name, "from")
            if queue.subscription.bus is not None:
                context.require("buses", queue.subscription.bus, (*place, "bus"), f"queue {name} takes from")
            if queue.subscription.topic is not None:
                context.require(
                    "topics", queue.subscription.topic, (*place, "topic"), f"queue {name} takes from"
                )
    for name, secret in blueprint.secrets.items():
        if secret.database is not None:
            context.require(
                "databases", secret.database, ("secrets", name, "database"), f"secret {name} is the login of"
            )
        if secret.rotation is not None and secret.rotation.function is not None:
            where = ("secrets", name, "rotation", "function")
            what = f"secret {name} is changed by"
            check_function(context, secret.rotation.function, what, where, key=False)
    for name, table in blueprint.tables.items():
        if table.backup is not None:
            context.require("backups", table.backup, ("tables", name, "backup"), f"table {name} follows")
    for name, store in blueprint.event_stores.items():
        if store.backup is not None:
            what = f"event store {name} follows"
            context.require("backups", store.backup, ("event_stores", name, "backup"), what)
    for name, database in blueprint.databases.items():
        context.require(
            "networks", database.network, ("databases", name, "network"), f"database {name} stands in"
        )
        if database.backup is not None:
            context.require(
                "backups", database.backup, ("databases", name, "backup"), f"database {name} follows"
            )
    for name, cache in blueprint.caches.items():
        context.require("networks", cache.network, ("caches", name, "network"), f"cache {name} stands in")
    for service, _, name, function, path in context.functions():
        _check_function_references(context, f"{service}.{name}", function, path)


def require_domain(context: Context, domain: Domain, place: Path, what: str) -> None:
    """The certificate and the zone of a host name."""
    if domain.certificate is not None:
        context.require("certificates", domain.certificate, (*place, "certificate"), f"{what} has")
    if domain.hosted_zone is not None:
        context.require("hosted_zones", domain.hosted_zone, (*place, "hosted_zone"), f"{what} stands in")
    for index, one in enumerate(domain.names if isinstance(domain, EdgeDomain) else ()):
        if one.hosted_zone is not None:
            zone = (*place, "names", index, "hosted_zone")
            context.require("hosted_zones", one.hosted_zone, zone, f"{one.name} stands in")


def check_function(context: Context, name: str, what: str, path: Path, *, key: bool = True) -> None:
    """A function that is named by its address."""
    addresses = context.function_addresses()
    if name not in addresses:
        context.report(
            "unknown-function",
            f'{what} function "{name}", which is not declared',
            path,
            key=key,
            hint=nearest_hint(name, addresses),
        )


def _check_function_references(context: Context, address: str, function: Function, path: Path) -> None:
    if function.network is not None:
        context.require("networks", function.network, (*path, "network"), f"function {address} stands in")
    for index, route in enumerate(function.routes):
        place = (*path, "routes", index)
        if route.api is not None:
            context.require("apis", route.api, (*place, "api"), f"function {address} serves")
        if route.auth is not None and route.auth != "none":
            context.require(
                "identity", route.auth, (*place, "auth"), f"a route of function {address} signs users in with"
            )
