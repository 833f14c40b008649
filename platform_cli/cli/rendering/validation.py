"""What `platform validate` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from platform_cli.cli.rendering.errors import count, finding_text, findings_data, shown_place
from platform_cli.cli.rendering.words import number
from platform_cli.errors import Place

if TYPE_CHECKING:
    from platform_cli.blueprint.loading import Inspection
    from platform_cli.cli.terminal import Terminal


def render_validation(terminal: Terminal, inspection: Inspection) -> None:
    """Show the findings, errors first, and whether the blueprint is valid."""
    findings = sorted(inspection.findings, key=lambda finding: finding.severity.value != "error")
    if terminal.json:
        terminal.data({"valid": not inspection.errors, "findings": findings_data(findings, terminal.base)})
        return
    for finding in findings:
        terminal.result(finding_text(finding, terminal.base))
    terminal.result(summary(inspection))


def summary(inspection: Inspection) -> str:
    """Say in a line what was checked: `blueprint.yaml is valid: 2 services, 7 functions, …`."""
    name = shown_place(Place(str(inspection.path)))
    if inspection.errors or inspection.blueprint is None:
        return f"{name} is not valid: {count(inspection.findings)}"
    services = inspection.blueprint.services
    functions = sum(len(service.functions) for service in services.values())
    parts = [
        number(len(services), "service"),
        number(functions, "function"),
        number(len(inspection.blueprint.environments), "environment"),
    ]
    found = f"; {count(inspection.findings)}" if inspection.findings else ""
    return f"{name} is valid: {', '.join(parts)}{found}"
