"""Values of settings: whether a text is of the type that the blueprint says, and how it reads."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from platform_cli.blueprint.resolved import ResolvedSetting
from platform_cli.errors import ExitCode, PlatformError

LARGEST_BYTES = 8192
"""Of the advanced tier; beyond 4,096 a value costs something (Parameter Store guide, November 2026)."""
HIDDEN = "••••••••"
"""What stands in place of a secure value."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,4000}")
_NUMBER = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,3})?", re.ASCII)


def check_value(setting: ResolvedSetting, text: str) -> None:
    """Refuse a value that handlers could not read.

    Raises:
        PlatformError: `invalid-setting`; a secure value does not show in it.
    """
    problem = value_problem(setting.type, text)
    if problem is not None:
        shown = "the value" if setting.secure else f'"{_shortened(text)}"'
        raise PlatformError(
            f"{setting.group}/{setting.key} takes {_article(setting.type)}, and {shown} {problem}",
            hint="the type follows from the blueprint; `type` under the setting says it explicitly",
            code="invalid-setting",
            exit_code=ExitCode.USAGE,
        )


def value_problem(kind: str, text: str) -> str | None:
    """What is wrong with a text as a value of a type, in words; None if nothing is."""
    if not text:
        return "is empty, which Parameter Store does not take"
    if len(text.encode()) > LARGEST_BYTES:
        return f"has {len(text.encode())} bytes, and Parameter Store takes {LARGEST_BYTES}"
    if text.lstrip().startswith("{{"):
        return "begins with {{, which Parameter Store takes for a reference"
    match kind:
        case "integer":
            return None if _INTEGER.fullmatch(text) else "is no whole number"
        case "number":
            if not _NUMBER.fullmatch(text):
                return "is no number"
            return None if math.isfinite(float(text)) else "is beyond what a number can be"
        case "boolean":
            return None if text in ("true", "false") else "is neither true nor false"
        case "json":
            return None if _parses(text) else "is no JSON"
    return None


def typed(kind: str, text: str) -> Any:
    """A value as JSON has it; the text itself where it is not of its type."""
    if value_problem(kind, text) is not None:
        return text
    match kind:
        case "integer":
            return int(text)
        case "number":
            return float(text)
        case "boolean":
            return text == "true"
        case "list":
            return text.split(",")
        case "json":
            return json.loads(text)
    return text


def same(kind: str, one: str, other: str) -> bool:
    """Whether two texts mean the same value."""
    return one == other or typed(kind, one) == typed(kind, other)


def _parses(text: str) -> bool:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        # Python takes NaN and Infinity, which no other reader of JSON does.
        json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return False
    return True


def _article(kind: str) -> str:
    return {"integer": "a whole number", "json": "JSON", "boolean": "true or false"}.get(kind, f"a {kind}")


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
