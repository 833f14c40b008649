"""What is wrong, or worth knowing, about a blueprint."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from platform_cli.errors import ExitCode, Place, PlatformError


class Severity(StrEnum):
    """How bad a finding is: only errors keep a command from working."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True)
class Finding:
    """One thing found at one spot.

    Attributes:
        code: A stable kebab-case identifier; `finding_codes.CODES` describes it.
        severity: How bad it is.
        message: What is wrong, with the wrong value in it; no full stop.
        place: File, line and column.
        path: Keys and indexes from the top of the document to the spot.
        source_line: The line of the file, or None where there is none (an empty file).
        length: Characters of the line to underline, from the column on.
        hint: What to write instead, or None.
    """

    code: str
    severity: Severity
    message: str
    place: Place
    path: tuple[str | int, ...]
    source_line: str | None
    length: int
    hint: str | None = None


class BlueprintInvalid(PlatformError):
    """The blueprint has errors; `findings` holds all findings, errors first."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR))
        errors = [finding for finding in self.findings if finding.severity is Severity.ERROR]
        first = errors[0] if errors else None
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        super().__init__(
            f"the blueprint has {count}" + (f"; first: {first.message}" if first else ""),
            hint=first.hint if first else None,
            code="invalid-blueprint",
            where=first.place if first else None,
            exit_code=ExitCode.USAGE,
        )


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """The known name that is most like a wrong one, or None if none is."""
    known = list(names)
    folded = {candidate.casefold().replace("_", "-"): candidate for candidate in known}
    same = folded.get(name.casefold().replace("_", "-"))
    if same is not None:
        return same
    matches = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return matches[0] if matches else None


def nearest_hint(name: str, names: Iterable[str], *, otherwise: str | None = None) -> str | None:
    """`did you mean "main"?`, the list of what there is, or `otherwise` where there is nothing."""
    known = sorted(names)
    match = nearest_name(name, known)
    if match is not None:
        return f'did you mean "{match}"?'
    if not known:
        return otherwise
    shown = ", ".join(known[:8]) + (", …" if len(known) > 8 else "")
    return f"there is {shown}"


def known_hint(name: str, known: Iterable[str], *, otherwise: str | None = None) -> str:
    """What to tell somebody who typed a name that nothing bears.

    Args:
        name: What was typed.
        known: The names that there are, in the order in which they are shown.
        otherwise: Said where none is near; None lists all that there are.
    """
    names = list(known)
    near = nearest_name(name, names)
    if near is not None:
        return f'did you mean "{near}"?'
    return otherwise or f"there are: {', '.join(names) or 'none'}"
