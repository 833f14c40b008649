"""Data to `Blueprint`: pydantic checks the shape, and its errors become findings in our words.

In: a tree. Out: a `Blueprint`, and findings for unknown and missing keys, wrong types and values. Where
the shape is wrong, the parts that are right still become a `Blueprint`, so that names can be checked
and everything is said at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from platform_cli.blueprint.collecting import Collector, spot
from platform_cli.blueprint.model import Blueprint
from platform_cli.blueprint.model.base import CHOICE_PREFIX
from platform_cli.blueprint.nodes import Node, Path, find, plain_data
from platform_cli.blueprint.wording import Wrong, describe

_PLACEHOLDERS: Mapping[str, Any] = {
    "blueprint": 1,
    "system": "system",
    "owner": "owner",
    "environments": {"local": {"target": "local"}},
}
_ROUNDS = 12


def read_shape(tree: Node, collector: Collector) -> tuple[Blueprint | None, bool]:
    """Make a `Blueprint` of a tree.

    Args:
        tree: The document, with includes and overrides merged.
        collector: Takes the findings.

    Returns:
        The blueprint, and whether it is whole. One that is not whole lacks what is wrong, and serves to
        check names only; None if nothing can be made of it.
    """
    data = plain_data(tree)
    try:
        return Blueprint.model_validate(data), True
    except ValidationError as error:
        problems = error.errors(include_url=False)
    _report(problems, tree, collector)
    for _ in range(_ROUNDS):
        for problem in problems:
            _remove(data, _document_path(problem["loc"]), missing=problem["type"] == "missing")
        try:
            return Blueprint.model_validate(data), False
        except ValidationError as error:
            problems = error.errors(include_url=False)
    return None, False


def _document_path(location: tuple[int | str, ...]) -> Path:
    return tuple(
        step for step in location if not (isinstance(step, str) and step.startswith((CHOICE_PREFIX, "[key]")))
    )


def _report(problems: list[Any], tree: Node, collector: Collector) -> None:
    said: set[Path] = set()
    for problem in problems:
        path = _document_path(problem["loc"])
        if problem["type"] not in ("missing", "extra_forbidden"):
            # Scalars of several types fail once a type; what counts is the value in the document.
            while path and find(tree, path) is None:
                path = path[:-1]
            if path in said:
                continue
            said.add(path)
        wrong = Wrong(
            type=problem["type"],
            path=path,
            value=problem["input"],
            context=problem.get("ctx", {}),
            is_key="[key]" in problem["loc"],
            text=getattr(find(tree, path), "text", None),
        )
        finding = describe(wrong)
        point_at_key = wrong.is_key or wrong.type == "extra_forbidden"
        node = spot(tree, path, key=point_at_key)
        collector.add(finding.code, finding.message, node, path, finding.hint)


def _remove(data: dict[str, Any], path: Path, *, missing: bool) -> None:
    """Take what is wrong out of the data: the value, or what lacks a key."""
    if missing:
        path, absent = path[:-1], path[-1]
        if not path:
            data[str(absent)] = _PLACEHOLDERS[str(absent)]
            return
    parents: list[Any] = [data]
    for step in path[:-1]:
        parent = parents[-1]
        inside = (isinstance(parent, dict) and step in parent) or (
            isinstance(parent, list) and step != len(parent)
        )
        if not inside or not isinstance(parent[step], dict | list):
            break
        parents.append(parent[step])
    # Removing from a list would move the places of what comes after it, so the whole list goes.
    depth = next((i for i, parent in enumerate(parents) if isinstance(parent, list)), len(parents)) - 1
    key = path[depth]
    parents[depth].pop(key, None)
    if depth == 0 and key in _PLACEHOLDERS:
        data[str(key)] = _PLACEHOLDERS[str(key)]
