"""What a deployment does with the rights of who makes it, beside assuming the roles of the bootstrap.

In: an environment. Out: actions and the resources that they are taken on. What is left out where it is
refused (looking at log groups and at releases) is not among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platform_cli.blueprint.resolved import ResolvedEnvironment, ResolvedSecret

QUALIFIER = "hnb659fds"
"""Of the roles that the CDK's bootstrap makes, if nobody chose another."""
_ROLES = ("deploy-role", "file-publishing-role")


def needed_rights(
    environment: ResolvedEnvironment, keys: Sequence[str] = ()
) -> Mapping[str, tuple[str, ...]]:
    """The actions that a deployment takes with one's own rights, with the resources that it takes them on.

    All else is done by the roles of the bootstrap, which these rights lead to.

    Args:
        environment: What is deployed.
        keys: Ids of the environment's own keys, as far as they are there.
    """
    found: dict[str, dict[str, None]] = {}
    for actions, resources in _rights(environment, keys):
        for action in actions:
            found.setdefault(action, {}).update(dict.fromkeys(resources))
    return {action: tuple(resources) for action, resources in found.items()}


def has_own_keys(environment: ResolvedEnvironment) -> bool:
    """Whether a deployment writes values of secrets that are under a key of the environment's own."""
    return any(secret.encryption == "customer_managed" for secret in _seeded(environment))


def _rights(
    environment: ResolvedEnvironment, keys: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    account, region = environment.account, environment.region
    partition = "aws-cn" if region.startswith("cn-") else "aws-us-gov" if "-gov-" in region else "aws"
    name = f"{environment.system}/{environment.environment}"

    def arn(service: str, resource: str) -> str:
        return f"arn:{partition}:{service}:{region}:{account}:{resource}"

    # Stacks of other regions are deployed by the roles of the bootstrap there.
    roles = (
        f"arn:{partition}:iam::{account}:role/cdk-{QUALIFIER}-{role}-{account}-{place}"
        for place in environment.regions
        for role in _ROLES
    )
    yield ("sts:AssumeRole",), tuple(roles)
    yield ("cloudformation:DescribeStacks", "ssm:DescribeParameters"), ("*",)
    path = arn("ssm", f"parameter/{name}")
    lock = (f"{path}/platform/lock", f"{path}/platform/lock-takeover/*")
    yield ("ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"), lock
    records = (f"{path}/platform/deployments/*",)
    yield ("ssm:GetParameters", "ssm:PutParameter", "ssm:DeleteParameters"), records
    if groups := sorted({setting.group for setting in environment.settings}):
        yield ("ssm:GetParameters", "ssm:PutParameter"), tuple(f"{path}/{group}/*" for group in groups)
    if _seeded(environment):
        yield ("secretsmanager:ListSecrets", "secretsmanager:GetRandomPassword"), ("*",)
        secret = arn("secretsmanager", f"secret:{name}/*")
        yield ("secretsmanager:DescribeSecret", "secretsmanager:PutSecretValue"), (secret,)
    if has_own_keys(environment):
        yield (
            ("kms:GenerateDataKey", "kms:Decrypt"),
            tuple(arn("kms", f"key/{key}") for key in keys or ("*",)),
        )
    if environment.flags:
        stacks = arn("cloudformation", f"stack/{environment.system}-{environment.environment}-*/*")
        yield ("cloudformation:ListStackResources", "cloudformation:DescribeStackResource"), (stacks,)
        yield _FLAGS, ("*",)
    if buckets := sorted(cdn.assets.bucket_name for cdn in environment.cdns.values() if cdn.assets):
        yield ("s3:ListBucket",), tuple(f"arn:{partition}:s3:::{bucket}" for bucket in buckets)
        yield ("s3:PutObject", "s3:DeleteObject"), tuple(f"arn:{partition}:s3:::{b}/*" for b in buckets)
        distributions = f"arn:{partition}:cloudfront::{account}:distribution/*"
        yield ("cloudfront:CreateInvalidation",), (distributions,)
    if applications := sorted(one.physical_name for one in environment.analytics.values()):
        yield _APPLICATIONS, tuple(arn("kinesisanalytics", f"application/{one}") for one in applications)


def _seeded(environment: ResolvedEnvironment) -> tuple[ResolvedSecret, ...]:
    """The secrets whose first value a deployment writes."""
    secrets = environment.secrets.values()
    return tuple(s for s in secrets if s.generate_length is not None or s.database is not None)


_FLAGS = (
    "appconfig:ListHostedConfigurationVersions",
    "appconfig:GetHostedConfigurationVersion",
    "appconfig:CreateHostedConfigurationVersion",
    "appconfig:ListDeployments",
    "appconfig:GetDeployment",
    "appconfig:StartDeployment",
)
_APPLICATIONS = (
    "kinesisanalytics:DescribeApplication",
    "kinesisanalytics:ListApplicationSnapshots",
    "kinesisanalytics:StartApplication",
    "kinesisanalytics:StopApplication",
)
