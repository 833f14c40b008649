"""Credentials: there, of the right account, and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from platform_cli.errors import PlatformError
from platform_cli.operate.doctor.model import Check, Need, Result, failure, ok, skipped, warning

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

SHORT = timedelta(minutes=60)
"""A deployment of a whole system may take so long."""


def check_credentials(context: Context) -> Result:
    """Ask AWS whose the credentials are, and compare with the blueprint."""
    from platform_cli.aws.errors import aws_errors

    environment = context.environment
    try:
        clients = context.clients
    except PlatformError as error:
        if context.surroundings.environment is None and error.code in ("no-credentials", "unknown-profile"):
            return skipped(f'there are none for "{environment.environment}"; `--env NAME` insists on them')
        return failure(
            error.message,
            f'"{environment.environment}" is account {environment.account} in {environment.region}, profile '
            f"{environment.profile or 'none: the default chain of credentials'}",
            consequence=f'nothing can be deployed to "{environment.environment}", nor looked at there',
            mend=error.hint or "see which credentials are used with `aws configure list`",
        )
    with aws_errors("asking whose the credentials are", target=clients.target):
        identity = clients.client("sts").get_caller_identity()
    return ok(
        f"account {identity['Account']} in {clients.target.region}, as the blueprint says",
        f"as {identity['Arn']}",
    )


def check_session(context: Context) -> Result:
    """Look how long the sign-in holds, in the token that the AWS CLI keeps."""
    from platform_cli.aws.sign_in import read_sign_in

    profile = context.environment.profile
    signed_in = read_sign_in(profile, context.surroundings.home, context.surroundings.variables)
    if signed_in is None:
        return skipped("the credentials do not come from a sign-in with `aws sso login`")
    mend = f"sign in again: `aws sso login{f' --profile {profile}' if profile else ''}`"
    name = f'the sign-in "{signed_in.session}"'
    consequence = "calls are refused from then on, a deployment in its middle too"
    if signed_in.expires is None:
        return failure(f"{name} was never made", consequence=consequence, mend=mend)
    left = signed_in.expires - context.now
    until = f"until {signed_in.expires:%Y-%m-%d %H:%M} UTC"
    if left <= timedelta(0):
        if signed_in.renewable:
            return ok(f"{name} renews itself", f"its token held {until}")
        return failure(f"{name} has expired", f"it held {until}", consequence=consequence, mend=mend)
    if left < SHORT and not signed_in.renewable:
        minutes = int(left.total_seconds() // 60)
        return warning(
            f"{name} expires in {minutes} min", f"it holds {until}", consequence=consequence, mend=mend
        )
    return ok(f"{name} holds {until}")


def check_region(context: Context) -> Result:
    """Ask whether each region that has stacks is enabled for the account."""
    from platform_cli.aws.errors import aws_errors

    wanted = context.environment.regions
    with aws_errors("asking for the regions", target=context.clients.target):
        regions = context.clients.client("ec2").describe_regions(AllRegions=True)["Regions"]
    states = {r["RegionName"]: r.get("OptInStatus", "opt-in-not-required") for r in regions}
    unknown = [region for region in wanted if region not in states]
    closed = [region for region in wanted if states.get(region) == "not-opted-in"]
    if unknown:
        return failure(
            f"AWS has no region {', '.join(unknown)} for this account",
            *_closed(closed),
            consequence="every call there fails",
            mend=_other_region(unknown[0], context.environment.region, states),
        )
    if closed:
        return failure(
            f"the region {closed[0]} is not enabled for the account"
            if len(closed) == 1
            else f"the regions {', '.join(closed)} are not enabled for the account",
            consequence="AWS refuses every call there, as if the credentials were wrong",
            mend="enable it: "
            + " and ".join(f"`aws account enable-region --region-name {region}`" for region in closed)
            + "; that takes some minutes",
        )
    if len(wanted) > 1:
        return ok(f"the regions {', '.join(wanted)} are enabled")
    return ok(f"the region {wanted[0]} is enabled")


def _closed(regions: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{region} is not enabled for the account" for region in regions)


def _other_region(unknown: str, home: str, known: Iterable[str]) -> str:
    """What to write instead of a region that there is not."""
    from platform_cli.blueprint.findings import nearest_name

    near = nearest_name(unknown, known)
    if unknown != home:
        return f"correct {unknown} in the blueprint" + (f": there is {near}" if near else "")
    return f"write `region: {near}` in the blueprint" if near else "correct `region` in the blueprint"


CHECKS = (
    Check(
        "credentials",
        "access",
        "credentials, account and region",
        "Asks AWS whose the credentials are, and compares the account with the one of the environment. "
        "Without `--env`, having none is no failure: much can be done without.",
        check_credentials,
        (Need.WORKSPACE, Need.ENVIRONMENT, Need.ACCOUNT),
    ),
    Check(
        "sign-in",
        "access",
        "expiry of the sign-in",
        "Looks how long a sign-in with `aws sso login` still holds, as the AWS CLI keeps it in the home. "
        "Less than an hour is a warning, as a deployment may take as long; one that renews itself is well.",
        check_session,
        (Need.WORKSPACE, Need.ENVIRONMENT, Need.ACCOUNT),
    ),
    Check(
        "region",
        "access",
        "region",
        "Asks whether the environment's region, and those of its copies and of what CloudFront takes, exist "
        "and are enabled for the account. Regions after 2019 have to be enabled; until then AWS answers as "
        "if the credentials were wrong.",
        check_region,
        (Need.WORKSPACE, Need.ENVIRONMENT, Need.ACCOUNT, Need.REACH),
    ),
)
