"""Whether databases and caches answer."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from platform_cli.operate.doctor.model import REMOTE, Check, Result, failure, ok, skipped, warning

if TYPE_CHECKING:
    from platform_cli.local.store_state import Store
    from platform_cli.operate.doctor.context import Context

_HOST = "127.0.0.1"
_TIMEOUT_SECONDS = 3
_GOOD = frozenset({"available", "backing-up", "configuring-enhanced-monitoring"})
_BUSY = frozenset({"creating", "modifying", "snapshotting", "upgrading", "maintenance", "scaling-compute"})


def check_databases(context: Context) -> Result:
    """Ask RDS for the state of the clusters; on the local AWS, connect."""
    names = {d.physical_name: d.name for d in context.environment.databases.values()}
    if not names:
        return skipped("the blueprint has no databases")
    if context.environment.target == "local":
        return _local(context, names, "postgresql", "database")
    return _judged(_states(context, names, _cluster), "database", context)


def check_caches(context: Context) -> Result:
    """Ask ElastiCache for the state of the groups; on the local AWS, connect."""
    names = {c.physical_name: c.name for c in context.environment.caches.values()}
    if not names:
        return skipped("the blueprint has no caches")
    if context.environment.target == "local":
        return _local(context, names, "redis", "cache")
    return _judged(_states(context, names, _group), "cache", context)


def _states(
    context: Context, names: dict[str, str], ask: Callable[[Any, str], str | None]
) -> dict[str, str | None]:
    from platform_cli.aws.errors import aws_errors

    with aws_errors("looking at databases and caches", target=context.clients.target):
        return {name: ask(context.clients, physical) for physical, name in names.items()}


def _cluster(clients: Any, name: str) -> str | None:
    from platform_cli.deploy.answers import expecting

    with expecting("DBClusterNotFoundFault"):
        return str(
            clients.client("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]["Status"]
        )
    return None


def _group(clients: Any, name: str) -> str | None:
    from platform_cli.deploy.answers import expecting

    with expecting("ReplicationGroupNotFoundFault"):
        told = clients.client("elasticache").describe_replication_groups(ReplicationGroupId=name)
        return str(told["ReplicationGroups"][0]["Status"])
    return None


def _judged(states: dict[str, str | None], noun: str, context: Context) -> Result:
    lines = [f"{name}: {state or 'there is none'}" for name, state in states.items()]
    bad = [name for name, state in states.items() if state not in _GOOD | _BUSY]
    busy = [name for name, state in states.items() if state in _BUSY]
    consequence = "functions that use it fail, or wait until they time out"
    if bad:
        return failure(
            f"the {noun} {bad[0]} is not available",
            *lines,
            consequence=consequence,
            mend=f"see its events in the console; if it is missing, `platform deploy {context.option}`",
        )
    if busy:
        return warning(
            f"the {noun} {busy[0]} is being changed",
            *lines,
            consequence="it may be slow or away for some seconds",
            mend="wait, and look again",
        )
    judged = (
        "judged: the state that AWS tells; no connection was tried, as this machine is not in the network"
    )
    return ok(f"{len(states)} available, as AWS says", *lines, judged)


def _local(context: Context, names: dict[str, str], kind: str, noun: str) -> Result:
    from platform_cli.local.state import LocalFolder
    from platform_cli.local.store_state import read_stores

    stores = {s.name: s for s in read_stores(LocalFolder(context.folder.absolute())) if s.kind == kind}
    states = {name: _answer(stores.get(physical)) for physical, name in names.items()}
    lines = [f"{name}: {said or 'answers'}" for name, said in states.items()]
    if not any(states.values()):
        return ok(f"{len(states)} answered a connection", *lines)
    return failure(
        f"a local {noun} does not answer",
        *lines,
        consequence="functions that use it fail",
        mend="run `platform local start`, which starts it again; if it was never there, `platform deploy`",
    )


def _answer(store: Store | None) -> str | None:
    """Why a server does not answer; None if it does."""
    if store is None:
        return "was never started"
    try:
        with socket.create_connection((_HOST, store.port), timeout=_TIMEOUT_SECONDS):
            return None
    except OSError as error:
        return f"port {store.port}: {error.strerror or error}"


CHECKS = (
    Check(
        "databases",
        "environment",
        "databases",
        "Asks RDS whether the clusters are available. They stand in a network that this machine is not in, "
        "so that no connection is tried; on the local AWS one is made.",
        check_databases,
        REMOTE,
    ),
    Check(
        "caches",
        "environment",
        "caches",
        "Asks ElastiCache whether the caches are available. They stand in a network that this machine is not "
        "in, so that no connection is tried; on the local AWS one is made.",
        check_caches,
        REMOTE,
    ),
)
