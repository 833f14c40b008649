"""Whether the clock is right enough for AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import Check, Need, Result, failure, ok, skipped, warning

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

REFUSED_SECONDS = 300
"""AWS takes no request that is signed for another time (Signature Version 4 in IAM's guide, Nov. 2026)."""
CLOSE_SECONDS = 60
_REGION = "us-east-1"


def check_clock(context: Context) -> Result:
    """Compare with what a server of AWS says."""
    from platform_cli.aws.time import served_time

    ask = context.surroundings.served_time or served_time
    region = _REGION
    if context.surroundings.inspection is not None and context.unmet(Need.ENVIRONMENT) is None:
        if context.environment.target == "aws":
            region = context.environment.region
        elif context.surroundings.environment is not None:
            return skipped("the local AWS runs by the same clock")
    served = ask(region)
    if served is None:
        return skipped("AWS cannot be reached, so that there is no time to compare with")
    off = abs((context.now - served).total_seconds())
    if off <= CLOSE_SECONDS:
        return ok(f"the clock is right to {max(1, round(off))} s")
    make = failure if off >= REFUSED_SECONDS else warning
    return make(
        f"the clock is {off:.0f} s off",
        f"here it is {context.now:%Y-%m-%d %H:%M:%S} UTC, at AWS {served:%Y-%m-%d %H:%M:%S} UTC",
        consequence=f"AWS refuses requests that are {REFUSED_SECONDS // 60} minutes off, as forged",
        mend="let the system set its clock, for example `sudo timedatectl set-ntp true`",
    )


CHECKS = (
    Check(
        "clock",
        "machine",
        "clock",
        "Compares the clock with the date that a public server of AWS answers with; no credentials are sent. "
        "AWS takes requests for forged that are signed five minutes early or late.",
        check_clock,
    ),
)
