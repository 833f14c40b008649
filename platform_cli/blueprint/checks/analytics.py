"""Applications of Apache Flink: their streams and columns, their SQL, and the network they run in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.checks.networks import check_subnets
from platform_cli.blueprint.findings import nearest_hint, nearest_name
from platform_cli.blueprint.flink_sql import (
    EVENT_TIME,
    SqlFile,
    Statement,
    declared_by,
    read_sql,
    statements_of,
    table_name,
)
from platform_cli.blueprint.model.analytics import Analytics, StreamRead
from platform_cli.blueprint.nodes import Path

MOST_KPUS = 64
"""Units of an application (Managed Service for Apache Flink guide, «Application scaling», 2026-11)."""
MOST_TASKS = 256
"""The largest parallelism (the same page)."""
_WORDS = """
    ARRAY BIGINT BINARY BOOLEAN BYTES CHAR DATE DEC DECIMAL DOUBLE FLOAT INT INTEGER MAP MULTISET NUMERIC
    ROW SMALLINT STRING TIME TIMESTAMP TIMESTAMP_LTZ TINYINT VARBINARY VARCHAR
"""
TYPES = frozenset(_WORDS.split())
"""Types of Flink's SQL (Flink 1.20, «Data Types»); RAW and INTERVAL are none of JSON's."""
_TIMES = ("BIGINT", "TIMESTAMP", "TIMESTAMP_LTZ")
_ALLOWED = frozenset({"CREATE", "DROP", "INSERT", "SET"})


def check_analytics(context: Context) -> None:
    """All that can be wrong with an application before Flink sees it."""
    for name, one in context.blueprint.analytics.items():
        path: Path = ("analytics", name)
        known = _check_streams(context, name, one, path)
        _check_columns(context, name, one, path)
        _check_size(context, name, one, path)
        _check_network(context, name, one, path)
        if known and context.is_sound(*path):
            _check_sql(context, name, one, path)


def _check_streams(context: Context, name: str, one: Analytics, path: Path) -> bool:
    """Whether all streams are declared; if not, SQL that names them is not to blame."""
    known = True
    for section, streams, verb in (("from", one.reads, "reads"), ("into", one.into, "writes")):
        for stream in streams:
            place = (*path, section, stream)
            known &= context.require("streams", stream, place, f"application {name} {verb}", key=True)
    for stream in one.into:
        if stream in one.reads:
            context.report(
                "stream-read-and-written",
                f"application {name} writes stream {stream}, which it reads",
                (*path, "into", stream),
                key=True,
                hint="write the results into a stream of their own",
            )
    return known


def _check_columns(context: Context, name: str, one: Analytics, path: Path) -> None:
    for stream, read in one.reads.items():
        _check_types(context, read.columns, (*path, "from", stream, "columns"))
        _check_time(context, name, stream, read, (*path, "from", stream))
    for stream, written in one.into.items():
        place = (*path, "into", stream)
        _check_types(context, written.columns, (*place, "columns"))
        for number, column in enumerate(written.partition_by):
            if column not in written.columns:
                context.report(
                    "invalid-column",
                    f'stream {stream} is partitioned by "{column}", which is none of its columns',
                    (*place, "partition_by", number),
                    hint=nearest_hint(column, written.columns, otherwise="name one of `columns`"),
                )


def _check_types(context: Context, columns: Mapping[str, str], path: Path) -> None:
    for column, kind in columns.items():
        begins = _type_word(kind)
        if begins not in TYPES:
            near = nearest_name(begins, TYPES)
            context.report(
                "invalid-column",
                f'column {column} has the type "{kind}", which Flink\'s SQL does not know',
                (*path, column),
                hint=f"did you mean {near}?" if near else "write STRING, BIGINT, DECIMAL(10, 2) or the like",
            )
        elif kind.count("(") != kind.count(")") or kind.count("<") != kind.count(">"):
            context.report(
                "invalid-column",
                f'a bracket lacks in the type "{kind}" of column {column}',
                (*path, column),
                hint="between { and }, a comma ends a value: put the type in quotes",
            )


def _check_time(context: Context, name: str, stream: str, read: StreamRead, path: Path) -> None:
    time = read.event_time
    if EVENT_TIME in read.columns and time != EVENT_TIME:
        context.report(
            "invalid-column",
            f"application {name} makes a column {EVENT_TIME} for the table of stream {stream} itself",
            (*path, "columns", EVENT_TIME),
            key=True,
            hint=f"write `event_time: {EVENT_TIME}` if that is the time which the records speak of",
        )
    if time is None:
        return
    if time not in read.columns:
        context.report(
            "invalid-column",
            f'the time of stream {stream} is column "{time}", which is not there',
            (*path, "event_time"),
            hint=nearest_hint(time, read.columns, otherwise="name one of `columns`"),
        )
        return
    kind = _type_word(read.columns[time])
    if kind not in _TIMES or (kind == "BIGINT" and time == EVENT_TIME):
        context.report(
            "invalid-column",
            f"column {time} of type {read.columns[time]} is no time that windows could go by",
            (*path, "event_time"),
            hint="give it the type TIMESTAMP_LTZ(3)",
        )


def _type_word(kind: str) -> str:
    return re.split(r"[^A-Za-z_]", kind.strip(), maxsplit=1)[0].upper()


def _check_size(context: Context, name: str, one: Analytics, path: Path) -> None:
    kpus = -(-one.parallelism // one.parallelism_per_kpu)
    if kpus > MOST_KPUS or one.parallelism > MOST_TASKS:
        most = min(MOST_KPUS * one.parallelism_per_kpu, MOST_TASKS)
        context.report(
            "too-much-parallelism",
            f"application {name} asks for {one.parallelism} tasks on {kpus} units, and AWS gives at most "
            f"{MOST_TASKS} and {MOST_KPUS}",
            (*path, "parallelism"),
            hint=f"write parallelism: {most} or less",
        )


def _check_network(context: Context, name: str, one: Analytics, path: Path) -> None:
    if one.network is None:
        return
    place = (*path, "network")
    if not context.require("networks", one.network, place, f"application {name} runs in"):
        return
    check_subnets(context, one.network, place, f"application {name}")
    network = context.blueprint.networks.get(one.network)
    if network is None or network.nat_gateways or "kinesis" in network.endpoints:
        return
    if context.is_sound("networks", one.network):
        endpoints = ", ".join(sorted({*network.endpoints, "kinesis"}))
        context.report(
            "unreachable-service",
            f"application {name} reads streams, and network {one.network} leads neither to the internet nor "
            "to kinesis",
            place,
            hint=f"write `endpoints: [{endpoints}]` for network {one.network}, or give it a NAT gateway",
        )


def _check_sql(context: Context, name: str, one: Analytics, path: Path) -> None:
    place = (*path, "sql")
    try:
        files = read_sql(context.root, one.sql)
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "a file is not UTF-8"
        context.report(
            "missing-sql", f'the SQL "{one.sql}" of application {name} cannot be read: {why}', place
        )
        return
    if not files:
        what = "has no file that ends in .sql" if (context.root / one.sql).is_dir() else "does not exist"
        context.report(
            "missing-sql",
            f'the SQL "{one.sql}" of application {name} {what}',
            place,
            hint="name a file or folder of the workspace, relative to the blueprint",
        )
        return
    _check_statements(context, name, one, files, place)


def _check_statements(
    context: Context, name: str, one: Analytics, files: Iterable[SqlFile], place: Path
) -> None:
    found = [(file.name, statement) for file in files for statement in statements_of(file.text)]
    statements = [statement for _, statement in found]
    if not any(statement.writes for statement in statements):
        context.report(
            "invalid-sql",
            f"the SQL of application {name} inserts into nothing",
            place,
            hint=f"write INSERT INTO {table_name(next(iter(one.into)))} SELECT …",
        )
    readable = {table_name(stream) for stream in one.reads}
    writable = {table_name(stream) for stream in one.into}
    known = readable | writable | declared_by(statements)
    for file, statement in found:
        if statement.begins not in _ALLOWED or (statement.begins == "SET" and not statement.setting):
            context.report(
                "invalid-sql",
                f"{file}: {_beginning(statement)} is no statement of an application",
                place,
                hint="write INSERT INTO … SELECT, CREATE VIEW, or SET 'key' = 'value'",
            )
            continue
        for table in sorted((statement.reads | statement.writes) - known):
            context.report(
                "unknown-sql-table",
                f'{file} names table "{table}", which application {name} does not have',
                place,
                hint=nearest_hint(table, known, otherwise="bring its stream under `from` or `into`"),
            )
        for table in sorted(statement.reads & writable - readable):
            context.report(
                "invalid-sql",
                f"{file} reads table {table}, which application {name} may only write",
                place,
                hint=f"make a view of the query that fills {table}, and read that",
            )
        for table in sorted(statement.writes & readable - writable):
            context.report(
                "invalid-sql",
                f"{file} inserts into table {table}, which application {name} may only read",
                place,
                hint="bring another stream under `into`",
            )


def _beginning(statement: Statement) -> str:
    words = statement.text.split()
    return '"' + " ".join(words[:4]) + (" …" if len(words) > 4 else "") + '"'
