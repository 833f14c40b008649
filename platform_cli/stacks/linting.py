"""Validate templates with cfn-lint: offline, and much cheaper than the CDK's own validation."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from platform_cli.errors import ExitCode, PlatformError

TEMPLATE_SUFFIX = ".template.json"


@dataclass(frozen=True)
class TemplateError:
    """Something that CloudFormation would refuse.

    Attributes:
        stack: Name of the stack.
        path: Where in its template: `Resources/QueueJobs/Properties`.
        rule: cfn-lint's rule: `E3002`.
        message: What is wrong.
    """

    stack: str
    path: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.stack}: {self.path}: {self.message} [{self.rule}]"


def lint_templates(
    templates: Iterable[Path], region: str, severities: Collection[str] = ("error",)
) -> tuple[TemplateError, ...]:
    """What cfn-lint finds in templates; only errors, unless more is asked for.

    Its rules are loaded once in a process; for a few templates that is most of the time that it takes.

    Args:
        templates: Files named `STACK.template.json`.
        region: Where they are to be deployed.
        severities: Of `error`, `warning` and `informational`.
    """
    from cfnlint.config import ConfigMixIn
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner.template import run_template_by_data

    config, rules = ConfigMixIn(regions=[region]), _rules()
    found: list[TemplateError] = []
    for path in templates:
        stack = path.name.removesuffix(TEMPLATE_SUFFIX)
        # The file as it is: cfn-lint counts its lines, and knows duplicate keys.
        template, broken = decode_str(path.read_text(encoding="utf-8"))
        matches = list(run_template_by_data(template, config, rules)) if template else list(broken or ())
        found += [
            TemplateError(stack, "/".join(map(str, match.path or ())), match.rule.id, match.message)
            for match in matches
            if match.rule.severity in severities
        ]
    return tuple(found)


@cache
def _rules() -> Any:
    """The rules of cfn-lint; they are the same for every region."""
    from cfnlint.config import ConfigMixIn
    from cfnlint.runner import Runner

    return Runner(ConfigMixIn()).rules


def require_valid(assembly: Path) -> None:
    """Refuse an assembly with a template that CloudFormation would refuse in the region of its stack.

    Raises:
        PlatformError: `invalid-template`, with every error.
    """
    errors = [
        error
        for region, templates in sorted(_by_region(assembly).items())
        for error in lint_templates(templates, region)
    ]
    if not errors:
        return
    origins = {str(error): origin for error in errors if (origin := _origin(assembly, error))}
    lines = "".join(f"\n  {error}{_behind(origins.get(str(error)))}" for error in errors)
    raise PlatformError(
        f"after patches and hooks, CloudFormation would refuse what is in the templates:{lines}",
        hint="change the patch or the hook; without them, `platform synth` writes the template as it was",
        code="invalid-template",
        exit_code=ExitCode.USAGE,
    )


def _by_region(assembly: Path) -> dict[str, list[Path]]:
    manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
    found: dict[str, list[Path]] = {}
    for artifact in manifest["artifacts"].values():
        if artifact["type"] == "aws:cloudformation:stack":
            region = artifact["environment"].rpartition("/")[2]
            found.setdefault(region, []).append(assembly / artifact["properties"]["templateFile"])
    return found


def _origin(assembly: Path, error: TemplateError) -> str | None:
    parts = error.path.split("/")
    if parts[0] != "Resources" or len(parts) < 2:
        return None
    template = json.loads((assembly / f"{error.stack}{TEMPLATE_SUFFIX}").read_text(encoding="utf-8"))
    metadata = template["Resources"].get(parts[1], {}).get("Metadata", {})
    origin = metadata.get("platform:blueprint")
    return str(origin) if origin else None


def _behind(origin: str | None) -> str:
    return f" (from {origin})" if origin else ""
