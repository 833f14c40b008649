"""What a check is, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

Group = Literal["machine", "access", "workspace", "environment", "goals"]
GROUPS: tuple[Group, ...] = ("machine", "access", "workspace", "environment", "goals")
"""In the order in which they are shown: a trouble of an earlier one often causes those of a later one."""

QUICK_SECONDS = 30.0
SLOW_SECONDS = 240.0


class Verdict(StrEnum):
    """What a check comes to. `broken` is a check that could not be made, which says nothing of its object."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"
    SKIPPED = "skipped"
    BROKEN = "broken"


class Need(StrEnum):
    """What must be there before a check makes sense; in the order in which they are asked for."""

    NAMED = "an environment that was named"
    WORKSPACE = "a blueprint"
    ENVIRONMENT = "a valid blueprint"
    ACCOUNT = "an account of AWS"
    REACH = "working credentials"
    DEPLOYED = "a deployment"


REMOTE = (Need.NAMED, Need.WORKSPACE, Need.ENVIRONMENT, Need.REACH, Need.DEPLOYED)
"""What nearly every check of a deployed system needs."""


@dataclass(frozen=True)
class Fix:
    """What the tool itself can do about a result, without a risk to data or to what runs.

    Attributes:
        does: What it does, as a sentence without a subject: "install the completion for bash".
        apply: Does it; raises `PlatformError`.
        in_environment: Whether it changes something in the environment, and not only on this machine.
    """

    does: str
    apply: Callable[[], None] = field(compare=False)
    in_environment: bool = False


@dataclass(frozen=True)
class Result:
    """What a check says.

    Attributes:
        verdict: In a word.
        summary: In a line; of a skipped check, the reason.
        evidence: What was seen, a line each.
        consequence: What comes of it if nothing is done; empty where all is well.
        mend: What to do, with the command where there is one; empty where nothing is to be done.
        fix: What `--fix` would do, or None.
    """

    verdict: Verdict
    summary: str
    evidence: tuple[str, ...] = ()
    consequence: str = ""
    mend: str = ""
    fix: Fix | None = None


def ok(summary: str, *evidence: str) -> Result:
    """All is well."""
    return Result(Verdict.OK, summary, evidence)


def skipped(reason: str) -> Result:
    """There is nothing to look at, or no way to look."""
    return Result(Verdict.SKIPPED, reason)


def warning(summary: str, *evidence: str, consequence: str, mend: str, fix: Fix | None = None) -> Result:
    """It works now, and will not for ever, or not as well as it should."""
    return Result(Verdict.WARNING, summary, evidence, consequence, mend, fix)


def failure(summary: str, *evidence: str, consequence: str, mend: str, fix: Fix | None = None) -> Result:
    """Something does not work, or is not safe."""
    return Result(Verdict.FAILURE, summary, evidence, consequence, mend, fix)


def broken(summary: str, *evidence: str) -> Result:
    """The check itself failed."""
    return Result(
        Verdict.BROKEN,
        summary,
        evidence,
        "nothing is known of what this check looks at",
        "run it again by itself; `--debug` shows the details to report",
    )


@dataclass(frozen=True)
class Check:
    """One thing to look at.

    Attributes:
        id: A stable kebab-case identifier, described by `platform explain`.
        group: Under which it is shown.
        title: What it looks at, in a few words.
        explanation: Whole sentences: what is looked at, why, and what to do.
        run: Looks, and changes nothing; may raise `PlatformError`.
        needs: What must be there; without it the check is skipped.
        timeout_seconds: After which it counts as broken.
    """

    id: str
    group: Group
    title: str
    explanation: str
    run: Callable[[Context], Result] = field(compare=False, repr=False)
    needs: tuple[Need, ...] = ()
    timeout_seconds: float = QUICK_SECONDS


@dataclass(frozen=True)
class Examined:
    """A check with its result; `seconds` it took."""

    check: Check
    result: Result
    seconds: float


@dataclass(frozen=True)
class Diagnosis:
    """All results, in the order of groups and checks."""

    examined: tuple[Examined, ...]

    def of(self, *verdicts: Verdict) -> tuple[Examined, ...]:
        """Those with one of these verdicts."""
        return tuple(e for e in self.examined if e.result.verdict in verdicts)

    @property
    def failed(self) -> bool:
        """Whether any check says failure."""
        return bool(self.of(Verdict.FAILURE))

    @property
    def fixable(self) -> tuple[Examined, ...]:
        """Those for which the tool itself can do something."""
        return tuple(e for e in self.examined if e.result.fix is not None)

    def replaced(self, anew: Diagnosis) -> Diagnosis:
        """This diagnosis with the results of another one in place of the older ones."""
        newer = {e.check.id: e for e in anew.examined}
        return Diagnosis(tuple(newer.get(e.check.id, e) for e in self.examined))
