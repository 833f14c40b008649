"""Secrets that are stuck, overdue or empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import REMOTE, Check, Result, failure, ok, skipped, warning
from platform_cli.operate.doctor.wording import number

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context


def check_secrets(context: Context) -> Result:
    """Judge every secret as `platform secrets list` does."""
    from platform_cli.operate.secrets.reporting import report_secrets

    if not context.environment.secrets:
        return skipped("the blueprint has no secrets")
    reports = report_secrets(context.environment, context.clients, clock=context.surroundings.clock)
    conditions = [(report, c) for report in reports for c in report.conditions if c.serious]
    if not conditions:
        return ok(f"{number(len(reports), 'secret')} with a value, and none overdue")
    lines = [f"{report.name} {condition.message}" for report, condition in conditions]
    mend = next((c.mend for _, c in conditions if c.mend), f"platform secrets list {context.option}")
    worst = [c for _, c in conditions if c.kind != "overdue"]
    if worst:
        return failure(
            "secrets are not as they should be",
            *lines,
            consequence="who reads them fails, or the next rotation does",
            mend=f"run `{next((c.mend for c in worst if c.mend), mend)}`",
        )
    return warning(
        "secrets should have rotated",
        *lines,
        consequence="a value that leaked stays good for longer than you decided",
        mend=f"run `platform secrets rotate --overdue {context.option}`",
    )


CHECKS = (
    Check(
        "secrets",
        "environment",
        "secrets and their rotation",
        "Judges every secret of the blueprint: missing, without a value, marked for deletion, a rotation "
        "that stopped half-way, a replica that failed (failures), or a rotation that is overdue (a warning). "
        "No value is read.",
        check_secrets,
        REMOTE,
    ),
)
