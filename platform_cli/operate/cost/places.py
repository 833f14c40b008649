"""Where a part of the system stands in the blueprint, in one environment."""

from __future__ import annotations

from platform_cli.blueprint.loading import Inspection
from platform_cli.blueprint.nodes import find
from platform_cli.errors import Place


def place_of(inspection: Inspection, environment: str, path: tuple[str, ...]) -> Place:
    """The line that decides a value: the overrides' of the environment if they say it, else the blueprint's.

    Args:
        inspection: The blueprint.
        environment: The environment's name.
        path: `("tables", "main", "capacity")`; the nearest parent's line if it is not written.
    """
    override = ("environments", environment, "overrides", *path)
    if inspection.tree is not None and find(inspection.tree, override) is not None:
        return inspection.locate(override)
    return inspection.locate(path)
