"""The codes of findings about SQL over streams."""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.finding_codes.kinds import FindingCode
from platform_cli.blueprint.finding_codes.kinds import error as _error

ANALYTICS_CODES: Mapping[str, FindingCode] = {
    "missing-sql": _error(
        "`sql` of an application under `analytics` names a file of the workspace, or a folder with files "
        "that end in .sql."
    ),
    "invalid-sql": _error(
        "The SQL of an application inserts into the streams under `into`, and what it reads stands under "
        "`from`. Beside INSERT INTO it may set options and create tables, views and functions of its own; "
        "nobody would see what a bare SELECT finds."
    ),
    "unknown-sql-table": _error(
        "The SQL names a table that is neither a stream under `from` or `into` nor created by a statement. "
        "The table of a stream has its name, with `_` for `-`."
    ),
    "invalid-column": _error(
        "A column has a type that Flink's SQL does not know, or `event_time` or `partition_by` names a "
        "column that is not there. A time is a TIMESTAMP or TIMESTAMP_LTZ, or a BIGINT of milliseconds since "
        "1970. The column `event_time` is made for each table that is read."
    ),
    "stream-read-and-written": _error(
        "An application reads and writes one stream, so it would get its own results. Write them into "
        "another stream."
    ),
    "too-much-parallelism": _error(
        "An application of Managed Service for Apache Flink has at most 64 units (KPUs) and 256 tasks at "
        "once, unless AWS raised your quota."
    ),
}
