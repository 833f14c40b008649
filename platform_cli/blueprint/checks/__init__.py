"""What a blueprint that has the right shape can still have wrong, one module a subject.

In: a `Context`. Out: findings, in its collector. Never: reading anything but whether folders exist.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from platform_cli.blueprint.checks.context import Context

Check = Callable[[Context], None]

CHECKS: tuple[Check, ...] = ()
"""Run on the blueprint, and again for each environment with overrides."""


def check_variant(context: Context) -> None:
    """Check the blueprint in one environment, or without overrides."""
    for check in CHECKS:
        check(context)


def check_whole(contexts: Sequence[Context]) -> None:
    """Check what depends on all environments together; the first context is the blueprint itself."""
