"""The types of events that the blueprint declares for a bus, to check what is published.

`buses.NAME.events` of the blueprint says which there are, and where their schemas stand. Deploying packs them
beside the code of each service that has `buses.NAME: publish`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from servicekit.json_schema import problems

FILE_NAME = "event_types.json"
_BESIDE_THE_CODE = Path(__file__).parent.parent


class EventInvalid(ValueError):
    """An event is not what its bus carries; publishing it again does not help."""


class EventTypes:
    """What a bus carries.

    Args:
        declared: The schema of the `detail` by type of event, or None where anything may be in it. Without
            any types, everything passes.
    """

    def __init__(self, declared: Mapping[str, Mapping[str, Any] | None]) -> None:
        self._declared = declared

    @classmethod
    def of_bus(cls, name: str, folder: Path = _BESIDE_THE_CODE) -> EventTypes:
        """The types of a bus, by its name in the blueprint; none outside of a deployed function.

        Args:
            name: Of the bus.
            folder: Where the code lies.
        """
        path = folder / FILE_NAME
        buses = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return cls(buses.get(name, {}))

    def check(self, detail_type: str, detail: Any) -> None:
        """See that an event may be published.

        Args:
            detail_type: Its type.
            detail: Its `detail`, as JSON values.

        Raises:
            EventInvalid: Its type is not declared, or its detail does not fit the schema.
        """
        if not self._declared:
            return
        if detail_type not in self._declared:
            raise EventInvalid(f"the bus carries no events of type {detail_type}")
        schema = self._declared[detail_type]
        found = problems(schema, detail) if schema is not None else ()
        if found:
            raise EventInvalid(f"the detail of {detail_type} does not fit its schema: {'; '.join(found)}")
