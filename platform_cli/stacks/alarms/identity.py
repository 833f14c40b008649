"""Alarms on who signs in: what a Cognito user pool counts, for each of its clients."""

from __future__ import annotations

from platform_cli.stacks.alarms.rule import AlarmRule, Measure

_CLIENT = ("UserPool", "UserPoolClient")
_NO_SIGN_INS = "where nobody signs in, nobody fails to"

CLIENTS = (
    AlarmRule(
        "identity.failed_logins",
        "AWS/Cognito",
        # A success counts 1 and a failure 0, so that the samples are the attempts.
        (
            Measure("attempts", "SignInSuccesses", "SampleCount", _CLIENT),
            Measure("successes", "SignInSuccesses", "Sum", _CLIENT),
        ),
        "attempts - successes",
        50,
        "sign-ins in a period",
        "warning",
        "sign-ins fail: somebody may be trying passwords",
        _NO_SIGN_INS,
    ),
    AlarmRule(
        "identity.throttles",
        "AWS/Cognito",
        (Measure("throttles", "SignInThrottles", "Sum", _CLIENT),),
        None,
        0,
        "sign-ins in a period",
        "warning",
        "sign-ins are turned away, since the account's limit is reached",
        _NO_SIGN_INS,
    ),
)
