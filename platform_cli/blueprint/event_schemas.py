"""JSON Schemas of events: reading them from files, and holding events against them.

Schemas are of Draft 4: the only draft that EventBridge's schema registry takes as JSON Schema, and that of
the models of REST APIs (EventBridge and API Gateway guides, 2026-11).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_cli.blueprint.including import leaves_workspace

if TYPE_CHECKING:
    from platform_cli.blueprint.model import Blueprint

DRAFTS = ("http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-04/schema")
"""What `$schema` may say."""


@dataclass(frozen=True)
class Problem:
    """Why a file, or an event, does not do; `message` ends without a full stop."""

    message: str
    hint: str | None = None


def read_json(root: Path, name: str) -> Any | Problem:
    """The content of a JSON file of the workspace, or why there is none."""
    if leaves_workspace(name):
        return Problem("leads out of the folder of the blueprint", "write a path relative to the blueprint")
    path = root / name
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Problem("does not exist", "make it, or correct the path")
    except (OSError, UnicodeDecodeError) as error:
        return Problem(f"cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}")
    except ValueError as error:
        return Problem(f"is no JSON: {error}")


def schema_problem(schema: Any) -> Problem | None:
    """Why something is no schema that events can be held against."""
    from jsonschema import Draft4Validator
    from jsonschema.exceptions import SchemaError

    if not isinstance(schema, dict):
        return Problem("is no schema: a schema is an object")
    if schema.get("$schema", DRAFTS[0]) not in DRAFTS:
        return Problem(
            "is of another draft than 4, which is all that EventBridge's registry takes",
            f'write "$schema": "{DRAFTS[0]}"',
        )
    if schema.get("type") != "object":
        return Problem("does not ask for an object, and `detail` is always one", 'write "type": "object"')
    for reference in _references(schema):
        if not reference.startswith("#"):
            return Problem(
                f"refers to {reference}, which handlers do not have", "bring it under `definitions`"
            )
    try:
        Draft4Validator.check_schema(schema)
    except SchemaError as error:
        return Problem(f"is no JSON Schema: {_place(error.absolute_path)}{error.message}")
    return None


def event_problems(schema: Mapping[str, Any], detail: Any) -> tuple[str, ...]:
    """What is wrong with the `detail` of an event, each with its place; nothing if it fits."""
    from jsonschema import Draft4Validator

    errors = sorted(Draft4Validator(schema).iter_errors(detail), key=lambda error: error.json_path)
    return tuple(f"{_place(error.absolute_path)}{error.message}" for error in errors)


def schemas_of(blueprints: Iterable[Blueprint], root: Path) -> dict[str, str]:
    """The schemas that blueprints name, as JSON, by path; those that cannot be read are left out."""
    found: dict[str, str] = {}
    for blueprint in blueprints:
        for bus in blueprint.buses.values():
            for event in bus.events.values():
                name = event.schema_file
                if name is None or name in found:
                    continue
                content = read_json(root, name)
                if not isinstance(content, Problem):
                    found[name] = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _place(path: Iterable[str | int]) -> str:
    words = ".".join(str(part) for part in path)
    return f"{words}: " if words else ""
