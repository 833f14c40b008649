"""The bootstrap and the stacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from platform_cli.operate.doctor.model import Check, Need, Result, failure, ok, warning
from platform_cli.operate.doctor.wording import number

if TYPE_CHECKING:
    from platform_cli.operate.doctor.context import Context

LEAST_VERSION = 6
"""What templates of today need of a bootstrap: files are published by a role of their own since then."""
_REACHED = (Need.NAMED, Need.WORKSPACE, Need.ENVIRONMENT, Need.REACH)


def check_bootstrap(context: Context) -> Result:
    """Read the version that the CDK's bootstrap leaves, in every region of the environment."""
    from platform_cli.aws.errors import aws_errors
    from platform_cli.deploy.bootstrapping import bootstrap_version, bundled_version

    bundled = bundled_version()
    local = context.environment.target == "local"
    regions = context.environment.regions[:1] if local else context.environment.regions
    versions: dict[str, int | None] = {}
    for region in regions:
        clients = context.clients.elsewhere(region)
        with aws_errors("reading the version of the bootstrap", target=clients.target):
            versions[region] = bootstrap_version(clients)
    seen = tuple(f"{region}: {'none' if v is None else f'version {v}'}" for region, v in versions.items())
    lowest = min((version or 0 for version in versions.values()), default=0)
    mend = f"an administrator runs `platform bootstrap {context.option}`"
    if lowest < LEAST_VERSION:
        return failure(
            "not bootstrapped" if lowest == 0 else f"the bootstrap is version {lowest}",
            *seen,
            consequence="nothing can be deployed there",
            mend=mend if not local else f"run `platform deploy {context.option}`, which does it first",
        )
    if lowest < bundled:
        return warning(
            f"the bootstrap is version {lowest}, and {bundled} is out",
            *seen,
            consequence="it works; later versions close holes in its roles and its bucket",
            mend=mend,
        )
    return ok(f"the bootstrap is version {lowest}", *seen)


def check_stacks(context: Context) -> Result:
    """Look at the states of the stacks, and at the last deployment."""
    status = context.status
    if not status.deployed:
        return warning(
            f"nothing is deployed to {context.environment.environment}",
            consequence="there is nothing to look at in it",
            mend=f"run `platform deploy {context.option}`",
        )
    last = status.last
    seen = [
        f"{stack.name}: {stack.status}{f': {stack.reason}' if stack.reason else ''}"
        for stack in status.stacks
        if stack.health != "ready"
    ]
    if last is not None:
        seen.append(f"last deployment: {last.result} on {last.started:%Y-%m-%d %H:%M} UTC by {last.who}")
    if any(stack.health == "failed" for stack in status.stacks):
        return failure(
            "stacks are in a failed state",
            *seen,
            consequence="part of the system is missing, or as it was before the last deployment",
            mend=f"run `platform deploy {context.option}`: it clears up what failed, or says why it fails",
        )
    if any(stack.health == "busy" for stack in status.stacks):
        return warning(
            "stacks are being changed just now",
            *seen,
            *([f"by {status.lock.owner}"] if status.lock is not None else ()),
            consequence="what is said here may be different in a minute",
            mend="wait for the deployment, and look again",
        )
    if last is not None and last.result != "done":
        return warning(
            f"the last deployment {'failed' if last.result == 'failed' else 'was interrupted'}",
            *seen,
            *([last.reason] if last.reason else ()),
            consequence="what it was to bring is not there, or not all of it",
            mend=f"run `platform deploy {context.option}`",
        )
    unprotected = [s.name for s in status.stacks if context.environment.protect and not s.protected]
    if unprotected:
        return warning(
            "stacks of a protected environment can be deleted",
            *unprotected,
            consequence="somebody with the console deletes them by mistake",
            mend=f"run `platform deploy {context.option}`, which protects them",
        )
    return ok(f"{number(len(status.stacks), 'stack')} ready", *seen)


CHECKS = (
    Check(
        "bootstrap",
        "environment",
        "bootstrap",
        "Reads the version of the CDK's bootstrap in each region of the environment. Without it nothing can "
        "be deployed; an older one than the tool brings works, and lacks what was mended since.",
        check_bootstrap,
        _REACHED,
    ),
    Check(
        "stacks",
        "environment",
        "stacks",
        "Looks at the state of every stack, at the last deployment, and whether the stacks of a protected "
        "environment refuse to be deleted.",
        check_stacks,
        _REACHED,
    ),
)
