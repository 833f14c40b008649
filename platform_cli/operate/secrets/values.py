"""Read and set values. They are held in a wrapper that shows nothing, until somebody asks for the text."""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from dataclasses import dataclass

from platform_cli.aws.clients import Clients
from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedSecret
from platform_cli.deploy.answers import Clock, now
from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.history import record
from platform_cli.operate.secrets.labels import drop_label, promote
from platform_cli.operate.secrets.quiet import quiet_errors
from platform_cli.operate.secrets.state import SecretState, SecretVersion, observe_secret

LARGEST_BYTES = 65_536
"""Of a value (Secrets Manager quotas, November 2026)."""
STAGED = "PLATFORM-SET"
"""The label of a value that is stored and not yet the current one."""


class Hidden:
    """A text that shows in no print, log or traceback; `reveal()` gives it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text."""
        return self._text

    def __repr__(self) -> str:
        return "Hidden(…)"

    __str__ = __repr__


@dataclass(frozen=True)
class SecretValue:
    """The current value: its version, its shape in words, and the value itself."""

    secret: str
    version: SecretVersion
    shape: str
    value: Hidden


@dataclass(frozen=True)
class Setting:
    """What setting a value would do: from which version, None if it is the first."""

    secret: ResolvedSecret
    state: SecretState
    base: str | None
    warning: str | None


def read_value(secret: ResolvedSecret, clients: Clients) -> SecretValue:
    """The current value.

    Raises:
        PlatformError: `secret-empty` if there is none, or what AWS refuses.
    """
    state = observe_secret(secret, clients)
    if state is None or state.current is None or not state.has_value:
        raise PlatformError(
            f"{secret.name} has no value",
            hint=f"set one with `platform secrets set {secret.name}`",
            code="secret-empty",
        )
    with quiet_errors(f"reading {secret.name}", clients):
        told = clients.client("secretsmanager").get_secret_value(
            SecretId=state.physical_name, VersionId=state.current.id
        )
    text = told.get("SecretString")
    if text is None:
        raise PlatformError(
            f"{secret.name} holds bytes, and no text", code="secret-binary", exit_code=ExitCode.FAILED
        )
    return SecretValue(secret.name, state.current, shape_of(text), Hidden(text))


def shape_of(text: str) -> str:
    """What a value looks like, in words that give nothing of it away: names of fields, no values."""
    try:
        parsed = json.loads(text)
    except ValueError:
        return "text"
    if isinstance(parsed, dict):
        return f"JSON with the fields {', '.join(sorted(map(str, parsed)))}" if parsed else "empty JSON"
    return "text"


def checked_value(text: str) -> Hidden:
    """A value as it was given, if Secrets Manager takes it.

    Args:
        text: With at most one line end, which is not part of it.

    Raises:
        PlatformError: `invalid-secret`: it is empty or too large. Nothing of it is in the message.
    """
    value = text.removesuffix("\n").removesuffix("\r")
    size = len(value.encode("utf-8", errors="surrogatepass"))
    if not value.strip():
        raise _invalid("the value is empty")
    if size > LARGEST_BYTES:
        raise _invalid(f"the value has {size} bytes, and Secrets Manager takes {LARGEST_BYTES}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _invalid("the value is not UTF-8") from None
    return Hidden(value)


def plan_setting(secret: ResolvedSecret, clients: Clients) -> Setting:
    """Look whether a value can be set; nothing is changed.

    Raises:
        PlatformError: It is not deployed, marked for deletion, or rotating.
    """
    state = observe_secret(secret, clients)
    if state is None:
        raise PlatformError(
            f'the secret "{secret.name}" is not deployed',
            hint="run `platform deploy`",
            code="not-deployed",
        )
    if state.deleted is not None:
        raise PlatformError(f"{secret.name} is marked for deletion", code="secret-deleted")
    if state.pending is not None:
        raise PlatformError(
            f"{secret.name} is being rotated, or a rotation stopped half-way",
            hint=f"`platform secrets rotate {secret.name}` puts that right",
            code="rotation-in-progress",
        )
    warning = None
    if secret.database is not None:
        warning = f"the password in the database {secret.database} does not change with it"
    return Setting(secret, state, state.current.id if state.current else None, warning)


def execute_setting(
    setting: Setting,
    value: Hidden,
    environment: ResolvedEnvironment,
    clients: Clients,
    *,
    reason: str = "",
    token: str | None = None,
    clock: Clock = now,
) -> str:
    """Store a value and make it the current one, if nobody else did meanwhile.

    Returns:
        The id of its version.

    Raises:
        PlatformError: `secret-changed` if another value became the current one since the plan.
    """
    name = setting.state.physical_name
    version = token or str(uuid.uuid4())
    with quiet_errors(f"storing a value of {setting.secret.name}", clients):
        clients.client("secretsmanager").put_secret_value(
            SecretId=name,
            ClientRequestToken=version,
            SecretString=value.reveal(),
            # Without a label of its own, it would take that of the current value from whatever has it by now.
            VersionStages=[STAGED],
        )
    try:
        promote(name, version, setting.base, clients)
    finally:
        # Left over, the label does no harm: the next value takes it.
        with suppress(PlatformError):
            drop_label(name, version, clients, STAGED)
    record(
        clients,
        environment,
        kind="secrets",
        subject=setting.secret.name,
        what="set a value" if setting.base is not None else "set its first value",
        reason=reason,
        details={"version": version},
        clock=clock,
    )
    return version


def _invalid(message: str) -> PlatformError:
    return PlatformError(
        message,
        hint="give it on stdin, as in `platform secrets set NAME < file`",
        code="invalid-secret",
        exit_code=ExitCode.USAGE,
    )
