"""Move labels of versions, only from where they are thought to be: nobody's change is overwritten."""

from __future__ import annotations

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import expecting
from platform_cli.errors import PlatformError
from platform_cli.operate.secrets.state import CURRENT, PENDING


def promote(secret: str, version: str, instead_of: str | None, clients: Clients) -> None:
    """Make a version the current one, if `instead_of` still is; AWS labels that the previous one.

    Args:
        secret: Its physical name.
        version: The version that shall be current.
        instead_of: The one that is thought to be; None: none, as before the first value.
        clients: Of the environment.

    Raises:
        PlatformError: `secret-changed` if another one is current by now.
    """
    # The first version that a secret has is current by itself.
    if version == (instead_of or current_version(secret, clients)):
        return
    held = {"RemoveFromVersionId": instead_of} if instead_of is not None else {}
    with (
        aws_errors(f"making a version of {secret} current", target=clients.target),
        expecting("InvalidParameterException") as refused,
    ):
        clients.client("secretsmanager").update_secret_version_stage(
            SecretId=secret, VersionStage=CURRENT, MoveToVersionId=version, **held
        )
    if refused and current_version(secret, clients) != version:
        raise PlatformError(
            f"somebody changed {secret} meanwhile",
            hint="look at it with `platform secrets status`, and do it again if it is still wanted",
            code="secret-changed",
        )
    if instead_of is not None and PENDING in _labels(secret, clients).get(instead_of, ()):
        # Of a rotation that ended long ago; on a version that is not current, it would look like one that
        # goes on, and AWS would refuse the next.
        drop_label(secret, instead_of, clients)


def drop_label(secret: str, version: str, clients: Clients, label: str = PENDING) -> None:
    """Take a label off a version, if that still carries it."""
    with (
        aws_errors(f"taking {label} off {secret}", target=clients.target),
        expecting("InvalidParameterException", "ResourceNotFoundException"),
    ):
        clients.client("secretsmanager").update_secret_version_stage(
            SecretId=secret, VersionStage=label, RemoveFromVersionId=version
        )


def current_version(secret: str, clients: Clients) -> str | None:
    """The id of the current version."""
    labels = _labels(secret, clients)
    return next((version for version, held in labels.items() if CURRENT in held), None)


def _labels(secret: str, clients: Clients) -> dict[str, list[str]]:
    with aws_errors(f"reading the labels of {secret}", target=clients.target):
        told = clients.client("secretsmanager").describe_secret(SecretId=secret)
    return dict(told.get("VersionIdsToStages") or {})
