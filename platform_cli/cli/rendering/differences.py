"""How the local AWS differs from AWS, said before each deployment to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from platform_cli.cli.rendering.words import number, short_type

if TYPE_CHECKING:
    from platform_cli.local.pruning import Omission
    from platform_cli.local.rewrites import Notice


def differences_lines(omissions: Iterable[Omission], notices: Iterable[Notice]) -> Iterator[str]:
    """Say what the local AWS does not get, by type and reason, and what behaves otherwise there."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for omission in omissions:
        grouped.setdefault((omission.type, omission.reason), []).append(omission.logical_id)
    for (kind, reason), names in grouped.items():
        yield f"not on the local AWS: {number(len(names), short_type(kind), short_type(kind))} ({reason})"
    for text in dict.fromkeys(notice.message for notice in notices):
        yield f"differs on the local AWS: {text}"
