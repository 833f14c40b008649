"""Dashboards from the command line: which there are, drawn as a page, or in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from platform_cli.cli.session import Session
from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from platform_cli.operate.dashboards.previewing import Preview, Sheet

_STAND_IN = "id"
"""In the place of ids that only AWS makes, where nothing is measured."""


def known_dashboards(session: Session) -> tuple[str, ...]:
    """Every dashboard of the environment by name, made or not."""
    from platform_cli.blueprint.dashboards import built_in_dashboards

    system = session.environment
    built_in = built_in_dashboards(system)
    return (*built_in, *(name for name in sorted(system.dashboards) if name not in built_in))


def draw(session: Session, name: str | None, hours: int, *, measured: bool) -> Preview:
    """Dashboards with points.

    Args:
        session: Of the run.
        name: Which one; None for all.
        hours: How far back.
        measured: Whether CloudWatch is asked; else points are made up.

    Raises:
        PlatformError: There is no such dashboard, or AWS refuses.
    """
    from platform_cli.blueprint.dashboards import INFRASTRUCTURE, OVERVIEW
    from platform_cli.cli.deploying import reach
    from platform_cli.operate.dashboards.measuring import read_ids
    from platform_cli.operate.dashboards.previewing import preview
    from platform_cli.stacks.addresses import names_of
    from platform_cli.stacks.dashboards.invented import invented_names

    names = known_dashboards(session) if name is None else (_known(session, name),)
    system = session.environment
    clients = reach(session) if measured else None
    invented = {
        key: (names_of(system).stack(one.concern, one.name), one.output)
        for key, one in invented_names(system, edge=not {OVERVIEW, INFRASTRUCTURE}.isdisjoint(names)).items()
    }
    ids = read_ids(clients, invented) if clients else dict.fromkeys(invented, _STAND_IN)
    sheets = _sheets(session, names, ids)
    return preview(system.system, system.environment, sheets, datetime.now(UTC), hours, clients)


def write_page(session: Session, drawn: Preview, out: Path | None) -> Path:
    """Write the page, and return where.

    Raises:
        PlatformError: The file cannot be written.
    """
    from platform_cli.cli.files import write_text
    from platform_cli.cli.rendering.dashboards_page import page

    name = drawn.boards[0].name if len(drawn.boards) == 1 else "dashboards"
    default = session.root / ".platform" / "dashboards" / drawn.environment / f"{name}.html"
    path = out or default
    write_text(path, page(drawn))
    return path


def _known(session: Session, name: str) -> str:
    from platform_cli.blueprint.findings import nearest_hint

    known = known_dashboards(session)
    if name not in known:
        raise PlatformError(
            f'there is no dashboard "{name}"',
            hint=nearest_hint(name, known),
            code="unknown-dashboard",
            exit_code=ExitCode.USAGE,
        )
    return name


def _sheets(session: Session, names: Sequence[str], ids: dict[str, str]) -> list[Sheet]:
    from platform_cli.blueprint.dashboards import dashboard_names
    from platform_cli.operate.dashboards.previewing import Sheet
    from platform_cli.stacks.dashboards.body import body
    from platform_cli.stacks.dashboards.catalog import boards_of

    system = session.environment
    made = dashboard_names(system)
    return [
        Sheet(board.name, board.physical_name, body(board, system.region), name in made)
        for name in names
        for board in boards_of(system, ids, (name,))
    ]
