"""What Secrets Manager knows of a secret, without its values."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.resolved import ResolvedSecret
from platform_cli.deploy.answers import expecting, pages

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"
_AT_ONCE = 8


@dataclass(frozen=True)
class SecretVersion:
    """A version: its id, the labels that it carries, and when it was made."""

    id: str
    labels: tuple[str, ...]
    created: datetime | None


@dataclass(frozen=True)
class Replica:
    """A copy in another region; `status` is `InSync`, `InProgress` or `Failed`."""

    region: str
    status: str
    message: str


@dataclass(frozen=True)
class SecretState:
    """A secret as it is.

    Attributes:
        arn: Its ARN.
        physical_name: Its name.
        versions: Those that carry a label.
        has_value: Whether the current version has a value.
        rotation_enabled: Whether AWS rotates it by itself.
        rotation_function: ARN of the function that does, or None.
        last_rotated: When a rotation last ended.
        last_changed: When anything of it last changed.
        last_accessed: The day on which a value was last read; AWS tells no hour.
        next_rotation: When AWS will rotate it.
        created: When it was made.
        deleted: When it was marked for deletion, or None.
        owning_service: The AWS service that manages it, or None.
        primary_region: The region of the original, or None if it has no replicas.
        replicas: Copies in other regions.
    """

    arn: str
    physical_name: str
    versions: tuple[SecretVersion, ...]
    has_value: bool
    rotation_enabled: bool = False
    rotation_function: str | None = None
    last_rotated: datetime | None = None
    last_changed: datetime | None = None
    last_accessed: datetime | None = None
    next_rotation: datetime | None = None
    created: datetime | None = None
    deleted: datetime | None = None
    owning_service: str | None = None
    primary_region: str | None = None
    replicas: tuple[Replica, ...] = ()

    @property
    def current(self) -> SecretVersion | None:
        """The version that everybody reads."""
        return self._with(CURRENT)

    @property
    def previous(self) -> SecretVersion | None:
        """The version before."""
        return self._with(PREVIOUS)

    @property
    def pending(self) -> SecretVersion | None:
        """The version of a rotation that has not ended; None if the label is on the current one."""
        pending = self._with(PENDING)
        return pending if pending is not None and CURRENT not in pending.labels else None

    def _with(self, label: str) -> SecretVersion | None:
        return next((version for version in self.versions if label in version.labels), None)


def observe_secret(secret: ResolvedSecret, clients: Clients) -> SecretState | None:
    """A secret as it is now; None if there is none.

    Raises:
        PlatformError: What AWS refuses.
    """
    manager = clients.client("secretsmanager")
    with (
        aws_errors(f"reading the state of {secret.physical_name}", target=clients.target),
        expecting("ResourceNotFoundException") as missing,
    ):
        told = manager.describe_secret(SecretId=secret.physical_name)
        listed = pages(manager.list_secret_version_ids, "Versions", SecretId=secret.physical_name)
        created = {version["VersionId"]: version.get("CreatedDate") for version in listed}
    if missing:
        return None
    versions = tuple(
        SecretVersion(id, tuple(sorted(labels)), created.get(id))
        for id, labels in sorted((told.get("VersionIdsToStages") or {}).items())
    )
    return SecretState(
        arn=told["ARN"],
        physical_name=told["Name"],
        versions=versions,
        has_value=_has_value(versions, secret, clients),
        rotation_enabled=bool(told.get("RotationEnabled")),
        rotation_function=told.get("RotationLambdaARN") or None,
        last_rotated=told.get("LastRotatedDate"),
        last_changed=told.get("LastChangedDate"),
        last_accessed=told.get("LastAccessedDate"),
        next_rotation=told.get("NextRotationDate"),
        created=told.get("CreatedDate"),
        deleted=told.get("DeletedDate"),
        owning_service=told.get("OwningService") or None,
        primary_region=told.get("PrimaryRegion") or None,
        replicas=tuple(_replica(status) for status in told.get("ReplicationStatus") or ()),
    )


def observe_secrets(
    secrets: Iterable[ResolvedSecret], clients: Clients
) -> tuple[tuple[ResolvedSecret, SecretState | None], ...]:
    """Several secrets, in their order.

    Raises:
        PlatformError: What AWS refuses.
    """
    wanted = tuple(secrets)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return tuple(zip(wanted, pool.map(lambda s: observe_secret(s, clients), wanted), strict=True))


def _has_value(versions: tuple[SecretVersion, ...], secret: ResolvedSecret, clients: Clients) -> bool:
    if not any(CURRENT in version.labels for version in versions):
        return False
    if not clients.target.is_local:
        return True
    # The local AWS starts a secret with an empty text, AWS without any.
    with (
        aws_errors(f"reading {secret.physical_name}", target=clients.target),
        expecting("ResourceNotFoundException", "InvalidRequestException") as refused,
    ):
        told = clients.client("secretsmanager").get_secret_value(SecretId=secret.physical_name)
        return bool(told.get("SecretString") or told.get("SecretBinary"))
    return not refused


def _replica(status: dict[str, Any]) -> Replica:
    return Replica(status["Region"], status.get("Status") or "", status.get("StatusMessage") or "")
