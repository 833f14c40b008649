"""What a protected environment has more of, where nobody says so."""

from __future__ import annotations

from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.naming import Names

RETENTION_DAYS = 30
PROTECTED_RETENTION_DAYS = 90


def is_protected(blueprint: Blueprint, names: Names) -> bool:
    """Whether the environment is protected; the local AWS never is."""
    environment = blueprint.environments[names.environment]
    return environment.protect and environment.target == "aws"


def retention_days(blueprint: Blueprint, names: Names) -> int:
    """Days that logs are kept of which nobody says more."""
    said = blueprint.defaults.log_retention_days
    return said or (PROTECTED_RETENTION_DAYS if is_protected(blueprint, names) else RETENTION_DAYS)
