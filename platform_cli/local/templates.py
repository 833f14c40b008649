"""Walk CloudFormation templates: what a value refers to, and the value without what is gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

GONE: Any = object()
"""What `without` gives for a value of which nothing can be left."""

GET_STACK_OUTPUT = "Fn::GetStackOutput"
_PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")

Output = tuple[str, str]
"""Stack name and output name."""


def is_intrinsic(value: Any) -> bool:
    """Whether a value is a call of one of CloudFormation's functions."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return False
    name = next(iter(value))
    return isinstance(name, str) and (name == "Ref" or name.startswith("Fn::"))


def references(value: Any) -> Iterator[tuple[str, str | None]]:
    """Every logical id that a value names, with the attribute, or None for `Ref`."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
        return
    if not isinstance(value, Mapping):
        return
    if is_intrinsic(value):
        name, argument = next(iter(value.items()))
        if name == "Ref" and isinstance(argument, str):
            yield argument, None
            return
        if name == "Fn::GetAtt":
            logical_id, _, attribute = attribute_of(argument)
            yield logical_id, attribute
            return
        if name == "Fn::Sub":
            text, own = sub_parts(argument)
            for placeholder in _PLACEHOLDER.findall(text):
                logical_id, separator, attribute = placeholder.strip().partition(".")
                if placeholder.strip() not in own:
                    yield logical_id, attribute if separator else None
            yield from references(dict(own))
            return
    for item in value.values():
        yield from references(item)


def attribute_of(argument: Any) -> tuple[str, str, str]:
    """Logical id and attribute of the argument of `Fn::GetAtt`, as `str.partition` gives them."""
    if isinstance(argument, str):
        return argument.partition(".")
    if isinstance(argument, list) and len(argument) == 2:
        return str(argument[0]), ".", str(argument[1])
    return "", "", ""


def sub_parts(argument: Any) -> tuple[str, Mapping[str, Any]]:
    """The text of `Fn::Sub`, and the values that it brings itself."""
    if isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], Mapping):
        return str(argument[0]), argument[1]
    return str(argument), {}


def stack_outputs(value: Any) -> Iterator[Output]:
    """Every output of another stack that a value reads."""
    if isinstance(value, list):
        for item in value:
            yield from stack_outputs(item)
    elif isinstance(value, Mapping):
        spec = value.get(GET_STACK_OUTPUT)
        if isinstance(spec, Mapping):
            yield str(spec.get("StackName")), str(spec.get("OutputName"))
        for item in value.values():
            yield from stack_outputs(item)


def without(value: Any, gone: Collection[str], outputs: Collection[Output]) -> Any:
    """A value without the parts that refer to what is gone.

    An expression that refers to it goes as a whole, and with it the property or the list item that it
    was; `GONE` if that is the value itself.

    Args:
        value: Any part of a template.
        gone: Logical ids.
        outputs: Outputs of other stacks.
    """
    if is_intrinsic(value):
        lost = any(logical_id in gone for logical_id, _ in references(value))
        return GONE if lost or any(output in outputs for output in stack_outputs(value)) else value
    if isinstance(value, Mapping):
        kept = {key: without(item, gone, outputs) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not GONE}
    if isinstance(value, list):
        return [item for item in (without(item, gone, outputs) for item in value) if item is not GONE]
    return value


def replaced(value: Any, replace: Callable[[Any], Any]) -> Any:
    """A value in which `replace` was applied to every mapping, the inner ones first."""
    if isinstance(value, Mapping):
        return replace({key: replaced(item, replace) for key, item in value.items()})
    if isinstance(value, list):
        return [replaced(item, replace) for item in value]
    return value


def resources(template: Mapping[str, Any], *types: str) -> dict[str, dict[str, Any]]:
    """The resources of some types, by logical id; all if no type is given."""
    found = template.get("Resources") or {}
    return {key: item for key, item in found.items() if not types or item.get("Type") in types}


def properties(resource: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a resource; an empty mapping if it has none."""
    found = resource.get("Properties")
    return found if isinstance(found, dict) else {}


def drop_dependencies(resource: dict[str, Any], gone: Collection[str]) -> None:
    """Take logical ids out of a resource's `DependsOn`, in place."""
    wanted = resource.get("DependsOn")
    if wanted is None:
        return
    wanted = [wanted] if isinstance(wanted, str) else wanted
    left = [logical_id for logical_id in wanted if logical_id not in gone]
    if left:
        resource["DependsOn"] = left
    else:
        del resource["DependsOn"]
