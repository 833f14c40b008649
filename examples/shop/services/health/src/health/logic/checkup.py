"""Whether the system can serve."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Check = Callable[[], None]
"""Returns if the thing is well, raises if it is not."""


@dataclass(frozen=True)
class Checkup:
    """The verdict.

    Attributes:
        failures: By check, the kind of error; the rest is in the log.
    """

    checks: tuple[str, ...]
    failures: Mapping[str, Exception]

    @property
    def healthy(self) -> bool:
        """Whether every check passed."""
        return not self.failures

    def document(self) -> dict[str, object]:
        """What the API shows: no error's text, since anybody may ask."""
        results = {name: "failed" if name in self.failures else "ok" for name in self.checks}
        return {"status": "ok" if self.healthy else "failed", "checks": results}


def examine(checks: Mapping[str, Check]) -> Checkup:
    """Run all checks; one that fails does not keep the others from running."""
    failures: dict[str, Exception] = {}
    for name, check in checks.items():
        try:
            check()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the check's result
            failures[name] = error
    return Checkup(tuple(checks), failures)
