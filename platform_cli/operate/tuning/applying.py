"""Write a size into the blueprint."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_cli.blueprint.editing import set_value
from platform_cli.blueprint.loading import Inspection, inspect_blueprint
from platform_cli.blueprint.resolving import resolve
from platform_cli.errors import PlatformError
from platform_cli.operate.functions import find_function
from platform_cli.operate.tuning.observations import Variant


@dataclass(frozen=True)
class Edit:
    """One value of one file."""

    path: Path
    keys: tuple[str, ...]
    value: Any

    @property
    def dotted(self) -> str:
        """The keys as messages write them."""
        return ".".join(self.keys)


def plan_edits(
    inspection: Inspection, environment: str, address: str, chosen: Variant, *, everywhere: bool = False
) -> tuple[Edit, ...]:
    """What to write so that a function has a size.

    Args:
        inspection: The blueprint as it is.
        environment: Where.
        address: `service.function`.
        chosen: The size.
        everywhere: Write to the function itself, for all environments without an override of their own;
            else to the overrides of the one environment.

    Returns:
        Nothing if it has that size already.
    """
    function = find_function(resolve(inspection, environment), address)
    values = {
        key: value
        for key, value, now in (
            ("memory_mb", chosen.memory_mb, function.memory_mb),
            ("architecture", chosen.architecture, function.architecture),
        )
        if value != now
    }
    place = ("services", function.service, "functions", function.name)
    overrides = ("environments", environment, "overrides", *place)
    edits = []
    for key, value in values.items():
        if everywhere:
            edits.append(Edit(_file_of(inspection, place), (*place, key), value))
        if not everywhere or _has(inspection, (*overrides, key)):
            edits.append(Edit(inspection.path, (*overrides, key), value))
    return tuple(edits)


def apply_edits(
    edits: tuple[Edit, ...], blueprint: Path, environment: str, address: str, chosen: Variant
) -> None:
    """Write, and read the blueprint again to see that the function has the size now.

    Raises:
        BlueprintInvalid: A file is no valid YAML.
        PlatformError: `cannot-edit`; every file is then as it was.
    """
    before = {edit.path: edit.path.read_bytes() for edit in edits}
    try:
        for edit in edits:
            set_value(edit.path, edit.keys, edit.value)
        function = find_function(resolve(inspect_blueprint(blueprint), environment), address)
        if (function.memory_mb, function.architecture) != (chosen.memory_mb, chosen.architecture):
            raise PlatformError(
                f"the blueprint gives {address} {function.memory_mb} MB in {environment} after the change",
                hint="change it by hand; the file is as it was",
                code="cannot-edit",
            )
    except BaseException:
        for path, content in before.items():
            path.write_bytes(content)
        raise


def _file_of(inspection: Inspection, place: tuple[str, ...]) -> Path:
    """The file that declares a function: the blueprint, or one that it includes."""
    return inspection.root / inspection.locate(place).file


def _has(inspection: Inspection, keys: tuple[str, ...]) -> bool:
    from platform_cli.blueprint.nodes import MappingNode, plain_data

    found: Any = plain_data(inspection.tree) if isinstance(inspection.tree, MappingNode) else {}
    for key in keys:
        if not isinstance(found, dict) or key not in found:
            return False
        found = found[key]
    return True
