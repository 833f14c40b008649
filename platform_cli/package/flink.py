"""Package applications of Apache Flink: one Python file made from the blueprint and the SQL, and the jar."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from platform_cli.blueprint.flink_sql import EVENT_TIME, Statement, read_sql, statements_of
from platform_cli.blueprint.resolved import (
    ResolvedAnalytics,
    ResolvedColumn,
    ResolvedEnvironment,
    ResolvedStreamRead,
)
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.package.archives import Entry, write_archive
from platform_cli.package.caching import Artifact, ArtifactCache
from platform_cli.package.events import PackagingFinished, PackagingStarted, Report, unreported
from platform_cli.package.maven import fetch_jar

MAIN = "main.py"
JAR = "lib/connector.jar"
_PLACE = "APPLICATION: dict[str, Any] = "

SETTINGS: Mapping[str, str] = {
    # A shard into which nothing comes would hold up every window.
    "table.exec.source.idle-timeout": "60 s",
    "table.local-time-zone": "UTC",
}
"""What Flink is told unless the SQL says `SET` (Flink 1.20, «Configuration» of the Table API)."""
_JSON: Mapping[str, str] = {
    "connector": "kinesis",
    "format": "json",
    "json.timestamp-format.standard": "ISO-8601",
}


def package_analytics(
    environment: ResolvedEnvironment, root: Path, cache: Path, report: Report = unreported
) -> dict[str, Artifact]:
    """Package every application; what did not change comes from the cache.

    For the local AWS, which runs no Flink, the jar is not fetched.

    Raises:
        PlatformError: `missing-sql`, and what fetching the jar raises.
    """
    store = ArtifactCache(cache)
    built: dict[str, Artifact] = {}
    for name, application in sorted(environment.analytics.items()):
        entries = [Entry(MAIN, root / application.sql, content=main_of(application, root).encode())]
        if environment.target == "aws":
            entries.append(Entry(JAR, fetch_jar(application.connector, root, cache, report)))
        report(PackagingStarted(name))
        key = f"flink-{name}-{_hash(entries)}"
        found = store.find(key)
        # The jar is compressed already, and without compression the same content gives the same bytes.
        built[name] = found or store.build(key, partial(_write, entries))
        report(PackagingFinished(name, found is not None))
    return built


def _write(entries: list[Entry], path: Path) -> int:
    return write_archive(entries, path, compressed=False)


def main_of(application: ResolvedAnalytics, root: Path) -> str:
    """The Python file that Flink runs; the same for every environment.

    Raises:
        PlatformError: `missing-sql` if there is no SQL.
    """
    files = read_sql(root, application.sql)
    if not files:
        raise PlatformError(
            f'the SQL "{application.sql}" of application {application.name} is not there',
            hint="name a file, or a folder with files that end in .sql",
            code="missing-sql",
            where=f"analytics.{application.name}.sql",
            exit_code=ExitCode.USAGE,
        )
    description = {
        "name": application.name,
        "settings": {**SETTINGS, "pipeline.name": application.name},
        "tables": [*_read(application), *_written(application)],
        "statements": [_statement(one) for file in files for one in statements_of(file.text)],
    }
    source = Path(__file__).with_name("flink_main.py").read_text(encoding="utf-8")
    # JSON of texts, lists and mappings reads as Python, and is the same whatever Python writes it.
    written = json.dumps(description, indent=2, ensure_ascii=False)
    return source.replace(f"{_PLACE}{{}}\n", f"{_PLACE}{written}\n")


def sql_digest(environment: ResolvedEnvironment, root: Path) -> Mapping[str, str]:
    """A hash of the SQL of each application."""
    return {
        name: hashlib.sha256(repr(read_sql(root, application.sql)).encode()).hexdigest()
        for name, application in environment.analytics.items()
    }


def _read(application: ResolvedAnalytics) -> Iterator[dict[str, Any]]:
    for read in application.reads:
        yield {
            "name": read.table,
            "columns": [*_columns(read.columns), *_time(read)],
            "partition_by": [],
            "options": {
                **_JSON,
                # A record that is no JSON would stop the application for ever.
                "json.ignore-parse-errors": "true",
                "source.init.position": read.starting_position.upper(),
            },
        }


def _written(application: ResolvedAnalytics) -> Iterator[dict[str, Any]]:
    for written in application.writes:
        yield {
            "name": written.table,
            "columns": list(_columns(written.columns)),
            "partition_by": list(written.partition_by),
            "options": dict(_JSON),
        }


def _columns(columns: tuple[ResolvedColumn, ...]) -> Iterator[str]:
    for column in columns:
        yield f"`{column.name}` {column.type}"


def _time(read: ResolvedStreamRead) -> Iterator[str]:
    """The column that windows go by, and how long they wait for records that come late."""
    if read.event_time is None:
        yield f"`{EVENT_TIME}` AS PROCTIME()"
        return
    if read.event_time != EVENT_TIME:
        kind = next(column.type for column in read.columns if column.name == read.event_time).upper()
        of_milliseconds = f"TO_TIMESTAMP_LTZ(`{read.event_time}`, 3)"
        # Flink takes no finer time than milliseconds for windows.
        precise = "TIMESTAMP_LTZ(3)" if kind.startswith("TIMESTAMP_LTZ") else "TIMESTAMP(3)"
        of_time = f"CAST(`{read.event_time}` AS {precise})"
        yield f"`{EVENT_TIME}` AS {of_milliseconds if kind.startswith('BIGINT') else of_time}"
    minutes, seconds = divmod(read.late_seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    late = f"INTERVAL '{days} {hours:02}:{minutes:02}:{seconds:02}' DAY TO SECOND"
    yield f"WATERMARK FOR `{EVENT_TIME}` AS `{EVENT_TIME}` - {late}"


def _statement(statement: Statement) -> dict[str, str]:
    setting = statement.setting
    if setting is not None:
        return {"kind": "setting", "key": setting[0], "value": setting[1]}
    return {"kind": "insert" if statement.writes else "other", "sql": statement.text}


def _hash(entries: list[Entry]) -> str:
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(entry.name.encode() + b"\0" + hashlib.sha256(entry.read()).digest())
    return digest.hexdigest()[:32]
