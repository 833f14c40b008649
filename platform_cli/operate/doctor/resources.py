"""What an environment is made of: the resources of its stacks, as CloudFormation lists them."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from platform_cli.aws.errors import aws_errors
from platform_cli.deploy.answers import pages
from platform_cli.local.mutes import unmuted
from platform_cli.operate.doctor.context import Context

_WORKERS = 8
ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
_ALARMS_AT_ONCE = 100
"""Names that DescribeAlarms takes (CloudWatch API reference, November 2026)."""


@dataclass(frozen=True)
class Resource:
    """A resource; `physical_id` as CloudFormation calls it, which for a queue is its URL."""

    stack: str
    logical_id: str
    type: str
    physical_id: str
    region: str


def resources(context: Context) -> tuple[Resource, ...]:
    """All resources of the environment's stacks, in every region of it."""

    def make() -> tuple[Resource, ...]:
        clients = context.clients
        home = context.environment.region

        def of(place: tuple[str, str]) -> list[Resource]:
            stack, region = place
            listing = clients.elsewhere(region).client("cloudformation").list_stack_resources
            return [
                Resource(
                    stack,
                    r["LogicalResourceId"],
                    r["ResourceType"],
                    r.get("PhysicalResourceId") or "",
                    region,
                )
                for r in pages(listing, "StackResourceSummaries", StackName=stack)
            ]

        places = [(stack.name, stack.region or home) for stack in context.status.stacks]
        with aws_errors("listing resources", target=clients.target), ThreadPoolExecutor(_WORKERS) as pool:
            return tuple(resource for found in pool.map(of, places) for resource in found)

    return context.share("resources", make)


def physical_ids(context: Context, *types: str, region: str | None = None) -> tuple[str, ...]:
    """What CloudFormation calls the resources of some types in a region; None takes the environment's own."""
    wanted = region or context.environment.region
    return tuple(
        r.physical_id for r in resources(context) if r.type in types and r.region == wanted and r.physical_id
    )


def regions_of(context: Context, *types: str) -> tuple[str, ...]:
    """Where there are resources of some types; the environment's own region first, in any case."""
    home = context.environment.region
    return (home, *sorted({r.region for r in resources(context) if r.type in types} - {home}))


def alarms(context: Context, region: str | None = None) -> tuple[Mapping[str, Any], ...]:
    """The environment's alarms in a region, as CloudWatch describes them; None takes its own region."""

    def make() -> tuple[Mapping[str, Any], ...]:
        names = physical_ids(context, *ALARMS, region=region)
        clients = context.clients.elsewhere(region) if region else context.clients
        found: list[Mapping[str, Any]] = []
        with aws_errors("reading the alarms", target=clients.target):
            for at in range(0, len(names), _ALARMS_AT_ONCE):
                answer = clients.client("cloudwatch").describe_alarms(
                    AlarmNames=list(names[at : at + _ALARMS_AT_ONCE]),
                    AlarmTypes=["MetricAlarm", "CompositeAlarm"],
                )
                found += [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
        return tuple(sorted(unmuted(found, clients), key=lambda alarm: str(alarm["AlarmName"])))

    return context.share(f"alarms {region or context.environment.region}", make)


def alarms_by_region(context: Context) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    """The environment's alarms, by where they are: those of CDNs are in us-east-1."""
    home = context.environment.region
    return {
        region: alarms(context, None if region == home else region) for region in regions_of(context, *ALARMS)
    }


def alarms_everywhere(context: Context) -> tuple[Mapping[str, Any], ...]:
    """The environment's alarms in all of its regions."""
    return tuple(alarm for found in alarms_by_region(context).values() for alarm in found)
