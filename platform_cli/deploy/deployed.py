"""What is deployed, as values: the input of planning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from platform_cli.deploy.lock import Lock


def region_of(arn: str | None) -> str | None:
    """The region in an ARN; None where there is none."""
    parts = (arn or "").split(":")
    return parts[3] or None if len(parts) > 5 else None


@dataclass(frozen=True)
class ObservedStack:
    """A stack as CloudFormation has it.

    Attributes:
        name: Its name.
        id: Its ARN, which names it even after it is deleted.
        status: As CloudFormation says it.
        status_reason: CloudFormation's remark, mostly empty.
        template: The deployed template without this tool's own marks; None where it cannot be read.
        outputs: Values by logical name.
        tags: Its tags.
        termination_protection: Whether it refuses deletion.
        updated: When it was created or last changed.
    """

    name: str
    id: str
    status: str
    status_reason: str = ""
    template: Mapping[str, Any] | None = None
    outputs: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    termination_protection: bool = False
    updated: datetime | None = None

    @property
    def region(self) -> str | None:
        """Where it is, by its ARN."""
        return region_of(self.id)


@dataclass(frozen=True)
class ObservedFlags:
    """The flags' configuration profile.

    Attributes:
        document: The newest document that no alarm refused; None where there is none.
        version: Its number.
        held: The document that everybody has, or that is on its way; None where none was ever deployed.
        latest: The number of the newest version; the lock of the next one.
        latest_deployment: Of the environment; the lock of the next one. 0 where there is none.
    """

    document: Mapping[str, Any] | None = None
    version: int | None = None
    held: Mapping[str, Any] | None = None
    latest: int | None = None
    latest_deployment: int = 0


@dataclass(frozen=True)
class ObservedSeeds:
    """Which of the values exist that a deployment creates where they are missing.

    Attributes:
        parameters: Names of existing parameters, of those asked for.
        secrets: Physical names of secrets that exist, and whether they have a current value.
        flags: The flags' profile, or None if there is none yet.
    """

    parameters: frozenset[str] = frozenset()
    secrets: Mapping[str, bool] = field(default_factory=dict)
    flags: ObservedFlags | None = None


@dataclass(frozen=True)
class Observed:
    """What an environment holds.

    Attributes:
        stacks: Stacks of the assembly that exist, by name.
        others: Stacks of this system and environment that the assembly does not have, by name.
        seeds: Values that live outside the stacks.
        lock: The deployment lock, ended or not.
        sites: MD5 of the files of CDNs by key, by CDN.
        applications: States of applications of Flink; None for those that are not there.
    """

    stacks: Mapping[str, ObservedStack] = field(default_factory=dict)
    others: Mapping[str, ObservedStack] = field(default_factory=dict)
    seeds: ObservedSeeds = ObservedSeeds()
    lock: Lock | None = None
    sites: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    applications: Mapping[str, str | None] = field(default_factory=dict)
