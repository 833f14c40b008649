"""The document of an AWS.AppConfig.FeatureFlags profile.

The shape is that of the published JSON schema (AppConfig User Guide, "type reference for
AWS.AppConfig.FeatureFlags", November 2026). What we do not know in it stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from platform_cli.errors import PlatformError

AttributeValue = str | int | float | bool | list[str] | list[int | float]
DEFAULT = "default"
"""The name that we give to the variant without a rule."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True, strict=True)

    def plain(self) -> dict[str, Any]:
        """As JSON has it; only what was set."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Deprecation(_Part):
    """That a flag shall go, and when."""

    status: str | None = None
    date: str | None = None


class AttributeDefinition(_Part):
    """What an attribute may be: `constraints` holds `type`, `required`, and limits by type."""

    description: str | None = None
    constraints: Mapping[str, Any] = Field(default_factory=dict)


class FlagDefinition(_Part):
    """What is said about a flag."""

    name: str | None = None
    description: str | None = None
    deprecation: Deprecation | None = Field(default=None, alias="_deprecation")
    created_at: str | None = Field(default=None, alias="_createdAt")
    updated_at: str | None = Field(default=None, alias="_updatedAt")
    attributes: Mapping[str, AttributeDefinition] = Field(default_factory=dict)


class Variant(_Part):
    """One of several states of a flag; the first whose rule holds is the answer."""

    name: str
    enabled: bool
    rule: str | None = None
    attribute_values: Mapping[str, AttributeValue] = Field(default_factory=dict, alias="attributeValues")


class FlagValue(_Part):
    """The state of a flag: plain, with attributes beside `enabled`, or as variants."""

    enabled: bool | None = None
    variants: tuple[Variant, ...] | None = Field(default=None, alias="_variants", strict=False)
    created_at: str | None = Field(default=None, alias="_createdAt")
    updated_at: str | None = Field(default=None, alias="_updatedAt")

    @property
    def attributes(self) -> Mapping[str, AttributeValue]:
        """Attributes of a plain flag; of one with variants, those of the default."""
        if self.variants is not None:
            return self.default.attribute_values
        return dict(self.model_extra or {})

    @property
    def default(self) -> Variant:
        """What everybody gets whom no rule catches."""
        if self.variants is None:
            return _variant(DEFAULT, bool(self.enabled), self.attributes)
        found = next((v for v in self.variants if v.rule is None), None)
        return found or _variant(DEFAULT, False, {})

    @property
    def ruled(self) -> tuple[Variant, ...]:
        """The variants with a rule, in their order."""
        return tuple(v for v in self.variants or () if v.rule is not None)

    @property
    def constant(self) -> bool:
        """Whether everybody gets the same."""
        return not self.ruled


class FlagsDocument(_Part):
    """All flags of a profile."""

    version: str = "1"
    flags: Mapping[str, FlagDefinition] = Field(default_factory=dict)
    values: Mapping[str, FlagValue] = Field(default_factory=dict)

    def names(self) -> Iterator[str]:
        """Names of all flags, in alphabetical order."""
        yield from sorted(self.flags)

    def value(self, name: str) -> FlagValue:
        """The state of a flag; AppConfig takes a flag without one for off."""
        return self.values.get(name) or FlagValue.model_validate({"enabled": False})

    def with_flag(self, name: str, definition: FlagDefinition, value: FlagValue) -> FlagsDocument:
        """The document with this flag as given."""
        return self._replaced({**self.flags, name: definition}, {**self.values, name: value})

    def without_flag(self, name: str) -> FlagsDocument:
        """The document without this flag."""
        return self._replaced(
            {key: kept for key, kept in self.flags.items() if key != name},
            {key: kept for key, kept in self.values.items() if key != name},
        )

    def _replaced(
        self, flags: Mapping[str, FlagDefinition], values: Mapping[str, FlagValue]
    ) -> FlagsDocument:
        return self.model_copy(update={"version": self.version, "flags": flags, "values": values})

    def content(self) -> bytes:
        """As AppConfig stores it; the same document always gives the same bytes."""
        return json.dumps(self.plain(), sort_keys=True, ensure_ascii=False, indent=1).encode()


EMPTY = FlagsDocument.model_validate({"version": "1", "flags": {}, "values": {}})


def variant_of(name: str, *, enabled: bool, rule: str | None, attributes: Mapping[str, Any]) -> Variant:
    """A variant; without a rule, the default."""
    return _variant(name, enabled, attributes, rule)


def plain_value(enabled: bool, attributes: Mapping[str, Any]) -> FlagValue:
    """A flag that everybody gets the same of."""
    return FlagValue.model_validate({"enabled": enabled, **attributes})


def value_of(variants: tuple[Variant, ...]) -> FlagValue:
    """A flag with these variants; if only the default is left, a plain one."""
    if len(variants) == 1 and variants[0].rule is None:
        return plain_value(variants[0].enabled, variants[0].attribute_values)
    return FlagValue.model_validate({"_variants": [variant.plain() for variant in variants]})


def read_document(content: bytes) -> FlagsDocument:
    """The document in a configuration version.

    Raises:
        PlatformError: `broken-flags` if it is none.
    """
    try:
        return FlagsDocument.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the top"
        raise PlatformError(
            f"the flags' configuration is no document of feature flags: {first['msg']} at {place}",
            hint="see what wrote it in the AppConfig console, and deploy a version that is one",
            code="broken-flags",
        ) from error


def _variant(name: str, enabled: bool, attributes: Mapping[str, Any], rule: str | None = None) -> Variant:
    told: dict[str, Any] = {"name": name, "enabled": enabled}
    if rule is not None:
        told["rule"] = rule
    if attributes:
        told["attributeValues"] = dict(attributes)
    return Variant.model_validate(told)
