"""What a code of a finding is: how bad, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from platform_cli.blueprint.findings import Severity


@dataclass(frozen=True)
class FindingCode:
    """A code's severity, and a paragraph on what it means and what to do."""

    severity: Severity
    description: str


def error(description: str) -> FindingCode:
    """A code of this severity."""
    return FindingCode(Severity.ERROR, description)


def warning(description: str) -> FindingCode:
    """A code of this severity."""
    return FindingCode(Severity.WARNING, description)


def notice(description: str) -> FindingCode:
    """A code of this severity."""
    return FindingCode(Severity.NOTICE, description)
