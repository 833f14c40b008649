"""What was typed for `platform tune-memory`, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from platform_cli.errors import ExitCode, PlatformError

if TYPE_CHECKING:
    from platform_cli.operate.tuning.choosing import Aim


@dataclass(frozen=True)
class TuneOptions:
    """What was typed; see the command's options."""

    target: str | None
    everything: bool
    worst: int | None
    aim: str
    p95_limit_ms: float | None
    max_cost_increase: float | None
    sizes: str | None
    architectures: bool
    payload: str | None
    payloads: Path | None
    from_tests: bool
    before: str | None
    after: str | None
    certainty: float
    max_invocations: int
    max_spend_usd: float | None
    concurrency: int
    simulate: str | None
    dry_run: bool
    apply: bool
    everywhere: bool
    deploy: bool
    html: Path | None
    days: int
    from_logs: bool
    history: bool
    cleanup: bool

    @property
    def sizes_mb(self) -> tuple[int, ...]:
        """Sizes to try, in MB.

        Raises:
            PlatformError: `invalid-size`.
        """
        from platform_cli.operate.tuning.planning import parse_sizes
        from platform_cli.operate.tuning.racing import DEFAULT_SIZES_MB

        return DEFAULT_SIZES_MB if self.sizes is None else parse_sizes(self.sizes)

    @property
    def goal(self) -> Aim:
        """The aim with its limits.

        Raises:
            PlatformError: `invalid-aim`.
        """
        from platform_cli.operate.tuning.choosing import Aim
        from platform_cli.operate.tuning.planning import cost_weight

        increase = None if self.max_cost_increase is None else self.max_cost_increase / 100
        return Aim(cost_weight(self.aim), self.p95_limit_ms, increase)


def check(options: TuneOptions, *, local: bool, json: bool) -> None:
    """See that the options go together.

    Args:
        options: What was typed.
        local: Whether the environment is the local AWS.
        json: Whether the result is one JSON document.

    Raises:
        PlatformError: `usage`.
    """
    chosen = [options.target is not None, options.everything, options.worst is not None]
    reading = options.from_logs or options.history or options.cleanup
    wrong = None
    if sum(chosen) > 1:
        wrong = "a function, --all and --worst exclude each other"
    elif not any(chosen) and not reading:
        wrong = "say which function, or --all, or --worst N"
    elif sum([options.from_logs, options.history, options.cleanup]) > 1:
        wrong = "--from-logs, --history and --cleanup exclude each other"
    elif sum([options.payload is not None, options.payloads is not None, options.from_tests]) > 1:
        wrong = "--payload, --payloads and --from-tests exclude each other"
    elif (options.deploy or options.everywhere) and not options.apply:
        wrong = "--deploy and --everywhere go with --apply"
    elif options.deploy and json:
        wrong = "--json is one document: leave --deploy out, and run `platform deploy --json` afterwards"
    elif options.simulate is not None and (options.worst is not None or reading):
        wrong = "a simulation says nothing about the function, so --simulate goes with none of these"
    elif options.simulate is not None and options.apply and (options.everywhere or not local):
        wrong = "a simulation says nothing about the function: it is written for the local AWS alone"
    elif (typed := _not_finite(options)) is not None:
        wrong = f"{typed} takes a number"
    if wrong is not None:
        raise PlatformError(
            wrong,
            hint="`platform tune-memory --help` lists what it takes",
            code="usage",
            exit_code=ExitCode.USAGE,
        )


def _not_finite(options: TuneOptions) -> str | None:
    """A limit that was typed as `nan` or `inf`, and would never hold."""
    limits = {
        "--p95-limit-ms": options.p95_limit_ms,
        "--max-cost-increase": options.max_cost_increase,
        "--max-spend-usd": options.max_spend_usd,
        "--certainty": options.certainty,
    }
    return next((name for name, value in limits.items() if value is not None and not isfinite(value)), None)
