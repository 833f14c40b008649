"""Leave out of a template what the local AWS cannot take, and everything that hung on it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platform_cli.local.templates import (
    GONE,
    Output,
    drop_dependencies,
    properties,
    references,
    resources,
    stack_outputs,
    without,
)


@dataclass(frozen=True)
class Omission:
    """Something of the assembly that the local AWS does not get.

    Attributes:
        stack: The stack's name.
        logical_id: Of the resource that is left out or loses something.
        type: Of that resource.
        reason: Why, as a sentence without its full stop.
    """

    stack: str
    logical_id: str
    type: str
    reason: str


def prune(
    template: dict[str, Any], stack: str, supported: Collection[str], lost_outputs: set[Output]
) -> Iterator[Omission]:
    """Leave out resources of unknown types or forms, and every reference to them, in place.

    Args:
        template: Of one stack.
        stack: The stack's name.
        supported: The types of resources that can stay; custom resources always can.
        lost_outputs: Outputs of stacks pruned before; this stack's lost ones are added.

    Yields:
        Each resource left out, and each that loses a part.
    """
    gone: dict[str, str] = {}
    for logical_id, resource in sorted(resources(template).items()):
        reason = _refusal(resource, supported)
        if reason is not None:
            gone[logical_id] = resource["Type"]
            del template["Resources"][logical_id]
            yield Omission(stack, logical_id, resource["Type"], reason)
    for logical_id, resource in sorted(resources(template).items()):
        drop_dependencies(resource, gone)
        before = properties(resource)
        if not _refers(before, gone, lost_outputs):
            continue
        culprits = _culprits(before, gone, lost_outputs)
        after = _without_hollow_statements(before, without(before, gone, lost_outputs))
        resource["Properties"] = after
        lost = ", ".join(sorted(name for name in before if before[name] != after.get(name, GONE)))
        reason = f"{lost} refers to {culprits}, which is left out"
        yield Omission(stack, logical_id, resource["Type"], reason)
    for name, output in sorted((template.get("Outputs") or {}).items()):
        if without(output.get("Value"), gone, lost_outputs) != output.get("Value"):
            del template["Outputs"][name]
            lost_outputs.add((stack, name))


def _refusal(resource: Mapping[str, Any], supported: Collection[str]) -> str | None:
    """Why the local AWS cannot take a resource; None if it can."""
    kind = resource["Type"]
    if kind.startswith("AWS::KinesisAnalyticsV2::"):
        # MiniStack 1.5.33 takes an application, and never runs it: what looks deployed would do nothing.
        return "the local AWS runs no Flink"
    if kind not in supported and not kind.startswith("Custom::"):
        return f"the local AWS does not know {kind}"
    if kind == "AWS::CloudWatch::Alarm" and "Metrics" in properties(resource):
        # MiniStack 1.5.33 fails the whole stack for one, tried in November 2026.
        return "the local AWS knows no alarms on an expression over several metrics"
    return None


def _refers(value: Any, gone: Mapping[str, str], lost: Collection[Output]) -> bool:
    return any(logical_id in gone for logical_id, _ in references(value)) or any(
        output in lost for output in stack_outputs(value)
    )


def _culprits(value: Any, gone: Mapping[str, str], lost: Collection[Output]) -> str:
    named = {
        f"{logical_id} ({gone[logical_id]})" for logical_id, _ in references(value) if logical_id in gone
    }
    named |= {f"{output[1]} of {output[0]}" for output in stack_outputs(value) if output in lost}
    return ", ".join(sorted(named))


def _without_hollow_statements(before: Any, after: Any) -> Any:
    """Policies without the statements that lost all they were about.

    A statement whose resource or principal is gone would be malformed; one whose condition is gone would
    allow more than was meant.
    """
    if isinstance(after, Mapping) and isinstance(before, Mapping):
        statements, originals = after.get("Statement"), before.get("Statement")
        kept = {key: _without_hollow_statements(before.get(key), item) for key, item in after.items()}
        if isinstance(statements, list) and isinstance(originals, list) and len(statements) == len(originals):
            kept["Statement"] = [
                statement
                for statement, original in zip(statements, originals, strict=True)
                if not _hollow(original, statement)
            ]
        return kept
    if isinstance(after, list) and isinstance(before, list) and len(after) == len(before):
        return [_without_hollow_statements(old, new) for old, new in zip(before, after, strict=True)]
    return after


def _hollow(before: Any, after: Any) -> bool:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return False
    if before.get("Condition") != after.get("Condition"):
        return True
    parts = ("Resource", "NotResource", "Principal", "NotPrincipal")
    return any(before.get(part) and not after.get(part) for part in parts)
