"""Protected environments: an override there may strengthen what keeps the data, never weaken it.

What the blueprint says for every environment is a decision that each of them shares and a review sees. An
override that takes protection away only where the data matters most is refused, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.checks.protection_rules import PROTECTING, RULES
from platform_cli.blueprint.model.operations import Patch
from platform_cli.blueprint.nodes import Path


def check_told(contexts: Sequence[Context]) -> None:
    """A protected environment has somebody to tell when something is wrong."""
    base = contexts[0]
    variants = {context.environment: context.blueprint for context in contexts}
    for name, environment in base.blueprint.environments.items():
        if not environment.protect or environment.target != "aws":
            continue
        contacts = variants.get(name, base.blueprint).alarms.contacts
        if not (contacts.critical or contacts.warning or contacts.info):
            base.report(
                "nobody-is-told",
                f"environment {name} is protected, and no alarm tells anybody",
                ("environments", name, "protect"),
                key=True,
                hint="write `alarms: { contacts: { critical: [oncall@example.com] } }`",
            )

        elif variants.get(name, base.blueprint).alarms.runbook_url is None:
            base.report(
                "no-runbooks",
                f"environment {name} is protected, and its alarms lead to the overview, to no runbook of yours",
                ("environments", name, "protect"),
                key=True,
                hint='write `alarms: { runbook_url: "https://wiki.example.com/runbooks#{alarm}" }`',
            )

def check_protection(contexts: Sequence[Context]) -> None:
    """Compare each protected environment with what the blueprint says for all."""
    base = contexts[0]
    for context in contexts[1:]:
        environment = base.blueprint.environments[str(context.environment)]
        if not environment.protect or environment.target != "aws":
            continue
        start: Path = ("environments", str(context.environment), "overrides")
        for rule in RULES:
            for path, *values in _pairs(base.blueprint, context.blueprint, rule.path, ()):
                before, after = (rule.unsaid if value is None else value for value in values)
                if rule.weaker(before, after):
                    base.report(
                        "weakened-protection",
                        f"environment {context.environment} is protected, and its override changes "
                        f"{'.'.join(map(str, path))} from {_shown(before)} to {_shown(after)}: {rule.loss}",
                        (*start, *path),
                        hint="take it out of the override; an override here may only make it stronger",
                    )
        _check_patches(base, context, str(context.environment), start)


def _check_patches(base: Context, context: Context, environment: str, start: Path) -> None:
    """Report patches of this environment alone that touch what keeps data safe."""
    for stack, patches in context.blueprint.patches.items():
        everywhere = base.blueprint.patches.get(stack, ())
        for index, patch in enumerate(patches):
            touched = None if patch in everywhere else _touched(patch)
            if touched is not None:
                base.report(
                    "weakened-protection",
                    f"environment {environment} is protected, and its override {touched} of stack {stack}: "
                    "that may keep data safe",
                    (*start, "patches", stack, index),
                    hint="take it out of the override; an override here may only make it stronger",
                )


def _touched(patch: Patch) -> str | None:
    """What a patch weakens: a key that protects, or a whole resource that it takes away."""
    if patch.op == "test":
        return None
    taken = patch.from_path if patch.op == "move" else patch.path if patch.op == "remove" else None
    if taken is not None:
        _, *steps = taken.split("/")
        if len(steps) == 2 and steps[0] == "Resources":
            return f"takes away {steps[1]}"
    for path in filter(None, (patch.path, taken)):
        for step in reversed(path.split("/")):
            if step in PROTECTING:
                kept = taken is None and patch.value in PROTECTING[step]
                return None if kept else f"patches {step}"
    return None


def _pairs(before: Any, after: Any, path: tuple[str, ...], walked: Path) -> Iterator[tuple[Path, Any, Any]]:
    """The values at a path in both; what only one of them has is not compared."""
    if not path:
        yield walked, before, after
        return
    first, *rest = path
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in before if first == "*" else (first,):
            if name in before and name in after:
                yield from _pairs(before[name], after[name], tuple(rest), (*walked, name))
    elif isinstance(before, BaseModel) and isinstance(after, BaseModel):
        for name in type(before).model_fields if first == "*" else (first,):
            yield from _pairs(getattr(before, name), getattr(after, name), tuple(rest), (*walked, name))


def _shown(value: Any) -> str:
    if isinstance(value, BaseModel):
        said = ", ".join(f"{name}: {_shown(getattr(value, name))}" for name in sorted(value.model_fields_set))
        return f"{{ {said} }}" if said else "what it is"
    if isinstance(value, Mapping):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "nothing" if value is None else str(value)
