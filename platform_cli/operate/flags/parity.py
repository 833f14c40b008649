"""Flags as the blueprint declares them, and as they are: what is missing, differs, or is declared nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from platform_cli.blueprint.resolved import ResolvedFlag
from platform_cli.deploy.seeds import flags_document
from platform_cli.operate.flags.document import FlagDefinition, FlagsDocument, FlagValue
from platform_cli.operate.flags.intents import Intent, RemoveFlag, known


@dataclass(frozen=True)
class CreateFlag:
    """A flag as it is declared, unless somebody made it meanwhile."""

    name: str
    definition: FlagDefinition
    value: FlagValue

    @property
    def words(self) -> str:
        """What is wanted."""
        return "created as declared"

    def applied(self, document: FlagsDocument) -> FlagsDocument:
        """The document with the flag."""
        if self.name in document.flags:
            return document
        return document.with_flag(self.name, self.definition, self.value)


@dataclass(frozen=True)
class DescribeFlag:
    """What is said about a flag, as declared; what is set stays, new attributes get their first values."""

    name: str
    declared: FlagDefinition
    first: FlagValue

    @property
    def words(self) -> str:
        """What is wanted."""
        return "described as declared"

    def applied(self, document: FlagsDocument) -> FlagsDocument:
        """The document with the description and the new attributes."""
        there, value = known(document, self.name)
        new = [name for name in self.declared.attributes if name not in there.attributes]
        # A description that the blueprint leaves out may be somebody's own.
        words = self.declared.description or there.description
        if words == there.description and not new:
            return document
        attributes = {**self.declared.attributes, **there.attributes}
        definition = FlagDefinition.model_validate(
            {
                **there.plain(),
                **({"description": words} if words else {}),
                "attributes": {name: attribute.plain() for name, attribute in attributes.items()},
            }
        )
        return document.with_flag(self.name, definition, self._filled(value, new))

    def _filled(self, value: FlagValue, new: Sequence[str]) -> FlagValue:
        added = {name: self.first.attributes[name] for name in new}
        told = value.plain()
        if value.variants is None:
            return FlagValue.model_validate({**told, **added})
        for variant in told["_variants"]:
            variant["attributeValues"] = {**added, **variant.get("attributeValues", {})}
        return FlagValue.model_validate(told)


@dataclass(frozen=True)
class Parity:
    """How blueprint and environment stand to each other.

    Attributes:
        missing: Declared, and not there; would be created in their default state.
        differing: There with another description, or other attributes, than declared; their state stays.
        undeclared: There, and not declared.
        intents: What brings them together; removes what is undeclared only if that was asked for.
    """

    missing: tuple[str, ...]
    differing: tuple[str, ...]
    undeclared: tuple[str, ...]
    intents: tuple[Intent, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return not (self.missing or self.differing or self.undeclared)


def parity(declared: Mapping[str, ResolvedFlag], document: FlagsDocument, *, prune: bool = False) -> Parity:
    """Compare the declared flags with those that are there.

    Args:
        declared: The blueprint's flags.
        document: What is there.
        prune: Whether to remove what is not declared.
    """
    wanted = FlagsDocument.model_validate(flags_document(list(declared.values())))
    missing = tuple(name for name in wanted.names() if name not in document.flags)
    undeclared = tuple(name for name in document.names() if name not in wanted.flags)
    described = [
        DescribeFlag(n, wanted.flags[n], wanted.value(n)) for n in wanted.names() if n not in missing
    ]
    updates = [intent for intent in described if intent.applied(document) != document]
    intents: list[Intent] = [CreateFlag(n, wanted.flags[n], wanted.value(n)) for n in missing]
    intents += updates
    if prune:
        intents += [
            RemoveFlag(name, "removed, since the blueprint does not declare it") for name in undeclared
        ]
    return Parity(missing, tuple(intent.name for intent in updates), undeclared, tuple(intents))
