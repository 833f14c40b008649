"""What the functions are made of."""

from __future__ import annotations

import functools

from servicekit.aws import table
from servicekit.clock import new_id
from users.data.people_table import PeopleTable
from users.logic.household import Household


@functools.cache
def household() -> Household:
    """Profiles and addresses."""
    return Household(PeopleTable(table("main")), new_id)
