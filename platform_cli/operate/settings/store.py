"""The settings of an environment as Parameter Store has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.blueprint.findings import known_hint
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedSetting
from platform_cli.deploy.answers import expecting, pages
from platform_cli.errors import ExitCode, PlatformError

RECORDS = "platform"
"""The group under which the tool keeps its own records."""
_SECURE = "SecureString"


@dataclass(frozen=True)
class StoredSetting:
    """A parameter.

    Attributes:
        name: `/shop/dev/orders/max-items`.
        group: `orders`.
        key: `max-items`.
        value: Its text; None where it is secure, by the blueprint or as it is stored, and nobody asked to see
            it. Never in a representation.
        secure: Whether it is encrypted.
        version: Counts its changes.
        modified: When it last changed.
    """

    name: str
    group: str
    key: str
    value: str | None = field(repr=False)
    secure: bool
    version: int
    modified: datetime | None

    @property
    def address(self) -> str:
        """`orders/max-items`."""
        return f"{self.group}/{self.key}"


@dataclass(frozen=True)
class SettingVersion:
    """A value that a setting had; `value` is None where it is secure and nobody asked to see it."""

    version: int
    value: str | None = field(repr=False)
    secure: bool
    modified: datetime | None
    identity: str


def folder(environment: ResolvedEnvironment) -> str:
    """Where an environment's settings are."""
    return f"/{environment.system}/{environment.environment}"


def find_setting(environment: ResolvedEnvironment, address: str) -> ResolvedSetting:
    """The declared setting of an address.

    Args:
        environment: Where.
        address: `orders/max-items`, `orders.max-items`, or the parameter's whole name.

    Raises:
        PlatformError: `unknown-setting`, with the nearest name.
    """
    wanted = _bare(environment, address)
    known = {f"{setting.group}/{setting.key}": setting for setting in environment.settings}
    if wanted in known:
        return known[wanted]
    raise PlatformError(
        f'the blueprint declares no setting "{wanted}"',
        hint=known_hint(wanted, known, otherwise="declare it under `config` in the blueprint"),
        code="unknown-setting",
        exit_code=ExitCode.USAGE,
    )


def read_settings(
    environment: ResolvedEnvironment, clients: Clients, *, group: str | None = None, reveal: bool = False
) -> tuple[StoredSetting, ...]:
    """All settings that are there, declared or not, by address.

    Args:
        environment: Where.
        clients: Of the environment.
        group: Only this group.
        reveal: Whether secure values are read.

    Raises:
        PlatformError: What AWS refuses.
    """
    root = folder(environment)
    path = f"{root}/{group}" if group else root
    with aws_errors("reading the settings", target=clients.target):
        found = list(
            pages(
                clients.client("ssm").get_parameters_by_path,
                "Parameters",
                Path=path,
                Recursive=True,
                WithDecryption=reveal,
            )
        )
    secure = {setting.parameter_name for setting in environment.settings if setting.secure}
    stored = (_stored(p, root, p["Name"] in secure, reveal=reveal) for p in found)
    return tuple(sorted((s for s in stored if s is not None), key=lambda setting: setting.address))


def read_setting(setting: ResolvedSetting, clients: Clients, *, reveal: bool = False) -> StoredSetting | None:
    """One setting as it is stored; None if it is not."""
    answer: dict[str, Any] = {}
    with (
        aws_errors(f"reading {setting.group}/{setting.key}", target=clients.target),
        expecting("ParameterNotFound"),
    ):
        answer = clients.client("ssm").get_parameter(Name=setting.parameter_name, WithDecryption=reveal)
    if not answer:
        return None
    root = setting.parameter_name.removesuffix(f"/{setting.group}/{setting.key}")
    return _stored(answer["Parameter"], root, setting.secure, reveal=reveal)


def read_versions(
    setting: ResolvedSetting, clients: Clients, *, reveal: bool = False
) -> tuple[SettingVersion, ...]:
    """The values that a setting had, the latest first; Parameter Store keeps 100."""
    found: list[Mapping[str, Any]] = []
    with (
        aws_errors(f"reading the history of {setting.group}/{setting.key}", target=clients.target),
        expecting("ParameterNotFound"),
    ):
        found = list(
            pages(
                clients.client("ssm").get_parameter_history,
                "Parameters",
                Name=setting.parameter_name,
                WithDecryption=reveal,
            )
        )
    versions = (
        SettingVersion(
            int(told["Version"]),
            _value(told, setting.secure, reveal=reveal),
            told.get("Type") == _SECURE,
            told.get("LastModifiedDate"),
            str(told.get("LastModifiedUser") or "").replace("N/A", ""),
        )
        for told in found
    )
    return tuple(sorted(versions, key=lambda version: version.version, reverse=True))


def write_setting(setting: ResolvedSetting, value: str, clients: Clients) -> int:
    """Store a value, encrypted where the blueprint says so.

    Returns:
        The version that it is.

    Raises:
        PlatformError: What AWS refuses; the value of a secure setting does not show in it, nor behind it.
    """
    try:
        with aws_errors(f"writing {setting.group}/{setting.key}", target=clients.target):
            answer = clients.client("ssm").put_parameter(
                Name=setting.parameter_name,
                Value=value,
                Type=_SECURE if setting.secure else "String",
                Overwrite=True,
                # Longer values need the tier that costs; Parameter Store chooses it only where it must.
                Tier="Intelligent-Tiering",
            )
    except PlatformError as error:
        if not setting.secure:
            raise
        message = error.message.replace(value, HIDDEN_VALUE) if value else error.message
        # AWS's refusals repeat values; a traceback would show the original behind ours.
        raise PlatformError(message, hint=error.hint, code=error.code) from None
    return int(answer["Version"])


HIDDEN_VALUE = "(the value)"


def by_address(stored: Iterable[StoredSetting]) -> dict[str, StoredSetting]:
    """Settings by `group/key`."""
    return {setting.address: setting for setting in stored}


def declared(environment: ResolvedEnvironment, group: str | None = None) -> Iterator[ResolvedSetting]:
    """The settings of the blueprint."""
    yield from (s for s in environment.settings if group is None or s.group == group)


def _stored(parameter: Mapping[str, Any], root: str, secure: bool, *, reveal: bool) -> StoredSetting | None:
    name = str(parameter["Name"])
    group, _, key = name.removeprefix(f"{root}/").partition("/")
    if group == RECORDS or not key:
        return None
    return StoredSetting(
        name,
        group,
        key,
        _value(parameter, secure, reveal=reveal),
        parameter.get("Type") == _SECURE,
        int(parameter.get("Version") or 0),
        parameter.get("LastModifiedDate"),
    )


def _value(parameter: Mapping[str, Any], secure: bool, *, reveal: bool) -> str | None:
    """The text, unless it is to be hidden: it is encrypted, or should be (`secure`, by the blueprint)."""
    if not reveal and (secure or parameter.get("Type") == _SECURE):
        return None
    value = parameter.get("Value")
    return None if value is None else str(value)


def _bare(environment: ResolvedEnvironment, address: str) -> str:
    bare = address.removeprefix(f"{folder(environment)}/").removeprefix("config.")
    if "/" in bare:
        return bare
    group, dot, key = bare.partition(".")
    return f"{group}/{key}" if dot else bare
