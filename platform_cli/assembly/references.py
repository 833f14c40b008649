"""References between stacks that lock nobody: `Fn::GetStackOutput`.

CloudFormation reads the producer's output when the consumer is deployed, and does not update the
consumer when the output changes later. So each consumer repeats what it consumed in an output of its
own, and whoever plans a deployment compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

INTRINSIC = "Fn::GetStackOutput"


@dataclass(frozen=True)
class WeakReference:
    """An output of another stack that a template reads; `region` None means the consumer's own."""

    stack_name: str
    output_name: str
    region: str | None = None


def weak_references(template: Mapping[str, Any]) -> tuple[WeakReference, ...]:
    """All outputs of other stacks that a template reads, each once, sorted.

    A reference whose names are expressions themselves can only be followed by CloudFormation, and is
    not among them.
    """
    return tuple(sorted(set(_walk(template)), key=_order))


def echoed_references(template: Mapping[str, Any]) -> Mapping[str, WeakReference]:
    """The outputs of a template that repeat what it consumed, by their logical names."""
    echoes = {}
    for name, output in sorted((template.get("Outputs") or {}).items()):
        value = output.get("Value") if isinstance(output, Mapping) else None
        reference = _reference(value)
        if reference is not None:
            echoes[name] = reference
    return echoes


def _walk(node: object) -> Iterator[WeakReference]:
    if isinstance(node, Mapping):
        reference = _reference(node)
        if reference is not None:
            yield reference
        for value in node.values():
            yield from _walk(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _walk(value)


def _reference(node: object) -> WeakReference | None:
    if not isinstance(node, Mapping) or set(node) != {INTRINSIC}:
        return None
    arguments = node[INTRINSIC]
    if not isinstance(arguments, Mapping):
        return None
    stack, output, region = (arguments.get(key) for key in ("StackName", "OutputName", "Region"))
    if not isinstance(stack, str) or not isinstance(output, str):
        return None
    return WeakReference(stack, output, region if isinstance(region, str) else None)


def _order(reference: WeakReference) -> tuple[str, str, str]:
    return (reference.stack_name, reference.output_name, reference.region or "")
