"""What AWS, or the way to it, can refuse."""

from __future__ import annotations

AWS = {
    "access-denied": (
        "AWS knows who you are and does not allow the call. The message names the action and the "
        "resource as far as AWS tells them. Use the profile of a role that may deploy, or have the "
        "rights added; for a function's own rights, add the `access` line that it lacks."
    ),
    "aws-error": (
        "AWS refused a call for a reason that has no code of its own here. The message holds AWS's own words."
    ),
    "aws-not-enabled": (
        "The account or region has not been enabled for this service. Enable the region in the "
        "account's settings, or finish the account's registration, then run the command again."
    ),
    "aws-quota": (
        "The account has reached a limit of the service. Ask for a higher quota in the Service Quotas "
        "console, or delete what is no longer used."
    ),
    "aws-unavailable": (
        "The service answered that it is not available now. Wait a little and run the command again."
    ),
    "clock-skewed": (
        "The clock of this machine differs from AWS's by more than a few minutes, so signatures are "
        "refused. Set the clock, or switch its synchronisation on."
    ),
    "expired-credentials": (
        "The session of your AWS credentials has ended. Sign in again; with IAM Identity Center that is "
        "`aws sso login --profile NAME`."
    ),
    "invalid-credentials": (
        "AWS does not accept the credentials: the key is wrong, was deleted or belongs to another "
        "partition. Check which ones are used with `aws sts get-caller-identity`."
    ),
    "invalid-request": (
        "AWS found a value that it does not accept. The message names it. If it comes from the "
        "blueprint, correct it there; otherwise it is a defect worth reporting."
    ),
    "no-credentials": (
        "There are no AWS credentials on this machine for the environment. Name a `profile` in the "
        "environment's part of the blueprint, or set AWS_PROFILE. An environment with `target: local` "
        "needs none."
    ),
    "not-found": (
        "Something that the command needs does not exist in the account and region. Look whether the "
        "environment is deployed, with `platform status`, and whether account and region are the right "
        "ones."
    ),
    "throttled": (
        "AWS received too many calls in a short time, even after retries. Wait a minute and try again."
    ),
    "unknown-profile": (
        "The profile that the blueprint or AWS_PROFILE names is not in your AWS configuration. "
        "Configure it with `aws configure sso --profile NAME`, or name another."
    ),
    "unreachable": (
        "AWS did not answer: no network, a proxy that refuses, or a region that does not exist. Check "
        "the connection and the environment's region."
    ),
    "wrong-account": (
        "The credentials are for another account than the environment's. Nothing was changed. Sign in "
        "to the right one, or correct `account` or `profile` of the environment."
    ),
    "wrong-region": (
        "Something exists in another region than the environment's. Nothing was changed. Correct the "
        "environment's `region`, or remove what was made elsewhere by hand."
    ),
}
