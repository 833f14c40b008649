"""What an application of Apache Flink may do, what it is told, and what a deployment has to know. Pure.

Rights follow the guide of Managed Service for Apache Flink («VPC application permissions», «Set up
application logging», «Cross-service confused deputy prevention», November 2026) and the connector's calls.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from platform_cli.blueprint.access import KEY_PUT, KEY_READ, KINDS
from platform_cli.blueprint.resolved import ResolvedAnalytics, ResolvedEnvironment
from platform_cli.stacks import outputs
from platform_cli.stacks.addresses import Addresses
from platform_cli.stacks.logical import pascal
from platform_cli.stacks.statements import Statement

LISTING = "platform.analytics.json"
"""What an assembly says of its applications: CloudFormation makes them, and does not start them."""
LOG_STREAM = "application"
RUN_OPTIONS = "kinesis.analytics.flink.run.options"
"""The property group that names the program («Create your Python application»)."""

SEEING_NETWORKS = (
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
"""What EC2 shows of an account as a whole, or not at all."""
_MAKING_INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
)
READ = (
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
)
"""What reading a stream takes."""


def log_group_of(application: ResolvedAnalytics) -> str:
    """`/aws/kinesis-analytics/shop-dev-figures` (CloudWatch Logs: 512)."""
    return f"/aws/kinesis-analytics/{application.physical_name}"


def application_arn(at: Addresses, application: ResolvedAnalytics) -> str:
    """The application itself, of which the role's trust says the name."""
    return at.arn("kinesisanalytics", f"application/{application.physical_name}")


def application_statements(
    application: ResolvedAnalytics,
    system: ResolvedEnvironment,
    at: Addresses,
    code: tuple[str, str],
    lookup: outputs.Lookup,
) -> Iterator[Statement]:
    """All that an application's role allows.

    Args:
        application: The application.
        system: Where its streams are.
        at: Where its account is.
        code: Bucket and key of its zip.
        lookup: Gives the ARN of the environment's key.
    """
    bucket, key = code
    yield Statement("Code", ("s3:GetObject", "s3:GetObjectVersion"), (f"{at.bucket(bucket)}/{key}",))
    group = log_group_of(application)
    log = at.arn("logs", f"log-group:{group}:log-stream:{LOG_STREAM}")
    yield Statement("Log", ("logs:PutLogEvents",), (log,))
    yield Statement("LogStreams", ("logs:DescribeLogStreams",), (at.arn("logs", f"log-group:{group}:*"),))
    yield Statement("LogGroups", ("logs:DescribeLogGroups",), (at.arn("logs", "log-group:*"),))
    keyed: set[str] = set()
    for read in application.reads:
        stream = system.streams[read.stream]
        yield Statement(f"Read{pascal(read.stream)}", READ, (at.stream(stream.physical_name),))
        keyed |= set(KEY_READ) if stream.encryption == "customer_managed" else set()
    for written in application.writes:
        stream = system.streams[written.stream]
        actions = KINDS["streams"].verbs["put"].actions
        yield Statement(f"Write{pascal(written.stream)}", actions, (at.stream(stream.physical_name),))
        keyed |= set(KEY_PUT) if stream.encryption == "customer_managed" else set()
    if keyed:
        through = {"StringEquals": {"kms:ViaService": at.via("kinesis")}}
        yield Statement("Key", tuple(sorted(keyed)), (lookup("data", outputs.KEY_ARN),), through)
    if application.network:
        yield Statement("Network", _MAKING_INTERFACES, (at.arn("ec2", "*/*"),))
        yield Statement("Networks", SEEING_NETWORKS, ("*",))


def property_groups(
    application: ResolvedAnalytics, system: ResolvedEnvironment, at: Addresses
) -> Mapping[str, Mapping[str, str]]:
    """What the program finds out when it runs: where it is itself, and where the streams are."""
    tables = [(one.table, one.stream) for one in application.reads]
    tables += [(one.table, one.stream) for one in application.writes]
    return {
        RUN_OPTIONS: {"python": "main.py", "jarfile": "lib/connector.jar"},
        **{
            f"table.{table}": {
                "aws.region": at.region,
                "stream.arn": at.stream(system.streams[stream].physical_name),
            }
            for table, stream in sorted(tables)
        },
    }


def add_analytics(system: ResolvedEnvironment, assembly: Path) -> None:
    """Say in an assembly which applications a deployment has to start or stop."""
    if not system.analytics:
        return
    listing: dict[str, Any] = {
        name: {"application": one.physical_name, "enabled": one.enabled, "snapshots": one.snapshots}
        for name, one in sorted(system.analytics.items())
    }
    text = json.dumps(listing, indent=1, sort_keys=True) + "\n"
    (assembly / LISTING).write_text(text, encoding="utf-8")
