"""What the function is made of."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from health.data.reachability import main_table_name, probe, table_answers
from health.logic.checkup import Check


@functools.cache
def checks() -> Mapping[str, Check]:
    """What must be well for the system to serve."""
    client, table = probe(), main_table_name()
    return {"table": lambda: table_answers(client, table)}
