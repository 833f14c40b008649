"""What each error code means, for `platform explain` and `docs/errors.md`.

In: a code. Out: a paragraph on what it means and what to do.
Never: the blueprint's own codes twice; those are described where they are checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from platform_cli.errors import ExitCode, PlatformError


@dataclass(frozen=True)
class Explanation:
    """A code, how bad it is (`error`, `warning`, `notice`), its subject, and a paragraph about it.

    A check of the doctor has the severity `check`, what `alarms coverage` and `secrets list` say `finding`.
    """

    code: str
    severity: str
    subject: str
    text: str


@cache
def explanations() -> Mapping[str, Explanation]:
    """Return all explanations by code, in alphabetical order."""
    from platform_cli.blueprint.finding_codes import CODES
    from platform_cli.cli.explanations.aws import AWS
    from platform_cli.cli.explanations.changing import CHANGING
    from platform_cli.cli.explanations.command_line import COMMAND_LINE
    from platform_cli.cli.explanations.conditions import ALARMS
    from platform_cli.cli.explanations.conditions import SECRETS as CONDITIONS
    from platform_cli.cli.explanations.cost import COST
    from platform_cli.cli.explanations.deploying import DEPLOYING
    from platform_cli.cli.explanations.events import EVENTS
    from platform_cli.cli.explanations.local import LOCAL
    from platform_cli.cli.explanations.packaging import PACKAGING
    from platform_cli.cli.explanations.scaffolding import SCAFFOLDING
    from platform_cli.cli.explanations.secrets import SECRETS
    from platform_cli.cli.explanations.synthesis import SYNTHESIS
    from platform_cli.cli.explanations.tuning import TUNING
    from platform_cli.operate.doctor.discovery import all_checks

    subjects = {
        "AWS": AWS,
        "Command line": COMMAND_LINE,
        "Cost": COST,
        "Deploying and operating": DEPLOYING,
        "Flags and settings": CHANGING,
        "Events": EVENTS,
        "Local AWS": LOCAL,
        "Packaging": PACKAGING,
        "Scaffolding": SCAFFOLDING,
        "Secrets": SECRETS,
        "Memory tuning": TUNING,
        "Synthesis": SYNTHESIS,
    }
    found = {
        code: Explanation(code, finding.severity.value, "Blueprint", finding.description)
        for code, finding in CODES.items()
    }
    for subject, texts in subjects.items():
        found |= {code: Explanation(code, "error", subject, text) for code, text in texts.items()}
    for subject, texts in {"Alarms": ALARMS, "Secrets": CONDITIONS}.items():
        found |= {code: Explanation(code, "finding", subject, text) for code, text in texts.items()}
    found |= {check.id: Explanation(check.id, "check", "Checks", check.explanation) for check in all_checks()}
    return dict(sorted(found.items()))


def explain(code: str) -> Explanation:
    """Return the explanation of a code.

    Args:
        code: With or without what surrounds it on the screen: `unknown-table`, `error[unknown-table]`.

    Raises:
        PlatformError: There is no such code.
    """
    from platform_cli.blueprint.findings import known_hint

    known = explanations()
    bare = code.strip().rstrip("]:").rpartition("[")[2]
    if bare in known:
        return known[bare]
    raise PlatformError(
        f'there is no error code "{bare}"',
        hint=known_hint(bare, known, otherwise="`platform explain` lists all codes"),
        code="unknown-code",
        exit_code=ExitCode.USAGE,
    )
