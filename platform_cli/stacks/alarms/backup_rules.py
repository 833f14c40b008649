"""Alarms on the jobs of backup plans.

AWS Backup names the vault and the type of the resource as dimensions of its metrics, and does not say
whether the vault alone is one («AWS Backup metrics with Amazon CloudWatch», 2026-11). Alarms watch both, the
vault and the vault with each type that plans take of a system: whatever there is of them is enough.
"""

from __future__ import annotations

from platform_cli.stacks.alarms.rule import AlarmRule, Measure

_VAULT = ("BackupVaultName",)
_TYPES = ("DynamoDB", "Aurora")


def measures_of(metric: str) -> tuple[Measure, ...]:
    """What is added up to count jobs of a plan; the vault is the subject's, the type is fixed."""
    by_type = tuple(
        Measure(f"type{i}", metric, "Sum", _VAULT, (("ResourceType", one),)) for i, one in enumerate(_TYPES)
    )
    return (Measure("vault", metric, "Sum", _VAULT), *by_type)


def _jobs(key: str, metric: str, meaning: str) -> AlarmRule:
    measures = measures_of(metric)
    return AlarmRule(
        f"backups.{key}",
        "AWS/Backup",
        measures,
        " + ".join(f"FILL({measure.id}, 0)" for measure in measures),
        0,
        "jobs",
        "warning",
        meaning,
        "AWS Backup sends the metric only where there is such a job",
        period_seconds=3600,
    )


BACKUPS = (
    _jobs("failed", "NumberOfBackupJobsFailed", "a backup was not made: its job failed"),
    _jobs("expired", "NumberOfBackupJobsExpired", "a backup was not made: its job did not begin in time"),
    _jobs("copies", "NumberOfCopyJobsFailed", "a backup was not copied into the other region"),
)
