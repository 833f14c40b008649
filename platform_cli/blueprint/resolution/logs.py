"""Logs: under whose key they are, what is masked in them, what is asked of them."""

from __future__ import annotations

from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.logs import LogQuery
from platform_cli.blueprint.resolved import ResolvedLogQuery, ResolvedLogs


def resolve_logs(blueprint: Blueprint) -> ResolvedLogs:
    """Whose key, and what is masked."""
    logs = blueprint.logs
    return ResolvedLogs(encryption=logs.encryption or "aws_managed", mask=tuple(sorted(set(logs.mask or ()))))


def resolve_queries(queries: dict[str, LogQuery]) -> dict[str, ResolvedLogQuery]:
    """The questions of a service to its logs."""
    return {
        name: ResolvedLogQuery(name=name, query=query.query.strip(), description=query.description)
        for name, query in sorted(queries.items())
    }
