"""States that begin and end at a time.

AppConfig has no clock of its own for flags: a schedule is a rule on the context key `now`, which
`servicekit` sends with every question as the present moment in UTC. So a schedule is in the document
like everything else, needs no second system, and holds while nobody is there. A handler that asks without
`now` sees the state without the schedule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from platform_cli.local.rule_syntax import Call, ContextValue, RuleError
from platform_cli.operate.flags.document import Variant
from platform_cli.operate.flags.rules import parsed

CLOCK_KEY = "now"
"""The context key that holds the present."""
_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Window:
    """When a variant holds; `until` None means from then on."""

    start: datetime
    until: datetime | None


def window_rule(window: Window) -> str:
    """The rule that holds in a window."""
    begun = f"(gte ${CLOCK_KEY} {timestamp(window.start)})"
    if window.until is None:
        return begun
    return f"(and {begun} (lt ${CLOCK_KEY} {timestamp(window.until)}))"


def timestamp(moment: datetime) -> str:
    """A moment as rules write it, in UTC to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def window_of(variant: Variant) -> Window | None:
    """The window of a scheduled variant; None if it is chosen otherwise."""
    try:
        rule = parsed(variant.rule) if variant.rule is not None else None
    except RuleError:
        return None
    parts = rule.positional if isinstance(rule, Call) and rule.operator == "and" else (rule,)
    start = until = None
    for part in parts:
        if not isinstance(part, Call) or len(part.positional) != 2:
            return None
        key, moment = part.positional
        if not (isinstance(key, ContextValue) and key.key == CLOCK_KEY and isinstance(moment, datetime)):
            return None
        if part.operator == "gte" and start is None:
            start = moment
        elif part.operator == "lt" and until is None:
            until = moment
        else:
            return None
    return Window(start, until) if start is not None else None


def ordered(variants: Iterable[Variant]) -> tuple[Variant, ...]:
    """Scheduled variants first, the latest start before the others, since the first that holds is taken."""
    every = tuple(variants)
    scheduled = [(window, v) for v in every if (window := window_of(v)) is not None]
    scheduled.sort(key=lambda pair: (pair[0].start, _opposite(pair[0].until)), reverse=True)
    return (*(v for _, v in scheduled), *(v for v in every if window_of(v) is None))


def upcoming(variants: Sequence[Variant], moment: datetime) -> tuple[tuple[datetime, Variant], ...]:
    """Starts that are still to come, the next first."""
    starts = [(w.start, v) for v in variants if (w := window_of(v)) is not None and w.start > moment]
    return tuple(sorted(starts, key=lambda pair: pair[0]))


def _opposite(until: datetime | None) -> float:
    return -(until or _FOREVER).timestamp()
