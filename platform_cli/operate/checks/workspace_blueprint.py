"""What the blueprint's own checks find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import Check, Need, Result, failure, ok, warning

if TYPE_CHECKING:
    from platform_cli.blueprint.findings import Finding
    from platform_cli.operate.doctor.context import Context

_SHOWN = 10


def check_blueprint(context: Context) -> Result:
    """Count the findings, the errors first."""
    found = [f for f in context.inspection.findings if f.severity.value != "notice"]
    errors = [f for f in found if f.severity.value == "error"]
    others = [f for f in found if f.severity.value == "warning"]
    name = context.inspection.path.name
    if errors:
        return failure(
            f"{name} has {_count(errors, 'error')}",
            *_lines([*errors, *others]),
            consequence="nothing can be synthesized or deployed, and most checks cannot be made",
            mend="see them with what to write instead: `platform validate`",
        )
    if others:
        return warning(
            f"{name} has {_count(others, 'warning')}",
            *_lines(others),
            consequence="it can be deployed, and part of it is not what you meant or not safe for production",
            mend="see them with what to write instead: `platform validate`",
        )
    return ok(f"{name} has neither errors nor warnings")


def _count(found: list[Finding], noun: str) -> str:
    return f"{len(found)} {noun}{'' if len(found) == 1 else 's'}"


def _lines(found: list[Finding]) -> list[str]:
    lines = [f"{f.place}: {f.severity.value}[{f.code}]: {f.message}" for f in found[:_SHOWN]]
    return lines if len(found) <= _SHOWN else [*lines, f"and {len(found) - _SHOWN} more"]


CHECKS = (
    Check(
        "blueprint",
        "workspace",
        "findings in the blueprint",
        "Makes all checks of the blueprint, as `platform validate` does: an error is a failure, a warning is "
        "one here too. Notices are left out.",
        check_blueprint,
        (Need.WORKSPACE,),
    ),
)
