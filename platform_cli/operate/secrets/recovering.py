"""Put a rotation right that stopped half-way: back if the current value works, else forward."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from platform_cli.aws.clients import Clients
from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import Sleep
from platform_cli.errors import PlatformError
from platform_cli.operate.secrets.events import Recovering, Report, unheard
from platform_cli.operate.secrets.labels import drop_label, promote
from platform_cli.operate.secrets.probing import ask
from platform_cli.operate.secrets.rotators import Rotator
from platform_cli.operate.secrets.selecting import Strategy
from platform_cli.operate.secrets.state import CURRENT, PENDING

Action = Literal["nothing", "back", "forward", "keep"]
_WITHOUT_EFFECT: tuple[Strategy, ...] = ("generic", "api_key", "jwt_key")
_SETTLING_SECONDS = 2.0
_TRIES = 3


@dataclass(frozen=True)
class Recovery:
    """What was done.

    Attributes:
        action: `nothing`: there was nothing to do. `back`: the secret is as before. `forward`: only the
            new value worked, and is now the current one. `keep`: neither is known to work; all is kept.
    """

    action: Action


def decide(strategy: Strategy, current_works: bool | None, pending_works: bool | None) -> Action:
    """What to do with a pending version. Pure.

    The pending value is never let go of while the current one is not known to work: it may be the only
    one that does.
    """
    if current_works:
        return "back"
    if current_works is False:
        return "forward" if pending_works else "keep"
    return "back" if strategy in _WITHOUT_EFFECT else "keep"


def recover(
    secret: str,
    strategy: Strategy,
    token: str,
    rotator: Rotator,
    clients: Clients,
    *,
    report: Report = unheard,
    sleep: Sleep = time.sleep,
) -> Recovery:
    """Put right what a rotation left; safe to repeat.

    Args:
        secret: Physical name or ARN.
        strategy: How it changes.
        token: The pending version.
        rotator: Says which values work.
        clients: Of the environment.
        report: Is told what is done.
        sleep: Waits between attempts, and for what may still be going on.

    Raises:
        PlatformError: `rotation-stuck` if nothing could be done; nothing is lost then.
    """
    failed: PlatformError | None = None
    for attempt in range(_TRIES):
        if attempt:
            sleep(_SETTLING_SECONDS)
        try:
            return Recovery(_recover(secret, strategy, token, rotator, clients, report, sleep))
        except PlatformError as error:
            failed = error
    raise PlatformError(
        f"the rotation of {secret} stopped half-way, and could not be put right: "
        f"{failed.message if failed else ''}",
        hint="nothing was let go of: both values are kept. Run `platform secrets rotate` again when the "
        "cause is gone",
        code="rotation-stuck",
    )


def _recover(
    secret: str,
    strategy: Strategy,
    token: str,
    rotator: Rotator,
    clients: Clients,
    report: Report,
    sleep: Sleep,
) -> Action:
    labels = _labels(secret, clients)
    current = next((version for version, held in labels.items() if CURRENT in held), None)
    if current in (token, None) or PENDING not in labels.get(token, ()):
        return "nothing"
    action = decide(strategy, *ask(rotator, (current, token)))
    if action == "keep" and rotator.restore(token):
        # Another kind of trouble, such as a password that was changed by hand: the strategy mended it.
        action = "back"
    if action == "forward":
        report(Recovering(_shown(secret), "only the new value works: making it current"))
        promote(secret, token, str(current), clients)
    elif action == "back":
        report(Recovering(_shown(secret), "the current value works: dropping the new one"))
        drop_label(secret, token, clients)
        action = _settled(secret, strategy, token, str(current), rotator, clients, report, sleep)
    elif action == "keep":
        raise PlatformError("neither the current nor the new value is known to work", code="rotation-stuck")
    return action


def _settled(
    secret: str,
    strategy: Strategy,
    token: str,
    current: str,
    rotator: Rotator,
    clients: Clients,
    report: Report,
    sleep: Sleep,
) -> Action:
    """A step that was still running may have set the new value after the look; then go forward.

    A version without labels is kept for a day at least (Secrets Manager user guide, «What's in a secret»).
    """
    if strategy in _WITHOUT_EFFECT:
        return "back"
    sleep(_SETTLING_SECONDS)
    current_works, new_works = ask(rotator, (current, token))
    if current_works is False and new_works:
        report(Recovering(_shown(secret), "the new value took effect meanwhile: making it current"))
        promote(secret, token, current, clients)
        return "forward"
    return "back"


def _shown(secret: str) -> str:
    """As the blueprint calls it: the last part of the physical name."""
    return secret.rpartition("/")[2]


def _labels(secret: str, clients: Clients) -> dict[str, list[str]]:
    with aws_errors(f"reading the labels of {secret}", target=clients.target):
        told = clients.client("secretsmanager").describe_secret(SecretId=secret)
    return dict(told.get("VersionIdsToStages") or {})
