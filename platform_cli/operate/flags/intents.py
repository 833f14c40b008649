"""What somebody wants of the flags, apart from the document that it is done to.

An intent is applied to whatever document is there when it is written. If somebody else was faster, it is
applied to theirs; so nobody's change is overwritten by a document that was read before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Protocol

from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.flags.attributes import read_attributes
from platform_cli.operate.flags.document import (
    FlagDefinition,
    FlagsDocument,
    FlagValue,
    plain_value,
    value_of,
    variant_of,
)
from platform_cli.operate.flags.schedules import Window, ordered, timestamp, window_of, window_rule

LONGEST_NAME = 64


class Intent(Protocol):
    """One change of one flag."""

    @property
    def name(self) -> str:
        """The flag."""

    @property
    def words(self) -> str:
        """What is wanted, for the record."""

    def applied(self, document: FlagsDocument) -> FlagsDocument:
        """The document with the change; the same document where nothing changes."""


@dataclass(frozen=True)
class SetFlag:
    """Everybody gets the flag on or off; rules it has are taken away.

    Attributes:
        name: The flag.
        enabled: On or off.
        attributes: As they were typed; read by the types that the flag declares.
    """

    name: str
    enabled: bool
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What is wanted."""
        return " ".join([on_off(self.enabled), *(f"{k}={v}" for k, v in self.attributes.items())])

    def applied(self, document: FlagsDocument) -> FlagsDocument:
        """The document with the flag set."""
        definition, value = known(document, self.name)
        given = read_attributes(self.name, definition, self.attributes)
        return with_value(document, self.name, plain_value(self.enabled, {**value.attributes, **given}))


@dataclass(frozen=True)
class Schedule:
    """A state that begins at a time, and ends at one if `window.until` is given."""

    name: str
    enabled: bool
    window: Window

    @property
    def words(self) -> str:
        """What is wanted."""
        end = f" until {timestamp(self.window.until)}" if self.window.until else ""
        return f"{on_off(self.enabled)} from {timestamp(self.window.start)}{end}"

    def applied(self, document: FlagsDocument) -> FlagsDocument:
        """The document with the schedule before everything else."""
        if self.window.until is not None and self.window.until <= self.window.start:
            raise PlatformError(
                f"the schedule would end at {timestamp(self.window.until)}, before it begins",
                code="invalid-schedule",
                exit_code=ExitCode.USAGE,
            )
        _, value = known(document, self.name)
        made = variant_of(
            self.words, enabled=self.enabled, rule=window_rule(self.window), attributes=value.attributes
        )
        kept = [v for v in value.ruled if v.name != made.name and window_of(v) != self.window]
        return with_value(document, self.name, value_of((*ordered([made, *kept]), value.default)))


@dataclass(frozen=True)
class Unschedule:
    """All schedules of a flag go."""

    name: str

    @property
    def words(self) -> str:
        """What is wanted."""
        return "no schedule"

    def applied(self, document: FlagsDocument) -> FlagsDocument:
        """The document without the flag's schedules."""
        _, value = known(document, self.name)
        kept = tuple(v for v in value.ruled if window_of(v) is None)
        return with_value(document, self.name, value_of((*kept, value.default)))


@dataclass(frozen=True)
class PutFlag:
    """A flag as another document has it: from another environment, an earlier version, the blueprint."""

    name: str
    definition: FlagDefinition
    value: FlagValue
    words: str

    def applied(self, document: FlagsDocument) -> FlagsDocument:
        """The document with the flag, whatever it was before."""
        return document.with_flag(self.name, self.definition, self.value)


@dataclass(frozen=True)
class RemoveFlag:
    """A flag goes."""

    name: str
    words: str = "removed"

    def applied(self, document: FlagsDocument) -> FlagsDocument:
        """The document without the flag."""
        return document.without_flag(self.name)


def apply(intents: Iterable[Intent], document: FlagsDocument) -> FlagsDocument:
    """The document with all intents, in their order."""
    for intent in intents:
        document = intent.applied(document)
    return document


def known(document: FlagsDocument, name: str) -> tuple[FlagDefinition, FlagValue]:
    """A flag's definition and state.

    Raises:
        PlatformError: `unknown-flag`, with the nearest name.
    """
    if name not in document.flags:
        near = get_close_matches(name, document.flags, n=1, cutoff=0.5)
        raise PlatformError(
            f'there is no flag "{name}"',
            hint=f'did you mean "{near[0]}"?'
            if near
            else "declare it under `flags` in the blueprint, and run `platform flags sync` or deploy",
            code="unknown-flag",
            exit_code=ExitCode.USAGE,
        )
    return document.flags[name], document.value(name)


def on_off(enabled: bool | None) -> str:
    """`on` or `off`."""
    return "on" if enabled else "off"


def with_value(document: FlagsDocument, name: str, value: FlagValue) -> FlagsDocument:
    """The document with a flag's state; the same document where nothing changes."""
    if value == document.values.get(name):
        return document
    return document.with_flag(name, document.flags[name], value)
