"""Apply fixes, one after the other; one that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from platform_cli.errors import PlatformError
from platform_cli.operate.doctor.context import Context
from platform_cli.operate.doctor.model import Examined

Record = Callable[[str, str], None]


@dataclass(frozen=True)
class Mended:
    """A fix that was tried; `error` None is one that went well."""

    check: str
    does: str
    error: PlatformError | None = None


def mend(examined: Iterable[Examined], context: Context, *, reason: str = "") -> tuple[Mended, ...]:
    """Do what the fixes of some results do; what changes an environment is recorded there.

    Args:
        examined: Results, of which those without a fix are passed over.
        context: As they were examined in.
        reason: Why, for the record.
    """
    done = []
    for one in examined:
        fix = one.result.fix
        if fix is None:
            continue
        error: PlatformError | None = None
        try:
            fix.apply()
            if fix.in_environment:
                _record(one, context, reason)
        except PlatformError as raised:
            error = raised
        except Exception as raised:  # noqa: BLE001 - whatever a fix does, the others are to be tried
            error = _unforeseen(one, raised)
        done.append(Mended(one.check.id, fix.does, error))
    return tuple(done)


def _unforeseen(one: Examined, raised: Exception) -> PlatformError:
    from platform_cli.aws.errors import is_aws_error, translate

    if is_aws_error(raised):
        return translate(raised, f"mending {one.check.title}", target=None)
    said = str(raised).strip()[:300]
    error = PlatformError(
        f"a defect in the fix: {type(raised).__name__}{': ' + said if said else ''}", code="defect"
    )
    error.__cause__ = raised
    return error


def _record(one: Examined, context: Context, reason: str) -> None:
    from platform_cli.operate.history import record

    assert one.result.fix is not None, "asked before"
    record(
        context.clients,
        context.environment,
        kind="doctor",
        subject=one.check.id,
        what=one.result.fix.does,
        reason=reason,
        clock=context.surroundings.clock,
    )
