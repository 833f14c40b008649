"""What a new service adds to the blueprint: pure, from answers to declarations and a service.

In: the kind, the name and the answers. Out: what to write where in the blueprint, and the values
that the template needs of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from platform_cli.blueprint.model.base import NAME_PATTERN, STACK_NAME_PATTERN
from platform_cli.scaffold.naming import package_name
from platform_cli.scaffold.questions import bad_answer

if TYPE_CHECKING:
    from platform_cli.blueprint.model.document import Blueprint

Declaration = tuple[tuple[str, ...], Any]
"""Keys from the top of the blueprint, and the value to put there."""

FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "api": ("create", "get"),
    "worker": ("process",),
    "stream": ("follow",),
    "analytics": ("measure", "report"),
    "schedule": ("run",),
}
"""The functions that a service of each kind begins with."""

EXPIRES = "expires_at"
"""When a record may go, in a table that has no attribute for it."""

_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "api": ("name", "created_at"),
    "worker": ("content",),
    "stream": ("change_kind", "change_order"),
    "analytics": (EXPIRES,),
    "schedule": ("ended_at",),
}
"""What the templates write beside a table's key, so what a key cannot be called."""

LOST = "lost"
"""The queue of a system that is told of batches of streams that functions gave up."""

WINDOW_SECONDS = 300
"""The tumbling window of a new analytics service, as its logic says it too."""

ROUTE_LIMIT = 60
"""Characters; no limit of AWS, but the templates' lines stay within theirs."""

_ROUTE = re.compile(r"(/[A-Za-z0-9._~-]+)+")


@dataclass(frozen=True)
class Registration:
    """What the blueprint gains, and what the template must know of it.

    Attributes:
        declarations: What the service needs and the blueprint does not have yet, in order.
        service: The service, as the blueprint says it.
        values: Values of the template's questions, beside the answers.
    """

    declarations: tuple[Declaration, ...]
    service: Mapping[str, Any]
    values: Mapping[str, Any]


def register(kind: str, name: str, answers: Mapping[str, str], blueprint: Blueprint) -> Registration:
    """Work out what a new service adds to a blueprint.

    Args:
        kind: `api`, `worker`, `stream`, `analytics` or `schedule`.
        name: The service's name, checked.
        answers: To every question of the kind.
        blueprint: What there is.

    Raises:
        PlatformError: An answer does not fit what there is.
    """
    tables, values = _table(kind, answers["table"], blueprint)
    declarations, functions, more = _MAKERS[kind](name, answers, blueprint)
    return Registration(
        declarations=(*tables, *declarations),
        service={"path": f"services/{name}", "functions": functions},
        values={**values, **more},
    )


_Parts = tuple[tuple[Declaration, ...], dict[str, Any], dict[str, Any]]


def _table(kind: str, table: str, blueprint: Blueprint) -> tuple[tuple[Declaration, ...], dict[str, Any]]:
    """A table that is there is shared with whoever uses it; a new one belongs to the service."""
    if table in blueprint.external.tables:
        raise bad_answer("table", table, "choose a table of the blueprint's own, or a new name")
    known = blueprint.tables.get(table)
    if known is None:
        _check_new_name("table", table, NAME_PATTERN)
        values = {"partition_key": "id", "sort_key": "", "shared_table": False}
        expiring = {"ttl": EXPIRES} if kind == "analytics" else {}
        return ((("tables", table), {"partition_key": "id", **expiring}),), values
    keys = [key for key in (known.partition_key, known.sort_key) if key is not None]
    for key in keys:
        if key.type != "string":
            raise bad_answer(
                "table", table, f'its key "{key.name}" is no string; choose another table, or a new name'
            )
        if key.name in _ATTRIBUTES[kind]:
            raise bad_answer(
                "table",
                table,
                f'its key "{key.name}" is taken by the template; choose another table, or a new name',
            )
    sort_key = known.sort_key.name if known.sort_key else ""
    return (), {"partition_key": known.partition_key.name, "sort_key": sort_key, "shared_table": True}


def _api(name: str, answers: Mapping[str, str], blueprint: Blueprint) -> _Parts:
    declarations, serving = _http_api(name, answers, blueprint)
    route = answers["route"]
    functions = {
        "create": {
            "handler": _handler(name, "create_item"),
            "routes": serving(f"POST {route}"),
            "access": {f"tables.{answers['table']}": "write"},
        },
        "get": {
            "handler": _handler(name, "get_item"),
            "routes": serving(f"GET {route}/{{id}}"),
            "access": {f"tables.{answers['table']}": "read"},
        },
    }
    return declarations, functions, {}


def _http_api(
    name: str, answers: Mapping[str, str], blueprint: Blueprint
) -> tuple[tuple[Declaration, ...], Callable[[str], list[Any]]]:
    """What makes the API of the answers, if it is not there, and how a function says a route of it."""
    api, route = answers["api"], answers["route"]
    if not _ROUTE.fullmatch(route) or len(route) > ROUTE_LIMIT:
        raise bad_answer("route", route, f"give a short path without parameters, such as /{name}")
    declarations: tuple[Declaration, ...] = ()
    known = blueprint.apis.get(api)
    if known is None:
        _check_new_name("api", api, STACK_NAME_PATTERN)
        pools = list(blueprint.identity)
        authorizer = {"authorizer": pools[0]} if len(pools) == 1 else {}
        declarations = ((("apis", api), {"kind": "http", **authorizer}),)
    elif known.kind != "http":
        raise bad_answer("api", api, f"it is of kind {known.kind}; choose one of kind http, or a new name")
    only = not set(blueprint.apis) - {api}

    def serving(method_and_path: str) -> list[Any]:
        return [method_and_path if only else {"api": api, "route": method_and_path}]

    return declarations, serving


def _worker(name: str, answers: Mapping[str, str], blueprint: Blueprint) -> _Parts:
    queue = answers["queue"]
    declarations: tuple[Declaration, ...] = ()
    if queue not in blueprint.queues:
        _check_new_name("queue", queue, NAME_PATTERN)
        declarations = ((("queues", queue), {"dead_letter": {"max_receives": 3, "retention_days": 14}}),)
    functions = {
        "process": {
            "handler": _handler(name, "process_message"),
            "triggers": [{"queue": queue, "batch_size": 10}],
            "access": {f"tables.{answers['table']}": "write"},
        }
    }
    return declarations, functions, {}


def _stream(name: str, answers: Mapping[str, str], blueprint: Blueprint) -> _Parts:
    kind, _, source = answers["follow"].partition(".")
    declarations: tuple[Declaration, ...] = ()
    if kind == "streams" and source:
        declarations = _followed_stream(source, blueprint)
        trigger: dict[str, Any] = {"stream": source, "batch_size": 100}
    elif kind == "tables" and source in blueprint.tables:
        if source == answers["table"]:
            raise bad_answer(
                "table",
                source,
                "the service follows this table, and would follow its own writes: choose another",
            )
        if blueprint.tables[source].stream is None:
            declarations = ((("tables", source, "stream"), "new_and_old_images"),)
        trigger = {"table_stream": source, "batch_size": 100}
    else:
        tables = ", ".join(f"tables.{table}" for table in blueprint.tables)
        raise bad_answer(
            "follow", answers["follow"], f"give streams.NAME{f', or one of {tables}' if tables else ''}"
        )
    lost, told = _told_of_lost(name, blueprint)
    functions = {
        "follow": {
            "handler": _handler(name, "follow_change"),
            "triggers": [{**trigger, "on_failure": lost}],
            "access": {f"tables.{answers['table']}": "write"},
        }
    }
    return (*declarations, *told), functions, {"source": next(iter(trigger)), "followed": source}


def _followed_stream(stream: str, blueprint: Blueprint) -> tuple[Declaration, ...]:
    if stream in blueprint.streams:
        return ()
    _check_new_name("follow", stream, NAME_PATTERN)
    return ((("streams", stream), {"capacity": "on_demand", "retention_hours": 24}),)


def _told_of_lost(name: str, blueprint: Blueprint) -> tuple[str, tuple[Declaration, ...]]:
    """The queue that is told of batches given up, and what makes it, if it is not there.

    One is enough for a system: whoever is told already, or a queue of that name that nobody takes from.
    """
    triggers = [
        trigger
        for service in blueprint.services.values()
        for function in service.functions.values()
        for trigger in function.triggers
    ]
    for trigger in triggers:
        told = getattr(trigger, "on_failure", None)
        if told in blueprint.queues:
            return told, ()
    taken = {getattr(trigger, "queue", None) for trigger in triggers}
    for queue in (LOST, f"{name}-{LOST}"):
        known = blueprint.queues.get(queue)
        if known is None:
            # What lies there says where in a stream to look: it is read by people, and not tried again.
            return queue, ((("queues", queue), {"retention_days": 14, "dead_letter": None}),)
        if not known.fifo and known.subscription is None and queue not in taken:
            return queue, ()
    raise bad_answer("name", name, f"there are queues {LOST} and {name}-{LOST} for other things: rename one")


def _analytics(name: str, answers: Mapping[str, str], blueprint: Blueprint) -> _Parts:
    kind, _, stream = answers["follow"].partition(".")
    if kind != "streams" or not stream:
        raise bad_answer(
            "follow", answers["follow"], "give streams.NAME: windows are those of a Kinesis stream"
        )
    streams = _followed_stream(stream, blueprint)
    apis, serving = _http_api(name, answers, blueprint)
    lost, told = _told_of_lost(name, blueprint)
    window = {"tumbling_window_seconds": WINDOW_SECONDS, "starting_position": "trim_horizon"}
    functions = {
        "measure": {
            "handler": _handler(name, "measure"),
            "triggers": [{"stream": stream, **window, "on_failure": lost}],
            "access": {f"tables.{answers['table']}": "read_write"},
        },
        "report": {
            "handler": _handler(name, "report"),
            "routes": serving(f"GET {answers['route']}"),
            "access": {f"tables.{answers['table']}": "read"},
        },
    }
    table = blueprint.tables.get(answers["table"])
    expires = (table.ttl if table else None) or EXPIRES
    return (*streams, *told, *apis), functions, {"followed": stream, "expires": expires}


def _schedule(name: str, answers: Mapping[str, str], _blueprint: Blueprint) -> _Parts:
    functions = {
        "run": {
            "handler": _handler(name, "run_job"),
            "triggers": [{"schedule": answers["schedule"]}],
            "access": {f"tables.{answers['table']}": "read_write"},
        }
    }
    return (), functions, {}


_MAKERS: Mapping[str, Callable[[str, Mapping[str, str], Blueprint], _Parts]] = {
    "api": _api,
    "worker": _worker,
    "stream": _stream,
    "analytics": _analytics,
    "schedule": _schedule,
}


def _handler(service: str, module: str) -> str:
    return f"{package_name(service)}.handlers.{module}.handler"


def _check_new_name(question: str, name: str, pattern: str) -> None:
    if not re.fullmatch(pattern, name):
        raise bad_answer(question, name, "start with a letter; use letters, digits and hyphens")
