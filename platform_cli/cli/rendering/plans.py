"""What a deployment or a deletion would do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from platform_cli.cli.rendering.words import number, short_type

if TYPE_CHECKING:
    from rich.text import Text

    from platform_cli.assembly.differences import ResourceChange
    from platform_cli.cli.terminal import Terminal
    from platform_cli.deploy.destroying import DestroyPlan
    from platform_cli.deploy.plans import DeploymentPlan, StackStep
    from platform_cli.deploy.stateful import Destruction

SIGNS = {"add": ("+", "green"), "change": ("~", "yellow"), "remove": ("-", "red")}
ACTION_STYLES = {"create": "green", "update": "yellow", "remove": "red", "recreate": "red"}
VALUE_WIDTH = 90


def render_plan(terminal: Terminal, plan: DeploymentPlan) -> None:
    """Show a plan as a result, for `--dry-run`."""
    if terminal.json:
        terminal.data(plan_data(plan))
    else:
        terminal.result(plan_text(plan, values=True))


def plan_text(plan: DeploymentPlan, *, values: bool = False) -> Text:
    """Draw a plan: stacks, their resources, values to create, data at risk.

    Args:
        plan: What would be done.
        values: Whether each value that differs is shown.
    """
    from rich.text import Text

    text = Text(f"{plan.system} in {plan.environment}: ", style="bold")
    if plan.empty:
        return text.append("nothing to do")
    acting = [step for step in plan.steps if not step.idle and step.action.value != "follow"]
    text.append(f"{number(len(acting), 'stack')} of {len(plan.steps)} to change\n")
    width = max((len(step.action.value) for step in acting), default=0)
    for step in acting:
        _append_step(text, step, width, values=values)
    _append_kept(text, plan)
    if plan.seeds:
        names = ", ".join(seed.name for seed in plan.seeds)
        text.append(f"\ncreated with a first value, since they are missing: {names}")
    for site in plan.sites:
        text.append(
            f"\nfiles of CDN {site.cdn}: {len(site.uploads)} to upload, {len(site.removals)} to delete"
        )
    for one in plan.applications:
        text.append(f"\napplication {one.wanted.name}: to {one.action}")
    _append_risks(text, plan.destructive)
    return text


def plan_data(plan: DeploymentPlan) -> dict[str, Any]:
    """Return a plan for `--json`."""
    return {
        "system": plan.system,
        "environment": plan.environment,
        "empty": plan.empty,
        "stacks": [_step_data(step) for step in plan.steps],
        "kept": list(plan.kept),
        "created_values": [seed.name for seed in plan.seeds],
        "files": {
            site.cdn: {"upload": [file.key for file in site.uploads], "delete": list(site.removals)}
            for site in plan.sites
        },
        "applications": {step.wanted.name: step.action for step in plan.applications},
        "data_at_risk": [
            {"stack": d.stack, "resource": d.blueprint_path or d.logical_id, "type": d.type, "fate": d.fate}
            for d in plan.destructive
        ],
    }


def destroy_text(plan: DestroyPlan) -> Text:
    """Draw what a deletion takes away."""
    from rich.text import Text

    text = Text(f"{plan.system} in {plan.environment}: ", style="bold")
    text.append(f"{number(len(plan.stacks), 'stack')} to delete")
    for stack in plan.stacks:
        text.append("\n  delete  ", style="red").append(stack.name)
    _append_risks(text, plan.data)
    if plan.parameters:
        text.append(f"\nalso {number(len(plan.parameters), 'setting or record', 'settings and records')}")
    return text


def _append_step(text: Text, step: StackStep, width: int, *, values: bool) -> None:
    action = step.action.value
    text.append(f"\n  {action.ljust(width)}  ", style=ACTION_STYLES.get(action, "yellow")).append(step.stack)
    changes = step.difference.resources if step.difference else ()
    if step.difference is None and step.artifact is not None:
        resources = step.artifact.template.get("Resources", {})
        text.append(f"  {number(len(resources), 'resource')}", style="dim")
    for change in changes:
        _append_change(text, change, width, values=values)
    for reason in step.reasons:
        text.append(f"\n  {' ' * width}    because {reason}", style="dim")
    if step.protection is not None:
        switched = "on" if step.protection else "off"
        text.append(f"\n  {' ' * width}    deletion protection is switched {switched}", style="dim")


def _append_change(text: Text, change: ResourceChange, width: int, *, values: bool) -> None:
    sign, style = SIGNS[change.action]
    name = change.blueprint_path or change.logical_id
    text.append(f"\n  {' ' * width}  {sign} ", style=style).append(f"{short_type(change.type)} {name}")
    if change.properties:
        text.append(f": {', '.join(change.properties)}", style="dim")
    for value in change.values if values else ():
        line = str(value)
        cut = line if len(line) <= VALUE_WIDTH else line[: VALUE_WIDTH - 1] + "…"
        text.append(f"\n  {' ' * width}      {cut}", style="dim")


def _append_risks(text: Text, destructions: Iterable[Destruction]) -> None:
    # A queue and its dead-letter queue come from one line of the blueprint.
    for said in dict.fromkeys(str(destruction) for destruction in destructions):
        text.append(f"\ndata at risk: {said}", style="bold red")


def _append_kept(text: Text, plan: DeploymentPlan) -> None:
    for stack in plan.kept:
        text.append(f"\n  kept, though the blueprint no longer has it: {stack}", style="dim")


def _step_data(step: StackStep) -> dict[str, Any]:
    return {
        "stack": step.stack,
        "action": step.action.value,
        "reasons": list(step.reasons),
        "resources": list(_changes(step)),
    }


def _changes(step: StackStep) -> Iterable[dict[str, Any]]:
    for change in step.difference.resources if step.difference else ():
        yield {
            "action": change.action,
            "logical_id": change.logical_id,
            "type": change.type,
            "blueprint_path": change.blueprint_path,
            "properties": list(change.properties),
        }
