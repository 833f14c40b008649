"""Applications of Apache Flink."""

from __future__ import annotations

from collections.abc import Mapping

from platform_cli.blueprint.flink_sql import table_name
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.analytics import Analytics
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.resolution.protection import retention_days
from platform_cli.blueprint.resolved import (
    ResolvedAnalytics,
    ResolvedColumn,
    ResolvedConnector,
    ResolvedStreamRead,
    ResolvedStreamWritten,
)

RUNTIME = "FLINK-1_20"
"""The last of Flink 1, whose metrics have `downtime` and `fullRestarts` (Managed Service for Apache Flink
guide, «Metrics and dimensions», 2026-11)."""
DEFAULT_CONNECTOR = "org.apache.flink:flink-sql-connector-aws-kinesis-streams:5.0.0-1.20"
"""Reads and writes Kinesis as `kinesis` (documentation of flink-connector-aws, «Kinesis», 2026-11)."""


def resolve_analytics(blueprint: Blueprint, names: Names) -> dict[str, ResolvedAnalytics]:
    """Applications of Apache Flink."""
    return {
        name: _analytics(name, one, names, retention_days(blueprint, names))
        for name, one in sorted(blueprint.analytics.items())
    }


def _analytics(name: str, one: Analytics, names: Names, log_retention_days: int) -> ResolvedAnalytics:
    wanted = one.connector
    group, artifact, version = (wanted.maven if wanted else DEFAULT_CONNECTOR).split(":")
    return ResolvedAnalytics(
        name=name,
        physical_name=names.resource(name),
        sql=one.sql.rstrip("/"),
        reads=tuple(
            ResolvedStreamRead(
                stream=stream,
                table=table_name(stream),
                columns=_columns(read.columns),
                event_time=read.event_time,
                late_seconds=read.late_seconds,
                starting_position=read.starting_position,
            )
            for stream, read in sorted(one.reads.items())
        ),
        writes=tuple(
            ResolvedStreamWritten(
                stream=stream,
                table=table_name(stream),
                columns=_columns(written.columns),
                partition_by=written.partition_by,
            )
            for stream, written in sorted(one.into.items())
        ),
        enabled=one.enabled,
        parallelism=one.parallelism,
        parallelism_per_kpu=one.parallelism_per_kpu,
        auto_scaling=one.auto_scaling,
        checkpoint_seconds=one.checkpoint_seconds,
        snapshots=one.snapshots,
        log_level=one.log_level,
        log_retention_days=one.log_retention_days or log_retention_days,
        network=one.network,
        connector=ResolvedConnector(
            group=group, artifact=artifact, version=version, sha256=wanted.sha256 if wanted else None
        ),
        runtime=RUNTIME,
    )


def _columns(columns: Mapping[str, str]) -> tuple[ResolvedColumn, ...]:
    """In the order in which they are written: `INSERT INTO … SELECT` goes by it."""
    return tuple(ResolvedColumn(name=name, type=kind.strip()) for name, kind in columns.items())
