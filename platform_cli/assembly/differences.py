"""What changes from one template to the next, resource by resource.

Only what CloudFormation would act on counts. Descriptions, the CDK's notes on where a construct is,
its own metadata resource and its check of the bootstrap version are not differences.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

BLUEPRINT_METADATA = "platform:blueprint"
"""The key of a resource's Metadata that says where in the blueprint the resource comes from."""

_CDK_RESOURCE_TYPE = "AWS::CDK::Metadata"
_NOISE_METADATA = ("aws:cdk:", "aws:asset:", "platform:", "cdk_nag")
_NOISE_SECTIONS = frozenset({"AWSTemplateFormatVersion", "Description", "Metadata", "Resources", "Outputs"})
_NOISE_ENTRIES = {
    "Conditions": frozenset({"CDKMetadataAvailable"}),
    "Parameters": frozenset({"BootstrapVersion"}),
    "Rules": frozenset({"CheckBootstrapVersion"}),
}
_UNORDERED_ATTRIBUTES = frozenset({"DependsOn"})


@dataclass(frozen=True)
class ValueChange:
    """A value inside a resource that differs.

    Attributes:
        path: Dotted from the resource's properties: `Environment.Variables.CURRENCY`; an attribute
            beside the properties is named as it is: `DeletionPolicy`.
        before: As JSON text, or None if there was nothing.
        after: As JSON text, or None if there is nothing any more.
    """

    path: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.path}: + {self.after}"
        if self.after is None:
            return f"{self.path}: - {self.before}"
        return f"{self.path}: {self.before} → {self.after}"


@dataclass(frozen=True)
class ResourceChange:
    """A resource that comes, goes, or becomes another.

    Attributes:
        action: What happens to it.
        logical_id: Its name in the template.
        type: `AWS::Lambda::Function`; of a change, the new one.
        properties: Names of the top-level properties that change, and of attributes beside them
            (`DeletionPolicy`, `DependsOn`, `Type`), sorted. Empty unless `action` is `change`.
        blueprint_path: Where in the blueprint it comes from, dotted; None where nobody said.
        values: Each value that differs, with what it was and will be.
    """

    action: Literal["add", "change", "remove"]
    logical_id: str
    type: str
    properties: tuple[str, ...] = ()
    blueprint_path: str | None = None
    values: tuple[ValueChange, ...] = ()


@dataclass(frozen=True)
class TemplateDifference:
    """What a deployment of the new template would change.

    Attributes:
        resources: Sorted by logical id.
        outputs_changed: Whether the outputs differ.
        other_changed: Whether parameters, conditions, mappings, rules or transforms differ.
    """

    resources: tuple[ResourceChange, ...]
    outputs_changed: bool
    other_changed: bool

    @property
    def empty(self) -> bool:
        """Whether there is nothing to deploy."""
        return not (self.resources or self.outputs_changed or self.other_changed)


def diff_templates(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> TemplateDifference:
    """Compare the template that is deployed with the one that shall be.

    Args:
        old: What is deployed, or None if nothing is.
        new: What shall be.
    """
    old = old or {}
    before, after = _resources(old), _resources(new)
    changes = (
        _change(logical_id, before.get(logical_id), after.get(logical_id))
        for logical_id in sorted({*before, *after})
    )
    return TemplateDifference(
        resources=tuple(change for change in changes if change is not None),
        outputs_changed=_outputs(old) != _outputs(new),
        other_changed=_others(old) != _others(new),
    )


def blueprint_path_of(resource: Mapping[str, Any] | None) -> str | None:
    """Where in the blueprint a resource comes from, dotted, as its Metadata says; None of no resource."""
    metadata = (resource or {}).get("Metadata")
    path = metadata.get(BLUEPRINT_METADATA) if isinstance(metadata, Mapping) else None
    return path if isinstance(path, str) and path else None


def _resources(template: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    resources = template.get("Resources") or {}
    return {name: body for name, body in resources.items() if body.get("Type") != _CDK_RESOURCE_TYPE}


def _change(
    logical_id: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> ResourceChange | None:
    if old is None or new is None:
        only: Mapping[str, Any] = new or old or {}
        return ResourceChange(
            action="add" if old is None else "remove",
            logical_id=logical_id,
            type=str(only.get("Type", "")),
            blueprint_path=blueprint_path_of(only),
        )
    values = tuple(_values(old, new))
    if not values:
        return None
    return ResourceChange(
        action="change",
        logical_id=logical_id,
        type=str(new.get("Type", "")),
        properties=tuple(sorted({value.path.split(".")[0] for value in values})),
        blueprint_path=blueprint_path_of(new) or blueprint_path_of(old),
        values=values,
    )


def _values(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ValueChange]:
    yield from _inside("", old.get("Properties") or {}, new.get("Properties") or {})
    for attribute in sorted({*old, *new} - {"Properties", "Metadata"}):
        yield from _leaf(attribute, _attribute(attribute, old), _attribute(attribute, new))
    yield from _leaf("Metadata", _metadata(old), _metadata(new))


def _inside(path: str, old: object, new: object) -> Iterator[ValueChange]:
    """Descend as long as both are mappings of names, so that what is shown is small and exact."""
    if _is_branch(old) and _is_branch(new):
        for name in sorted({*old, *new}):
            yield from _inside(f"{path}.{name}" if path else name, old.get(name), new.get(name))
    else:
        yield from _leaf(path, old, new)


def _leaf(path: str, old: object, new: object) -> Iterator[ValueChange]:
    if old != new:
        yield ValueChange(path, _text(old), _text(new))


def _is_branch(node: object) -> TypeGuard[Mapping[str, Any]]:
    """A mapping that is no intrinsic function: those are values, to be shown whole."""
    if not isinstance(node, Mapping):
        return False
    return not (len(node) == 1 and all(name == "Ref" or name.startswith("Fn::") for name in node))


def _attribute(name: str, resource: Mapping[str, Any]) -> object:
    value = resource.get(name)
    if name in _UNORDERED_ATTRIBUTES and value is not None:
        return sorted([value] if isinstance(value, str) else value)
    return value


def _metadata(resource: Mapping[str, Any]) -> object:
    metadata = resource.get("Metadata") or {}
    return {name: value for name, value in metadata.items() if not name.startswith(_NOISE_METADATA)} or None


def _outputs(template: Mapping[str, Any]) -> object:
    outputs = template.get("Outputs") or {}
    return {
        name: {key: value for key, value in output.items() if key != "Description"}
        for name, output in outputs.items()
    }


def _others(template: Mapping[str, Any]) -> object:
    others = {}
    for section, body in template.items():
        if section in _NOISE_SECTIONS:
            continue
        if isinstance(body, Mapping):
            noise = _NOISE_ENTRIES.get(section, frozenset())
            body = {name: value for name, value in body.items() if name not in noise}
        if body:
            others[section] = body
    return others


def _text(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
