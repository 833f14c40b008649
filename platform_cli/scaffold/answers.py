"""The record that a service keeps of how it was rendered, and what can be done with it.

`.copier-answers.yml` holds the template, its version and every answer. The same version rendered with
the same answers gives the same files: the common ancestor that a three-way update needs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_cli.errors import PlatformError
from platform_cli.scaffold.catalog import TEMPLATE_VERSION, service_template
from platform_cli.scaffold.rendering import render

ANSWERS_FILE = ".copier-answers.yml"

_HEADER = "# How this service was rendered; `platform` reads it to update the service. Do not edit.\n"


@dataclass(frozen=True)
class Record:
    """What a service was rendered from.

    Attributes:
        template: The kind of service.
        version: The release of platform whose templates were used.
        answers: The values of all questions.
    """

    template: str
    version: str
    answers: Mapping[str, Any]

    def text(self) -> str:
        """The file's content: YAML whose values are JSON, in a fixed order."""
        entries = {
            "_template": self.template,
            "_template_version": self.version,
            **dict(sorted(self.answers.items())),
        }
        lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in entries.items())
        return _HEADER + "".join(lines)


def read_record(service: Path) -> Record:
    """Read the record of a service.

    Raises:
        PlatformError: There is none, or it was edited into something else.
    """
    path = service / ANSWERS_FILE
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        entries = dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))
        content = {key: json.loads(value) for key, value in entries.items()}
        template, version = content.pop("_template"), content.pop("_template_version")
    except FileNotFoundError as error:
        raise PlatformError(
            f"{service.name} has no {ANSWERS_FILE}, so it was not rendered from a template",
            hint="only services made by `platform new-service` have one",
            code="no-answers",
            where=str(path),
        ) from error
    except (OSError, ValueError, KeyError) as error:
        raise PlatformError(
            f"{path} is not what `platform new-service` wrote",
            hint="take it back from version control",
            code="broken-answers",
            where=str(path),
        ) from error
    return Record(str(template), str(version), content)


def render_record(record: Record, into: Path, templates: Path | None = None) -> tuple[Path, ...]:
    """Render a service as its record says, the record included.

    Args:
        record: From `read_record`, or of a new service.
        into: The folder to fill.
        templates: The templates of the recorded version; None means this release's.

    Returns:
        The files, relative to `into`, sorted.

    Raises:
        PlatformError: The record is of another release, and that one's templates are not given.
    """
    if templates is None and record.version != TEMPLATE_VERSION:
        raise PlatformError(
            f"the service was rendered by platform {record.version}, and this is {TEMPLATE_VERSION}",
            hint=f"its template is in the wheel of platform-cli {record.version}",
            code="other-template-version",
        )
    template = service_template(record.template, templates)
    rendered = render(template.layers, {**record.answers, "kind": record.template}, into)
    (into / ANSWERS_FILE).write_text(record.text(), encoding="utf-8")
    return tuple(sorted({*rendered, Path(ANSWERS_FILE)}))
