"""The flags as a file: the whole document, one line a flag, or what handlers get for a context."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping

from platform_cli.errors import ExitCode, PlatformError
from platform_cli.local.rules import evaluate_flags
from platform_cli.operate.flags.differences import state_words
from platform_cli.operate.flags.document import FlagsDocument

FORMATS = ("json", "csv", "values")


def export_flags(document: FlagsDocument, kind: str, context: Mapping[str, str]) -> str:
    """The flags as text.

    Args:
        document: The flags.
        kind: `json`, the document as AppConfig has it; `csv`, a line a flag; `values`, what the agent
            answers for a context.
        context: For `values`.

    Raises:
        PlatformError: `unknown-format`.
    """
    match kind:
        case "json":
            return document.content().decode() + "\n"
        case "csv":
            return _table(document)
        case "values":
            plain = {name: document.value(name).plain() for name in document.names()}
            return json.dumps(evaluate_flags(plain, context), indent=2, ensure_ascii=False) + "\n"
    raise PlatformError(
        f'there is no format "{kind}"',
        hint=f"choose one of {', '.join(FORMATS)}",
        code="unknown-format",
        exit_code=ExitCode.USAGE,
    )


def _table(document: FlagsDocument) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["flag", "state", "description"])
    for name in document.names():
        description = document.flags[name].description or ""
        writer.writerow([name, state_words(document.value(name)), description])
    return text.getvalue()
