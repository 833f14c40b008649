"""Sizes that cannot work, and why."""

from __future__ import annotations

import math
from collections.abc import Sequence

from platform_cli.operate.tuning.choosing import MEMORY_MARGIN, least_memory_mb
from platform_cli.operate.tuning.observations import Observation, Variant

FIRST_WARM = 7
"""Warm calls of each size in the first round; chosen on the families for development, see docs/tuning.md."""


def reasons_to_drop(
    observations: Sequence[Observation],
    variants: Sequence[Variant],
    known_memory_mb: int = 0,
    in_use: Variant | None = None,
) -> dict[Variant, str]:
    """Sizes that cannot work: out of memory, too slow, failing, or too near to their limit.

    Args:
        observations: So far.
        variants: Sizes to look at.
        known_memory_mb: The most memory that logs have seen, 0 if they say nothing.
        in_use: A size that may be near to its limit, since users call it anyway.
    """
    seen = least_memory_mb(observations)
    least = least_memory_mb(observations, known_memory_mb)
    found: dict[Variant, str] = {}
    by_variant: dict[Variant, list[Observation]] = {variant: [] for variant in variants}
    for o in observations:
        by_variant.setdefault(o.variant, []).append(o)
    for variant in variants:
        mine = by_variant[variant]
        kinds = [o.kind for o in mine]
        timeouts, failures = kinds.count("timeout"), [o for o in mine if o.kind == "failed"]
        if "out_of_memory" in kinds:
            found[variant] = "it ran out of memory"
        elif timeouts and (timeouts > 1 or len(mine) <= FIRST_WARM + 1):
            found[variant] = f"it timed out in {timeouts} of {len(mine)} calls"
        elif _fails(len(failures), len(mine)):
            found[variant] = f"it failed in {len(failures)} of {len(mine)} calls: {failures[-1].error}"
        elif variant.memory_mb < least and variant != in_use:
            by = " by its logs" if least > seen else ""
            used = known_memory_mb if by else math.floor(least / MEMORY_MARGIN)
            found[variant] = f"the function used up to {used} MB{by}, and a quarter more must be left"
        elif kinds.count("missing") > 2 * FIRST_WARM and "warm" not in kinds:
            found[variant] = "no call of it came back with a report"
    return found


def may_be_called(variant: Variant, known_memory_mb: int, present: Variant | None) -> bool:
    """Whether a size is large enough by what logs have seen; the one in use is called by users anyway."""
    return variant == present or variant.memory_mb >= least_memory_mb((), known_memory_mb)


def _fails(failures: int, calls: int) -> bool:
    """Whether a handler fails too often to say anything; once in a while, any handler does."""
    return failures >= 2 and (failures == calls or (failures >= 3 and 4 * failures >= calls))
