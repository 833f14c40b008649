"""Logs: under whose key they are, what is masked in them, what is asked of them."""

from __future__ import annotations

from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.logs import LogQuery
from platform_cli.blueprint.naming import Names
from platform_cli.blueprint.personal_data import PROTECTED_MASK
from platform_cli.blueprint.resolution.protection import is_protected
from platform_cli.blueprint.resolved import ResolvedLogQuery, ResolvedLogs


def resolve_logs(blueprint: Blueprint, names: Names) -> ResolvedLogs:
    """Whose key, and what is masked."""
    protected, logs = is_protected(blueprint, names), blueprint.logs
    mask = logs.mask if logs.mask is not None else (PROTECTED_MASK if protected else ())
    return ResolvedLogs(
        encryption=logs.encryption or ("customer_managed" if protected else "aws_managed"),
        mask=tuple(sorted(set(mask))),
    )


def resolve_queries(queries: dict[str, LogQuery]) -> dict[str, ResolvedLogQuery]:
    """The questions of a service to its logs."""
    return {
        name: ResolvedLogQuery(name=name, query=query.query.strip(), description=query.description)
        for name, query in sorted(queries.items())
    }
