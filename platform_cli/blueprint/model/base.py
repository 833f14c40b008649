"""What all source models share: strictness, names, shorthands.

Strict everywhere: YAML has types, and `memory_mb: "512"` is a mistake to be told, not to be guessed at.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    StringConstraints,
    Tag,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

T = TypeVar("T")


class Source(BaseModel):
    """Base of everything that a blueprint may contain: frozen, strict, closed to unknown keys."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, populate_by_name=True, defer_build=True
    )


class Shorthand(Source):
    """A thing that may also be written as a plain text, which then is the value of one field."""

    shorthand: ClassVar[str]
    """The field that a plain text stands for."""

    @model_validator(mode="wrap")
    @classmethod
    def _expand(cls, data: Any, handler: ModelWrapValidatorHandler[Any]) -> Any:
        return handler({cls.shorthand: data} if isinstance(data, str) else data)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        schema = handler(core_schema)
        resolved = handler.resolve_ref_schema(schema)
        short = dict(resolved.get("properties", {}).get(cls.shorthand, {"type": "string"}))
        long = dict(resolved)
        resolved.clear()
        resolved.update({"description": long.pop("description", ""), "anyOf": [short, long]})
        return schema


def _nothing_is_empty(value: Any) -> Any:
    return {} if value is None else value


NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_-]*$"
STACK_NAME_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
KEY_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
VARIABLE_PATTERN = r"^[A-Za-z][A-Za-z0-9_]*$"
FLAG_PATTERN = r"^[a-z][A-Za-z0-9_-]{0,63}$"
REGION_PATTERN = r"^[a-z]{2}(-[a-z]+)+-[0-9]$"

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""How a thing is called in the blueprint: letters, digits, `-` and `_`."""
StackName = Annotated[str, StringConstraints(pattern=STACK_NAME_PATTERN)]
"""A name that becomes part of the names of stacks and buckets: lower case letters, digits and `-`."""
Key = Annotated[str, StringConstraints(pattern=KEY_PATTERN)]
Variable = Annotated[str, StringConstraints(pattern=VARIABLE_PATTERN)]
Text = Annotated[str, StringConstraints(min_length=1)]
Region = Annotated[str, StringConstraints(pattern=REGION_PATTERN)]

Items = Annotated[tuple[T, ...], Field(strict=False)]
"""A list in YAML, a tuple here."""


def _nothing_is_a_thing(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: {} if thing is None else thing for name, thing in value.items()}
    return _nothing_is_empty(value)


NothingIsEmpty = BeforeValidator(_nothing_is_empty)
ThingsMayBeEmpty = BeforeValidator(_nothing_is_a_thing)
Named = Annotated[dict[Name, T], ThingsMayBeEmpty]
"""Things by name. A section without anything under it is empty, and so is a thing."""
NamedStacks = Annotated[dict[StackName, T], ThingsMayBeEmpty]
Percent = Annotated[int, Field(ge=1, le=100)]
Scalar = bool | int | float | str

CHOICE_PREFIX = "choice:"
"""Marks the steps that pydantic adds to the place of an error, and that no document has."""


def _form(value: Any) -> str:
    if isinstance(value, dict | BaseModel):
        return CHOICE_PREFIX + "mapping"
    return CHOICE_PREFIX + ("list" if isinstance(value, list | tuple) else "text")


ByForm = Discriminator(_form)
"""Chooses by what is written (a mapping, a list or a scalar), so that an error speaks of that form only."""
AsText = Tag(CHOICE_PREFIX + "text")
AsList = Tag(CHOICE_PREFIX + "list")
AsMapping = Tag(CHOICE_PREFIX + "mapping")
