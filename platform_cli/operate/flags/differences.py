"""What two documents of flags say differently, flag by flag, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from platform_cli.operate.flags.document import FlagDefinition, FlagsDocument, FlagValue, Variant
from platform_cli.operate.flags.intents import on_off
from platform_cli.operate.flags.schedules import timestamp, window_of
from platform_cli.operate.flags.splits import shares
from platform_cli.operate.flags.wording import condition_of

_STAMPS = ("_createdAt", "_updatedAt")


@dataclass(frozen=True)
class FlagDifference:
    """A flag that differs.

    Attributes:
        name: The flag.
        action: `add` if only the second document has it, `remove` if only the first.
        before_lines: Its state in the first, a line a variant; empty where it is not there.
        after_lines: Its state in the second.
        definition: Whether what is said about it differs too.
    """

    name: str
    action: Literal["add", "change", "remove"]
    before_lines: tuple[str, ...]
    after_lines: tuple[str, ...]
    definition: bool = False

    @property
    def before(self) -> str:
        """The state in the first, in one line."""
        return "; ".join(self.before_lines)

    @property
    def after(self) -> str:
        """The state in the second, in one line."""
        return "; ".join(self.after_lines)


def compare(
    before: FlagsDocument, after: FlagsDocument, only: Iterable[str] = ()
) -> tuple[FlagDifference, ...]:
    """The flags that differ, in alphabetical order.

    Args:
        before: One document.
        after: The other.
        only: Names to look at; all if empty.
    """
    names = sorted(set(only) or {*before.flags, *after.flags})
    return tuple(difference for name in names if (difference := _difference(name, before, after)))


def state_words(value: FlagValue) -> str:
    """A state in one line: `on`, `off; limit=5`, `on when plan == "pro"; on for 20 % by userId; else off`."""
    return "; ".join(state_lines(value))


def state_lines(value: FlagValue) -> tuple[str, ...]:
    """A state, a line a variant, in the order in which they are asked."""
    if not value.ruled:
        return (_with_attributes(on_off(value.default.enabled), value.default),)
    split = {share.variant.name: share for share in shares(value.ruled)}
    lines = []
    for variant in value.ruled:
        state, window = on_off(variant.enabled), window_of(variant)
        if window is not None:
            end = f" until {timestamp(window.until)}" if window.until else ""
            told = f"{state} from {timestamp(window.start)}{end}"
        elif variant.name in split:
            share = split[variant.name]
            named = "" if variant.name == "rollout" else f" as {variant.name}"
            told = f"{state} for {share.percent:g} % by {share.by}{named}"
        else:
            told = f"{state} when {condition_of(variant.rule or '')}"
        lines.append(_with_attributes(told, variant))
    return (*lines, _with_attributes(f"else {on_off(value.default.enabled)}", value.default))


def _with_attributes(told: str, variant: Variant) -> str:
    attributes = [f"{name}={_shown(value)}" for name, value in sorted(variant.attribute_values.items())]
    return f"{told} ({', '.join(attributes)})" if attributes else told


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_shown(item) for item in value)}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _difference(name: str, before: FlagsDocument, after: FlagsDocument) -> FlagDifference | None:
    if name not in before.flags and name not in after.flags:
        return None
    if name not in before.flags:
        return FlagDifference(name, "add", (), state_lines(after.value(name)))
    if name not in after.flags:
        return FlagDifference(name, "remove", state_lines(before.value(name)), ())
    same_state = _bare(before.value(name)) == _bare(after.value(name))
    same_definition = _bare(before.flags[name]) == _bare(after.flags[name])
    if same_state and same_definition:
        return None
    return FlagDifference(
        name,
        "change",
        state_lines(before.value(name)),
        state_lines(after.value(name)),
        definition=not same_definition,
    )


def _bare(part: FlagDefinition | FlagValue) -> dict[str, object]:
    """Without the stamps that the console writes, and without what says nothing."""
    return dict(_told(part.plain().items()))


def _told(items: Iterable[tuple[str, object]]) -> Iterator[tuple[str, object]]:
    for key, value in items:
        if key not in _STAMPS and value not in (None, {}, ""):
            yield key, value
