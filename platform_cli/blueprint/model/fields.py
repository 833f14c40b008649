"""Which keys the language knows at a place, found by walking the models' annotations."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from platform_cli.blueprint.model.document import Blueprint


def keys_at(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that may stand at a path of the document; empty where any key may."""
    keys = [key for model in _models_at(path) for key in _fields(model)]
    return tuple(dict.fromkeys(keys))


def _models_at(path: tuple[str | int, ...]) -> Iterator[type[BaseModel]]:
    kinds: list[Any] = [Blueprint]
    for step in path:
        kinds = [child for kind in kinds for child in _step(kind, step)]
    for kind in kinds:
        yield from _models(kind)


def _step(kind: Any, step: str | int) -> Iterator[Any]:
    origin = get_origin(kind)
    if origin is Annotated:
        yield from _step(get_args(kind)[0], step)
    elif origin in (Union, UnionType):
        for member in get_args(kind):
            yield from _step(member, step)
    elif origin is dict:
        yield get_args(kind)[1]
    elif origin is tuple:
        yield get_args(kind)[0]
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        annotation = _fields(kind).get(str(step))
        if annotation is not None:
            yield annotation


def _models(kind: Any) -> Iterator[type[BaseModel]]:
    if get_origin(kind) is Annotated:
        yield from _models(get_args(kind)[0])
    elif get_origin(kind) in (Union, UnionType):
        for member in get_args(kind):
            yield from _models(member)
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}
