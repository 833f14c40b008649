"""Flags beside the blueprint and the code: what is declared, what is used, what should go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from platform_cli.cli.flags import How, change, current, open_flags
from platform_cli.cli.session import Session

if TYPE_CHECKING:
    from platform_cli.operate.flags.document import FlagsDocument
    from platform_cli.operate.flags.intents import Intent
    from platform_cli.operate.flags.references import Reference
    from platform_cli.operate.flags.stale import StaleFlag

LIBRARIES = "libs"
"""Where code stands that services share."""


def code_references(session: Session, names: Iterable[str]) -> Mapping[str, tuple[Reference, ...]]:
    """Return where the code of services and libraries names flags."""
    from platform_cli.operate.flags.references import find_references

    folders = [service.path for service in session.environment.services.values()]
    return find_references(session.root, [*folders, LIBRARIES], names)


def judge_flags(session: Session) -> tuple[StaleFlag, ...]:
    """Return what is known about the age of every flag."""
    from platform_cli.deploy.answers import now
    from platform_cli.operate.flags.past import snapshots
    from platform_cli.operate.flags.stale import CONSTANT_AFTER, find_stale

    held = snapshots(open_flags(session), now() - CONSTANT_AFTER)
    declared = session.environment.flags
    names = {*declared, *(held[0].document.flags if held else ())}
    return find_stale(declared, held, code_references(session, names), now())


def show_parity(session: Session) -> bool:
    """Show how blueprint and environment stand to each other; whether nothing differs."""
    from platform_cli.cli.rendering.flag_upkeep import render_parity
    from platform_cli.operate.flags.parity import parity

    compared = parity(session.environment.flags, current(session))
    render_parity(session.terminal, compared, session.environment.environment)
    return compared.holds


def synchronize(session: Session, how: How, *, prune: bool) -> None:
    """Bring declared and present flags together."""
    from platform_cli.cli.rendering.flag_upkeep import parity_lines
    from platform_cli.operate.flags.parity import parity

    environment = session.environment

    def intents(document: FlagsDocument) -> Sequence[Intent]:
        compared = parity(environment.flags, document, prune=prune)
        session.terminal.say(*parity_lines(compared, environment.environment))
        return compared.intents

    change(session, intents, how)
