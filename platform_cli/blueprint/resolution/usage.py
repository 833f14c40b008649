"""The usage profile."""

from __future__ import annotations

from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.resolved import ResolvedUsage


def resolve_usage(blueprint: Blueprint) -> ResolvedUsage:
    """What is said about use; nothing is assumed."""
    said = blueprint.usage.model_dump(exclude_none=True)
    return ResolvedUsage.model_validate(
        {key: dict(sorted(part.items())) if isinstance(part, dict) else part for key, part in said.items()}
    )
