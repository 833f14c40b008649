"""What AWS tells of sign-ins that fail, and where it tells it."""

from __future__ import annotations

from platform_cli.blueprint.checks.context import Context


def check_sign_ins(context: Context) -> None:
    """Failed sign-ins reach a stream by way of CloudTrail, which the account has to have."""
    for name, pool in context.blueprint.identity.items():
        if pool.security_events is not None:
            context.report(
                "sign-ins-need-trail",
                f"failed sign-ins of user pool {name} reach a stream only where the account has a trail",
                ("identity", name, "security_events"),
                key=True,
                hint="see `aws cloudtrail describe-trails`: one that logs management events",
            )
