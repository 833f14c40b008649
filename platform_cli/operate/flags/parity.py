"""Flags as the blueprint declares them, and as they are: what is missing, differs, or is declared nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from platform_cli.blueprint.resolved import ResolvedFlag
from platform_cli.deploy.seeds import flags_document
from platform_cli.operate.flags.document import FlagDefinition, FlagsDocument, FlagValue
from platform_cli.operate.flags.intents import Intent, PutFlag, RemoveFlag


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
    updates = {
        name: update
        for name in wanted.names()
        if name in document.flags and (update := _update(name, wanted, document)) is not None
    }
    intents: list[Intent] = [
        PutFlag(name, wanted.flags[name], wanted.value(name), "created as declared") for name in missing
    ]
    intents += updates.values()
    if prune:
        intents += [
            RemoveFlag(name, "removed, since the blueprint does not declare it") for name in undeclared
        ]
    return Parity(missing, tuple(updates), undeclared, tuple(intents))


def _update(name: str, wanted: FlagsDocument, document: FlagsDocument) -> PutFlag | None:
    """What is said about a flag, as declared; what is set stays, new attributes get their first values."""
    there, declared = document.flags[name], wanted.flags[name]
    new = [attribute for attribute in declared.attributes if attribute not in there.attributes]
    if (there.description or "") == (declared.description or "") and not new:
        return None
    definition = FlagDefinition.model_validate(
        {
            **there.plain(),
            **({"description": declared.description} if declared.description else {}),
            "attributes": {
                key: value.plain() for key, value in {**declared.attributes, **there.attributes}.items()
            },
        }
    )
    if not declared.description and there.description:
        return None if not new else PutFlag(name, definition, _filled(name, wanted, document, new), _WORDS)
    return PutFlag(name, definition, _filled(name, wanted, document, new), _WORDS)


def _filled(name: str, wanted: FlagsDocument, document: FlagsDocument, new: list[str]) -> FlagValue:
    value = document.value(name)
    added = {attribute: wanted.value(name).attributes[attribute] for attribute in new}
    if value.variants is None:
        return FlagValue.model_validate({**value.plain(), **added})
    told = value.plain()
    for variant in told["_variants"]:
        variant["attributeValues"] = {**added, **variant.get("attributeValues", {})}
    return FlagValue.model_validate(told)


_WORDS = "described as declared"
