"""Protected environments: an override there may strengthen what keeps the data, never weaken it.

What the blueprint says for every environment is a decision that each of them shares and a review sees. An
override that takes protection away only where the data matters most is refused, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from platform_cli.blueprint.checks.context import Context
from platform_cli.blueprint.checks.protection_patches import weakened_by
from platform_cli.blueprint.checks.protection_rules import RULES, pairs
from platform_cli.blueprint.nodes import Path
from platform_cli.blueprint.resolution.protection import protects, with_protection


def check_told(contexts: Sequence[Context]) -> None:
    """A protected environment has somebody to tell when something is wrong, however bad it is.

    A severity that is written, with an empty list, is a decision and no finding.
    """
    base = contexts[0]
    variants = {context.environment: context.blueprint for context in contexts}
    for name in base.blueprint.environments:
        if not protects(base.blueprint, name):
            continue
        alarms = variants.get(name, base.blueprint).alarms
        contacts = alarms.contacts
        if not (contacts.critical or contacts.warning or contacts.info):
            base.report(
                "nobody-is-told",
                f"environment {name} is protected, and no alarm tells anybody",
                ("environments", name, "protect"),
                key=True,
                hint="write `alarms: { contacts: { critical: [oncall@example.com] } }`",
            )
            continue
        for severity in ("critical", "warning", "info"):
            if getattr(contacts, severity) or severity in contacts.model_fields_set:
                continue
            base.report(
                "severity-untold",
                f"environment {name} is protected, and its {severity} alarms tell nobody",
                ("environments", name, "protect"),
                key=True,
                hint=f"write `{severity}: [team@example.com]` under `alarms.contacts`, "
                f"or `{severity}: []` if that is meant",
            )
        if alarms.runbook_url is None:
            base.report(
                "no-runbooks",
                f"environment {name} is protected, and its alarms lead to the overview, to no runbook of "
                "yours",
                ("environments", name, "protect"),
                key=True,
                hint='write `alarms: { runbook_url: "https://wiki.example.com/runbooks#{alarm}" }`',
            )


def check_protection(contexts: Sequence[Context]) -> None:
    """Compare each protected environment with what the blueprint says for all."""
    base = contexts[0]
    for context in contexts[1:]:
        name = str(context.environment)
        if not protects(base.blueprint, name):
            continue
        start: Path = ("environments", name, "overrides")
        written = base.blueprint.environments[name].overrides
        # What nobody wrote counts as what protected environments have.
        everywhere, here = (
            with_protection(blueprint, protected=True) for blueprint in (base.blueprint, context.blueprint)
        )
        for rule in RULES:
            for path, before, after in pairs(everywhere, here, rule.path):
                if _stands(written, path) and rule.is_weaker(before, after, everywhere, here):
                    base.report(
                        "weakened-protection",
                        f"environment {name} is protected, and its override changes "
                        f"{'.'.join(map(str, path))} from {_shown(before)} to {_shown(after)}: {rule.loss}",
                        (*start, *path),
                        hint="take it out of the override; an override here may only make it stronger",
                    )
        _check_tags(base, context, name, start)
        _check_patches(base, context, name, start)


def _check_tags(base: Context, context: Context, environment: str, start: Path) -> None:
    """Report tags by which a backup plan selects, and which the system no longer has here."""
    selected = {tag for plan in base.blueprint.backups.values() for tag in plan.select.tags.items()}
    lost = selected & (base.blueprint.tags.items() - context.blueprint.tags.items())
    for key, value in sorted(lost):
        base.report(
            "weakened-protection",
            f"environment {environment} is protected, and its override takes the tag {key}: {value} away: "
            "the plan that selects by it would back up less",
            (*start, "tags", key),
            hint="take it out of the override; an override here may only make it stronger",
        )


def _check_patches(base: Context, context: Context, environment: str, start: Path) -> None:
    """Report patches of this environment alone that touch what keeps data safe."""
    for stack, patches in context.blueprint.patches.items():
        everywhere = base.blueprint.patches.get(stack, ())
        for index, patch in enumerate(patches):
            weakened = None if patch in everywhere else weakened_by(patch)
            if weakened is not None:
                base.report(
                    "weakened-protection",
                    f"environment {environment} is protected, and its override {weakened} of stack {stack}: "
                    "that may keep data safe",
                    (*start, "patches", stack, index),
                    hint="take it out of the override; an override here may only make it stronger",
                )


def _stands(written: Any, path: Path) -> bool:
    """Whether an override says something about a path: there, or by replacing what is above it."""
    for step in path:
        if not isinstance(written, Mapping):
            return True
        if step not in written:
            return False
        written = written[step]
    return True


def _shown(value: Any) -> str:
    if isinstance(value, BaseModel):
        said = ", ".join(f"{name}: {_shown(getattr(value, name))}" for name in sorted(value.model_fields_set))
        return f"{{ {said} }}" if said else "what it is"
    if isinstance(value, Mapping):
        return f"[{', '.join(_entry(name, inner) for name, inner in value.items())}]"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "nothing" if value is None else str(value)


def _entry(name: Any, value: Any) -> str:
    return f"{name}: {value}" if isinstance(value, str) else str(name)
