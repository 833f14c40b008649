"""From what was typed to intents of flags."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from platform_cli.operate.flags.document import FlagsDocument
    from platform_cli.operate.flags.intents import Intent


def read_state(typed: str | None) -> bool:
    """Return whether `on` was typed.

    Raises:
        PlatformError: Neither on nor off was.
    """
    states = {"on": True, "off": False, "true": True, "false": False}
    if typed is None or typed.lower() not in states:
        raise _usage(f'"{typed}" is neither on nor off' if typed else "a state is missing", "write on or off")
    return states[typed.lower()]


def target_intent(
    name: str,
    when: str | None,
    remove: str | None,
    *,
    enabled: bool,
    variant: str | None,
    attributes: Mapping[str, str],
) -> Intent:
    """Return the intent of `platform flags target`."""
    from platform_cli.operate.flags.rules import rule_of
    from platform_cli.operate.flags.targeting import Target, Untarget

    if (when is None) == (remove is None):
        raise _usage("give either --when or --remove", """write --when 'plan == "pro"'""")
    if remove is not None:
        return Untarget(name, remove)
    rule_of(when or "")  # before anything is read, so that a typing error is said at once
    return Target(name, when or "", enabled, variant, attributes)


def schedule_intent(
    name: str, state: str | None, at: str | None, until: str | None, *, clear: bool
) -> Intent:
    """Return the intent of `platform flags schedule`."""
    from platform_cli.operate.flags.intents import Schedule, Unschedule
    from platform_cli.operate.flags.schedules import Window

    if clear:
        if state or at or until:
            raise _usage("--clear takes no state and no time", "give it alone")
        return Unschedule(name)
    if at is None:
        raise _usage("--at is missing", "write --at 2026-12-01T08:00, or --clear")
    return Schedule(name, read_state(state), Window(_moment(at), _moment(until) if until else None))


def promotion(
    document: FlagsDocument, source: str, names: Sequence[str]
) -> Callable[[FlagsDocument], Sequence[Intent]]:
    """Return what gives another environment the flags of a document.

    Args:
        document: The source's flags.
        source: Its environment's name, for the record.
        names: Only these; all if empty.
    """
    from platform_cli.operate.flags.differences import compare
    from platform_cli.operate.flags.intents import PutFlag, known

    for name in names:
        known(document, name)

    def intents(target: FlagsDocument) -> Sequence[Intent]:
        return [
            PutFlag(d.name, document.flags[d.name], document.value(d.name), f"as in {source}: {d.after}")
            for d in compare(target, document, names)
            if d.action != "remove"
        ]

    return intents


def _moment(typed: str) -> datetime:
    try:
        return datetime.fromisoformat(typed.strip()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise PlatformError(
            f'"{typed}" is no time',
            hint="write a time such as 2026-12-01T08:00 or 2026-12-01T08:00+01:00",
            code="invalid-time",
            exit_code=ExitCode.USAGE,
        ) from error


def _usage(message: str, hint: str) -> PlatformError:
    return PlatformError(message, hint=hint, code="usage", exit_code=ExitCode.USAGE)
