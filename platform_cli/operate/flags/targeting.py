"""Intents for some users: a share of them, or those for whom a condition holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from platform_cli.errors import ExitCode, PlatformError
from platform_cli.operate.flags.attributes import choices, read_attributes
from platform_cli.operate.flags.document import (
    DEFAULT,
    AttributeValue,
    FlagDefinition,
    FlagsDocument,
    FlagValue,
    value_of,
    variant_of,
)
from platform_cli.operate.flags.intents import known, on_off, with_value
from platform_cli.operate.flags.rules import rule_of
from platform_cli.operate.flags.schedules import ordered
from platform_cli.operate.flags.splits import split_of, with_share

LONGEST_NAME = 64


@dataclass(frozen=True)
class Rollout:
    """A share of users gets a variant, the same users each time.

    Attributes:
        name: The flag.
        percent: 0 takes the variant away, 100 gives it to everybody whom no other rule catches.
        by: The context key that tells users apart.
        variant: Its name; a flag may have several that share the scale.
        enabled: Its state.
        attributes: As they were typed.
    """

    name: str
    percent: float
    by: str
    variant: str = "rollout"
    enabled: bool = True
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What is wanted."""
        which = "" if self.variant == "rollout" else f" as {self.variant}"
        return f"{on_off(self.enabled)} for {self.percent:g} % by {self.by}{which}"

    def applied(self, document: FlagsDocument) -> FlagsDocument:
        """The document with the share, the percentages of the flag's splits made cumulative."""
        if not 0 <= self.percent <= 100:
            raise PlatformError(
                f"{self.percent:g} % is no share of users",
                hint="give a number from 0 to 100",
                code="invalid-rollout",
                exit_code=ExitCode.USAGE,
            )
        definition, value = known(document, self.name)
        attributes = self._attributes(definition, value)
        others = [v for v in value.ruled if v.name != self.variant]
        if self.percent == 100 and not any(split_of(v) for v in others):
            default = variant_of(DEFAULT, enabled=self.enabled, rule=None, attributes=attributes)
            return with_value(document, self.name, value_of((*others, default)))
        ruled = with_share(
            value.ruled,
            name=self.variant,
            percent=self.percent,
            by=self.by,
            seed=self.name,
            enabled=self.enabled,
            attributes=attributes,
        )
        default = value.default.model_copy(update={"enabled": not self.enabled})
        return with_value(document, self.name, value_of((*ordered(ruled), default)))

    def _attributes(self, definition: FlagDefinition, value: FlagValue) -> Mapping[str, AttributeValue]:
        there = next((v.attribute_values for v in value.ruled if v.name == self.variant), value.attributes)
        return {**there, **read_attributes(self.name, definition, self.attributes)}


@dataclass(frozen=True)
class Target:
    """Those for whom a condition holds get a state of their own.

    Attributes:
        name: The flag.
        when: The condition, as people write it.
        enabled: On or off for them.
        variant: Its name; the condition, shortened, if None.
        attributes: As they were typed.
    """

    name: str
    when: str
    enabled: bool = True
    variant: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What is wanted."""
        return f"{on_off(self.enabled)} when {self.when}"

    def applied(self, document: FlagsDocument) -> FlagsDocument:
        """The document with the target before shares of users, so that it wins over them."""
        definition, value = known(document, self.name)
        rule = rule_of(self.when)
        label = self.variant or _shortened(self.when)
        there = next((v for v in value.ruled if v.rule == rule or v.name == label), None)
        base = there.attribute_values if there is not None else value.attributes
        made = variant_of(
            self.variant or (there.name if there is not None else label),
            enabled=self.enabled,
            rule=rule,
            attributes={**base, **read_attributes(self.name, definition, self.attributes)},
        )
        ruled = list(value.ruled)
        if there is not None:
            ruled[ruled.index(there)] = made
        else:
            at = next((i for i, v in enumerate(ruled) if split_of(v) is not None), len(ruled))
            ruled.insert(at, made)
        return with_value(document, self.name, value_of((*ordered(ruled), value.default)))


@dataclass(frozen=True)
class Untarget:
    """A variant of a flag goes, by its name or its condition."""

    name: str
    which: str

    @property
    def words(self) -> str:
        """What is wanted."""
        return f"no longer {self.which}"

    def applied(self, document: FlagsDocument) -> FlagsDocument:
        """The document without that variant."""
        _, value = known(document, self.name)
        try:
            rule = rule_of(self.which)
        except PlatformError:
            rule = None
        gone = [v for v in value.ruled if v.name == self.which or (rule is not None and v.rule == rule)]
        if not gone:
            raise PlatformError(
                f'{self.name} has no variant or condition "{self.which}"',
                hint=choices("it has", [v.name for v in value.ruled]),
                code="unknown-variant",
                exit_code=ExitCode.USAGE,
            )
        kept = tuple(v for v in value.ruled if v not in gone)
        return with_value(document, self.name, value_of((*kept, value.default)))


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1]}…"
