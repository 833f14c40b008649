"""A workspace from the example: its files as they are, with the answers in its blueprint.

The example is a system that runs, not a template: it is tested and used where it lies. So what differs in
a workspace of somebody's own is edited into its blueprint, and nothing is kept twice.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from platform_cli.blueprint.editing import set_value
from platform_cli.blueprint.loading import inspect_blueprint
from platform_cli.errors import PlatformError

_PROFILE = re.compile(r"^ +profile: .*\n", re.MULTILINE)
_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__")
"""State of the local AWS and what tools leave behind, in a checkout where the example was used."""
_REGION, _COPY_REGION = "eu-west-1", "eu-central-1"
"""Where the example is, and where it keeps its copies: the other way round for whoever is there."""
_SEVERITIES = ("critical", "warning", "info")


def lay_example(example: Path, answers: Mapping[str, str], into: Path, blueprint: str) -> None:
    """Copy the example into a folder, and enter the answers.

    Args:
        example: Its folder.
        answers: To `workspace_questions`.
        into: The folder; its files of the same names are replaced.
        blueprint: Name of the blueprint's file.

    Raises:
        PlatformError: The example cannot be edited so, which is a mistake of this release.
    """
    shutil.copytree(example, into, ignore=_LEFT_OUT, dirs_exist_ok=True)
    path = into / blueprint
    text = _PROFILE.sub("", path.read_text(encoding="utf-8"))
    if answers["region"] == _COPY_REGION:
        other = {_REGION: _COPY_REGION, _COPY_REGION: _REGION}
        text = re.sub("|".join(other), lambda found: other[found[0]], text)
    path.write_text(text, encoding="utf-8")
    for keys, value in _entries(answers):
        set_value(path, keys, value)
    if errors := inspect_blueprint(path).errors:
        raise PlatformError(
            f"the example cannot be made so: {errors[0].message}",
            hint="start from another blueprint, or report this as a bug",
            code="broken-template",
            where=str(example),
        )


def _entries(answers: Mapping[str, str]) -> list[tuple[tuple[str, ...], object]]:
    entries: list[tuple[tuple[str, ...], object]] = [(("system",), answers["system"])]
    entries.append((("owner",), answers["owner"]))
    for name in ("dev", "prod"):
        entries.append((("environments", name, "account"), answers[f"{name}_account"]))
        entries.append((("environments", name, "region"), answers["region"]))
    if answers["contact"]:
        entries += [(("alarms", "contacts", severity), [answers["contact"]]) for severity in _SEVERITIES]
    return entries
